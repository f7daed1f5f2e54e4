#!/usr/bin/env python3
"""tests/README.md against the sources: every test it names is there, and its words are words of the windows."""
import pathlib
import re
import sys
import xml.etree.ElementTree as xml

TESTS = pathlib.Path(__file__).resolve().parent
WORDS = {m.findtext("source").replace("&", "") for m in xml.parse(TESTS.parent / "translations/zhengtong_zh_CN.ts").getroot().iter("message")}


def faults(page):
    rows = [[c.strip() for c in re.split(r" \| ", line.strip("| \n"))] for line in page.splitlines() if re.match(r"\| [^|]", line)]
    rows = [r for r in rows if r[0] != "what"]
    for row in rows:
        if len(row) != 3:
            yield f"no three columns: {row}"
            continue
        what, test, words = row
        file, _, name = test.partition(": ")
        path = TESTS / file
        if not path.is_file() or name not in path.read_text():
            yield f"{what}: no such test: {test}"
        if words != "-" and words not in WORDS:
            yield f"{what}: nobody reads these words: {words}"
    if len(rows) < 40:
        yield f"only {len(rows)} rows are read"


page = (TESTS / "README.md").read_text()
found = list(faults(page))
broken = page.replace("| wrong passphrase | gui/behaviour.py: wrong", "| wrong passphrase | gui/behaviour.py: wrung").replace("Identity refused |", "Identity refined |")
if len(list(faults(broken))) != len(found) + 2:
    found.append("this check does not see a test that is gone or words that are no words")
print("\n".join(found))
sys.exit(1 if found else 0)

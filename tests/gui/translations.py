#!/usr/bin/env python3
"""Every word in both languages: fails for a source string that is missing in translations/, and for a translation that is unfinished,
empty, of a string that is gone, or without the string's places (%1, %n)."""
import pathlib, re, shutil, subprocess, sys, tempfile
import xml.etree.ElementTree as xml

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
LUPDATE = shutil.which("lupdate", path="/usr/lib/qt6/bin") or shutil.which("lupdate6") or shutil.which("lupdate")
FILES = {"zhengtong_zh_CN.ts": ["-target-language", "zh_CN"], "zhengtong_en.ts": ["-target-language", "en", "-pluralonly"]}


def faults(ts):
    for context in xml.parse(ts).getroot().iter("context"):
        for message in context.iter("message"):
            source, words = message.findtext("source"), message.find("translation")
            here = f"{ts.name}: {context.findtext('name')}: {source!r}"
            forms = [f.text or "" for f in words.iter("numerusform")] or [words.text or ""]
            places = set(re.findall(r"%(?:L?[1-9]|n)", source))
            if words.get("type"):
                yield f"{here}: {words.get('type')}"
            elif not all(f.strip() or not source.strip() for f in forms):
                yield f"{here}: empty"
            # A plural may say its number in words: one document.
            elif any(set(re.findall(r"%(?:L?[1-9]|n)", f)) | {"%n"} != places | {"%n"} for f in forms):
                yield f"{here}: other places than the source"


found = []
with tempfile.TemporaryDirectory() as folder:
    for name, more in FILES.items():
        copy = pathlib.Path(folder) / name
        shutil.copy(ROOT / "translations" / name, copy)
        subprocess.run([LUPDATE, "-silent", "-locations", "none", "-source-language", "en", *more, "app", "modules", "-ts", copy], cwd=ROOT, check=True)
        found += faults(copy)
for x in found:
    print(x)
print(f"{len(found)} faults; packaging/translate takes in new strings" if found else "all strings are translated")
sys.exit(1 if found else 0)

#!/usr/bin/env python3
"""The report's form, with made-up numbers: what is written, when a bound holds. No timing."""
import json, pathlib, sys, tempfile
sys.path.insert(0, str(pathlib.Path(__file__).parent))
from report import Figure, table, write

bad = []
def expect(ok, what):
    if not ok:
        bad.append(what)

faster = Figure("P1", "start", 100.0, 200.0, "ms", must=1.0, moonshot=0.6)
slower = Figure("P2", "start, 十万", 300.0, 200.0, "ms", must=1.0, moonshot=0.6)
more = Figure("S1", "sync", 2600.0, 200.0, "rows/s", way=">=", must=8, moonshot=12)
some = Figure("H1", "hub", 1600.0, 200.0, "1/s", way=">=", must=8, moonshot=12)
own = Figure("P8", "frame", 12.0, None, "ms", ratio=12.0, must=16, moonshot=8.3)
none = Figure("F1", "search", missing="no peer")
all_ = [faster, slower, more, some, own, none]
expect(faster.holds and faster.verdict == "moonshot", "half of the peer is below both bounds")
expect(not slower.holds and slower.verdict == "MISSED", "1.5 is not within 1.0")
expect(more.verdict == "moonshot" and some.verdict == "holds", ">= counts upwards; a bound itself holds")
expect(own.verdict == "holds", "a value with its own bound")
expect(not none.holds and none.verdict == "not measured", "what was not measured never holds")
with tempfile.TemporaryDirectory() as d:
    path = pathlib.Path(d) / "report.json"
    write(path, all_)
    figures = json.loads(path.read_text())["figures"]
expect([f["id"] for f in figures] == ["P1", "P2", "S1", "H1", "P8", "F1"], "every figure, in order")
expect(all({"id", "name", "value", "unit", "ratio", "goal", "holds"} <= f.keys() for f in figures), "the seven keys")
expect(figures[0]["ratio"] == 0.5 and figures[0]["goal"] == 1.0 and figures[0]["holds"] is True, "ratio, goal, holds")
expect(figures[5]["value"] is None and figures[5]["ratio"] is None and figures[5]["holds"] is False, "null where nothing was measured")
lines = table(all_).splitlines()
expect(len(lines) == 2 + len(all_), "one line a figure")
expect(all(word in lines[3] for word in ("P2", "300", "200", "1.50", "<= 1", "MISSED")), "the line says all: " + lines[3])
try:
    with tempfile.TemporaryDirectory() as d:
        write(pathlib.Path(d) / "report.json", [Figure("X", "x", float("nan"), 1.0)])
    expect(False, "a NaN is not JSON")
except ValueError:
    pass
for b in bad:
    print("FAILED:", b)
sys.exit(1 if bad else 0)

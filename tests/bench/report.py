"""The bench's table and report.json. A figure that could not be measured is in both, with its reason, and does not hold."""
import json, unicodedata


class Figure:
    """`ratio` is ours by the peer, or a value with its own bound; `must` and `moonshot` are bounds on it, below ('<=') or above ('>=')."""

    def __init__(self, id, name, ours=None, peer=None, unit="", ratio=None, way="<=", must=None, moonshot=None, floor="", conditions="", missing="", measured=None):
        self.id, self.name, self.ours, self.peer, self.unit = id, name, ours, peer, unit
        self.way, self.must, self.moonshot = way, must, moonshot
        self.floor, self.conditions, self.missing = floor, conditions, missing
        self.measured = measured or {}
        self.ratio = ratio if ratio is not None else (ours / peer if ours is not None and peer else None)

    def _meets(self, bound):
        if self.ratio is None or bound is None:
            return False
        return self.ratio <= bound if self.way == "<=" else self.ratio >= bound

    @property
    def holds(self):
        return self._meets(self.must)

    @property
    def verdict(self):
        if self.ratio is None:
            return "not measured"
        return "moonshot" if self._meets(self.moonshot) else "holds" if self.holds else "MISSED"

    def json(self):
        out = {"id": self.id, "name": self.name, "value": self.ours, "unit": self.unit, "ratio": self.ratio, "goal": self.must, "holds": self.holds,
               "way": self.way, "moonshot": self.moonshot, "moonshot_holds": self._meets(self.moonshot), "peer": self.peer, "floor": self.floor,
               "conditions": self.conditions}
        if self.missing:
            out["missing"] = self.missing
        if self.measured:
            out["measured"] = self.measured
        return out


def number(v):
    if v is None:
        return "-"
    a = abs(v)
    return f"{v:,.0f}" if a >= 1000 else f"{v:.0f}" if a >= 100 else f"{v:.1f}" if a >= 10 else f"{v:.2f}" if a >= 1 else f"{v:.3f}"


def width(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def table(figures):
    head = ["id", "figure", "ours", "peer", "unit", "ratio", "must", "moonshot", "holds", "floor and conditions"]
    rows = [[f.id, f.name, number(f.ours), number(f.peer), f.unit, number(f.ratio), f"{f.way} {f.must:g}" if f.must is not None else "-",
             f"{f.way} {f.moonshot:g}" if f.moonshot is not None else "-", f.verdict, "; ".join(x for x in (f.floor, f.conditions, f.missing) if x)] for f in figures]
    sizes = [max(width(r[i]) for r in [head] + rows) for i in range(len(head) - 1)]
    numeric = {2, 3, 5}
    def line(r):
        cells = [(" " * (n - width(c)) + c) if i in numeric else (c + " " * (n - width(c))) for i, (c, n) in enumerate(zip(r, sizes))]
        return "  ".join(cells + [r[-1]]).rstrip()
    return "\n".join([line(head), line(["-" * n for n in sizes] + ["-" * 20])] + [line(r) for r in rows])


def write(path, figures):
    tmp = path.with_suffix(".tmp")
    tmp.write_text(json.dumps({"figures": [f.json() for f in figures]}, ensure_ascii=False, indent=1, allow_nan=False) + "\n")
    tmp.replace(path)

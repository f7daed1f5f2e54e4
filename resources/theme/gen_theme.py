#!/usr/bin/env python3
"""tokens.json, theme.qss.in and icons/ -> OUT: tokens.h (closed sets for C++), one style sheet per theme and size, the icons that
style sheets name, and theme.qrc. Ends with an error for a placeholder that is no token and for a colour pair that cannot be read."""
import json, pathlib, re, sys

HERE = pathlib.Path(__file__).parent
SIZES = {  # name of the sheet: (density row, text scale); large text always takes the large row
    "compact": ("compact", 1.0), "comfortable": ("comfortable", 1.0), "large": ("large", 1.25), "extra-large": ("large", 1.5)}
FIXED, SCALED, DENSE = 0, 1, 2


def camel(name):
    return "".join(w[:1].upper() + w[1:] for w in name.split("-"))


def half_up(value):
    return int(value + 0.5)


def lengths(t):
    """[(name, kind, compact, comfortable, large)]"""
    out = []
    def add(name, value, kind=SCALED):
        out.append((name, kind, value, value, value))
    for k, v in t["space"].items():
        add("space-" + k, v)
    for k, v in t["radius"].items():
        add("radius-" + k, v)
    for k, v in t["border-width"].items():
        add("line-" + k, v, FIXED)
    for k, v in t["icon"]["sizes"].items():
        add("icon-" + k, v)
    for group in ("layout", "component"):
        for k, v in t[group].items():
            if isinstance(v, int):
                add(k, v)
    add("rail-item-width", t["layout"]["rail-item"][0])
    add("rail-item-height", t["layout"]["rail-item"][1])
    add("min-window-width", t["layout"]["min-window"][0], FIXED)
    add("min-window-height", t["layout"]["min-window"][1], FIXED)
    add("palette-width", t["layout"]["palette"][0])
    add("palette-height", t["layout"]["palette"][1])
    for k, v in zip(("small", "medium", "large"), t["layout"]["dialog"]):
        add("dialog-" + k, v)
    for k, v in t["layout"]["breakpoints"].items():
        add("break-" + k, v)
    d = t["density"]
    for k in d["comfortable"]:
        out.append((k, DENSE, d["compact"][k], d["comfortable"][k], d["large"][k]))
    m = t["layout"]["target-min"]
    out.append(("target-min", DENSE, m["compact"], m["comfortable"], m["large"]))
    return out


def sized(row, density, scale):
    value = row[2 + ("compact", "comfortable", "large").index(density)]
    if row[1] == SCALED:
        return half_up(value * scale)
    return half_up(value * scale / 1.25) if row[1] == DENSE and density == "large" else value


def sheet(t, template, theme, size):
    density, scale = SIZES[size]
    numbers = {r[0]: sized(r, density, scale) for r in lengths(t)}
    numbers |= {"type-" + k: half_up(v["size"] * scale) for k, v in t["type"].items()}
    colours = t["color"][theme] | {"theme": theme}
    def colour(m):
        if m[1] not in colours:
            sys.exit(f"theme.qss.in: no colour token {m[1]}")
        value = colours[m[1]]
        return "#" + value[7:9] + value[1:7] if len(value) == 9 else value
    def number(m):
        if m[1] not in numbers:
            sys.exit(f"theme.qss.in: no length token {m[1]}")
        return str(numbers[m[1]] + int(m[2] or 0))
    text = re.sub(r"/\*.*?\*/\s*", "", template, flags=re.S)
    text = re.sub(r"@\{([\w-]+)\}", colour, text)
    return re.sub(r"\$\{([\w-]+)(?::([+-]\d+))?\}", number, text)


def header(t, icons):
    c, o = t["color"], ["#pragma once", "", "//! Made from tokens.json and icons/ by gen_theme.py: every colour, length, type and icon there is.", "",
                        "namespace zt::widgets {", ""]
    def closed(name, words):
        o.append(f"enum class {name} {{ " + ", ".join(camel(w) for w in words) + " };")
    if any(list(c[theme]) != list(c["light"]) for theme in c):
        sys.exit("tokens.json: the themes do not name the same colours")
    closed("Scheme", c)
    o.append("inline constexpr const char* kSchemeNames[] = {" + ", ".join(f'"{theme}"' for theme in c) + "};")
    closed("Color", c["light"])
    o.append(f"inline constexpr unsigned kColors[][{len(c['light'])}] = {{")
    for theme in c:
        o.append("{" + ", ".join(("0x" + v[7:9] + v[1:7] if len(v) == 9 else "0xFF" + v[1:7]) + "u" for v in c[theme].values()) + "},")
    o.append("};")
    closed("Type", t["type"])
    o.append("struct TypeSpec { int size; int line; int weight; };")
    o.append("inline constexpr TypeSpec kTypes[] = {" + ", ".join(f"{{{v['size']}, {v['line']}, {v['weight']}}}" for v in t["type"].values()) + "};")
    o.append("inline constexpr double kScales[] = {" + ", ".join(str(v) for v in t["type-scale-factor"].values()) + "};")
    ls = lengths(t)
    closed("Px", [r[0] for r in ls])
    o.append("enum class Growth { Fixed, Scaled, Dense };")
    o.append("struct PxSpec { Growth growth; int byDensity[3]; };")
    o.append("inline constexpr PxSpec kLengths[] = {" + ", ".join(f"{{Growth({r[1]}), {{{r[2]}, {r[3]}, {r[4]}}}}}" for r in ls) + "};")
    for k, v in t["duration"].items():
        o.append(f"inline constexpr int k{camel(k)}Ms = {v};")
    closed("Icon", icons)
    o.append("inline constexpr const char* kIconNames[] = {" + ", ".join(f'"{i}"' for i in icons) + "};")
    for k in ("ui", "mono"):
        o.append(f"inline constexpr const char* kFonts{camel(k)}[] = {{" + ", ".join(f'"{f}"' for f in t["font"][k]) + "};")
    for k, v in t["font"]["paper"].items():
        o.append(f"inline constexpr const char* kFonts{camel(k)}[] = {{" + ", ".join(f'"{f}"' for f in v) + "};")
    return "\n".join(o + ["", "} // namespace zt::widgets", ""])


def luminance(h):
    ch = [int(h[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in ch)
    return .2126 * r + .7152 * g + .0722 * b


def check_contrast(t):
    """WCAG 2.1: text 4.5, input outlines, markers and focus 3; in high contrast text 7, everything else 4.5, lines included."""
    panes = ["surface-window", "surface", "surface-raised", "surface-sunken"]
    rows = panes + ["surface-hover", "surface-selected", "surface-selected-inactive"]
    pairs = [(f, b, 4.5) for b in rows for f in ("text", "text-secondary", "text-muted", "accent-text", "text-link")]
    for s in ("urgent", "danger", "warning", "success"):
        pairs += [(s + "-text", b, 4.5) for b in ("surface", "surface-window", "surface-hover", "surface-selected", s + "-subtle")]
    pairs += [("text-on-accent", b, 4.5) for b in ("accent", "accent-hover", "accent-pressed")]
    pairs += [("text-on-urgent", "urgent", 4.5), ("text-on-danger", "danger", 4.5), ("text-inverse", "surface-inverse", 4.5),
              ("selection-text", "selection", 4.5), ("mark-text", "mark", 4.5), ("text-paper", "surface-paper", 4.5),
              ("accent-text", "accent-subtle", 4.5)]
    pairs += [(f"avatar-ink-{i}", f"avatar-{i}", 4.5) for i in range(1, 7)]
    pairs += [("border-control", b, 3) for b in panes] + [("focus-ring", b, 3) for b in rows]
    strict = [(f, b, 7 if least == 4.5 else 4.5) for f, b, least in pairs]
    strict += [(f, b, 4.5) for b in panes for f in ("border-subtle", "border", "text-disabled", "accent-border", "scrollbar")]
    for theme, c in t["color"].items():
        for f, b, least in strict if theme == "contrast" else pairs:
            hi, lo = sorted((luminance(c[f]), luminance(c[b])), reverse=True)
            if (hi + .05) / (lo + .05) < least:
                sys.exit(f"tokens.json: {theme} {f} on {b} is below {least}:1")


def app_icon(t, mark):
    c = t["color"]["light"]
    body = re.sub(r"^<svg[^>]*>|</svg>\s*$", "", mark)
    return ('<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64" viewBox="0 0 64 64">'
            f'<rect x="2" y="2" width="60" height="60" rx="12" fill="{c["surface"]}" stroke="{c["border"]}"/>'
            f'<g transform="translate(10 10) scale(2.2)" fill="none" stroke="{c["accent"]}" stroke-width="2" stroke-linecap="round"'
            f' stroke-linejoin="round">{body}</g></svg>\n')


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def main(out, icon_dir):
    t = json.loads((HERE / "tokens.json").read_text())
    t["color"]["contrast"] = t["color"]["light"] | t["color"]["contrast"]
    check_contrast(t)
    template = (HERE / "theme.qss.in").read_text()
    icons = {p.stem: p.read_text() for p in sorted(icon_dir.glob("*.svg"))}
    write(out / "include/zt/widgets/tokens.h", header(t, icons))
    files = [(f"icons/{n}.svg", icon_dir / f"{n}.svg") for n in icons]
    for theme in t["color"]:
        for size in SIZES:
            write(out / f"qss/{theme}-{size}.qss", sheet(t, template, theme, size))
            files.append((f"qss/{theme}-{size}.qss", out / f"qss/{theme}-{size}.qss"))
        for name, token, alias in (("chev-d", "text-muted", "chev-d"), ("check", "text-on-accent", "check-on")):
            write(out / f"icons/{theme}/{alias}.svg", icons[name].replace("#000000", t["color"][theme][token]))
            files.append((f"icons/{theme}/{alias}.svg", out / f"icons/{theme}/{alias}.svg"))
    write(out / "zhengtong.svg", app_icon(t, icons["mark"]))
    files.append(("zhengtong.svg", out / "zhengtong.svg"))
    rows = "".join(f'<file alias="{a}">{p.resolve()}</file>\n' for a, p in files)
    write(out / "theme.qrc", f'<RCC><qresource prefix="/zt">\n{rows}</qresource></RCC>\n')


main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))

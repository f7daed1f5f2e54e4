#!/usr/bin/env python3
"""packaging/monitoring/alerts.yml: it parses, every rule is whole and has its words in both languages. alerts.py FILE [RULE_TEST]

Where promtool is at hand it checks the expressions and plays RULE_TEST; without it that part is left out and said so. Exits 77 (skipped) without PyYAML.
That the metrics exist in the hub's page is tests/unit/hub's part. The file is also damaged in each way a check looks for: a check that finds nothing is a failure.
"""
import copy, pathlib, re, shutil, subprocess, sys

try:
    import yaml
except ImportError:
    print("PyYAML is missing (python3-yaml): skipped")
    sys.exit(77)

ANNOTATIONS = ("summary", "action")
HAN = re.compile(r"[\u4e00-\u9fff]")


def flaws(text):
    try:
        groups = yaml.safe_load(text)["groups"]
        rules = [r for g in groups for r in g["rules"]]
    except (yaml.YAMLError, KeyError, TypeError) as e:
        return [f"not a rule file: {type(e).__name__}"]
    out, seen = [], set()
    for r in rules:
        name = r.get("alert", "?")
        if not re.fullmatch(r"Zhengtong[A-Z]\w+", name) or name in seen:
            out.append(f"{name}: no name of ours, or twice")
        seen.add(name)
        expr = r.get("expr", "")
        if not re.search(r"\b(zhengtong|process|up)\w*", expr) or any(expr.count(a) != expr.count(b) for a, b in ("()", "{}", "[]")):
            out.append(f"{name}: expr")
        if not re.fullmatch(r"\d+[smh]", r.get("for", "1m")):
            out.append(f"{name}: for")
        if r.get("labels", {}).get("severity") not in ("warning", "critical"):
            out.append(f"{name}: severity")
        for key in ANNOTATIONS:
            en, zh = (r.get("annotations", {}).get(k, "") for k in (key, key + "_zh"))
            if len(en) < 20 or HAN.search(en):
                out.append(f"{name}: {key} in English")
            if len(HAN.findall(zh)) < 6:
                out.append(f"{name}: {key} in Chinese")
            if set(re.findall(r"{{.*?}}", en)) != set(re.findall(r"{{.*?}}", zh)):
                out.append(f"{name}: {key} does not say the same in both")
    return out


def damaged(text):
    whole = yaml.safe_load(text)

    def broken(change):
        other = copy.deepcopy(whole)
        change(other["groups"][0]["rules"])
        return yaml.safe_dump(other, allow_unicode=True)

    yield "not YAML", text.replace("groups:", "groups: [", 1)
    yield "an alert twice", broken(lambda r: r.append(r[0]))
    yield "an open bracket", broken(lambda r: r[3].update(expr=r[3]["expr"] + "("))
    yield "no severity", broken(lambda r: r[0].pop("labels"))
    yield "no Chinese", broken(lambda r: r[0]["annotations"].update(action_zh="restart it"))
    yield "nothing to do", broken(lambda r: r[0]["annotations"].pop("action"))
    yield "a value in one language only", broken(lambda r: r[0]["annotations"].update(summary_zh="枢纽没有响应，桌面端可以继续办理"))


def main():
    file = pathlib.Path(sys.argv[1])
    text = file.read_text()
    found = flaws(text)
    for what, other in damaged(text):
        if not flaws(other):
            found.append(f"damage not noticed: {what}")
    promtool = shutil.which("promtool")
    for command in ([["check", "rules", file]] + [["test", "rules", f] for f in sys.argv[2:]]) if promtool else []:
        ran = subprocess.run([promtool, *map(str, command)], capture_output=True, text=True)
        if ran.returncode:
            found.append(f"promtool {command[0]}: {ran.stdout[-2000:]}{ran.stderr[-2000:]}")
    if not promtool:
        print("promtool is not installed: expressions were not parsed, the rule test was not played")
    for f in found:
        print("NOT OK  ", f)
    sys.exit(1 if found else 0)


main()

#!/usr/bin/env python3
"""Every screen in every look: nothing clipped, no control without a name, a picture of each; every model under QAbstractItemModelTester.
In every field of every screen text is composed by an input method: it counts for nothing yet, no key acts on it, the candidates open at the caret."""
import shutil
from windows import *

SHOTS = pathlib.Path(os.environ.get("ZT_SHOTS", "build/shots")) / "screens"
TITLE = "关于做好2026年汛前准备工作的通知"
BODY = "今年汛期临近。为做好各项准备工作，现就有关事项通知如下。\n一、压实责任\n（一）落实责任人。\n二、抓紧排查\n建立台账。\n"
LOOKS = {
    "light": dict(language="zh_CN"),
    "dark": dict(language="zh_CN", theme="dark"),
    "contrast": dict(language="zh_CN", theme="contrast"),
    "english": dict(language="en"),
    "1366x768": dict(language="zh_CN", room=(1366, 768)),
    "125": dict(language="en", scale=1.25),
    "150": dict(language="zh_CN", scale=1.5),
    "200": dict(language="zh_CN", scale=2),
    "200-1366x768": dict(language="zh_CN", scale=2, room=(683, 384)),   # of the smallest screen at 200 % a quarter is left
    "large-text": dict(language="en", textSize="extra-large"),
}
# The later ones of a run are changed to while the windows are open.
RUNS = [("light", "dark", "contrast"), ("english", "large-text"), ("1366x768",), ("125",), ("150",), ("200",), ("200-1366x768",)]
FIELDS = ["Enrolment code", "Passphrase of this computer", "Search", "Find in the text", "Title", "Body", "Organ code", "Remark",
          "To the reviewer", "Name or pinyin of the unit", "Name, pinyin, post or unit", "Proxy", "My opinion: %1"]
found, fields = [], set()


def look_at(d, look, name, quiet=100, **target):
    d.call("still", quiet_ms=quiet)
    d.shot(SHOTS / look / f"{name}.png", **target)
    r = d.call("audit")
    for kind in ("unnamed", "clipped"):
        for x in r[kind]:
            found.append(f"{look}/{name}: {kind}: {x}")
    r = d.call("composing")
    found.extend(f"{look}/{name}: composing: {x}" for x in r["faults"])
    fields.update(r["fields"])
    d.call("models")


def start(folder, role, look, province):
    s = LOOKS[look]
    room, scale = s.get("room", (1600, 1000)), s.get("scale", 1)
    env = {"QT_SCALE_FACTOR": str(scale)} if scale != 1 else {}
    screen = "x".join(str(int(n * scale)) for n in room)
    d = Windows(folder, role, province, env=env, size=screen)
    d.root.mkdir(parents=True, exist_ok=True)
    (d.root / "settings.json").write_text(json.dumps({"language": s["language"], "theme": s.get("theme", ""), "text_size": s.get("textSize", "standard"), "idle_lock_minutes": 0}))
    return d.spawn()


def fit(d, look):
    size = LOOKS[look].get("room", (1440, 900))
    d.call("look", width=size[0], height=size[1])


def unlock(d, look):
    d.see(T("Passphrase of this computer"))
    fit(d, look)
    look_at(d, look, "unlock")
    d.unlock("wrong passphrase")
    d.see(T("That passphrase does not open this store. Check Caps Lock and the input method, then try again."))
    look_at(d, look, "unlock-wrong")
    d.click(T("Show passphrase"))   # an input method types into it only now
    look_at(d, look, "unlock-shown")
    d.click(T("Hide passphrase"))
    d.unlock().opened().online()


def walk(d, look):
    """All places of the main window."""
    fit(d, look)
    for module in ("Home", "Docs", "People", "Deputy", "Sync", "Settings"):
        d.module(module)
        if module == "People":
            d.see(T("%n people"))
        look_at(d, look, module.lower(), quiet=150)
    d.module("Docs")
    for folder in ("To do", "Received", "Done", "Drafts", "In review", "Sent"):
        d.pick(T(folder), **{"class": "NavList"})
        look_at(d, look, "folder-" + folder.lower().replace(" ", "-"))
    d.open_document("To do", TITLE)
    for tab in ("Text", "Attachments", "Process"):
        d.tab([p + ".*" for p in T(tab)])
        look_at(d, look, "reading-" + tab.lower())
    d.tab([p + ".*" for p in T("Text")])
    d.click(T("Find in the text"))
    d.type("汛")
    look_at(d, look, "find")
    d.keys("Esc")
    d.keys("Ctrl+K")
    d.type("汛")
    look_at(d, look, "search")
    d.keys("Esc")
    d.keys("F1")
    look_at(d, look, "keys")
    d.keys("Esc")


def compose(d, look):
    d.module("Docs")
    d.keys("Ctrl+Shift+N")   # a small window may show a document now, and not the button
    d.see(T("Title"))
    fit(d, look)
    look_at(d, look, "compose-empty", quiet=450, **{"class": "ComposeWindow"})
    d.type(TITLE, object="Title")
    d.again("paste", target={"object": "Body"}, text=BODY)
    d.click([p + ".*" for p in T("Main recipients")])
    d.see(T("Use these units"))
    look_at(d, look, "unit-picker")
    d.keys("Esc")
    look_at(d, look, "compose", quiet=450, **{"class": "ComposeWindow"})
    d.call("close", target={"class": "ComposeWindow"})
    until("the draft's window closes", lambda: not d.call("info", target={"class": "ComposeWindow"})["there"])


def document(p, folder):
    """One document on its way, and its head's desk."""
    d = Windows(folder, "drafter", p)
    d.root.mkdir(parents=True)
    d.enrol().online()
    d.module("Docs")
    d.click(T("New draft"))
    d.type(TITLE, object="Title")
    d.click([x + ".*" for x in T("Main recipients")])
    d.pick(re.escape(p.demo["cast"]["clerk1"]["unit_name"]), how="check", window=T("Main recipients"))
    d.click(T("Use these units"))
    d.again("paste", target={"object": "Body"}, text=BODY)
    small = folder / "联系人.txt"
    small.write_text("值守电话\n")
    d.drop_files(small)
    d.click(T("Submit for review"))
    d.see([x + ".*" for x in T("Submitted for review: %1")])
    d.settled().end()


def main():
    shutil.rmtree(SHOTS, ignore_errors=True)
    folder = temp_folder("screens")
    p = Office(folder)
    p.start()
    d = None
    try:
        for look in LOOKS:   # before there is a store
            d = start(folder, "nobody", look, p)
            d.see(T("Enrolment code"))
            look_at(d, look, "enrol")
            d.end()
        document(p, folder)
        d = Windows(folder, "head1", p)
        d.root.mkdir(parents=True)
        d.enrol().online()
        d.end()
        models = 0
        for run in RUNS:
            d = start(folder, "head1", run[0], p)
            for look in run:
                if look != run[0]:
                    d.call("look", theme=LOOKS[look].get("theme", "light"), textSize=LOOKS[look].get("textSize", "standard"))
                    d.keys("Ctrl+Shift+L")
                unlock(d, look)
                walk(d, look)
                compose(d, look)
            r = d.call("models")
            need(not r["faults"], f"{run}: models: {r['faults'][:3]}")
            models = max(models, r["models"])
            w = [x for x in d.call("warnings")["warnings"] if "propagateSizeHints" not in x]
            need(not w, f"{run}: Qt warned: {w[:5]}")
            maps = pathlib.Path(f"/proc/{d.proc.pid}/maps").read_text()
            need("QtWebEngine" not in maps and "Qt6WebEngine" not in maps, "WebEngine is not loaded")
            d.end()
        need(models >= 5, f"models were tested: {models}")
    finally:
        if d and d.proc:
            d.crash()
        p.kill()
    for f in FIELDS:
        if not any(re.fullmatch(x, name) for x in T(f) for name in fields):
            found.append(f"no screen had the field {f}")
    for x in found:
        print(x)
    print(f"{len(list(SHOTS.rglob('*.png')))} pictures in {SHOTS}; {len(found)} findings")
    shutil.rmtree(folder, ignore_errors=True)
    sys.exit(1 if found else 0)


main()

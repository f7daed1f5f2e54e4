#!/usr/bin/env python3
"""Odd files as attachments, one person at two desks at once, what is taken back and what cannot be, a store that is copied while it is open."""
import os, shutil, signal, stat, sys, threading, zipfile
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import *

TITLE = "关于特殊附件的通知"


def odd_files(folder):
    """name: file. What is in them is nobody's business on the way; none of it is unpacked, rendered or run."""
    script = folder / "run.sh"
    script.write_text(f"#!/bin/sh\ntouch '{folder}/ran'\n")
    script.chmod(0o755)
    page = folder / "page.html"
    page.write_text(f"<html><script src='file://{folder}/run.sh'></script><img src='http://127.0.0.1:9/x'><svg onload='alert(1)'/></html>")
    bomb = folder / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as z, z.open("zeros", "w", force_zip64=True) as f:
        for _ in range(300):
            f.write(bytes(1 << 20))
    pdf = folder / "script.pdf"
    pdf.write_bytes(b"%PDF-1.4\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\ntrailer<</Root 1 0 R>>\n")
    link = folder / "link.txt"
    (folder / "real.txt").write_text("另一个文件\n")
    link.symlink_to(folder / "real.txt")
    return [script, page, bomb, pdf, link]


def files(p, desks, unit):
    drafter, head = desks
    draft = drafter.call("new_draft")["draft"]
    drafter.call("save_draft", draft=draft, title=TITLE, recipients=[unit], body="正文。")
    (p.folder / "gone.txt").symlink_to(p.folder / "nothing")
    os.mkfifo(p.folder / "pipe")
    (p.folder / "device").symlink_to("/dev/zero")
    (p.folder / "loop").symlink_to(p.folder / "loop")
    for name, kind in (("gone.txt", "not_found"), ("pipe", "invalid"), ("device", "invalid"), ("loop", "not_found"), ("hub", "invalid")):
        r = drafter.ask("attach", draft=draft, file=str(p.folder / name))
        need(not r["ok"] and r["error"] == kind, f"{name} is refused: {r}")
    originals = odd_files(p.folder)
    blobs = {f: drafter.call("attach", draft=draft, file=str(f))["blob"] for f in originals}
    stream = drafter.call("submit", draft=draft)["stream"]
    head.task(stream)

    def fetched():
        missing = [a for a in head.matter(stream)["attachments"] if not a["here"]]
        for a in missing:   # it may not be at the hub yet
            head.call("fetch", stream=stream, blob=a["blob"])
        return not missing
    until("they are at the other desk", fetched, 60, 0.5)
    out = p.folder / "out"
    out.mkdir()
    victim = p.folder / "victim"
    victim.write_text("alt")
    (out / "run.sh").symlink_to(victim)   # where it is saved, somebody put a link
    for f, blob in blobs.items():
        head.call("save_attachment", stream=stream, blob=blob, target=str(out / f.name))
        saved = out / f.name
        need(not saved.is_symlink() and saved.read_bytes() == f.read_bytes(), f"{f.name}: as it was sent")
        need(not saved.stat().st_mode & 0o111, f"{f.name}: not to be executed")
    need(victim.read_text() == "alt", "what the link pointed to is untouched")
    need(not (p.folder / "ran").exists(), "nothing was run")
    need(sum(f.stat().st_size for f in p.folder.rglob("*") if f.is_file() and not f.is_symlink()) < 200 << 20, "nothing was unpacked")


def approved(p, desk):
    """Enrols a further desk of a person, with two administrators."""
    p.ctl("demo", "--data", p.data)   # fresh codes
    p.demo = json.loads((p.data / "demo.json").read_text())
    desk.spawn()
    n = desk.send("enrol", code=p.code(desk.role), passphrase=PASS, root=str(desk.root))
    row = until("the device waits", lambda: [l for l in p.ctl("device", "list", "--data", p.data).stdout.splitlines() if "waits" in l])[0]
    for admin in ("security", "system"):
        key = p.folder / f"{admin}.pass"
        key.write_text(f"demo-only-{admin}-1\n")
        p.ctl("device", "approve", "--data", p.data, "--admin", p.data / "demo-admin" / f"admin-{admin}.key", "--passphrase-file", key, "--device", row.split()[0])
    r = desk.wait(n, 60)
    need(r["ok"], f"it is enrolled: {r}")
    desk.account = r["folder"]
    return desk.open().online()


def two_desks(p, desks, unit):
    """Both show the same; of two acts in one task one counts, and the other desk is told."""
    drafter, first = desks
    second = Desk(p, "head1", p.folder / "desk-head1-second")
    try:
        approved(p, second)
        streams = []
        for n in range(2):
            draft = drafter.call("new_draft")["draft"]
            drafter.call("save_draft", draft=draft, title=f"关于两台电脑的第{n}份通知", recipients=[unit], body="正文。")
            streams.append(drafter.call("submit", draft=draft)["stream"])
        for d in (first, second):
            for s in streams:
                d.task(s)
        # At once, connected.
        calls = [(d, d.send("act", stream=streams[0], choice="AGREE", opinion=f"同意{i}。")) for i, d in enumerate((first, second))]
        need(all(d.wait(n)["ok"] for d, n in calls), "both are taken at their desks")
        # And apart, each without the hub, differently.
        p.relay.cut()
        for d in (first, second):
            d.offline()
        first.call("act", stream=streams[1], choice="AGREE", opinion="同意。")
        second.call("act", stream=streams[1], choice="RETURN", opinion="请修改。")
        p.relay.heal()
        for d in (first, second):
            d.call("retry")
            d.online()
            until("all is sent", lambda: d.status()["unsent"] == 0)

        def same():
            views = [[(m["stage"], m["pending"], [o["text"] for o in m["opinions"]]) for m in map(d.matter, streams)] for d in (first, second, drafter)]
            return views[0] == views[1] == views[2] and all(v[1] == 0 for v in views[0]) and views[0]

        views = until("all three desks have the same", same)
        need(sum(d.status()["attention"] for d in (first, second)) == 2, "who was too late is told, each time")
        for s, v in zip(streams, views):
            need(len(v[2]) == 1, f"one of two acts counts: {v}")
    finally:
        if second.proc:
            second.kill()


def taken_back(p, desks, unit):
    """What never left this PC is taken back, in the window of one start or the next; what may have left is not, though the hub has not answered yet."""
    drafter, _ = desks

    def submitted(title):
        draft = drafter.call("new_draft")["draft"]
        drafter.call("save_draft", draft=draft, title=title, recipients=[unit], body="正文。")
        return drafter.call("submit", draft=draft)["stream"]

    def row(stream):
        return next(r for r in drafter.call("outbox")["rows"] if r["stream"] == stream)

    drafter.online()
    p.hub.send_signal(signal.SIGSTOP)
    try:
        left = submitted("发出而未答复的")
        r = drafter.ask("take_back", command=row(left)["id"])
        need(row(left)["sent"] and not r["ok"] and r["error"] == "conflict", f"it has left: {r}")
        drafter.kill()
        drafter.open(connect=False)   # a later start knows it too
        r = drafter.ask("take_back", command=row(left)["id"])
        need(row(left)["sent"] and not r["ok"] and r["error"] == "conflict", f"it had left: {r}")
        kept = submitted("没有发出的")
        drafter.kill()
        drafter.open(connect=False)
        need(not row(kept)["sent"], "this one never left")
        drafter.call("take_back", command=row(kept)["id"])
    finally:
        p.hub.send_signal(signal.SIGCONT)
    drafter.kill()
    drafter.open().online()
    until("what had left is settled", lambda: drafter.status()["unsent"] == 0)
    need(drafter.matter(left)["stage"] != "" and "没有发出的" in [d["title"] for d in drafter.call("drafts")["rows"]], "the one counts, the other is a draft again")


def copied(p, desks, unit):
    """A folder that a backup program copies while the desk writes opens whole, with all that was there when the copy began, or is told as damaged; the desk never notices."""
    drafter, head = desks
    asked = []
    for n in range(5):
        draft = drafter.call("new_draft")["draft"]
        drafter.call("save_draft", draft=draft, title=f"复制前第{n}份", body="正文。" * 1000)
        asked.append(draft)
    ending = threading.Event()

    def work():
        n = 0
        while not ending.is_set():
            drafter.call("save_draft", draft=asked[n % 5], body=f"第{n}次。" * 2000)
            n += 1
    thread = threading.Thread(target=work)
    thread.start()
    outcomes = []
    try:
        for n in range(8):
            to = p.folder / f"copy-{n}"
            shutil.copytree(drafter.root, to, ignore=lambda d, names: [x for x in names if not (stat.S_ISREG(os.stat(os.path.join(d, x)).st_mode) or os.path.isdir(os.path.join(d, x)))])
            other = Desk(p, "drafter", to)
            other.account = str(to / pathlib.Path(drafter.account).relative_to(drafter.root))
            other.spawn()
            r = other.ask("open", folder=other.account, passphrase=PASS, connect=False)
            if r["ok"]:
                have = [d["draft"] for d in other.call("drafts")["rows"]]
                found = other.call("integrity")["findings"]
                need(found or set(asked) <= set(have), f"what was there is there: {len(have)}")
                outcomes.append("damage told" if found else "whole")
            else:
                need(r["error"] == "corrupt", f"a copy that does not open is told as damaged: {r}")
                outcomes.append("damaged")
            other.kill()
    finally:
        ending.set()
        thread.join()
    need(not drafter.call("integrity")["findings"], "the store itself is whole")
    print(f"         {len(outcomes)} copies: {', '.join(f'{outcomes.count(o)} {o}' for o in sorted(set(outcomes)))}", flush=True)


def diagnosis(p, desks, unit):
    """The file an administrator gets: how the desk stands and what is managed, nobody's name and no word of a document."""
    drafter, _ = desks
    title = "关于诊断文件的通知"
    drafter.call("save_draft", draft=drafter.call("new_draft")["draft"], title=title, recipients=[unit], body="只在稿中的一句话。")
    target = p.folder / "diagnosis.json"
    drafter.call("diagnostics", target=str(target))
    said = json.loads(target.read_text())
    need(said["policy"]["hub_policy"] == 0 and "idle_lock_minutes" in said["policy"]["keys"], f"what is managed, and that the hub has no policy: {said['policy']}")
    need(said["drafts"] > 0 and said["bytes"]["store.db"] > 0, f"how it stands: {said}")
    for word in (title, "一句话", p.demo["cast"]["drafter"]["name"]):
        need(word not in target.read_text() and json.dumps(word)[1:-1] not in target.read_text(), f"{word} is not in it")


def run(folder):
    with office(folder, "drafter", "head1") as world:
        for part in (files, two_desks, taken_back, copied, diagnosis):
            part(*world)
            print(f"ok      {part.__name__}", flush=True)


played("odd", run)

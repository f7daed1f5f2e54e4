#!/usr/bin/env python3
"""The hub is restored from a backup older than acknowledged commands: returning desks bring them back."""
import os, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import *

BODY = "现将有关事项通知如下。\n一、抓紧办理。\n"


def submit(desk, unit, title):
    draft = desk.call("new_draft")["draft"]
    desk.call("save_draft", draft=draft, title=title, recipients=[unit], body=BODY)
    r = desk.call("submit", draft=draft)
    need(r["outcome"] == "APPLIED", f"submitted: {r}")
    until("it is acknowledged", lambda: desk.status()["unsent"] == 0)
    return r["stream"]


def run(folder):
    p = Province(folder)
    p.start()
    d = {r: Desk(p, r).enrol().online() for r in ("drafter", "head1", "signer", "clerk1")}
    unit = d["clerk1"].unit
    before = [submit(d["drafter"], unit, f"备份前第{i}号通知") for i in (1, 2)]
    backup = p.folder / "backup.zt"
    p.ctl("backup", "--data", p.data, "--to", backup)
    after = [submit(d["drafter"], unit, f"备份后第{i}号通知") for i in (1, 2, 3)]
    for stream, words in ((before[0], "备份之后的意见一"), (after[0], "备份之后的意见二")):
        d["head1"].task(stream)
        need(d["head1"].call("act", stream=stream, choice="AGREE", opinion=words)["outcome"] == "APPLIED", "acted")
        d["signer"].task(stream)
    until("acknowledged", lambda: d["head1"].status()["unsent"] == 0)
    print("ok       two matters before the backup, three and two acts after it", flush=True)

    p.stop()
    restored, secret = p.folder / "restored", p.folder / "passphrase"
    secret.write_text(PASS + "\n")
    keys = p.folder / "keys.zt"
    p.ctl("backup-keys", "--data", p.data, "--to", keys, "--passphrase-file", secret)
    p.ctl("restore-keys", "--from", keys, "--data", restored, "--passphrase-file", secret)
    p.ctl("restore", "--from", backup, "--data", restored)
    p.data = restored
    p._listen_inside()
    p.start()
    for x in d.values():
        x.call("retry")
    for x in d.values():
        x.online()
    until("nothing waits", lambda: all(x.status()["unsent"] == 0 for x in d.values()), 60)
    for stream in before + after:
        until("the hub has it again", lambda: (lambda m: m and m["stage"] == "in_review" and m["pending"] == 0)(d["drafter"].matter(stream)), 60)
    for stream, words in ((before[0], "备份之后的意见一"), (after[0], "备份之后的意见二")):
        until("the opinion is there again", lambda: (lambda m: m and words in [o["text"] for o in m["opinions"]])(d["drafter"].matter(stream)), 60)
        d["signer"].task(stream, 60)
    d["head1"].task(after[2], 60)
    # A desk that was never there reads the same from the new log alone.
    print("ok       all five matters and both acts are back, decided again under their old ids", flush=True)
    admin = p.demo["admins"]["security"]
    secret.write_text(admin["passphrase"] + "\n")
    code = p.ctl("enrol-code", "--data", restored, "--admin", admin["key"], "--passphrase-file", secret, "--person", p.person("head2")).stdout.split()[0]
    p.demo["cast"]["head2"]["code"] = code
    h2 = Desk(p, "head2").enrol().online()
    for stream in before + after:
        until("a new desk has it", lambda: h2.matter(stream), 60)
    print("ok       a desk enrolled after the restore reads them from the hub", flush=True)
    for x in list(d.values()) + [h2]:
        need(not x.status()["alarm"], f"{x.role}: no alarm")
        x.close()
    p.stop()


played("restore", run)

#!/usr/bin/env python3
"""The demo with a display: a province that is kept, a hub, enrolled desks, and one desk's real window."""
import argparse
from windows import *

ROLES = ("drafter", "head1", "head2", "deputy", "signer", "clerk1", "clerk2")


def enrol_all(p):
    missing = [r for r in ROLES if not any((p.folder / f"desk-{r}").glob("*/"))]
    for role in missing:
        print(f"  enrolling {role} …", flush=True)
        d = Windows(p.folder, role, p)
        d.root.mkdir(parents=True, exist_ok=True)
        d.enrol().online()
        d.end()


def tell(p):
    cast = p.demo["cast"]
    say = lambda *lines: print(*lines, sep="\n")
    say("", f"演示省份 / demo province: {p.demo['province']}    hub {p.demo['address']}    口令 / passphrase of every desk: {PASS}", "")
    for role in ROLES:
        say(f"  {role:8} {cast[role]['name']}  {cast[role]['unit_name']} {cast[role]['post']}")
    say("", "可以试 / what to try",
        "  1. 新建公文 Ctrl+Shift+N，写好后提交。  New draft, write, submit for review.",
        "  2. 另开终端 / in a second terminal:  packaging/demo --desk head1   处室负责人：同意或退回 / the head agrees or returns it",
        "                                       packaging/demo --desk signer  签发，取得文号 / signs, it gets its number",
        "                                       packaging/demo --desk clerk1  收文单位签收 / the receiving unit signs for it",
        f"  3. 断网 / an outage:      kill -STOP {p.hub.pid if p.hub else 'PID'}   恢复 / back again: kill -CONT {p.hub.pid if p.hub else 'PID'}",
        "  4. Ctrl+K 搜索 / search   F1 本屏按键 / keys of this screen   Ctrl+Shift+L 锁定 / lock",
        "  关闭窗口即结束本演示 / closing this desk's window ends the demo.", "")


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--folder", required=True)
    ap.add_argument("--desk", default="drafter", choices=ROLES)
    ap.add_argument("--lang")
    ap.add_argument("--document")
    args = ap.parse_args()
    folder = pathlib.Path(args.folder).resolve()
    if not (folder / "hub" / "demo.json").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    p = Office(folder, keep=True)
    mine = not p.runs()
    if mine:
        p.start()
    try:
        enrol_all(p)
        tell(p)
        if args.document:
            print(f"  正文文件 / body: 起草窗口中“导入文本…” / Import text… in the draft window: {pathlib.Path(args.document).resolve()}")
        subprocess.run([program("zhengtong"), "--data", str(p.folder / f"desk-{args.desk}")])
    finally:
        if mine:
            p.stop()


main()

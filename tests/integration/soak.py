#!/usr/bin/env python3
"""Hours of use in a row: drafts typed, submitted, returned, searched, lists read, the hub gone now and then. Memory, descriptors and threads of desks and hub stay
where they were, and the stores' logs small. Half a minute here; ten minutes, which are about a day of a person's work, with ZT_TEST_FULL."""
import os, pathlib, sys, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import *

SECONDS = 600 if os.environ.get("ZT_TEST_FULL") else 10 if os.environ.get("ZT_TEST_QUICK") else 30
WARM = 0.3            # of the time: caches fill, threads start
GROWTH_MB = 8         # 8 hours at 1 MB an hour
LOG_MB = 64


def measure(pid):
    pss = next(int(l.split()[1]) for l in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines() if l.startswith("Pss:"))
    return {"MB": pss / 1024, "descriptors": len(os.listdir(f"/proc/{pid}/fd")), "threads": len(os.listdir(f"/proc/{pid}/task"))}


def round_of_work(drafter, head, units, n):
    draft = drafter.call("new_draft")["draft"]
    body = "为做好各项准备工作，现就有关事项通知如下。\n"
    for i in range(10):
        body += f"补充第{i}条。"
        drafter.call("save_draft", draft=draft, title=f"关于第{n}项工作的通知", recipients=units, body=body)
    stream = drafter.call("submit", draft=draft)["stream"]
    head.task(stream)
    need(head.call("act", stream=stream, choice="AGREE" if n % 3 else "RETURN", opinion="请核实数据。")["outcome"] == "APPLIED", "acted")
    for d in (drafter, head):
        d.rows("todo"), d.rows("review"), d.call("search", text="准备工作"), d.call("read", stream=stream)


def run(folder):
    with office(folder, "drafter", "head1") as (p, desks, unit):
        pids = lambda: {"hub": p.hub.pid, **{d.role: d.proc.pid for d in desks}}
        start, n, cuts, base, most_log = time.monotonic(), 0, 0, None, 0
        samples = []
        while time.monotonic() - start < SECONDS:
            n += 1
            round_of_work(*desks, [unit], n)
            if n % 15 == 0:
                p.relay.cut()
                until("the outage is noticed", lambda: desks[0].status()["link"] != "online")
                p.relay.heal()
                cuts += 1
                for d in desks:
                    d.online(75) # a line that breaks every few seconds is tried ever less often, once a minute at last
            samples.append({name: measure(pid) for name, pid in pids().items()})
            most_log = max([most_log, *(f.stat().st_size for f in folder.rglob("*-wal"))])
            if base is None and time.monotonic() - start > WARM * SECONDS:
                base = len(samples) - 1
        for d in desks:
            until("everything has been sent", lambda: not d.status()["unsent"])
        need(base is not None and len(samples) - base >= 4, f"too little work for an answer: {len(samples)} rounds")
        tail = max(2, (len(samples) - base) // 4)
        for name in samples[0]:
            early, late = ({k: sorted(s[name][k] for s in part)[len(part) // 2] for k in s_keys} for part, s_keys in ((samples[base:base + tail], samples[0][name]), (samples[-tail:], samples[0][name])))
            print(f"        {name:8} " + ", ".join(f"{k} {early[k]:.0f} -> {late[k]:.0f}" for k in early))
            need(late["MB"] - early["MB"] <= GROWTH_MB, f"{name} grew by {late['MB'] - early['MB']:.1f} MB")
            need(late["descriptors"] <= early["descriptors"] + 4, f"{name}: descriptors {early['descriptors']} -> {late['descriptors']}")
            need(late["threads"] <= early["threads"] + 4, f"{name}: threads {early['threads']} -> {late['threads']}")
        need(most_log <= LOG_MB << 20, f"a log of {most_log >> 20} MB")
        print(f"ok      {n} documents and {cuts} outages in {SECONDS} s; longest log {most_log / (1 << 20):.1f} MB")


played("soak", run)

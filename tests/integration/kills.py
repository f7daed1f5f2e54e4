#!/usr/bin/env python3
"""SIGKILL of desk and hub at random moments: no acknowledged command lost, none twice. The seed is printed; ZT_SEED repeats it."""
import os, random, sys, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import *

KILLS = 15 if os.environ.get("ZT_TEST_QUICK") else 1000 if os.environ.get("ZT_TEST_FULL") else 100
BODY = "现将有关事项通知如下。\n一、抓紧办理。\n"


def burst(desk, state, n):
    """Submits without waiting; remembers what was asked, and what was answered before the end."""
    asked = []
    draft = desk.call("new_draft")["draft"]
    for _ in range(n):
        state["n"] += 1
        title = f"关于第{state['n']}号事项的通知"
        desk.call("save_draft", draft=draft, title=title, recipients=[state["unit"]], body=BODY)
        asked.append((title, desk.send("submit", draft=draft)))
        state["asked"].add(title)
        draft = desk.send("new_draft")
        draft = desk.wait(draft)["draft"]
        yield asked


def collect(desk, asked, state):
    with desk._cond:
        for title, n in asked:
            r = desk._answers.get(n)
            if isinstance(r, dict) and r.get("ok") and r.get("outcome") == "APPLIED":
                state["acked"][title] = r["stream"]


def everything(desk):
    rows = []
    while True:
        page = desk.call("list", folder=1, offset=len(rows), limit=500)["rows"]
        rows += page
        if len(page) < 500:
            return rows


def run(folder, rng):
    p = Province(folder)
    p.start()
    clerk = Desk(p, "clerk1").enrol().online()
    desk = Desk(p, "drafter").enrol().online()
    state = {"n": 0, "asked": set(), "acked": {}, "unit": clerk.unit}
    clerk.close()
    for victim in ("desk", "hub"):
        for _ in range(KILLS):
            asked = []
            end = time.monotonic() + rng.uniform(0, 0.15)
            try:
                for asked in burst(desk, state, 50):
                    if time.monotonic() >= end:
                        break
            except Failed:
                raise
            if victim == "desk":
                time.sleep(rng.uniform(0, 0.02))
                collect(desk, asked, state)
                desk.kill()
                desk.open()
            else:
                p.kill()
                time.sleep(rng.uniform(0, 0.05))
                collect(desk, asked, state)
                p.start()
                desk.call("retry")
        until("everything is sent", lambda: desk.call("retry") and desk.online() and desk.status()["unsent"] == 0, 120)
        s = desk.status()
        need(not s["alarm"], "no contradiction with the hub's history")
        need(s["attention"] == 0, f"nothing refused: {s['attention']}")
        # A receipt may arrive before the events it speaks of.
        until("all are confirmed", lambda: not [r for r in everything(desk) if r["pending"]], 60)
        rows = everything(desk)
        titles = [r["title"] for r in rows]
        lost = [t for t in state["acked"] if titles.count(t) == 0]
        twice = [t for t in state["asked"] if titles.count(t) > 1]
        need(not lost, f"{len(lost)} acknowledged and lost after kills of the {victim}: {lost[:3]}")
        need(not twice, f"{len(twice)} applied twice after kills of the {victim}: {twice[:3]}")
        print(f"ok       {KILLS} kills of the {victim}: {len(state['acked'])} acknowledged of {len(state['asked'])} asked, 0 lost, 0 twice", flush=True)
    need(len(state["acked"]) >= KILLS, f"the test did something: {len(state['acked'])}")
    need(desk.call("integrity")["findings"] == [], "the store is whole")
    desk.close()
    p.stop()


def main():
    seed = int(os.environ.get("ZT_SEED", random.randrange(1 << 30)))
    print(f"seed {seed}", flush=True)
    played("kills", lambda folder: run(folder, random.Random(seed)))


main()

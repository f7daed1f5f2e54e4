#!/usr/bin/env python3
"""The scenario a-g through the real windows: seven desks, a hub, outages and kills. Prints each step, keeps a picture of each.
   play.py [--out FOLDER] [--document FILE] [--lang zh_CN|en] [--keep]"""
import argparse, concurrent.futures, hashlib, shutil, signal, traceback
from windows import *

BODY = "今年汛期临近。为做好各项准备工作，现就有关事项通知如下。\n一、压实责任\n（一）落实责任人。各地要在4月5日前完成核定和公示。\n二、抓紧排查\n逐库逐段排查隐患，建立台账。\n"
TITLE = "关于做好2026年汛前准备工作的通知"
SECOND = "关于报送第一季度工作情况的通知"
BIG = "关于印发水库清单的通知"
DEPUTY = "关于开展值班检查的通知"
ROLES = ("drafter", "head1", "head2", "deputy", "signer", "clerk1", "clerk2")
STEPS = []


def step(name):
    def wrap(f):
        STEPS.append((name, f))
        return f
    return wrap


class World:
    def __init__(self, out, body, lang):
        self.out, self.folder, self.n, self.lang = out, out / "play", 0, lang
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.body = body   # as the window shows it, later
        self.body_file = self.folder / "正文.txt"
        self.body_file.write_bytes(body)
        self.big = self.folder / "水库清单.bin"
        self.big.write_bytes(os.urandom(20 << 20))
        self.small = self.folder / "联系人.txt"
        self.small.write_text("值守电话 000-0000\n")
        self.d = {}
        self.last = None

    def desk(self, role):
        d = Windows(self.folder, role, self.p)
        d.root.mkdir(parents=True)
        (d.root / "settings.json").write_text(json.dumps({"language": self.lang}))
        self.d[role] = d
        return d

    def name(self, role):
        return self.p.demo["cast"][role]["name"]

    def unit_name(self, role):
        return self.p.demo["cast"][role]["unit_name"]

    def shot(self, desk, name):
        """A picture in the middle of a step."""
        self.n += 1
        desk.shot(self.out / f"{self.n:02d}-{name}.png")

    def back(self):
        self.p.start()
        for d in self.d.values():
            d.online()

    def compose(self, title, recipients, body=None):
        """A new draft in its window, with what every draft here has."""
        d = self.d["drafter"]
        d.module("Docs")
        d.click(T("New draft"))
        d.type(title, object="Title")
        d.click([p + ".*" for p in T("Main recipients")])
        for role in recipients:
            d.pick(re.escape(self.unit_name(role)), how="check", window=T("Main recipients"))
        d.click(T("Use these units"))
        if body:
            d.again("paste", target={"object": "Body"}, text=body)
        return d

    def submit(self, d):
        d.click(T("Submit for review"))
        d.see([p + ".*" for p in T("Submitted for review: %1")])

    def undo(self, d):
        return d.call("info", target={"class": "Button", "like": [f"^{t}$" for t in T("Undo")]})["there"]

    def end(self):
        for d in self.d.values():
            d.end()
        self.p.stop()


@step("province, hub, seven desks enrolled through their windows")
def enrol(w):
    w.p = Office(w.folder)
    w.p.start()
    first = w.desk("drafter").spawn()
    first.see(T("Enrolment code"))
    w.shot(first, "enrol")
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(lambda d: d.enrol().online(), first if role == "drafter" else w.desk(role)) for role in ROLES]:
            done.result()
    return w.d["drafter"]


@step("a: she writes a notice with two attachments; SIGKILL in mid-typing loses at most a second")
def a(w):
    d = w.compose(TITLE, ("clerk1", "clerk2"))
    d.click(T("Urgent"))
    d.click(T("Import text…"))
    d.give_file(w.body_file)
    w.body = until("the body is there", lambda: d.value(object="Body"))
    d.drop_files(w.big, w.small)
    d.see(T("Ready to be submitted"))
    d.see([p + ".*" for p in T("Saved %1 on this PC")])
    w.shot(d, "compose")
    typed = "补充说明：各单位应当每日十七时前报送情况，遇有险情随时报告，不得迟报漏报瞒报。"
    d.events.clear()
    n = d.send("type", target={"object": "Body"}, end=True, text=typed * 3, every_ms=60)
    until("she is in the middle of typing", lambda: len([e for e in d.events if e["event"] == "typed"]) >= 45)
    d.proc.kill()
    killed = time.monotonic() * 1000
    d.proc.wait()
    d.proc = None
    time.sleep(0.1)
    times = [e["ms"] for e in d.events if e["event"] == "typed"]
    d.unlock().opened()
    d.folder_of("Drafts")
    d.pick(has(TITLE), how="enter", **{"class": "RowList"})
    body = d.value(object="Body")
    kept = len(body) - len(w.body)
    owed = len([t for t in times if t < killed - 1000])
    need(kept >= owed, f"typed {len(times)}, kept {kept}, owed {owed}")
    need(owed > 10, "enough was typed to be lost")
    d.see(has(w.big.name))
    d.see(has(w.small.name))
    d.again("type", target={"object": "Body"}, clear=True, text="")
    d.again("paste", target={"object": "Body"}, text=w.body)
    return d


@step("b: the hub stops; she submits; SIGKILL; without a hub everything is there")
def b(w):
    d = w.d["drafter"]
    w.p.stop()
    d.offline()
    w.submit(d)
    need(w.undo(d), "what has not left can be taken back")
    d.folder_of("In review")
    d.see(has(TITLE))
    d.kill()
    d.unlock().opened()
    d.offline()
    d.open_document("In review", TITLE)
    d.see([p + ".*" for p in T("%1 is kept on this PC and waits to be sent.")])
    s = d.status()
    need(s["unsent"] == 1 and s["last_contact"] > 0, f"one act waits, the age of the data is known: {s}")
    return d


@step("c1: the hub returns; within a second the head is told of the task, once")
def c1(w):
    d, head = w.d["drafter"], w.d["head1"]
    head.events.clear() # before: whoever is back first must not be missed
    w.p.start()
    head.online()
    d.online().settled()
    t = time.monotonic()
    told = lambda: [e for e in head.events if e["event"] == "notified" and e["text"] == TITLE]
    until("the head is notified", told, 10)
    w.note = f"notified {1000 * (time.monotonic() - t):.0f} ms after the sender had sent"
    need(time.monotonic() - t < 1.0, f"within a second: {time.monotonic() - t:.2f} s")
    head.open_document("To do", TITLE)
    need(len(told()) == 1, "told once")
    return head


@step("c2: he returns it with an opinion; she revises; the versions are compared")
def c2(w):
    d, head = w.d["drafter"], w.d["head1"]
    for x in w.d.values():
        x.online()
    head.open_document("To do", TITLE)
    head.type("第二部分请补充时限。", [p + ".*" for p in T("My opinion: %1")])
    head.click(T("Return"))
    head.see([p + ".*" for p in T("%1: done")])
    d.open_document("To do", TITLE)
    d.see(has("第二部分请补充时限。"))
    w.shot(d, "returned")
    d.click(T("Revise"))
    d.type("4月20日前全部完成。", object="Body", end=True)
    w.submit(d)
    need(not w.undo(d), "nothing is offered that cannot be done: it was sent at once")
    head.open_document("To do", TITLE)
    head.tab([p + ".*" for p in T("Versions")])
    head.see(has("4月20日前全部完成。"), 10)
    return head


@step("c3: he agrees; the signer signs; number 1 from the register; dispatched to two units")
def c3(w):
    d, head, signer = w.d["drafter"], w.d["head1"], w.d["signer"]
    head.type("同意。", [p + ".*" for p in T("My opinion: %1")])
    head.click(T("Agree and send on"))
    head.see([p + ".*" for p in T("%1: done")])
    signer.open_document("To do", TITLE)
    signer.type("同意印发。", [p + ".*" for p in T("My opinion: %1")])
    w.shot(signer, "before-signing")
    signer.click(T("Sign and issue"))
    signer.see([p + ".*" for p in T("%1: done")])
    d.open_document("Sent", TITLE, 30)
    d.see(r".*示政办发〔\d{4}〕1号.*", 30)
    return d


@step("d: a receiving unit opens it and signs for it; the sender sees all four times")
def dd(w):
    clerk, d = w.d["clerk1"], w.d["drafter"]
    clerk.open_document("To do", TITLE, 30)
    clerk.see(r".*示政办发〔\d{4}〕1号.*")
    clerk.type("已收。", T("Note with the receipt"))
    clerk.click(T("Sign for receipt"))
    clerk.see([p + ".*" for p in T("%1: done")])
    w.shot(clerk, "signed-for")
    d.open_document("Sent", TITLE)
    d.tab(T("Process and receipts"))
    d.see([p for p in T("%1 of %n units have signed for it", 1)], 30)
    return d


@step("e: two heads act offline on one task; one applies, the other's words are kept and added")
def e(w):
    h1, h2, d = w.d["head1"], w.d["head2"], w.compose(SECOND, ("clerk1",), BODY)
    w.submit(d)
    for h in (h1, h2):
        h.open_document("To do", SECOND, 30)
    w.p.stop()
    for h, words, verb in ((h1, "甲：同意。", "Agree and send on"), (h2, "乙：请补充附表。", "Return")):
        h.offline()
        h.type(words, [p + ".*" for p in T("My opinion: %1")])
        h.click(T(verb))
        h.see([p + ".*" for p in T("%1: done")])
    h2.proc.send_signal(signal.SIGSTOP)   # his desk may be quicker to find the hub again
    w.p.start()
    h1.online().settled()
    h2.proc.send_signal(signal.SIGCONT)
    h2.online().settled()
    until("his words wait", lambda: h2.status()["attention"] == 1)
    h2.unseen([p + ".*" for p in T("%1: done")])   # it was not
    h2.module("Sync")
    h2.see(has("乙：请补充附表。"))
    h2.see(has(w.name("head1")))
    w.shot(h2, "needs-attention")
    h2.click([p + ".*" for p in T("Add as opinion")])
    until("dealt with", lambda: h2.status()["attention"] == 0)
    d.online()
    d.open_document("In review", SECOND)
    d.see(has("乙：请补充附表。"), 30)
    return d


@step("f: the 20 MB attachment is cut at about half both ways; both resume; the hash matches")
def f(w):
    d, clerk, h1, signer = w.d["drafter"], w.d["clerk2"], w.d["head1"], w.d["signer"]
    w.big.write_bytes(os.urandom(20 << 20))   # another file, so that sending starts now
    for x in w.d.values():
        x.online()
    known = {p.name for p in (w.p.data / "blobs").iterdir()}
    w.compose(BIG, ("clerk2",), BODY)
    w.p.stop()
    d.drop_files(w.big)
    w.submit(d)
    w.p.start()
    d.call("retry")
    half = lambda folder, least=5 << 20: [p for p in folder.iterdir() if p.suffix == ".part" and p.stat().st_size >= least and p.name[:-5] not in known]
    part = until("half is sent", lambda: half(w.p.data / "blobs"), 60, 0.002)[0]
    w.p.kill()
    need(part.exists() and 5 << 20 <= part.stat().st_size < 20 << 20, "sending was cut in the middle")
    cut_up = part.stat().st_size
    blob = part.name[:-5]
    w.p.start()
    d.call("retry")
    until("it is whole at the hub", lambda: (w.p.data / "blobs" / blob).exists(), 60)
    for x in w.d.values():
        x.online()
    h1.open_document("To do", BIG, 30)
    h1.type("同意。", [p + ".*" for p in T("My opinion: %1")])
    h1.click(T("Agree and send on"))
    signer.open_document("To do", BIG, 30)
    store = next(x for x in clerk.root.iterdir() if (x / "blobs").is_dir()) / "blobs"
    known = {p.name for p in store.iterdir()}
    signer.type("同意。", [p + ".*" for p in T("My opinion: %1")])
    signer.click(T("Sign and issue"))
    clerk.folder_of("To do")
    clerk.see(has(BIG), 30)
    if not (store / blob).exists():
        if not list(store.glob("*.part")):
            clerk.open_document("To do", BIG)
            clerk.tab([p + ".*" for p in T("Attachments")])
            if not clerk.sees([p + ".*" for p in T("Save as…")]):
                clerk.wait(clerk.send("click", target={"like": [p + ".*" for p in T("Fetch")]}))
        part = until("a part is fetched", lambda: half(store, 1 << 20), 60, 0)[0]  # the rest takes 60 ms, on a busy machine this test wakes late
        w.p.kill()
        need(part.exists() and part.stat().st_size < 20 << 20, "fetching was cut in the middle")
        w.note = f"cut at {cut_up >> 20} MiB sending, {part.stat().st_size >> 20} MiB fetching"
        w.p.start()
    clerk.online()
    clerk.open_document("To do", BIG)
    clerk.tab([p + ".*" for p in T("Attachments")])
    clerk.see([p + ".*" for p in T("Save as…")], 60)
    clerk.click([p + ".*" for p in T("Save as…")])
    target = w.folder / "取回.bin"
    clerk.give_file(target)
    until("saved", lambda: target.exists() and target.stat().st_size == w.big.stat().st_size, 30)
    digest = lambda p: hashlib.sha256(p.read_bytes()).hexdigest()
    until("byte for byte the same", lambda: digest(target) == digest(w.big), 10)
    return clerk


@step("g: the deputy acts offline under a mandate; the history shows 甲（乙代）")
def g(w):
    h1, dep, d = w.d["head1"], w.d["deputy"], w.d["drafter"]
    for x in w.d.values():
        x.online()
    give_mandate(w, h1)
    h1.settled()
    w.compose(DEPUTY, ("clerk1",), BODY)
    w.submit(d)
    dep.open_document("To do", DEPUTY, 30)
    w.p.stop()
    dep.offline()
    dep.see(has(w.name("head1")))
    dep.type("代为审核，同意。", [p + ".*" for p in T("My opinion: %1")])
    dep.click(T("Agree and send on"))
    dep.see([p + ".*" for p in T("%1: done")])
    w.p.start()
    dep.online().settled()
    d.online()
    d.open_document("In review", DEPUTY, 30)
    shown = [f"{w.name('head1')}（{w.name('deputy')}代）", f"{w.name('deputy')} for {w.name('head1')}"]
    d.see([has(s) for s in shown], 30)
    return d


def give_mandate(w, h1):
    h1.module("Deputy")
    h1.choose(has(w.name("deputy")), T("Deputy"))
    h1.click(T("Give the mandate"), **{"class": "::Button"})   # the rail has the same word in Chinese
    h1.see(T("Mandate given"))
    h1.see(T("In force"))
    w.shot(h1, "mandate")


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--out", default=str(pathlib.Path(os.environ.get("ZT_SHOTS", "build")) / "scenario"))
    ap.add_argument("--document")
    ap.add_argument("--lang", default="zh_CN")
    ap.add_argument("--keep", action="store_true")
    args = ap.parse_args()
    out = pathlib.Path(args.out).resolve()
    out.mkdir(parents=True, exist_ok=True)
    for old in [*out.glob("[0-9][0-9]-*.png"), *out.glob("report.json")]:
        old.unlink()
    body = pathlib.Path(args.document).read_bytes() if args.document else BODY.encode()
    try:
        if not body.decode("utf-8-sig").strip():
            raise SystemExit(f"{args.document}: no text in it")
    except UnicodeDecodeError:
        raise SystemExit(f"{args.document}: not UTF-8")
    w = World(out, body, args.lang)
    report, good = [], True
    for name, run in STEPS:
        w.note = ""
        t = time.monotonic()
        why = ""
        try:
            desk = run(w)
            took = time.monotonic() - t
            w.shot(desk, re.sub(r"[^a-z0-9]+", "-", name.split(";")[0].lower()).strip("-")[:40])
        except (Failed, KeyError, OSError, StopIteration) as e:
            took = time.monotonic() - t
            good, why = False, f"{e!r}"
            for role, d in w.d.items():
                try:
                    d.shot(out / f"failed-{role}.png")
                except Exception:
                    pass
        except Exception:
            took = time.monotonic() - t
            good, why = False, traceback.format_exc()
        report.append({"name": name, "ok": good, "ms": round(took * 1000)})
        print(f"{'ok    ' if good else 'NOT OK'} {took * 1000:7.0f} ms  {name}" + (f"  ({w.note})" if w.note else "") + (f"\n        {why}" if why else ""), flush=True)
        if not good:
            break
    for name, _ in STEPS[len(report):]:
        report.append({"name": name, "ok": False, "ms": 0})
        print(f"NOT RUN             {name}", flush=True)
    if good:
        w.end()
    else:
        for d in w.d.values():
            d.crash()
        w.p.kill() if hasattr(w, "p") else None
    (out / "report.json").write_text(json.dumps({"steps": report}, ensure_ascii=False, indent=1))
    print(f"pictures and report: {out}")
    if good and not args.keep:
        shutil.rmtree(w.folder, ignore_errors=True)
    sys.exit(0 if good else 1)


main()

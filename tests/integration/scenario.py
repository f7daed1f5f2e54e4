#!/usr/bin/env python3
"""The scenario a-g over real processes, without windows: a hub, seven desks, outages, kills."""
import concurrent.futures, datetime, hashlib, os, pathlib, shutil, signal, sys, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import *

BODY = "各市、县（区）人民政府，省政府有关部门：\n今年汛期临近。为做好各项准备工作，现就有关事项通知如下。\n一、压实责任\n（一）落实责任人。各地要在4月5日前完成核定和公示。\n二、抓紧排查\n逐库逐段排查隐患，建立台账。\n"
DEMO = pathlib.Path(__file__).resolve().parents[2] / "resources/demo"
STEPS = []


def step(name):
    def wrap(f):
        STEPS.append((name, f))
        return f
    return wrap


class World:
    def __init__(self, folder, body):
        self.p = Province(folder)
        self.body_file = pathlib.Path(folder) / "body.txt"
        self.body_file.write_text(body)
        self.big = pathlib.Path(folder) / "水库清单.bin"
        self.big.write_bytes(os.urandom(20 << 20))
        self.small = pathlib.Path(folder) / "联系人.txt"
        self.small.write_text("值守电话 000-0000\n")
        self.p.start()
        roles = ("drafter", "head1", "head2", "deputy", "signer", "clerk1", "clerk2")
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            self.d = dict(zip(roles, pool.map(lambda role: Desk(self.p, role).enrol().online(), roles)))

    def end(self):
        for d in self.d.values():
            if d.proc:
                d.close()
        self.p.stop()


@step("a draft with two attachments survives SIGKILL in mid-typing")
def a(w):
    d = w.d["drafter"]
    w.draft = d.call("new_draft")["draft"]
    d.call("save_draft", draft=w.draft, title="关于做好2026年汛前准备工作的通知", urgency=2, recipients=[w.d["clerk1"].unit, w.d["clerk2"].unit], body_file=str(w.body_file))
    w.blob = d.call("attach", draft=w.draft, file=str(w.big))
    d.call("attach", draft=w.draft, file=str(w.small))
    text = w.body_file.read_text()
    for i in range(40):   # typing: every save that was answered must be there after the kill
        text += f"补充第{i}条。"
        d.call("save_draft", draft=w.draft, body=text)
    d.send("save_draft", draft=w.draft, body=text + "来不及保存的字")
    d.kill()
    d.open()
    rows = d.call("drafts")["rows"]
    mine = [r for r in rows if r["draft"] == w.draft]
    need(mine and mine[0]["body_bytes"] >= len(text.encode()), "every answered keystroke is in the draft")
    need(mine[0]["attachments"] == 2, "both attachments are in the draft")
    d.call("save_draft", draft=w.draft, body=w.body_file.read_text())


@step("the hub stops; she submits; SIGKILL; everything is there without the hub")
def b(w):
    d = w.d["drafter"].online()
    w.p.stop()
    s = d.offline()
    need(s["last_contact"] > 0, "the age of the data is known")
    r = d.call("submit", draft=w.draft)
    need(r["outcome"] == "APPLIED", f"the submission is taken while offline: {r}")
    w.m = r["stream"]
    title = d.matter(w.m)["title"]
    until("it is found by search, with no network to bring anything", lambda: w.m in [h["stream"] for h in d.call("search", text=title)["hits"]])
    d.kill()
    d.open()
    need(d.offline()["unsent"] == 1, "one act waits to be sent")
    m = d.matter(w.m)
    need(m["stage"] == "in_review" and m["pending"] == 1, "the document shows as waiting to be sent")
    need(not [x for x in d.call("drafts")["rows"] if x["draft"] == w.draft], "the draft has become the document")


def settled(file):
    """Its size once the desk has written what it had received when the line was cut; 0 before that."""
    before = file.stat().st_size if file.exists() else 0
    time.sleep(0.3)
    return before if before and file.stat().st_size == before else 0


def publish(w, what, text):
    """The system administrator publishes a calendar or a definition."""
    admin, file, words = w.p.demo["admins"]["system"], w.p.folder / what, w.p.folder / "passphrase"
    file.write_text(text)
    words.write_text(admin["passphrase"] + "\n")
    w.p.ctl(what, "publish", file, "--data", w.p.data, "--admin", admin["key"], "--passphrase-file", words)


def declare_outage(w, head):
    """What waits for him is due later by the working hours of a declared outage, at once."""
    due = lambda: next(r["due"] for r in head.rows("todo") if r["stream"] == w.m)
    before = due()
    now = datetime.datetime.now(datetime.timezone.utc)
    standard = DEMO / "calendar.txt"
    publish(w, "calendar", standard.read_text() + f"outage {now:%Y-%m-%dT%H:%MZ}..{now + datetime.timedelta(days=20):%Y-%m-%dT%H:%MZ}\n")
    until("the task is due later", lambda: due() > before + 10 * 86_400_000)


@step("the hub returns: the task arrives once, is returned, revised, compared, reviewed, signed, numbered, dispatched")
def c(w):
    d, head, signer = w.d["drafter"], w.d["head1"], w.d["signer"]
    head.events.clear()
    w.p.start()
    for x in w.d.values():
        x.call("retry")
        x.online()
    until("nothing waits", lambda: d.status()["unsent"] == 0)
    head.task(w.m)
    until("the head is notified", lambda: [e for e in head.events if e["event"] == "arrived" and e["stream"] == w.m])
    need(len([e for e in head.events if e["event"] == "arrived" and e["stream"] == w.m]) == 1, "notified once")
    declare_outage(w, head)
    head.call("act", stream=w.m, choice="RETURN", opinion="第二部分请补充时限。")
    d.task(w.m)
    m = d.matter(w.m)
    need(m["actions"]["revise"] and m["opinions"][-1]["text"] == "第二部分请补充时限。", "she reads why it came back")
    draft = d.call("draft_from", stream=w.m)
    d.call("save_draft", draft=draft["draft"], body=w.body_file.read_text().replace("建立台账", "4月20日前建立台账"))
    need(d.call("submit", draft=draft["draft"])["outcome"] == "APPLIED", "resubmitted")
    head.task(w.m)
    m = head.matter(w.m)
    need(m["versions"] == 2 and m["changed_paragraphs"] == 1, f"one paragraph differs between the versions: {m.get('changed_paragraphs')}")
    need(head.call("act", stream=w.m, choice="AGREE", opinion="同意。")["outcome"] == "APPLIED", "reviewed")
    signer.task(w.m)
    need(signer.call("act", stream=w.m, choice="SIGN", opinion="同意印发。")["outcome"] == "APPLIED", "signed")
    m = until("number and dispatch", lambda: (lambda m: m if m["stage"] == "dispatched" else None)(d.matter(w.m)))
    need(m["number"].endswith("〕1号") and m["number"].startswith("示政办发〔"), f"the register's first number: {m['number']}")
    need(len(m["deliveries"]) == 2, "dispatched to two units")


@step("a receiving unit opens and signs for it; the sender sees sent, received, opened, signed")
def dd(w):
    clerk, d = w.d["clerk1"], w.d["drafter"]
    row = until("it arrives", lambda: [r for r in clerk.rows("received") if r["number"]])[0]
    w.incoming = row["stream"]
    clerk.call("read", stream=w.incoming)
    until("opened", lambda: clerk.matter(w.incoming)["opened"])
    need(clerk.call("sign_for", stream=w.incoming, note="已收。")["outcome"] == "APPLIED", "signed for")
    def seen():
        x = [x for x in d.matter(w.m)["deliveries"] if x["unit"] == clerk.unit][0]
        return x["sent"] and x["received"] and x["opened"] and x["signed"] and x["sent"] <= x["received"] <= x["opened"] <= x["signed"]
    until("the sender sees all four times", seen)


def submit_second(w, title):
    d = w.d["drafter"]
    draft = d.call("new_draft")["draft"]
    d.call("save_draft", draft=draft, title=title, recipients=[w.d["clerk1"].unit], body=BODY)
    r = d.call("submit", draft=draft)
    need(r["outcome"] == "APPLIED", f"submitted: {r}")
    return r["stream"]


@step("two heads act offline on one task: one applies, the other's words are kept")
def e(w):
    h1, h2 = w.d["head1"], w.d["head2"]
    m = submit_second(w, "关于报送第一季度工作情况的通知")
    h1.task(m), h2.task(m)
    w.p.stop()
    h1.offline(), h2.offline()
    need(h1.call("act", stream=m, choice="AGREE", opinion="甲：同意。")["outcome"] == "APPLIED", "first")
    need(h2.call("act", stream=m, choice="RETURN", opinion="乙：请补充附表。")["outcome"] == "APPLIED", "second, as far as his desk knows")
    h2.proc.send_signal(signal.SIGSTOP)  # his desk may be quicker to find the hub again
    w.p.start()
    h1.call("retry"), h1.online()
    until("the first is settled", lambda: h1.status()["unsent"] == 0)
    h2.proc.send_signal(signal.SIGCONT)
    h2.call("retry"), h2.online()
    words = until("his words wait", lambda: [o for o in h2.call("outbox")["rows"] if o["state"] == 2 and "outcome" in o])[0]
    need(words["outcome"] == "SUPERSEDED" and words["by"] and words["by_ms"] and words["words"] == "乙：请补充附表。", f"by whom, when, and his words: {words}")
    need(h2.call("opinion", stream=m, text=words["words"], about=words["id"])["outcome"] == "APPLIED", "added as an opinion")
    until("dealt with", lambda: h2.status()["attention"] == 0)
    until("the drafter reads them", lambda: [o for o in w.d["drafter"].matter(m)["opinions"] if o["text"] == "乙：请补充附表。"])


@step("the 20 MB attachment is cut at about half both ways; both resume; the hash matches")
def f(w):
    d, clerk, relay = w.d["drafter"], w.d["clerk2"], w.p.relay
    half = 10 << 20
    w.big.write_bytes(os.urandom(20 << 20))
    draft = d.call("new_draft")["draft"]
    d.call("save_draft", draft=draft, title="关于印发水库清单的通知", recipients=[clerk.unit], body=BODY)
    big = d.call("attach", draft=draft, file=str(w.big))
    part, whole = w.p.data / "blobs" / f"{big['blob']}.part", w.p.data / "blobs" / big["blob"]

    relay.cut_after("up", half)
    m = d.call("submit", draft=draft)["stream"]
    until("the line is cut while sending", lambda: not relay.up, 60)
    until("what arrived is kept", lambda: part.exists() and part.stat().st_size > 0)
    cut = part.stat().st_size
    need(not whole.exists() and 4 << 20 < cut < 16 << 20, f"about half is at the hub: {cut}")
    relay.cut_after("up", (20 << 20) - cut + (6 << 20))     # what is missing must be enough: sending from 0 would be cut again
    relay.up = True
    d.call("retry")
    until("the rest was sent, not all again", lambda: whole.exists(), 60)
    relay.heal()

    for role in w.d:
        w.d[role].call("retry")
        w.d[role].online()
    w.d["head1"].task(m)
    w.d["head1"].call("act", stream=m, choice="AGREE", opinion="同意。")
    w.d["signer"].task(m)
    for role in w.d:      # nobody else's fetching may use up the bytes until the cut
        if role not in ("clerk2", "signer"):
            w.d[role].close()
    until("files of the others are here", lambda: not [a for a in w.d["signer"].matter(m)["attachments"] if not a["here"]], 60)
    until("what came before is here", lambda: not [a for r in clerk.rows("received") for a in clerk.matter(r["stream"])["attachments"] if not a["here"]], 60)
    relay.cut_after("down", half)
    w.d["signer"].call("act", stream=m, choice="SIGN", opinion="同意。")
    blobs = pathlib.Path(clerk.account) / "blobs"
    until("the line is cut while fetching", lambda: not relay.up, 60)
    got = blobs / f"{big['blob']}.part"
    cut = until("what arrived is kept", lambda: settled(got))
    need(not (blobs / big["blob"]).exists() and 4 << 20 < cut < 16 << 20, f"about half is on the desk: {cut}")
    relay.cut_after("down", (20 << 20) - cut + (6 << 20))
    relay.up = True
    clerk.call("retry")
    clerk.online()
    row = until("the document", lambda: [r for r in clerk.rows("received") if r["title"] == "关于印发水库清单的通知"])[0]
    until("the rest was fetched, not all again", lambda: [x for x in clerk.matter(row["stream"])["attachments"] if x["here"]], 60)
    relay.heal()
    out = w.p.folder / "fetched.bin"
    r = clerk.call("save_attachment", stream=row["stream"], blob=big["blob"], target=str(out))
    need(out.read_bytes() == w.big.read_bytes(), "byte for byte the same")
    need(r["content_hash"] == big["content_hash"], "content hash matches")
    for role in w.d:
        if not w.d[role].proc:
            w.d[role].open()


@step("a deputy acts offline under a mandate; the history shows 甲(乙代)")
def g(w):
    h1, dep = w.d["head1"], w.d["deputy"]
    for x in w.d.values():
        x.call("retry")
        x.online()
    need(h1.call("mandate", deputy=w.p.person("deputy"), scopes=["review"], days=7)["outcome"] == "APPLIED", "mandate given")
    until("the mandate is at the hub", lambda: h1.status()["unsent"] == 0)
    m = submit_second(w, "关于开展值班检查的通知")
    dep.task(m)
    w.p.stop()
    dep.offline()
    need(dep.matter(m)["actions"]["principal"], "the task is there in the principal's name")
    need(dep.call("act", stream=m, choice="AGREE", opinion="代为审核，同意。")["outcome"] == "APPLIED", "acted offline")
    w.p.start()
    for x in (dep, w.d["drafter"]):
        x.call("retry")
        x.online()
    want = None
    def shown():
        return [o["by"]["shown"] for o in w.d["drafter"].matter(m)["opinions"] if o["by"]["principal"]]
    names = until("the history names both", shown)
    head, deputy = w.p.demo["cast"]["head1"]["name"], w.p.demo["cast"]["deputy"]["name"]
    need(names == [f"{head}({deputy}代)"], f"甲(乙代): {names}")


@step("a clock of the process runs out during an outage: the matter goes on, words written in time are kept")
def h(w):
    head, signer = w.d["head1"], w.d["signer"]
    publish(w, "calendar", (DEMO / "calendar.txt").read_text())   # the outage was none: clocks stand still in one
    clock = '<bpmn:boundaryEvent id="late" attachedToRef="review"><bpmn:timerEventDefinition><bpmn:timeDuration>PT6S</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>'
    clock += '<bpmn:sequenceFlow id="lapse" sourceRef="late" targetRef="sign"/>'
    publish(w, "definition", (DEMO / "fawen.bpmn").read_text().replace("</bpmn:process>", clock + "</bpmn:process>"))
    until("her desk knows the new process", lambda: w.d["drafter"].status()["unsent"] == 0)
    time.sleep(1)
    m = submit_second(w, "关于加强巡查的通知")
    head.task(m)
    asked = time.monotonic()
    w.p.stop()
    head.offline()
    need(head.call("act", stream=m, choice="AGREE", opinion="同意，请尽快。")["outcome"] == "APPLIED", "acted in time, as his desk sees it")
    time.sleep(max(0, asked + 6.5 - time.monotonic()))
    w.p.start()
    signer.call("retry")
    signer.task(m)
    head.call("retry")
    head.online()
    until("his act has an outcome", lambda: head.status()["unsent"] == 0)
    seen = until("his words are an opinion", lambda: [o for o in head.matter(m)["opinions"] if o["text"] == "同意，请尽快。" and o["late"]])
    need(len(seen) == 1, "once")
    need(signer.call("act", stream=m, choice="SIGN", opinion="同意。")["outcome"] == "APPLIED", "the matter went on")


def main():
    body = pathlib.Path(sys.argv[1]).read_text() if len(sys.argv) > 1 else BODY
    folder = temp_folder("scenario")
    world = None
    failed = False
    try:
        t = time.monotonic()
        world = World(folder, body)
        print(f"ok       province, hub and seven desks  {1000 * (time.monotonic() - t):.0f} ms", flush=True)
        for name, run in STEPS:
            t = time.monotonic()
            try:
                run(world)
                print(f"ok       {name}  {1000 * (time.monotonic() - t):.0f} ms", flush=True)
            except (Failed, KeyError) as e:
                print(f"NOT OK   {name}: {e!r}", flush=True)
                failed = True
                break
        if not failed:
            world.end()
    finally:
        if world:
            for d in world.d.values():
                if d.proc:
                    d.proc.kill()
            world.p.kill()
        if failed:
            print(f"left for looking at: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    sys.exit(1 if failed else 0)


main()

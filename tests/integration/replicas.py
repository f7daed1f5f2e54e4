#!/usr/bin/env python3
"""Two hubs on PostgreSQL under load: desks move between them, hubs are killed, PostgreSQL restarts, hangs, fails over without loss and with it.
No acknowledged command that a returning desk holds is lost, none is applied twice. The seed is printed; ZT_SEED repeats it."""
import os, random, shutil, signal, sys, threading, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import *
import postgres

FULL = bool(os.environ.get("ZT_TEST_FULL"))
KILLS = 100 if FULL else 6
RESTARTS = 20 if FULL else 1
FAILOVERS = 5 if FULL else 1
BODY = "现将有关事项通知如下。\n一、抓紧办理。\n"
DATABASE = "zhengtong"


class Turns:
    """Each new line goes to one of the hubs that are up, in turn."""

    def __init__(self, ports):
        self.ports, self.n, self.lines = ports, 0, {p: 0 for p in ports}

    def __call__(self):
        for _ in self.ports:
            self.n += 1
            port = self.ports[self.n % len(self.ports)]
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", port)) == 0:
                    self.lines[port] += 1
                    return port
        return self.ports[0]


class Hub:
    """A hub that is started again when it ends, as systemd does."""

    def __init__(self, folder, data):
        self.folder, self.data = folder, data
        self.wanted, self.starts, self.codes, self.proc = False, 0, [], None
        self.log_file = folder / f"{data.name}.log"
        threading.Thread(target=self._keep, daemon=True).start()

    def _keep(self):
        while True:
            if self.wanted and (self.proc is None or self.proc.poll() is not None):
                if self.proc is not None:
                    self.codes.append(self.proc.returncode)
                out = open(self.log_file, "ab")
                self.proc = subprocess.Popen([program("zhengtong-hub"), "--data", str(self.data)], stdout=out, stderr=out)
                self.starts += 1
            time.sleep(0.05)

    def start(self):
        before = self.said("serving")
        self.wanted = True
        until("the hub serves", lambda: self.said("serving") > before)

    def said(self, event):
        return self.log_file.read_text().count(f'"event":"{event}"') if self.log_file.exists() else 0

    def kill(self):
        if self.proc and self.proc.poll() is None:
            self.proc.kill()

    def stop(self):
        self.wanted = False
        if self.proc and self.proc.poll() is None:
            self.proc.terminate()
            need(self.proc.wait(30) == 0, "the hub ends with 0 on SIGTERM")


class World:
    def __init__(self, folder, rng, root, primary):
        self.rng, self.root, self.primary = rng, root, primary
        self.primary.sql(f"CREATE DATABASE {DATABASE}")
        self.others = []
        self.p = Province(folder)
        self.p.ctl("log", "migrate", "--data", self.p.data, "--to", postgres.where(self.primary, database=DATABASE))
        second = self.p.folder / "hub2"
        shutil.copytree(self.p.data, second)
        ports = [free_port(), free_port()]
        self.configure(self.p.data, listen=f"127.0.0.1:{ports[0]}")
        self.configure(second, listen=f"127.0.0.1:{ports[1]}", enrol_listen="", blobs=str(self.p.data / "blobs"))
        self.hubs = [Hub(self.p.folder, self.p.data), Hub(self.p.folder, second)]
        for h in self.hubs:
            h.start()
        self.turns = self.p.relay.target = Turns(ports)
        self.desks = {r: Desk(self.p, r).enrol().online() for r in ("drafter", "head1", "clerk1")}
        self.unit = self.desks["clerk1"].unit
        self.asked, self.acted, self.n = set(), {}, 0

    @staticmethod
    def configure(data, **values):
        f = data / "hub.json"
        f.write_text(json.dumps({**json.loads(f.read_text()), **values}, ensure_ascii=False, indent=1))

    def meta(self, key):
        return self.primary.sql(f"SELECT encode(value, 'escape') FROM zhengtong.meta WHERE key = '{key}'", DATABASE)

    # load
    def submit(self):
        d = self.desks["drafter"]
        self.n += 1
        title = f"关于第{self.n}号事项的通知"
        draft = d.call("new_draft")["draft"]
        d.call("save_draft", draft=draft, title=title, recipients=[self.unit], body=BODY)
        r = d.call("submit", draft=draft)
        need(r["outcome"] == "APPLIED", f"submitted: {r}")
        self.asked.add(title)

    def agree(self):
        d = self.desks["head1"]
        for row in d.rows("todo"):
            if row["stream"] in self.acted or row["pending"]:
                continue
            words = f"同意第{len(self.acted) + 1}次。"
            if d.call("act", stream=row["stream"], choice="AGREE", opinion=words)["outcome"] == "APPLIED":
                self.acted[row["stream"]] = words
                return

    def load(self):
        """Both desks work until the block ends."""
        world = self

        class Load:
            def __enter__(self):
                self.end, self.wrong = False, []
                self.threads = [threading.Thread(target=self.work, args=(f,)) for f in (world.submit, world.agree)]
                for t in self.threads:
                    t.start()
                return self

            def work(self, f):
                try:
                    while not self.end:
                        f()
                        time.sleep(0.01)
                except Exception as e:
                    self.wrong.append(e)

            def __exit__(self, kind, *_):
                self.end = True
                for t in self.threads:
                    t.join()
                if self.wrong and not kind:
                    raise self.wrong[0]
        return Load()

    def some(self, n=3):
        """Until so many more are submitted."""
        least = self.n + n
        until("the desks work", lambda: self.n >= least)

    def settled(self):
        """Everything is sent and answered."""
        def done(d):
            s = d.status()
            if s["link"] != "online":
                d.call("retry")
            return s["link"] == "online" and s["live"] and s["unsent"] == 0
        for d in self.desks.values():
            until(f"{d.role}: all is sent", lambda: done(d), 120, 0.2)

    def everything(self, desk, folder):
        rows = []
        while True:
            page = desk.call("list", folder=folder, offset=len(rows), limit=500)["rows"]
            rows += page
            if len(page) < 500:
                return rows

    def verify(self, what, began):
        self.settled()
        d, head = self.desks["drafter"], self.desks["head1"]
        until("all are confirmed", lambda: not [r for r in self.everything(d, 1) if r["pending"]], 60)
        titles = [r["title"] for r in self.everything(d, 1)]
        lost = [t for t in self.asked if t not in titles]
        twice = [t for t in self.asked if titles.count(t) > 1]
        need(not lost and not twice, f"submitted and lost {lost[:3]}, twice {twice[:3]}")
        for stream, words in self.acted.items():
            until(f"the opinion is there: {words}", lambda: (lambda m: m and [o["text"] for o in m["opinions"]].count(words) == 1)(d.matter(stream)), 60)
        for x in self.desks.values():
            s = x.status()
            need(not s["alarm"] and s["attention"] == 0, f"{x.role}: no contradiction, nothing refused: {s}")
        print(f"ok       {what}: {len(self.asked)} submitted and {len(self.acted)} opinions so far, 0 lost, 0 twice ({time.monotonic() - began:.0f} s)", flush=True)

    def end(self):
        for d in self.desks.values():
            d.close()
        for h in self.hubs:
            h.stop()
        self.p.ctl("check", "--data", self.p.data)
        for s in [self.primary, *self.others]:
            s.stop()

    def kill(self):
        """What a test that failed leaves running."""
        for h in self.hubs:
            h.wanted = False
            h.kill()
        for d in self.desks.values():
            if d.proc:
                d.kill()
        for s in [self.primary, *self.others]:
            s.crash()
        for f in self.root.glob("*.log"):
            shutil.copy(f, self.p.folder)
        shutil.rmtree(self.root, ignore_errors=True)

    def standby(self, **settings):
        s = postgres.Server(self.root, of=self.primary).start()
        until("it follows", lambda: s.follows(self.primary), 30)
        self.others.append(s)
        return s.set(**settings)

    def promote(self, standby):
        self.primary = standby.promote()
        self.others.remove(standby)

    def position(self, server=None):
        return int((server or self.primary).sql("SELECT position FROM zhengtong.counter", DATABASE))

    def timeline(self):
        return int(self.meta("home").split("/")[1])


def moves(w):
    with w.load():
        for _ in range(KILLS):
            w.some()
            w.p.relay.cut()
            w.p.relay.heal()
    need(all(n > 0 for n in w.turns.lines.values()), f"both hubs had lines: {w.turns.lines}")


def kills(w):
    with w.load():
        for i in range(KILLS):
            w.some(2)
            time.sleep(w.rng.uniform(0, 0.1))
            until("it was started again", lambda: w.hubs[i % 2].proc.poll() is None)
            w.hubs[i % 2].kill()
    until("every kill hit a hub that ran", lambda: sum(c == -signal.SIGKILL for h in w.hubs for c in h.codes) == KILLS)


def restarts(w):
    starts = [h.starts for h in w.hubs]
    with w.load():
        for _ in range(RESTARTS):
            for how in (w.primary.stop, w.primary.crash):
                w.some(2)
                how()
                time.sleep(w.rng.uniform(0, 0.5))
                w.primary.start()
    w.settled()
    need([h.starts for h in w.hubs] == starts, "the hubs stayed up")


def hangs(w):
    """A commit waits for a server that is gone: the hub ends on SIGTERM all the same, within its time."""
    w.primary.set(synchronous_standby_names="nobody")
    with w.load():
        until("a commit waits", lambda: w.primary.sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'") != "0")
        ended = []
        for h in w.hubs:
            h.wanted = False
            began = time.monotonic()
            h.proc.terminate()
            ended.append((h.proc.wait(20), round(time.monotonic() - began, 1)))
        need(1 in dict(ended), f"one hung: {ended}")
        need(all(seconds < 15 for _, seconds in ended), f"both ended in time: {ended}")
        w.primary.set(synchronous_standby_names="")
        for h in w.hubs:
            h.start()
        w.some()
    w.settled()


def reconfigured(w, *servers):
    for h in w.hubs:
        w.configure(h.data, postgresql=postgres.where(*servers, database=DATABASE))
        h.stop()
        h.start()


def synchronous(w):
    """The primary dies; the server that has each commit takes its place; nothing is lost, the incarnation stays, the hubs stay up."""
    first = w.primary
    second = w.standby(synchronous_standby_names="*")
    first.set(synchronous_standby_names="*")
    w.p.ctl("log", "synchronous", "--data", w.p.data)
    reconfigured(w, first, second)
    incarnation, timeline, starts = w.meta("incarnation"), w.timeline(), [h.starts for h in w.hubs]
    with w.load():
        w.some()
        first.crash()
        w.promote(second)
        position = w.position()
        w.some()
        need(w.position() == position, "nothing is committed while no other server has it")
        w.standby()
        w.some()
    w.settled()
    need(w.meta("incarnation") == incarnation, "the incarnation stays")
    need(w.timeline() == timeline + 1, "the log is served on the next timeline")
    need([h.starts for h in w.hubs] == starts, "the hubs stayed up")
    return first


def old_primary(w, old):
    """The old primary comes back and takes writes: no hub does."""
    old.start()
    need(old.sql("SELECT pg_is_in_recovery()") == "f", "the old one takes writes")
    w.hubs[1].stop()
    w.hubs[1].start()  # it knows nothing, and compares
    position = w.position(old)
    said = w.hubs[0].said("old_server")
    with w.load():
        w.some()
        w.primary.stop()
        until("the hub sees that it is the old one", lambda: w.hubs[0].said("old_server") > said)
        w.primary.start()
        w.some()
    w.settled()
    need(w.position(old) == position, "nothing was written to the old one")
    need(old.sql(f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{DATABASE}' AND application_name = 'zhengtong-hub'") == "0", "and no hub stays there")
    old.remove()


def alone(w):
    """From now on a server alone is enough."""
    w.p.ctl("log", "synchronous", "--off", "--data", w.p.data)
    w.primary.set(synchronous_standby_names="")
    for s in w.others:
        s.remove()
    w.others = []


def asynchronous(w):
    """The standby hears no more; what is acknowledged after that is lost with the primary."""
    first, standby = w.primary, w.standby(synchronous_standby_names="")
    reconfigured(w, first, standby)
    standby.set(primary_conninfo="")
    until("it follows no more", lambda: not standby.follows(first))
    incarnation, starts = w.meta("incarnation"), [h.starts for h in w.hubs]
    renewed = sum(h.said("incarnation_renewed") for h in w.hubs)
    with w.load():
        w.some(5)
    w.settled()  # every command has its receipt
    told = w.position()
    with w.load():
        w.some()
        first.crash()
        kept = w.position(standby)
        w.promote(standby)
        w.some()
    w.settled()
    need(kept < told - 5, f"commits were lost: {told - kept}")
    need(w.meta("incarnation") != incarnation, "the incarnation is another")
    need(sum(h.said("incarnation_renewed") for h in w.hubs) == renewed + 1, "renewed once, though both hubs noticed")
    need(all(h.starts == s + 1 for h, s in zip(w.hubs, starts)), f"each hub began anew, once: {starts} {[h.starts for h in w.hubs]}")
    first.remove()
    return told - kept


def run(w):
    began = time.monotonic()
    moves(w)
    w.verify(f"{KILLS} moves of the desks between two hubs", began)
    kills(w)
    w.verify(f"{KILLS} kills of a hub", began)
    restarts(w)
    w.verify(f"PostgreSQL restarted {RESTARTS} times fast, {RESTARTS} times after a crash", began)
    hangs(w)
    w.verify("hubs stopped while a commit waited for a server that is gone", began)
    for _ in range(FAILOVERS):
        old = synchronous(w)
        w.verify("synchronous failover", began)
        old_primary(w, old)
        w.verify("the old primary came back and nobody served from it", began)
        alone(w)
    for _ in range(FAILOVERS):
        lost = asynchronous(w)
        w.verify(f"asynchronous failover that lost {lost} events", began)
    need(w.n > 10 and len(w.acted) > 5, "the test did something")
    w.end()


def main(name="replicas", run=run, servers=lambda root: postgres.Server(root).start()):
    seed = int(os.environ.get("ZT_SEED", random.randrange(1 << 30)))
    print(f"seed {seed}", flush=True)

    def play(folder):
        root = postgres.folder()
        w = World(folder, random.Random(seed), root, servers(root))
        try:
            run(w)
        finally:
            w.kill()
    played(name, play)


if __name__ == "__main__":
    main()

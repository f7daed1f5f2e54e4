#!/usr/bin/env python3
"""Measures and reports; packaging/bench is the way in. See README.md for what each figure is and what it came to.

Ours and the peer take turns in one run; a figure is the ratio of medians. All data lies under build/bench, on the disk of the tree.
"""
import argparse, contextlib, json, os, pathlib, shutil, signal, socket, statistics, subprocess, sys, threading, time

HERE = pathlib.Path(__file__).resolve().parent
TREE = HERE.parent.parent
OUT = TREE / "build/bench"
BIN = pathlib.Path(os.environ.get("ZT_BENCH_TREE", TREE / "build/bench-tree")).resolve()
PEERS = OUT / "peers"
sys.path.insert(0, str(HERE))
from report import Figure, table, write  # noqa: E402

ALL = ["P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P9", "S1", "S2", "S3", "S4", "S5", "F1", "F2", "F3", "F4", "E1", "E2", "E3", "H1", "H2", "H3", "H6", "H7", "H8", "H9", "R1", "R2", "R3", "R4"]
PORT = 17443
CLIENTS = 16


class Failed(Exception):
    pass


def say(text):
    print(f"[{time.strftime('%H:%M:%S')}] {text}", file=sys.stderr, flush=True)


# The self-test: what is measured of ours runs about a fiftieth of the time and carries 256 MB; a figure that holds all the same measures nothing.
HELD = {"zhengtong", "zhengtong-hub", "bench_desk", "bench_feel", "bench_hub", "bench_inbox", "bench_process", "bench_scroll", "bench_store", "bench_type"}
HOLD_US, STOP_US = 50, 2500
NOT_HELD = {"F3-size", "R4-state", "R4"}  # sizes of what is written: neither time nor memory changes them; and a must with room for more than the hold takes
holding = False


@contextlib.contextmanager
def let_go():
    """What is only prepared here is not held back."""
    global holding
    was, holding = holding, False
    try:
        yield
    finally:
        holding = was


def program(name, peer=False):
    """peer: it stands for the other side, as the same on a plain copy does."""
    for sub in ("tests/bench", "app/hub", "app/ctl", "app/desktop"):
        if (BIN / sub / name).is_file():
            found = str(BIN / sub / name)
            return held(found) if holding and name in HELD and not peer else found
    raise Failed(f"{name} is not built under {BIN}")


def held(found):
    hold, ballast = compiled("hold", "hold.c"), compiled("ballast.so", "ballast.c", "-shared", "-fPIC")
    script = OUT / "bin/held" / pathlib.Path(found).name
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(f"#!/bin/sh\nexec '{hold}' {HOLD_US} {STOP_US} '{ballast}' '{found}' \"$@\"\n")
    script.chmod(0o755)
    return str(script)


def run(argv, timeout=1800, env=None, check=True):
    """key=value lines of a programme."""
    r = subprocess.run([str(a) for a in argv], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=timeout, env={**os.environ, **(env or {})})
    if check and r.returncode:
        raise Failed(f"{pathlib.Path(str(argv[0])).name} {argv[1] if len(argv) > 1 else ''}: exit {r.returncode}: {r.stderr.strip()[-400:]}")
    out = {}
    for line in r.stdout.splitlines():
        key, _, value = line.partition("=")
        try:
            out[key] = float(value)
        except ValueError:
            pass
    return out


def middle(rounds, key):
    values = [r[key] for r in rounds if key in r]
    if not values:
        raise Failed(f"no {key}")
    return statistics.median(values)


def compiled(name, source, *flags):
    """A small C or C++ programme under build/bench/bin, made again when its source is newer."""
    target = OUT / "bin" / name
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists() or target.stat().st_mtime < (HERE / source).stat().st_mtime:
        tool = ["g++", "-std=c++17"] if source.endswith(".cpp") else ["gcc"]
        subprocess.run([*tool, "-O2", "-w", str(HERE / source), "-o", str(target), *flags], check=True)
    return target


def fresh(source, target):
    shutil.rmtree(target, ignore_errors=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", source, target], check=True)  # a database keeps its owner
    os.sync()  # else the first sync of whoever is measured writes the copy too
    return target


class Hub:
    """The product's hub on a data folder, mutual TLS, synchronous FULL."""

    def __init__(self, data):
        self.data = data

    def __enter__(self):
        self.log = open(OUT / "hub.log", "ab")
        self.process = subprocess.Popen([program("zhengtong-hub"), "--data", str(self.data)], stdout=self.log, stderr=self.log)
        for _ in range(600):
            if self.process.poll() is not None:
                raise Failed("the hub ended; see build/bench/hub.log")
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", PORT)) == 0:
                    return self
            time.sleep(0.05)
        raise Failed("the hub does not listen")

    @contextlib.contextmanager
    def paced(self, share):
        """Lets the hub run for this share of every 40 ms."""
        over = threading.Event()

        def pace():
            while not over.is_set():
                self.process.send_signal(signal.SIGCONT)
                time.sleep(0.04 * share)
                self.process.send_signal(signal.SIGSTOP)
                over.wait(0.04 * (1 - share))
            self.process.send_signal(signal.SIGCONT)
        thread = threading.Thread(target=pace)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


def prepared(work):
    def free(*args, **named):
        with let_go():
            return work(*args, **named)
    return free


class Bench:
    def __init__(self, args):
        self.quick, self.rounds = args.quick, args.rounds
        self.matters = 10_000 if args.quick else 100_000
        self.work = OUT / "work"
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)
        self.floors = {}

    # what is measured on
    @prepared
    def data(self, matters, course=False):
        """Filled once: the hub's folder and two enrolled desks, empty. course: each matter has gone its whole way, else it was just submitted."""
        folder = OUT / f"data-{matters}{'-course' if course else ''}"
        if not (folder / "made").exists():
            say(f"filling a hub with {matters} matters")
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            made = run([program("bench_fill"), folder, matters, CLIENTS if matters == self.matters else 1, PORT, *(["course"] if course else [])], 3600)
            say(f"filled at {made['fill_matters_per_s']:.0f} matters/s, {made['events']:.0f} events")
        return folder

    @prepared
    def full(self, matters, who="head"):
        """A desk that holds everything, index built: what a first sync made, kept."""
        data = self.data(matters)
        kept = data / f"full-{who}"
        if not kept.exists():
            say(f"first sync of {who} with {matters} matters, kept")
            target = fresh(data / who, self.work / f"new-{who}")
            with Hub(data / "hub"):
                run([program("bench_desk"), "first", target, data / f"{who}.keys"])
            target.rename(kept)
        return kept

    def floor(self, what):
        if not self.floors:
            probe = subprocess.run([compiled("fsync_probe", "fsync_probe.c"), str(self.work / "probe"), "400"], stdout=subprocess.PIPE, text=True).stdout
            loop = subprocess.run([compiled("loop_ping", "loop_ping.c"), "1"], stdout=subprocess.PIPE, text=True).stdout
            field = lambda line, key: line.split(key + "=")[1].split("ms")[0]
            append = next(l for l in probe.splitlines() if l.startswith("append"))
            trip = next(l for l in loop.splitlines() if "1 conn" in l).split("(")[1].split(" us")[0]
            self.floors = {"sync": float(field(append, "p50")), "loop": float(trip) / 1000}
        return self.floors[what]

    # P8
    def scroll(self):
        data = self.data(self.matters)
        rounds = []
        for _ in range(self.rounds):
            folder = fresh(data / "head", self.work / "scroll")
            with Hub(data / "hub") as hub, hub.paced(0.15):
                rounds.append(run(["xvfb-run", "-a", "-s", "-screen 0 1280x800x24", program("bench_scroll"), folder, data / "head.keys", 1500], 400))
        over = max(r["frames_over_16"] for r in rounds)
        rate = middle(rounds, "changes_per_s")
        how = f"first sync at {rate:,.0f} rows/s (goal: 1,000), the hub on the same two cores and held back to that, mutual TLS, FULL; {over:.0f} of 1,500 frames over 16 ms in the worst round"
        p99, top, save = middle(rounds, "frame_p99_ms"), middle(rounds, "frame_max_ms"), middle(rounds, "save_p99_ms")
        paint = middle(rounds, "paint_p99_ms")
        return [
            Figure("P8", "scroll during the first sync, p99 from due to pixels", p99, None, "ms", ratio=p99, must=16, moonshot=8.3, floor=f"step and repaint alone {paint:.1f} ms",
                   conditions=how, measured=rounds[-1]),
            Figure("P8-max", "same, worst frame", top, None, "ms", ratio=top, must=16, moonshot=8.3, conditions=how),
            Figure("P8-draft", "keystroke to durable during the first sync, p99", save, None, "ms", ratio=save, must=1000, moonshot=50,
                   floor=f"fdatasync p50 {self.floor('sync'):.2f} ms", conditions="must: a draft is durable within a second (architecture)")]

    # S1, S3, S4
    def pouch(self, size):
        tls = self.work / "pouch-tls"
        if not tls.with_suffix(".crt").exists():
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-keyout", tls.with_suffix(".key"), "-out", tls.with_suffix(".crt"), "-days", "2",
                            "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
        return run(["node", HERE / "pouch_bench.js", PEERS / "pouch", 3000 if self.quick else 10000, 1000, 20 if self.quick else 40, round(size)], 600,
                   {"POUCH_DATA": str(self.work), "POUCH_TLS": str(tls), "NODE_EXTRA_CA_CERTS": str(tls.with_suffix(".crt")), "NODE_ENV": "production"})

    def sync(self, wanted):
        data = self.data(self.matters) if wanted & {"S3", "S4", "S5"} else None
        # The changes of the peer are as long as ours in the mean.
        changes = self.data(self.matters // 8, course=True)
        size = float((changes / "made").read_text())
        ours, peer, again, live, push = [], [], [], [], []
        full = {who: self.full(self.matters, who) for who in ("head", "writer") if wanted & {"S3", "S4", "S5"}}
        for _ in range(self.rounds):
            peer.append(self.pouch(size))
            if "S1" in wanted:
                folder = fresh(changes / "head", self.work / "first")
                with Hub(changes / "hub"):
                    ours.append(run([program("bench_desk"), "first", folder, changes / "head.keys"]))
                say(f"first sync {ours[-1]['changes_per_s']:.0f} changes/s; peer {peer[-1]['pull_rows_per_s']:.0f}")
            if "S3" in wanted:
                folder = fresh(full["head"], self.work / "again")
                with Hub(data / "hub"):
                    again.append(run([program("bench_desk"), "resync", folder, data / "head.keys", 7]))
            if "S4" in wanted:
                hub = fresh(data / "hub", self.work / "hub")
                a, b = fresh(full["writer"], self.work / "a"), fresh(full["head"], self.work / "b")
                with Hub(hub):
                    live.append(run([program("bench_desk"), "live", a, data / "writer.keys", b, data / "head.keys", 20 if self.quick else 60]))
            if "S5" in wanted:
                hub, folder = fresh(data / "hub", self.work / "hub"), fresh(full["writer"], self.work / "queue")
                with Hub(hub):
                    push.append(run([program("bench_desk"), "outage", folder, data / "writer.keys", 1000]))
        sync, loop = self.floor("sync"), self.floor("loop")
        lax = "peer with TLS, without sync to disk"
        out = []
        if ours:
            out.append(Figure("S1", f"first sync of {middle(ours, 'changes'):,.0f} changes / PouchDB pull", middle(ours, "changes_per_s"), middle(peer, "pull_rows_per_s"), "1/s", way=">=", must=8,
                              moonshot=12, floor=f"index then {middle(ours, 'index_after_s'):.1f} s",
                              conditions=f"{size:.0f} bytes a change on both sides, mean; ours: mutual TLS, each chained, checked, encrypted, FULL, {middle(ours, 'matters'):,.0f} matters' rows and texts with them; {lax}",
                              measured=ours[-1]))
        if again:
            for id, key, how in (("S3", "kept", "on the connection there is, TLS"), ("S3-new", "new", "a new connection, its TLS session taken up again")):
                out.append(Figure(id, f"nothing new, {key} connection: asked to live / PouchDB", middle(again, f"{key}_p50_ms"), middle(peer, f"resync_{key}_p50_ms"), "ms", must=0.2,
                                  moonshot=0.05, floor=f"loopback round trip {loop:.3f} ms", conditions=f"both: {how}; ours mutual, position durable; peer without sync to disk"))
        if live:
            out.append(Figure("S4", "edit at one desk until another has it, p50 / PouchDB live", middle(live, "p50_ms"), middle(peer, "live_p50_ms"), "ms", must=0.2, moonshot=0.08,
                              floor=f"3 fdatasync + 2 round trips {3 * sync + 2 * loop:.2f} ms", conditions=f"ours: signed, durable at both desks and the hub, FULL, mutual TLS; {lax}",
                              measured=live[-1]))
        if push:
            out.append(Figure("S5", "1,000 acts of an outage: connecting again to decided / PouchDB push", middle(push, "push_per_s"), middle(peer, "push_per_s"), "1/s", way=">=", must=3, moonshot=8,
                              conditions=f"ours: each signed, checked, decided, durable at the hub, its event back at the desk and durable there, mutual TLS; {lax}", measured=push[-1]))
        return out

    # F1-F3
    def search(self):
        lib = PEERS / "xapian/usr"
        xapian = compiled("bench_xapian", "xapian_bench.cpp", f"-I{lib}/include", f"-L{lib}/lib/x86_64-linux-gnu", "-lxapian", f"-Wl,-rpath,{lib}/lib/x86_64-linux-gnu")
        ours, peer = [], []
        for n in range(self.rounds):
            ours.append(run([program("bench_store"), "search", self.work / "search", self.matters]))
            if n == 0:  # minutes each
                say("building Xapian's index")
                peer.append(run([xapian, self.work / "xapian", self.matters]))
        n = f"{self.matters:,}"
        how = "ours: encrypted, with snippets and rows; warm; peer's index built once a run"
        q = lambda k: (middle(ours, k), middle(peer, k))
        return [
            Figure("F1", f"two characters, newest 50 of {n}, p99 / Xapian", *q("word_newest_p99_ms"), "ms", must=0.1, moonshot=0.02, conditions=how, measured={**peer[0]}),
            Figure("F2", f"two characters, best 50 of the newest 2,000, p99 / Xapian", *q("word_ranked_p99_ms"), "ms", must=3, moonshot=1.0, conditions=how, measured=ours[-1]),
            Figure("F3", f"index of {n}, build / Xapian", *q("build_s"), "s", must=0.15, moonshot=0.08, conditions="ours: slices of 100 ms, each a durable commit, encrypted; peer: one commit"),
            Figure("F3-size", f"index of {n}, size / Xapian", *q("index_mb"), "MB", must=0.25, moonshot=0.18)]

    # E1-E3
    def encrypted(self, wanted):
        full = self.full(self.matters)
        keys = self.data(self.matters) / "head.keys"
        store = fresh(full, self.work / "enc")
        run([program("bench_store", peer=True), "plain", store, keys, self.work / "plain"])
        ours, peer = [], []
        for _ in range(max(5, self.rounds) + 1):
            ours.append(run([program("bench_store"), "session", store, keys]))
            peer.append(run([program("bench_store", peer=True), "session", self.work / "plain", "-"]))
        ours, peer = ours[1:], peer[1:]
        parts = ", ".join(f"{k} {middle(ours, k + '_ms') / middle(peer, k + '_ms'):.2f}" for k in ("open", "pages", "searches", "saves"))
        out = [Figure("E1", "session (open, 200 pages, 50 searches, 20 saves), encrypted / plain", middle(ours, "total_ms"), middle(peer, "total_ms"), "ms", must=1.30, moonshot=1.15,
                       floor="floor of one cold page 1.6", conditions=f"one SQLite 3.51, FULL for both; {parts}", measured=ours[-1]),
               Figure("E3", "opening the store with the key at hand", middle(ours, "open_ms"), None, "ms", ratio=middle(ours, "open_ms"), must=5, moonshot=1, conditions=f"{self.matters:,} matters, warm")]
        if "E2" not in wanted:
            return out
        ours, peer = [], []
        for _ in range(self.rounds):
            ours.append(run([program("bench_store"), "parts", store, keys]))
            peer.append(run([program("bench_store", peer=True), "parts", self.work / "plain", "-"]))
        for part, key, unit, must, moonshot in (("commit", "commit_ms", "ms", 1.5, 1.35), ("bulk", "bulk_ms", "ms", 1.75, 1.5), ("cold", "cold_us", "us", 2.5, 1.6), ("scan", "scan_ms", "ms", 3.0, 2.0)):
            words = {"commit": "a durable commit, p50", "bulk": "100,000 rows in commits of 1,000", "cold": "one event by number, not in SQLite's memory, p50", "scan": "the length of every event"}
            out.append(Figure(f"E2-{part}", f"{words[part]}: encrypted / plain", middle(ours, key), middle(peer, key), unit, must=must, moonshot=moonshot, conditions="one SQLite 3.51, FULL for both, all in the system's memory"))
        return out

    # R1, R2
    def rules(self):
        seconds, inputs = (1 if self.quick else 5), HERE / "feel_inputs.tsv"
        ours, peer, rows = [], [], []
        for _ in range(self.rounds):
            ours.append(run([program("bench_feel"), "evaluate", inputs, seconds]))
            peer.append(run(["node", HERE / "feel_peer.mjs", PEERS / "feel", inputs, seconds]))
            rows.append(run([program("bench_feel"), "table", 1000, seconds]))
            say(f"feel {ours[-1]['evaluate_per_s']:.0f}/s, parsed anew {ours[-1]['parse_evaluate_per_s']:.0f}/s; feelin {peer[-1]['evaluate_per_s']:.0f}/s")
        other = middle(peer, "evaluate_per_s")
        table_us = middle(rows, "table_us")
        return [Figure("R1", "FEEL evaluations, parsed once / feelin", middle(ours, "evaluate_per_s"), other, "1/s", way=">=", must=20, moonshot=200,
                       conditions="one thread each, 15 expressions; feelin parses at each call, it has no other way; its numbers are binary", measured=ours[-1]),
                Figure("R1-parse", "FEEL parsed and evaluated / feelin", middle(ours, "parse_evaluate_per_s"), other, "1/s", way=">=", must=20, moonshot=50, conditions="as R1, parsed at each call on both sides"),
                Figure("R2", "a decision of 1,000 rules, three inputs", table_us, None, "us", ratio=table_us, must=20, moonshot=5, conditions="warm, hit policy U; read once", measured=rows[-1])]

    # H8, R3, R4
    def process(self):
        seconds = 1 if self.quick else 5
        ours, peer, parts, kept = [], [], [], []
        for at in range(self.rounds):
            ours.append(run([program("bench_process"), "instances", seconds]))
            (self.work / "h8").mkdir(parents=True, exist_ok=True)
            kept.append(run([program("bench_process"), "durable", self.work / f"h8/{at}.log", seconds]))
            peer.append(run(["node", HERE / "process_peer.js", PEERS / "process", seconds]))
            parts.append(run([program("bench_process"), "figures"]))
            say(f"process {ours[-1]['instances_per_s']:.0f}/s, durable {kept[-1]['durable_instances_per_s']:.0f}/s; bpmn-engine {peer[-1]['instances_per_s']:.0f}/s")
        decide, parse, state = (middle(parts, k) for k in ("decide_us", "parse500_ms", "state_bytes"))
        return [Figure("R3", "instances of five user tasks, in memory / bpmn-engine", middle(ours, "instances_per_s"), middle(peer, "instances_per_s"), "1/s", way=">=", must=500, moonshot=2000,
                       conditions="one thread each, parsed once where the peer can; every step decided and folded", measured=ours[-1]),
                Figure("H8", "instances of five user tasks, every step durable / bpmn-engine in memory", middle(kept, "durable_instances_per_s"), middle(peer, "instances_per_s"), "1/s", way=">=", must=20, moonshot=100,
                       floor=f"fdatasync p50 {self.floor('sync'):.2f} ms", measured=kept[-1],
                       conditions="ours: one thread, a step of each of 100 matters a group of the hub's log, SQLite FULL, events chained and encrypted, a receipt each; no signatures, no network"),
                Figure("R3-parse", "the same, parsed each time / bpmn-engine", middle(ours, "instances_parsed_per_s"), middle(peer, "instances_parsed_per_s"), "1/s", way=">=", must=100, moonshot=500, conditions="as R3", measured=peer[-1]),
                Figure("R4", "deciding one task, 1,000 events of history", decide, None, "us", ratio=decide, must=50, moonshot=5, conditions="state in memory", measured=parts[-1]),
                Figure("R4-parse", "parsing a definition of 500 tasks", parse, None, "ms", ratio=parse, must=10, moonshot=5, conditions="from bytes, linked"),
                Figure("R4-state", "state of a running matter", state, None, "B", ratio=state, must=2048, moonshot=256, conditions="five tasks, 1,000 events of history")]


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--only", default="", help="ids, separated by commas: " + ",".join(ALL))
    p.add_argument("--quick", action="store_true", help="10,000 matters, one round: a look, not a figure")
    p.add_argument("--rounds", type=int, default=0)
    p.add_argument("--self-test", action="store_true", help="with --quick: ours held back and burdened; every figure must be missed")
    args = p.parse_args()
    args.quick = args.quick or args.self_test
    args.rounds = args.rounds or (1 if args.quick else 3)
    wanted = set(args.only.upper().split(",")) if args.only else set(ALL)
    if unknown := wanted - set(ALL):
        p.error("no such figure: " + ", ".join(sorted(unknown)))
    OUT.mkdir(parents=True, exist_ok=True)
    bench = Bench(args)
    global holding
    holding = args.self_test
    groups = [({"P1", "P2", "P4", "P7"}, lambda: desk_figures.warm_start(bench)), ({"P8"}, bench.scroll), ({"S1", "S3", "S4", "S5"}, lambda: bench.sync(wanted)), ({"F1", "F2", "F3"}, bench.search),
              ({"E1", "E2", "E3"}, lambda: bench.encrypted(wanted)), ({"R1", "R2"}, bench.rules), ({"H8", "R3", "R4"}, bench.process),
              *desk_figures.groups(bench), *hub_figures.groups(bench)]
    figures = []
    for ids, measure in groups:
        if not ids & wanted:
            continue
        say("measuring " + ", ".join(sorted(ids & wanted)))
        try:
            figures += [f for f in measure() if f.id.split("-")[0] in wanted]
        except (Failed, subprocess.SubprocessError, OSError, StopIteration, IndexError) as e:
            say(f"not measured: {e}")
            figures += [Figure(i, "not measured", missing=str(e)) for i in sorted(ids & wanted)]
        write(OUT / "report.json", figures)
    shutil.rmtree(bench.work, ignore_errors=True)
    load = os.getloadavg()[0]
    print(table(figures))
    print(f"\n{'QUICK: not figures. ' if args.quick else ''}{args.rounds} rounds, medians; load {load:.1f} on {os.cpu_count()} cores; build/bench/report.json")
    if args.self_test:
        blind = [f.id for f in figures if f.holds and f.id not in NOT_HELD]
        print("SELF-TEST: " + (f"holds whatever ours does: {', '.join(blind)}" if blind else "every figure is missed when ours is held back, as it must be"))
        return 1 if blind else 0
    return 0 if all(f.ratio is not None for f in figures) else 1


if __name__ == "__main__":
    sys.modules["run"] = sys.modules[__name__]  # where the files below have their tools from
    import desk_figures, hub_figures
    sys.exit(main())

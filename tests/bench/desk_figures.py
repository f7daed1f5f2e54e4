"""The desk's figures of starts, keys and rest: warm and cold start (P1, P2, P3, P4, P7), memory beside a WebEngine view (P5), idle (P6), keys (P9, F4), the list during a first sync (S2)."""
import contextlib, json, os, pathlib, subprocess, sys, threading

import cold
from report import Figure
from run import HERE, OUT, PEERS, PORT, Failed, Hub, compiled, fresh, let_go, middle, program, run, say

PLUGINS = pathlib.Path("/usr/lib/x86_64-linux-gnu/qt6/plugins")
# What a start reads beside the programme and its libraries (strace).
SYSTEM = [str(PLUGINS), "/usr/share/fonts", "/usr/share/fontconfig", "/var/cache/fontconfig", "/etc/fonts", "/usr/share/X11", "/usr/share/icons", "/usr/lib/locale", "/usr/share/dbus-1",
          "/usr/lib/x86_64-linux-gnu/gconv", "/usr/lib/ssl", "/etc/ssl"]


def groups(bench):
    return [({"P5"}, lambda: page(bench)), ({"P3"}, lambda: cold_start(bench)), ({"P6"}, lambda: idle(bench)), ({"P9", "F4"}, lambda: keys(bench)), ({"S2"}, lambda: inbox(bench))]


def thunderbird():
    home = PEERS / "root/bench/thunderbird"
    if not (home / ".seeded").exists():
        subprocess.run([sys.executable, HERE / "seed_thunderbird.py", home, "10000"], check=True)
        (home / ".seeded").touch()
    return {"name": "thunderbird", "argv": ["thunderbird", "-profile", "/bench/thunderbird/.thunderbird/bench.default"], "root": True, "home": "/bench/thunderbird", "kept": True}


def ours(bench, folder, before="", name="ours", matters=0, peer=False):
    """The desk over a copy of its own. peer: it stands for the other side."""
    matters = matters or bench.matters
    root = bench.work / folder
    fresh(bench.full(matters), root / "desk")
    keys = bench.data(matters) / "head.keys"
    return {"name": name, "home": str(bench.work / f"home-{folder}"),
            "argv": ["sh", "-c", f"{before} exec '{program('zhengtong', peer)}' --data '{root}' --bench-open '{root / 'desk'}' < '{keys}'"]}


def starts(bench, clients, settle, idle):
    """start.py over these clients; its results by client and key."""
    if os.geteuid():
        raise Failed("needs root: the peers run in their own Debian root")
    out = OUT / "start"
    out.mkdir(exist_ok=True)
    spec = bench.work / "start.json"
    spec.write_text(json.dumps({"winwatch": str(compiled("winwatch", "winwatch.c", "-lX11")), "root": str(PEERS / "root"), "rounds": bench.rounds, "settle": settle, "idle": idle,
                                "out": str(out), "clients": clients}))
    ran = subprocess.run([sys.executable, "-B", HERE / "start.py", spec], stdout=subprocess.PIPE, text=True, timeout=3600)
    if ran.returncode:
        raise Failed("start.py failed")
    r = json.loads(ran.stdout)
    return lambda client, key: middle(r[client], key)


# P1, P2, P4, P7
def warm_start(bench):
    peers = [{"name": "keepassxc", "argv": ["keepassxc"], "root": True, "home": "/bench/keepassxc"}, thunderbird()]
    m = starts(bench, [*peers, ours(bench, "ours"), ours(bench, "small", name="small", matters=1000, peer=True)], 5, 0)
    say(" ".join(f"{c}:{k}={m(c, k):.0f}" for c in ("keepassxc", "thunderbird", "ours", "small") for k in ("map_ms", "stable_ms", "pss_mb")))
    n = f"{bench.matters:,}"
    how = "warm page cache, raw key by the door, no hub reachable; Xvfb 1280x800"
    return [Figure("P1", f"start to first window, {n} matters / keepassxc", m("ours", "map_ms"), m("keepassxc", "map_ms"), "ms", must=1.0, moonshot=0.6,
                   floor="floor: empty Qt window 65-70 ms", conditions=how),
            Figure("P2", f"start to stable list, {n} matters / thunderbird with 10,000", m("ours", "stable_ms"), m("thunderbird", "stable_ms"), "ms", must=0.15,
                   moonshot=0.08, floor="floor: Qt list 100 ms", conditions=how),
            Figure("P4", f"PSS, {n} matters / thunderbird with 10,000", m("ours", "pss_mb"), m("thunderbird", "pss_mb"), "MB", must=0.25, moonshot=0.15,
                   floor="floor: empty Qt window 34 MB", conditions=how),
            Figure("P7", f"start to stable list, {n} / 1,000 matters", m("ours", "stable_ms"), m("small", "stable_ms"), "ms", must=1.2, moonshot=1.05, conditions=how),
            Figure("P7-memory", f"PSS, {n} / 1,000 matters", m("ours", "pss_mb"), m("small", "pss_mb"), "MB", must=1.2, moonshot=1.05, conditions=how)]


# P5
def page(bench):
    """The product has no editor to open yet: its desk, and beside it what such an editor cannot do without."""
    with let_go():
        beside = f"QTWEBENGINE_DISABLE_SANDBOX=1 '{program('bench_page')}' >/dev/null 2>&1 &"
    m = starts(bench, [thunderbird(), ours(bench, "page", beside)], 8, 0)
    return [Figure("P5-floor", f"PSS, {bench.matters:,} matters and an editable page in WebEngine / thunderbird with 10,000", m("ours", "pss_mb"), m("thunderbird", "pss_mb"), "MB", must=0.75, moonshot=0.65,
                   floor="floor: the same view alone 231 to 251 MB, whatever its settings",
                   conditions=f"no editor of the product, which has none yet: an empty view in {m('ours', 'procs') - 1:.0f} processes of its own; without Chromium's sandbox, since as root")]


# P3
def cold_start(bench):
    with let_go():
        itself = program("zhengtong")
    libraries = cold.own_libraries(bench.work / "cold-lib", itself, PLUGINS / "platforms/libqxcb.so", *PLUGINS.glob("platforminputcontexts/*.so"))
    us = ours(bench, "cold", f"LD_LIBRARY_PATH='{libraries}'")
    us["evict"] = [itself, str(libraries), str(bench.work / "cold"), us["home"], *SYSTEM]
    root = PEERS / "root"
    peer = {"name": "nheko", "argv": ["nheko"], "root": True, "home": "/bench/nheko", "evict": [str(root / d) for d in ("usr", "etc", "var/cache", "bench/nheko")]}
    m = starts(bench, [peer, us], 4, 0)
    say(f"cold start {m('ours', 'map_ms'):.0f} ms; nheko {m('nheko', 'map_ms'):.0f} ms")
    return [Figure("P3", f"start to first window, cold page cache, {bench.matters:,} matters / nheko", m("ours", "map_ms"), m("nheko", "map_ms"), "ms", must=0.6, moonshot=0.35,
                   conditions=f"programme, libraries, plugins, fonts and store dropped before each start; not dropped, since something maps them: ours {m('ours', 'stayed_mb'):.1f} MB, nheko "
                              f"{m('nheko', 'stayed_mb'):.1f} MB; nheko without an account; raw key by the door, no hub reachable; Xvfb 1280x800")]


class Watched:
    """How often somebody was on the hub's line while this was open, by the kernel's table of connections."""

    def __enter__(self):
        self.up = self.looked = 0
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._look)
        self.thread.start()
        return self

    def _look(self):
        port = f":{PORT:04X}"
        while not self.over.wait(1):
            lines = [l.split() for table in ("tcp", "tcp6") for l in pathlib.Path(f"/proc/net/{table}").read_text().splitlines()[1:]]
            self.looked += 1
            self.up += any(l[2].endswith(port) and l[3] == "01" for l in lines)

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


# P6
def idle(bench):
    settle, seconds = (15, 30) if bench.quick else (30, 60)
    us = ours(bench, "idle")
    with Hub(bench.data(bench.matters) / "hub"), Watched() as line:
        m = starts(bench, [thunderbird(), us], settle, seconds)
    if line.up < (bench.rounds + 1) * seconds:
        raise Failed(f"our desk was not on the hub's line: {line.up} of {line.looked} seconds")
    wakes, other, cpu = m("ours", "idle_wakeups_s"), m("thunderbird", "idle_wakeups_s"), m("ours", "idle_cpu_pct")
    if not other:
        raise Failed("Thunderbird did not wake up once")
    how = f"over {seconds} s, {settle} s after the start; ours: {bench.matters:,} matters, live on the hub's line; voluntary context switches of all threads; peer: 10,000 messages, no server"
    return [Figure("P6", "wake-ups at rest with a live line / thunderbird", wakes, other, "1/s", must=0.1, moonshot=2 / 60 / other, floor=f"ours {wakes * 60:.0f} a minute; moonshot: 2", conditions=how),
            Figure("P6-cpu", "processor at rest with a live line", cpu, m("thunderbird", "idle_cpu_pct"), "%", ratio=cpu, must=0.1, moonshot=0.02, conditions=how + "; the bound is on ours")]


# P9, F4
def keys(bench):
    data, n = bench.data(bench.matters), 400 if bench.quick else 1000
    rounds = []
    for _ in range(bench.rounds):
        root = bench.work / "type"
        folder = fresh(bench.full(bench.matters), root / "desk")
        rounds.append(run(["xvfb-run", "-a", "-s", "-screen 0 1280x800x24", program("bench_type"), root, folder, data / "head.keys", n], 400))
    value = lambda k: middle(rounds, k)
    say(f"key to glyph: list {value('list_p99_ms'):.1f} ms, box {value('box_p99_ms'):.1f} ms; results {value('results_p99_ms'):.1f} ms")
    n_matters = f"{bench.matters:,}"
    how = f"the product's windows at 1280x800 over {n_matters} matters, no hub reachable; {n} keys a round, due every 33 ms, from due until the paint is flushed to the X server"
    return [Figure("P9", "Down in the list of documents until the row is drawn, p99", value("list_p99_ms"), None, "ms", ratio=value("list_p99_ms"), must=16, moonshot=8,
                   conditions=f"{how}; p50 {value('list_p50_ms'):.1f} ms; the reading pane follows behind", measured=rounds[-1]),
            Figure("P9-box", "a letter in the search box until it is drawn, p99", value("box_p99_ms"), None, "ms", ratio=value("box_p99_ms"), must=16, moonshot=8,
                   conditions=f"{how}; p50 {value('box_p50_ms'):.1f} ms"),
            Figure("F4", f"a letter in the search box until its results are drawn, {n_matters} matters, p99", value("results_p99_ms"), None, "ms", ratio=value("results_p99_ms"), must=50, moonshot=16,
                   conditions=f"{how}, one query at a time; p50 {value('results_p50_ms'):.1f} ms, p50 and p99 of one character {value('results_of_one_p50_ms'):.1f} and {value('results_of_one_p99_ms'):.1f}; {value('found'):.0f} of {value('results_keys'):.0f} found something; words of two and three characters, common and rare")]


# S2
def inbox(bench):
    few = 1000
    rounds = {bench.matters: [], few: []}
    for _ in range(bench.rounds):
        for n, into in rounds.items():
            data = bench.data(n)
            folder = fresh(data / "head", bench.work / "inbox")
            with let_go() if n == few else contextlib.nullcontext(), Hub(data / "hub"):
                into.append(run([program("bench_inbox"), folder, data / "head.keys"]))
    many, small = (lambda k: middle(rounds[bench.matters], k)), (lambda k: middle(rounds[few], k))
    say(f"newest page after {many('newest_ms'):.0f} ms of {many('live_ms'):.0f}; with 1,000 matters {small('newest_ms'):.0f} of {small('live_ms'):.0f}")
    how = f"from the store's being open; mutual TLS, FULL; the whole sync took {many('live_ms'):,.0f} and {small('live_ms'):,.0f} ms"
    return [Figure("S2", f"first sync until the list shows the newest page, {bench.matters:,} / 1,000 matters", many("newest_ms"), small("newest_ms"), "ms", must=1.2, moonshot=1.05,
                   conditions=how, measured=rounds[bench.matters][-1]),
            Figure("S2-rows", f"first sync until the list shows anything, {bench.matters:,} / 1,000 matters", many("rows_ms"), small("rows_ms"), "ms", must=1.2, moonshot=1.05, conditions=how)]

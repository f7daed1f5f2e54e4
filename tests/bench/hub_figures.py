"""The hub's figures: commands (H1), with PostgreSQL behind it (H2), one at a time (H3), sessions taken up again (H6), memory (H7), cold start (H9)."""
import contextlib, os, pathlib, re, shutil, socket, subprocess, time

import cold
from report import Figure
from run import CLIENTS, HERE, OUT, PEERS, PORT, Failed, Hub, fresh, let_go, middle, program, run, say

SESSIONS = 200
PEER_PORT = 17545
PAYLOAD = 500  # about what a signed command of an opinion takes


def groups(bench):
    return [({"H1", "H3"}, lambda: commands(bench)), ({"H2"}, lambda: postgres(bench)), ({"H6"}, lambda: resumes(bench)), ({"H7"}, lambda: memory(bench)), ({"H9"}, lambda: cold_start(bench))]


def rooted():
    if os.geteuid():
        raise Failed("needs root: the peers run in their own Debian root")


@contextlib.contextmanager
def peer(what, data, tls=None):
    """A server of the peers' root (serve.sh) for the time of a block: the process, and the lines it said until it was ready."""
    files = [str(tls.with_suffix(".crt")), str(tls.with_suffix(".key"))] if tls else []
    p = subprocess.Popen([HERE / "serve.sh", PEERS / "root", what, data, str(PEER_PORT), *files], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        said = []
        while not said or said[-1] != "ready":
            line = p.stdout.readline()
            if not line:
                raise Failed(f"{what} did not start; see {data}")
            said.append(line.strip())
        yield p, said
    finally:
        p.stdin.close()
        try:
            p.wait(60)
        except subprocess.TimeoutExpired:
            p.kill()
            p.wait()
        p.stdout.close()


def certificate(bench):
    """Of the peers' servers; P-256, what most of them have."""
    name = bench.work / "peer-tls"
    if not name.with_suffix(".crt").exists():
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", name.with_suffix(".key"), "-out", name.with_suffix(".crt"),
                        "-days", "60", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,DNS:anon.localhost"], check=True, capture_output=True)
    return name


def pgbench(bench, seconds):
    """The hub command as a function of PostgreSQL, one on the way a client, over TLS."""
    tls = certificate(bench)
    return run([HERE / "pg.sh", PEERS / "root", bench.work / "pg", seconds, CLIENTS, PEER_PORT, tls.with_suffix(".crt"), tls.with_suffix(".key")])


def pss_mb(pids):
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            total += int(re.search(r"^Pss:\s+(\d+)", pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)[1])
    return total / 1024


def below(pid, names):
    """Processes of these names under `pid`."""
    parents, found = {}, []
    for d in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError):
            name, rest = re.match(r"\d+ \((.*)\) (.*)", (d / "stat").read_text()).groups()
            parents[int(d.name)] = (int(rest.split()[1]), name)
    for p, (_, name) in parents.items():
        up = p
        while up in parents and up != pid:
            up = parents[up][0]
        if up == pid and name in names:
            found.append(p)
    return found


def ledger(bench):
    """A hub with a given number of commands in its log, and 200 devices whose desks have all of it. Filled once."""
    commands = 20_000 if bench.quick else 1_000_000
    each = commands // SESSIONS // 10
    folder = OUT / f"data-ledger-{commands}"
    if not (folder / "grown").exists():
        say(f"filling a hub with {commands:,} commands of {SESSIONS} devices")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        run([program("bench_fill"), folder, 0, SESSIONS, PORT, each], 3600)
        made = run([program("bench_grow"), folder, commands], 3600)
        (folder / "grown").write_text(f"{made['events']:.0f}\n")
        say(f"filled at {made['commands_per_s']:.0f} commands/s, {made['events']:.0f} events")
    return folder, commands, int((folder / "grown").read_text())


# H1, H3
def commands(bench):
    rooted()
    data, work = bench.data(bench.matters), bench.work / "h1"
    shutil.copytree(data / "load", work / "load")
    each, window, seconds = (1500, 64, 1) if bench.quick else (8000, 64, 6)  # about as long
    ours, theirs, single = [], [], []
    for _ in range(bench.rounds):
        theirs.append(pgbench(bench, seconds))
        fresh(data / "hub", work / "hub")  # the peer's is made anew too
        with Hub(work / "hub"):
            ours.append(run([program("bench_hub"), work, f"127.0.0.1:{PORT}", CLIENTS, each, window]))
            single.append(run([program("bench_hub"), work, f"127.0.0.1:{PORT}", CLIENTS, 100 if bench.quick else 300, 1]))
        say(f"hub {ours[-1]['commands_per_s']:.0f}/s; pgbench {theirs[-1]['commands_per_s']:.0f}/s")
    unary = run([program("bench_ping"), work / "hub", 1])["unary_p50_ms"]
    return [Figure("H1", f"durable hub commands/s, {CLIENTS} clients / pgbench hub command", middle(ours, "commands_per_s"), middle(theirs, "commands_per_s"), "1/s", way=">=", must=1.5,
                   moonshot=2.5, floor=f"fdatasync p50 {bench.floor('sync'):.2f} ms",
                   conditions=f"both: TLS; ours: mutual, signature of each checked, SQLite FULL, events encrypted, {window} on the way a client, p99 {middle(ours, 'p99_ms'):.0f} ms; "
                              "peer: one on the way a client", measured=ours[-1]),
            Figure("H3", f"a command until its receipt, p99, {CLIENTS} clients with one on the way / fdatasync + one gRPC call", middle(single, "p99_ms"), bench.floor("sync") + unary, "ms", must=8, moonshot=4,
                   conditions=f"ours: as H1; the other side is no programme but the floor, both p50: one fdatasync, one empty gRPC call over TLS, alone ({unary:.2f} ms)", measured=single[-1])]


# H2
def postgres(bench):
    rooted()
    data, work = bench.data(bench.matters), bench.work / "h2"
    moved = work / "moved"
    fresh(data / "hub", moved / "hub")
    shutil.copytree(data / "load", work / "load")
    commands, window, seconds = (500, 64, 3) if bench.quick else (2000, 64, 6)
    where = f"host={work / 'pg'} user=postgres dbname=postgres"
    with peer("postgres", work / "pg"):
        say("moving the log into PostgreSQL")
        subprocess.run([program("zhengtong-ctl"), "log", "migrate", "--data", moved / "hub", "--to", where], check=True, capture_output=True, timeout=1800)
    (work / "pg").rename(moved / "pg")
    ours, theirs = [], []
    for _ in range(bench.rounds):
        theirs.append(pgbench(bench, seconds))
        for part in ("hub", "pg"):  # a round's commands make the matters longer
            fresh(moved / part, work / part)
        with peer("postgres", work / "pg"), Hub(work / "hub"):
            ours.append(run([program("bench_hub"), work, f"127.0.0.1:{PORT}", CLIENTS, commands, window]))
        say(f"hub over PostgreSQL {ours[-1]['commands_per_s']:.0f}/s; pgbench {theirs[-1]['commands_per_s']:.0f}/s")
    return [Figure("H2", f"durable hub commands/s with PostgreSQL behind, {CLIENTS} clients / pgbench hub command", middle(ours, "commands_per_s"), middle(theirs, "commands_per_s"), "1/s", way=">=",
                   must=0.6, moonshot=0.9, floor=f"fdatasync p50 {bench.floor('sync'):.2f} ms", measured=ours[-1],
                   conditions=f"both: PostgreSQL 15 with the same settings, fsync and synchronous_commit on, TLS to the clients; ours: mutual, signature of each checked, events encrypted, "
                              f"{window} on the way a client, p99 {middle(ours, 'p99_ms'):.0f} ms; peer: one function call, one on the way a client")]


# H6
def resumes(bench):
    rooted()
    data, tls, seconds = bench.data(bench.matters), certificate(bench), 2 if bench.quick else 5
    ours, theirs = [], []
    for _ in range(bench.rounds):
        with peer("ejabberd", fresh_folder(bench, "ejabberd"), tls):
            theirs.append(run([program("bench_session"), "resume", "xmpp", "-", PEER_PORT, seconds, CLIENTS]))
        with Hub(data / "hub"):
            ours.append(run([program("bench_session"), "resume", "hub", data, PORT, seconds, CLIENTS]))
        say(f"sessions {ours[-1]['sessions_per_s']:.0f}/s; ejabberd {theirs[-1]['sessions_per_s']:.0f}/s")
    share = lambda rounds, k: 100 * middle(rounds, k)
    return [Figure("H6", f"session resumes/s, {CLIENTS} at a time / ejabberd anonymous logins", middle(ours, "sessions_per_s"), middle(theirs, "sessions_per_s"), "1/s", way=">=", must=1, moonshot=2,
                   floor=f"loopback round trip {bench.floor('loop'):.3f} ms", measured=ours[-1],
                   conditions=f"{bench.matters:,} matters; both: a new connection, TLS 1.3 taken up again where the server offers it (ours {share(ours, 'tls_resumed'):.0f} %, peer {share(theirs, 'tls_resumed'):.0f} %), "
                              f"one light client thread ({share(ours, 'client_cpu'):.0f} % and {share(theirs, 'client_cpu'):.0f} % of a processor); ours: mutual, device looked up, greeting, all that is new; "
                              "peer: no client certificate, SASL ANONYMOUS, resource bound")]


def fresh_folder(bench, name):
    folder = bench.work / name
    shutil.rmtree(folder, ignore_errors=True)
    return folder


def held(kind, data, port, exchanges, mb):
    """`mb()` once SESSIONS sessions are up, and again when each has had its exchanges."""
    p = subprocess.Popen([program("bench_session"), "hold", kind, data, str(port), str(SESSIONS), str(exchanges)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    out = {}
    try:
        for word, count, key in (("live", SESSIONS, "idle_mb"), ("exchanged", SESSIONS * exchanges, "mb")):
            if p.stdout.readline() != f"{word}={count}.0000\n":
                raise Failed(f"{kind}, {SESSIONS} sessions: {p.communicate()[1][-300:]}")
            time.sleep(3)
            out[key] = mb()
            p.stdin.write("\n")
            p.stdin.flush()
        p.stdin.close()
        if p.wait(60):
            raise Failed(f"{kind}: the sessions ended: {p.stderr.read()[-300:]}")
        return out
    finally:
        p.kill()
        p.wait()
        p.stdout.close()
        p.stderr.close()


# H7
def memory(bench):
    rooted()
    data, commands, _ = ledger(bench)
    tls, exchanges = certificate(bench), 20
    ours, theirs = [], []
    for _ in range(bench.rounds):
        with peer("ejabberd", fresh_folder(bench, "ejabberd"), tls) as (server, _):
            theirs.append(held("xmpp", "-", PEER_PORT, exchanges, lambda: pss_mb(below(server.pid, ("beam.smp", "epmd", "erl_child_setup", "inet_gethost")))))
        work = bench.work / "h7"
        fresh(data / "hub", work / "hub")
        if not (work / "load").exists():
            shutil.copytree(data / "load", work / "load")
        with Hub(work / "hub") as hub:
            alone = pss_mb([hub.process.pid])
            ours.append({"alone_mb": alone, **held("hub", work, PORT, exchanges, lambda: pss_mb([hub.process.pid]))})
        say(f"hub {ours[-1]['mb']:.0f} MB, {ours[-1]['idle_mb']:.0f} before the commands; ejabberd {theirs[-1]['mb']:.0f} MB")
    return [Figure("H7", f"PSS of the hub, {SESSIONS} sessions, {commands:,} commands / ejabberd, {SESSIONS} sessions", middle(ours, "mb"), middle(theirs, "mb"), "MB", must=1.0, moonshot=0.5,
                   floor=f"the hub without sessions {middle(ours, 'alone_mb'):.0f} MB, with them {middle(ours, 'idle_mb'):.0f} MB (peer {middle(theirs, 'idle_mb'):.0f})", measured=ours[-1],
                   conditions=f"TLS on both, ours mutual; each session has sent {exchanges} commands on its own matters (signed, decided, durable; a matter's state stays in memory), or messages (peer: to "
                              "itself, not kept); all of the peer's processes")]


class Nats:
    """As much of NATS as filling a stream takes."""

    def __init__(self):
        for _ in range(600):
            try:
                self.s = socket.create_connection(("127.0.0.1", PEER_PORT))
                break
            except OSError:
                time.sleep(0.05)
        else:
            raise Failed("nats-server does not listen")
        self.s.recv(4096)
        self.s.sendall(b'CONNECT {"verbose":false,"pedantic":false}\r\nSUB _I 1\r\n')

    def ask(self, subject, body):
        self.s.sendall(b"PUB %s _I %d\r\n%s\r\n" % (subject, len(body), body))
        got = b""
        while not got.endswith(b"}\r\n"):
            got += self.s.recv(65536)
        if b'"error"' in got:
            raise Failed(f"JetStream: {got[:300]}")

    def publish(self, count, at_once=1000):
        body = b"p" * PAYLOAD
        one = b"PUB js.a _I %d\r\n%s\r\n" % (PAYLOAD, body)
        for done in range(0, count, at_once):
            n = min(at_once, count - done)
            self.s.sendall(one * n)
            acked, rest = 0, b""
            while acked < n:
                rest += self.s.recv(1 << 20)
                acked += rest.count(b'"seq":')
                rest = rest[-5:]  # a word may come in two parts


def jetstream(commands):
    """A folder with a stream of as many messages. Filled once."""
    folder = OUT / f"data-jetstream-{commands}"
    if not (folder / "filled").exists():
        say(f"filling JetStream with {commands:,} messages")
        shutil.rmtree(folder, ignore_errors=True)
        with peer("nats", folder):
            n = Nats()
            n.ask(b"$JS.API.STREAM.CREATE.S", b'{"name":"S","subjects":["js.>"],"storage":"file","retention":"limits","max_consumers":-1,"max_msgs":-1,"max_bytes":-1,"max_age":0,"num_replicas":1,"discard":"old"}')
            n.publish(commands)
            n.s.close()
        (folder / "filled").touch()
    return folder


def dialling(kind, data, port, count):
    """A client that dials before its server is begun, until it is told of all `count`."""
    p = subprocess.Popen([program("bench_session"), "first", kind, data, str(port), str(count)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    p.stdout.readline()
    return p


def answered_at(client):
    """Steady clock, ms."""
    try:
        out, error = client.communicate(timeout=600)
    finally:
        client.kill()
    if client.returncode:
        raise Failed(f"no answer: {error[-300:]}")
    return float(dict(l.split("=") for l in out.splitlines())["answered_at_ms"])


# H9
def cold_start(bench):
    rooted()
    data, commands, events = ledger(bench)
    stream, tls = jetstream(commands), certificate(bench)
    hub = program("zhengtong-hub")
    with let_go():
        itself = program("zhengtong-hub")
    libraries = cold.own_libraries(bench.work / "hub-lib", itself)
    ours, theirs = [], []
    for _ in range(bench.rounds):
        stayed = cold.evict([stream, PEERS / "root/usr/sbin/nats-server", PEERS / "root/etc"])
        client = dialling("nats", "-", PEER_PORT, commands)
        with peer("nats", stream, tls) as (_, said):
            begun = float(next(l for l in said if l.startswith("starting="))[9:]) - time.time() + time.monotonic()
            theirs.append({"ms": answered_at(client) - begun * 1000, "stayed_mb": stayed})
        stayed = cold.evict([data / "hub", itself, libraries])
        client = dialling("hub", data, PORT, events)
        begun = time.monotonic()
        with open(OUT / "hub.log", "ab") as log:
            server = subprocess.Popen([hub, "--data", data / "hub"], stdout=log, stderr=log, env={**os.environ, "LD_LIBRARY_PATH": str(libraries)})
        try:
            ours.append({"ms": answered_at(client) - begun * 1000, "stayed_mb": stayed})
        finally:
            server.terminate()
            server.wait(30)
        say(f"first answer of the hub {ours[-1]['ms']:.0f} ms, nats-server {theirs[-1]['ms']:.0f} ms")
    return [Figure("H9", f"cold start to the first answer, {commands:,} commands / nats-server, as many messages", middle(ours, "ms"), middle(theirs, "ms"), "ms", must=3, moonshot=1, measured=ours[-1],
                   conditions=f"from exec until a client that dials all the time is answered over TLS; programme, libraries and data put out of the page cache (stayed: {middle(ours, 'stayed_mb'):.1f} and "
                              f"{middle(theirs, 'stayed_mb'):.1f} MB); both ended properly before; ours: mutual, greeting with the newest position and all that is new; peer: JetStream tells of its "
                              f"{commands:,} messages of {PAYLOAD} bytes, of which an acknowledgement waited for no disk")]

#!/usr/bin/env python3
"""Two hubs on two PostgreSQL servers that Patroni and etcd lead, as packaging/README.md tells to set them up: switched over on purpose, and when the leader dies.
Needs the packages patroni and etcd-server; without them it says so and ends."""
import os, pathlib, shutil, signal, subprocess, sys, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import *
import postgres, replicas

TIMES = 5 if replicas.FULL else 1


def needed():
    missing = [p for p in ("patroni", "etcd", "patronictl") if not shutil.which(p)]
    if missing:
        print("skipped: not installed: " + ", ".join(missing))
        sys.exit(77)


class Node:
    """A PostgreSQL server and the Patroni that leads it."""

    def __init__(self, root, name, etcd):
        self.root, self.name, self.port = root, name, free_port()
        self.dir, self.proc = root / name, None
        rest = free_port()
        self.file = root / f"{name}.yml"
        self.file.write_text(json.dumps({
            "scope": "zhengtong", "name": name, "restapi": {"listen": f"127.0.0.1:{rest}", "connect_address": f"127.0.0.1:{rest}"}, "etcd3": {"hosts": f"127.0.0.1:{etcd}"},
            "bootstrap": {"dcs": {"ttl": 10, "loop_wait": 1, "retry_timeout": 3, "synchronous_mode": True, "synchronous_mode_strict": True, "maximum_lag_on_failover": 1 << 20,
                                  "postgresql": {"use_pg_rewind": True}},
                          "initdb": ["data-checksums", {"encoding": "UTF8"}, {"locale": "C"}, "no-sync"]},
            "postgresql": {"listen": f"127.0.0.1:{self.port}", "connect_address": f"127.0.0.1:{self.port}", "data_dir": str(self.dir), "bin_dir": str(postgres.binaries()), "pgpass": str(root / f"{name}.pgpass"),
                           "use_unix_socket": True, "use_unix_socket_repl": True,
                           "authentication": {"superuser": {"username": "zt"}, "replication": {"username": "zt"}},
                           "pg_hba": ["local all all trust", "local replication all trust", "host all all 127.0.0.1/32 trust", "host replication all 127.0.0.1/32 trust"],
                           "parameters": {"unix_socket_directories": str(root), "shared_buffers": "32MB", "wal_log_hints": "on", "log_min_messages": "fatal"}}}))

    def start(self):
        out = open(self.root / f"{self.name}.log", "ab")
        self.proc = subprocess.Popen([*postgres.as_user(), "patroni", str(self.file)], stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        return self

    def sql(self, text, database="postgres"):
        return postgres.Server.sql(self, text, database)

    def leads(self):
        try:
            return self.sql("SELECT pg_is_in_recovery()") == "f"
        except Failed:
            return False

    def crash(self):
        """As the machine does: Patroni and PostgreSQL at once."""
        pids = [int(f.read_text().split()[0]) for f in [self.dir / "postmaster.pid"] if f.exists()]
        for pid in ([self.proc.pid] if self.proc and self.proc.poll() is None else []) + pids:
            try:
                os.kill(pid, signal.SIGKILL if self.proc and pid == self.proc.pid else signal.SIGQUIT)
            except ProcessLookupError:
                pass
        if self.proc:
            self.proc.wait()
        self.proc = None
        for pid in pids:
            until("the server ended", lambda: not pathlib.Path(f"/proc/{pid}").exists(), 30)

    def stop(self):
        if self.proc:
            self.proc.terminate()
            self.proc.wait(60)
        self.proc = None


class Cluster:
    def __init__(self, root):
        self.root, self.port = root, free_port()
        peer = free_port()
        out = open(root / "etcd.log", "ab")
        self.etcd = subprocess.Popen([*postgres.as_user(), "etcd", "--data-dir", str(root / "etcd"), "--listen-client-urls", f"http://127.0.0.1:{self.port}", "--advertise-client-urls",
                                      f"http://127.0.0.1:{self.port}", "--listen-peer-urls", f"http://127.0.0.1:{peer}", "--initial-advertise-peer-urls", f"http://127.0.0.1:{peer}",
                                      "--initial-cluster", f"default=http://127.0.0.1:{peer}"], stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        self.nodes = [Node(root, name, self.port) for name in ("one", "two")]
        for n in self.nodes:
            n.start()
        until("one leads and the other has each commit", self.whole, 90, 0.3)

    def leader(self):
        return next((n for n in self.nodes if n.leads()), None)

    def patronictl(self, *args):
        return subprocess.run(["patronictl", "-c", str(self.nodes[0].file), *args], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout

    def whole(self):
        """Patroni itself says who may be promoted: PostgreSQL counts any follower while Patroni has named none."""
        return '"Sync Standby"' in self.patronictl("list", "zhengtong", "-f", "json")

    def switch(self):
        old = self.leader()
        new = next(n for n in self.nodes if n is not old)
        said = self.patronictl("switchover", "zhengtong", "--master", old.name, "--candidate", new.name, "--force")
        need("Successfully" in said, "switched over: " + said)

    def end(self):
        for n in self.nodes:
            n.crash()
        self.etcd.kill()
        self.etcd.wait()


CLUSTER = []


def servers(root):
    CLUSTER.append(Cluster(root))
    return CLUSTER[0].leader()


def run(w):
    began, c = time.monotonic(), CLUSTER[0]
    w.p.ctl("log", "synchronous", "--data", w.p.data)
    replicas.reconfigured(w, *c.nodes)
    incarnation, starts = w.meta("incarnation"), [h.starts for h in w.hubs]

    def unchanged():
        need(w.meta("incarnation") == incarnation and [h.starts for h in w.hubs] == starts, "the incarnation stays, the hubs stay up")
    for _ in range(TIMES):
        timeline, old = w.timeline(), w.primary
        with w.load():
            w.some()
            c.switch()
            until("the other leads", lambda: c.leader() not in (None, old), 60)
            w.primary = c.leader()
            w.some()
        until("whole again", c.whole, 90, 0.3)
        w.verify("switched over by Patroni", began)
        need(w.timeline() == timeline + 1, "on the next timeline")
        unchanged()
    for _ in range(TIMES):
        timeline, old = w.timeline(), w.primary
        with w.load():
            w.some()
            old.crash()
            until("Patroni promotes the other", lambda: c.leader() not in (None, old), 60)
            w.primary = c.leader()
            old.start()
            until("the old one follows", c.whole, 90, 0.3)
            w.some()
        w.verify("the leader died", began)
        need(w.timeline() == timeline + 1, "on the next timeline")
        unchanged()
    w.end()


if __name__ == "__main__":
    needed()
    try:
        replicas.main("patroni", run, servers)
    finally:
        for c in CLUSTER:
            c.end()

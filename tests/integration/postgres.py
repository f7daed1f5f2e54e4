"""PostgreSQL servers of a test's own, with Unix sockets and no network port. Run by root they run as the user postgres, for PostgreSQL refuses root."""
import os, pathlib, pwd, shutil, signal, subprocess, tempfile, time
from harness import Failed, need, until

SETTINGS = {"listen_addresses": "", "shared_buffers": "32MB", "wal_receiver_status_interval": "1s", "wal_retrieve_retry_interval": "200ms", "log_min_messages": "fatal"}


def binaries():
    for version in ("17", "16", "15"):
        d = pathlib.Path(f"/usr/lib/postgresql/{version}/bin")
        if (d / "postgres").exists():
            return d
    raise SystemExit("PostgreSQL 15 is not installed")


def as_user():
    """They end with this process, however that ends."""
    return ["setpriv", "--pdeathsig=QUIT"] + (["--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.getuid() == 0 else [])


def folder():
    """In memory where there is room: a hub wants fsync on, and a test need not wait for a disk."""
    shm = pathlib.Path("/dev/shm")
    room = shm.exists() and shutil.disk_usage(shm).free > 1 << 30
    d = pathlib.Path(tempfile.mkdtemp(prefix="zt-pg-", dir=shm if room else None))
    if os.getuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(d, user.pw_uid, user.pw_gid)
    return d


class Server:
    """One server in a folder of the cluster's. Made empty, or as a standby of another."""

    made = 0

    def __init__(self, root, of=None):
        Server.made += 1
        self.port = Server.made
        self.root, self.name = root, f"s{self.port}"
        self.dir = root / self.name
        self.proc = None
        if of is None:
            self.run("initdb", "-D", self.dir, "-U", "zt", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
            self._settings(SETTINGS)
        else:
            self.run("pg_basebackup", "-h", of.root, "-p", of.port, "-U", "zt", "-D", self.dir, "-X", "stream", "-c", "fast", "--no-sync", "-R", "-d", f"application_name={self.name}")

    def _settings(self, settings):
        with open(self.dir / "postgresql.auto.conf", "a") as f:
            f.writelines(f"{k} = '{v}'\n" for k, v in settings.items())

    def run(self, program, *args):
        r = subprocess.run([*as_user(), binaries() / program, *map(str, args)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if r.returncode:
            raise Failed(f"{program}: {r.stdout[-1000:]}")
        return r.stdout

    def start(self):
        out = open(self.root / f"{self.name}.log", "ab")
        self.proc = subprocess.Popen([*as_user(), binaries() / "postgres", "-D", self.dir, "-k", self.root, "-p", str(self.port)], stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        until(f"PostgreSQL {self.name} answers", lambda: self._ready(), 60)
        return self

    def _ready(self):
        need(self.proc.poll() is None, f"PostgreSQL {self.name} runs")
        return subprocess.run([binaries() / "pg_isready", "-q", "-h", self.root, "-p", str(self.port)]).returncode == 0

    def end(self, how):
        """SIGINT: fast, sessions are cut. SIGQUIT: at once, as by a crash."""
        if self.proc and self.proc.poll() is None:
            self.proc.send_signal(how)
            self.proc.wait(60)
        self.proc = None

    def stop(self):
        self.end(signal.SIGINT)

    def crash(self):
        self.end(signal.SIGQUIT)

    def remove(self):
        self.crash()
        shutil.rmtree(self.dir)

    def sql(self, text, database="postgres"):
        r = subprocess.run([binaries() / "psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-h", self.root, "-p", str(self.port), "-U", "zt", "-d", database, "-c", text],
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)
        if r.returncode:
            raise Failed(f"{self.name}: {text}: {r.stderr.strip()}")
        return r.stdout.strip()

    def set(self, **settings):
        for key, value in settings.items():
            self.sql(f"ALTER SYSTEM SET {key} = '{value}'")
        self.sql("SELECT pg_reload_conf()")
        return self

    def follows(self, primary):
        """Streaming, and its primary has heard so."""
        return primary.sql(f"SELECT count(*) FROM pg_stat_replication WHERE application_name = '{self.name}' AND state = 'streaming'") == "1"

    def promote(self):
        self.sql("SELECT pg_promote(true, 60)")
        return self


def where(*servers, database):
    return f"host={','.join(str(s.root) for s in servers)} port={','.join(str(s.port) for s in servers)} user=zt dbname={database}"

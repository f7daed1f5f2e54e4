"""Real processes for tests: a province in a folder, a hub, desks driven by JSON lines. Python 3, standard library only."""
import contextlib, json, os, pathlib, queue, shutil, signal, socket, subprocess, sys, tempfile, threading, time

BIN = pathlib.Path(os.environ.get("ZT_BIN", "."))          # build folder
PASS = "correct horse 正通"


def program(name):
    for sub in ("app/hub", "app/ctl", "app/desktop", "tests/integration", "tests/gui", "."):
        p = BIN / sub / name
        if p.is_file():
            return str(p)
    raise SystemExit(f"{name} is not built under {BIN}")


given = set()


def free_port():
    """Never the same twice, though it is free again as soon as it was found."""
    while True:
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        if port not in given:
            given.add(port)
            return port


class Failed(AssertionError):
    pass


def need(cond, what):
    if not cond:
        raise Failed(what)


def until(what, test, timeout=20.0, pause=0.02):
    """Waits until test() is true (or returns something true) and returns it. No fixed sleeps: a slow machine only takes longer."""
    end = time.monotonic() + timeout
    last = None
    while time.monotonic() < end:
        try:
            last = test()
        except Failed as e:
            last = None
            why = e
        if last:
            return last
        time.sleep(pause)
    raise Failed(f"did not happen within {timeout:.0f} s: {what}")


def played(name, run):
    """Runs a play in a folder of its own, which stays where it fails."""
    folder = temp_folder(name)
    try:
        run(folder)
    except Failed as e:
        print(f"NOT OK   {e}\nleft for looking at: {folder}")
        sys.exit(1)
    finally:
        os.system(f"pkill -KILL -f '{folder}' 2>/dev/null")
    shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def office(folder, *roles):
    """A province whose hub runs, a desk online for each role, and a unit that receives."""
    p = Province(folder)
    p.start()
    desks = [Desk(p, role) for role in roles]
    try:
        for d in desks:
            d.enrol().online()
        clerk = Desk(p, "clerk1").enrol().online()
        unit = clerk.unit
        clerk.close()
        yield p, desks, unit
    finally:
        for d in desks:
            if d.proc:
                d.kill()
        p.kill()


class Relay:
    """A TCP relay between desks and hub that can be slow, and cut after so many bytes one way. `target`: a port, or what names one for each line."""

    def __init__(self, port, target):
        self.target = target
        self.up = True
        self.budget = None      # (direction, bytes left)
        self.rate = None        # bytes a second and direction
        self.pairs = set()
        self.lock = threading.Lock()
        self.server = socket.create_server(("127.0.0.1", port), backlog=128)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            a, _ = self.server.accept()
            if not self.up:
                a.close()
                continue
            try:
                b = socket.create_connection(("127.0.0.1", self.target() if callable(self.target) else self.target), 5)
                b.settimeout(None) # a line may be silent for longer than it takes to connect
            except OSError:
                a.close()
                continue
            with self.lock:
                self.pairs.add((a, b))
            for src, dst, way in ((a, b, "up"), (b, a, "down")):
                threading.Thread(target=self._pump, args=(src, dst, way, (a, b)), daemon=True).start()

    def _pump(self, src, dst, way, pair):
        try:
            while data := src.recv(65536):
                if self.rate:
                    time.sleep(len(data) / self.rate)
                dst.sendall(data)
                spent = False
                with self.lock:
                    if self.budget and self.budget[0] == way:
                        self.budget = (way, self.budget[1] - len(data))
                        if self.budget[1] <= 0:
                            self.budget, spent = None, True
                if spent:
                    time.sleep(1) # nothing more this way; what has come is taken in, for an end throws away what is not
                    self.cut()
        except OSError:
            pass
        for s in pair:
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        with self.lock:
            self.pairs.discard(pair)

    def cut(self):
        self.up = False
        with self.lock:
            pairs = list(self.pairs)
        for pair in pairs:
            for s in pair:
                try:
                    s.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def cut_after(self, way, nbytes):
        with self.lock:
            self.budget = (way, nbytes)

    def heal(self):
        with self.lock:
            self.budget = None
        self.up = True


class Province:
    """A demo province in a folder; starts and stops its hub. Desks reach it through a relay."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.data = self.folder / "hub"
        self.port, self.enrol_port = free_port(), free_port()
        self.hub = None
        run = subprocess.run([program("zhengtong-ctl"), "demo", "--data", str(self.data), "--port", str(self.port), "--enrol-port", str(self.enrol_port)],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if run.returncode:
            raise Failed("zhengtong-ctl demo: " + run.stderr[-2000:])
        self.demo = json.loads((self.data / "demo.json").read_text())
        self.inner = free_port()
        self._listen_inside()
        self.relay = Relay(self.port, self.inner)

    def _listen_inside(self):
        f = self.data / "hub.json"
        config = json.loads(f.read_text())
        config["listen"] = f"127.0.0.1:{self.inner}"
        f.write_text(json.dumps(config, ensure_ascii=False, indent=1))

    def code(self, role):
        return self.demo["cast"][role]["code"]

    def person(self, role):
        return self.demo["cast"][role]["person"]

    def ctl(self, *args, check=True):
        r = subprocess.run([program("zhengtong-ctl"), *map(str, args)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if check and r.returncode:
            raise Failed(f"zhengtong-ctl {args[0]}: exit {r.returncode}: {r.stderr[-2000:]}")
        return r

    def start(self):
        log = open(self.folder / "hub.log", "ab")
        self.hub = subprocess.Popen([program("zhengtong-hub"), "--data", str(self.data)], stdout=log, stderr=log)
        until("the hub listens", self._listens)

    def _listens(self):
        if self.hub.poll() is not None:
            raise SystemExit("the hub ended: " + (self.folder / "hub.log").read_text()[-2000:])
        with socket.socket() as s:
            s.settimeout(0.5)
            return s.connect_ex(("127.0.0.1", self.inner)) == 0

    def stop(self):
        if self.hub and self.hub.poll() is None:
            self.hub.terminate()
            need(self.hub.wait(10) == 0, "the hub ends with 0 on SIGTERM")
        self.hub = None

    def kill(self):
        if self.hub and self.hub.poll() is None:
            self.hub.kill()
            self.hub.wait()
        self.hub = None


class Desk:
    """One desk process. Calls block for their answer; events are collected."""

    def __init__(self, province, role, root=None):
        self.province, self.role = province, role
        self.root = pathlib.Path(root or province.folder / f"desk-{role}")
        self.account = None
        self.proc = None
        self.events = []
        self._n = 0

    # process
    def spawn(self):
        self.proc = subprocess.Popen([program("desk_driver")], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     stderr=open(self.province.folder / f"desk-{self.role}.log", "ab"), text=True, bufsize=1)
        self._answers = {}
        self._cond = threading.Condition()
        threading.Thread(target=self._read, args=(self.proc, self._answers), daemon=True).start()
        return self

    def _read(self, proc, answers=None):
        answers = self._answers if answers is None else answers
        for line in proc.stdout:
            try:
                j = json.loads(line)
            except ValueError:
                continue
            with self._cond:
                if "event" in j:
                    self.events.append(j)
                else:
                    answers[j["id"]] = j
                self._cond.notify_all()
        with self._cond:
            answers["end"] = True
            self._cond.notify_all()

    def send(self, do, **args):
        self._n += 1
        self.proc.stdin.write(json.dumps({"id": self._n, "do": do, **args}, ensure_ascii=False) + "\n")
        self.proc.stdin.flush()
        return self._n

    def wait(self, n, timeout=30):
        end = time.monotonic() + timeout
        with self._cond:
            while n not in self._answers:
                if self._answers.get("end") or not self._cond.wait(end - time.monotonic()):
                    raise Failed(f"{self.role}: no answer to call {n}" + (f", it ended with {self.proc.wait(5)}" if self._answers.get("end") else ""))
            return self._answers.pop(n)

    def ask(self, do, **args):
        return self.wait(self.send(do, **args))

    def call(self, do, **args):
        r = self.ask(do, **args)
        need(r["ok"], f"{self.role}: {do}: {r.get('error')} {r.get('detail')}")
        return r

    # life
    def enrol(self):
        self.spawn()
        r = self.call("enrol", code=self.province.code(self.role), passphrase=PASS, root=str(self.root))
        self.account = r["folder"]
        return self.open()

    def open(self, connect=True):
        if not self.proc or self.proc.poll() is not None:
            self.spawn()
        self.call("open", folder=self.account, passphrase=PASS, connect=connect)
        return self

    @property
    def unit(self):
        return until(f"{self.role} knows its unit", lambda: self.call("me")["unit"])

    def close(self):
        if self.proc and self.proc.poll() is None:
            self.proc.stdin.close()
            try:
                self.proc.wait(20)
            except subprocess.TimeoutExpired:
                self.proc.kill()
                raise Failed(f"{self.role}: the desk does not end")
        self.proc = None

    def kill(self):
        self.proc.kill()
        self.proc.wait()
        self.proc = None

    # looking
    def status(self):
        return self.call("status")

    def rows(self, folder):
        return self.call("list", folder={"todo": 0, "review": 1, "sent": 2, "received": 3, "done": 4}[folder])["rows"]

    def matter(self, stream):
        r = self.ask("matter", stream=stream)
        return r if r["ok"] else None

    def online(self, timeout=40):
        until(f"{self.role} is online", lambda: (lambda s: s["link"] == "online" and s["live"])(self.status()), timeout)
        return self

    def offline(self):
        return until(f"{self.role} notices the outage", lambda: (lambda s: s if s["link"] == "hub_unreachable" else None)(self.status()), 40)

    def task(self, stream=None, timeout=20):
        """The first to-do row (of this stream)."""
        def find():
            for row in self.rows("todo"):
                if stream in (None, row["stream"]):
                    m = self.matter(row["stream"])
                    if m and (m["actions"]["task"] or m["actions"]["sign_for"]):
                        return row
        return until(f"{self.role} has the task", find, timeout)


def temp_folder(name):
    return pathlib.Path(tempfile.mkdtemp(prefix=f"zt-{name}-"))

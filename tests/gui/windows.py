"""A desk with its real windows, on a screen of its own; words are given in English and found in either language."""
import os, pathlib, re, shutil, subprocess, sys, threading, time, traceback
import xml.etree.ElementTree as xml
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
sys.dont_write_bytecode = True
from harness import *   # noqa: F401,F403
import harness

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PASS = "zhengtong demo 2026"


def _load():
    out = {}
    for ts in (ROOT / "translations").glob("zhengtong_*.ts"):
        for message in xml.parse(ts).getroot().iter("message"):
            words = message.find("translation")
            if words is None:
                continue
            texts = [f.text for f in words.findall("numerusform")] or [words.text]
            out.setdefault(message.findtext("source"), set()).update(t for t in texts if t)
    return out


_WORDS = _load()


def T(source, *args):
    """Patterns for a source string in every language; %n and %1 stand for anything, or for the args in their order."""
    out = []
    for text in {source, *_WORDS.get(source, ())}:
        p = re.escape(text.replace("&", "")).replace("\\ ", " ")
        for i, a in enumerate(args):
            p = p.replace(f"%{i + 1}", re.escape(str(a)))
        out.append(re.sub(r"%(n|L?\d)", ".*", p))
    return out


def has(text):
    """A pattern for anything that holds the text."""
    return ".*" + re.escape(text) + ".*"


class Office(harness.Province):
    """A demo province that its desks reach directly, without the relay of the other tests. Kept: found again at the next start."""

    def __init__(self, folder, keep=False):
        self.folder, self.hub = pathlib.Path(folder), None
        self.data = self.folder / "hub"
        if not (keep and (self.data / "demo.json").exists()):
            self.ctl("demo", "--data", self.data, "--port", harness.free_port(), "--enrol-port", harness.free_port())
        self.demo = json.loads((self.data / "demo.json").read_text())
        self.port = self.inner = int(self.demo["address"].rsplit(":", 1)[1])

    def runs(self):
        with socket.socket() as s:
            s.settimeout(0.5)
            return s.connect_ex(("127.0.0.1", self.port)) == 0


class Screen:
    """An X server of its own, so that desks do not fight for the focus."""

    def __init__(self, size="1600x1000"):
        r, w = os.pipe()
        self.proc = subprocess.Popen(["Xvfb", "-displayfd", str(w), "-screen", "0", size + "x24", "-nolisten", "tcp", "-noreset"], pass_fds=(w,),
                                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(w)
        with os.fdopen(r) as f:
            self.name = ":" + f.readline().strip()
        if self.name == ":":
            raise SystemExit("Xvfb did not start")

    def end(self):
        self.proc.terminate()
        self.proc.wait()


class Windows(harness.Desk):
    """One client process; every act goes through its windows."""

    def __init__(self, folder, role, province=None, env=None, size="1600x1000", wrap=(), policy=None, keychain=None):
        self.province, self.role, self.policy, self.keychain = province, role, policy, keychain
        self.folder = pathlib.Path(folder)
        self.root = self.folder / f"desk-{role}"
        self.proc, self.events, self._n = None, [], 0
        self.screen = Screen(size)
        self.env, self.wrap = env or {}, list(wrap)

    # process
    def spawn(self):
        env = {k: v for k, v in os.environ.items() if not k.startswith(("QT_", "DBUS_", "WAYLAND"))}
        env.update({"DISPLAY": self.screen.name, "QT_QPA_PLATFORM": "xcb", "QT_ACCESSIBILITY": "1", "LC_ALL": "C.UTF-8", "TZ": "Asia/Shanghai", "HOME": str(self.folder),
                    "QT_LOGGING_RULES": "qt.qpa.*=false"})
        runtime = self.folder / "run"
        runtime.mkdir(mode=0o700, exist_ok=True)
        env["XDG_RUNTIME_DIR"] = str(runtime)
        env.update(self.env)
        options = [x for name in ("policy", "keychain") if getattr(self, name) for x in (f"--{name}", str(getattr(self, name)))]
        self.proc = subprocess.Popen([*self.wrap, harness.program("zhengtong_driven"), "--data", str(self.root), *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     stderr=open(self.folder / f"desk-{self.role}.log", "ab"), text=True, bufsize=1, env=env)
        self._answers = {}
        self._cond = threading.Condition()
        threading.Thread(target=self._read, args=(self.proc, self._answers), daemon=True).start()
        return self

    def call(self, do, timeout=30, **args):
        r = self.wait(self.send(do, **args), timeout)
        need(r["ok"], f"{self.role}: {do} {args.get('target', args.get('like', ''))}: {r.get('error')}")
        return r

    def end(self):
        if self.proc and self.proc.poll() is None:
            self.send("quit")
            try:
                self.proc.wait(20)
            except subprocess.TimeoutExpired:
                self.proc.kill()
                raise Failed(f"{self.role}: the client does not end")
        self.proc = None
        self.screen.end()

    def crash(self):
        if self.proc and self.proc.poll() is None:
            self.proc.kill()
            self.proc.wait()
        self.proc = None
        self.screen.end()

    # looking
    def sees(self, words):
        return self.call("see", like=words)["seen"]

    def see(self, words, timeout=20):
        try:
            return until(f"{self.role} reads {words}", lambda: self.sees(words), timeout)
        except Failed as e:
            raise Failed(f"{e}; on the screen: {self.call('texts')['texts'][:120]}") from None

    def unseen(self, words, timeout=20):
        return until(f"{self.role} no longer reads {words}", lambda: not self.sees(words), timeout)

    def status(self):
        return self.call("status")

    def shot(self, path, **target):
        pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
        need(self.call("shot", path=str(path), **({"target": target} if target else {}))["saved"], f"screenshot {path}")

    # doing; each waits until what it needs is there
    def again(self, do, timeout=15, **args):
        end = time.monotonic() + timeout
        while True:
            r = self.wait(self.send(do, **args))
            if r["ok"]:
                return r
            if time.monotonic() > end:
                raise Failed(f"{self.role}: {do} {args}: {r.get('error')}; on the screen: {self.call('texts')['texts'][:120]}")
            time.sleep(0.03)

    def click(self, words, timeout=15, **target):
        return self.again("click", timeout, target={"like": words, **target})

    def tab(self, words, timeout=15):
        return self.again("tab", timeout, like=words)

    def type(self, text, words=None, timeout=15, every=0, **more):
        args = {k: more.pop(k) for k in ("clear", "end") if k in more}
        target = dict(more)
        if words is not None:
            target["like"] = words
        if target:
            args["target"] = target
        return self.again("type", timeout, text=text, every_ms=every, **args)

    def keys(self, keys, **target):
        """Goes to what has the focus in the window of the target, or in front."""
        return self.again("keys", keys=keys, **({"target": target} if target else {}))

    def focus(self, **target):
        return self.again("focus", target=target)

    def pick(self, words, how="click", timeout=15, **target):
        return self.again("pick", timeout, like=words, how=how, target=target)

    def choose(self, words, field, timeout=15):
        return self.again("choose", timeout, like=words, target={"like": field})

    def give_file(self, path):
        return self.again("file", path=str(path))

    def value(self, timeout=15, **target):
        return self.again("value", timeout, target=target)["value"]

    # life
    def enrol(self, code=None):
        if not self.proc:
            self.spawn()
        self.again("paste", target={"like": T("Enrolment code")}, text=code or self.province.code(self.role))
        self.type(PASS, T("New passphrase"))
        self.type(PASS, T("Repeat the passphrase"))
        self.click(T("Enrol this computer"))
        return self.opened()

    def opened(self, timeout=60):
        try:
            until(f"{self.role}: the main window opens", lambda: (lambda s: s["open"] and not s["locked"])(self.status()), timeout)
        except Failed as e:
            raise Failed(f"{e}; on the screen: {self.call('texts')['texts'][:120]}") from None
        return self

    def unlock(self, passphrase=PASS):
        if not self.proc:
            self.spawn()
        self.type(passphrase, T("Passphrase of this computer"))
        self.click(T("Unlock"))
        return self

    def online(self, timeout=60):
        self.call("retry")
        until(f"{self.role} is online", lambda: (lambda s: s["link"] == "online" and s["live"])(self.status()), timeout)
        return self

    def settled(self, timeout=60):
        until(f"{self.role} has sent everything", lambda: (lambda s: not s["unsent"] and not s["uploads"])(self.status()), timeout)
        return self

    def offline(self, timeout=40):
        self.see([p + ".*" for p in T("Hub unreachable")], timeout)
        return self

    # places
    def module(self, title):
        self.click([p + ".*" for p in T(title)], **{"class": "RailButton"})

    def folder_of(self, name):
        self.module("Docs")
        self.pick(T(name), **{"class": "NavList"})

    def open_document(self, folder, title, timeout=20):
        self.folder_of(folder)
        self.pick(has(title), timeout=timeout, **{"class": "RowList"})
        until(f"{self.role} has {title} before the eyes", lambda: self.call("info", target={"class": "ReadingPane", "like": has(title)})["there"])

    def submit_by_mouse(self, title, unit):
        """A document with one main recipient, written and submitted."""
        self.module("Docs")
        self.click(T("New draft"))
        self.type(title, object="Title")
        self.click([x + ".*" for x in T("Main recipients")])
        self.pick(re.escape(unit), how="check", window=T("Main recipients"))
        self.click(T("Use these units"))
        self.again("paste", target={"object": "Body"}, text="正文一段。")
        self.click(T("Submit for review"))
        self.see([x + ".*" for x in T("Submitted for review: %1")])

    def drop_files(self, *files):
        """Onto the draft's window; waits until they are sealed into the store."""
        self.again("drop", target={"class": "ComposeWindow"}, files=[str(f) for f in files])
        for f in files:
            self.see(has(pathlib.Path(f).name))
        until("the files are taken in", lambda: not self.call("info", target={"class": "QProgressBar", "like": T("Progress of %1")})["there"], 120)


def on_one_pc(pc, tests, shots, over=lambda: None):
    """Runs the tests on one computer, one after another; ends with it, and with the picture of where one failed."""
    failed = False
    try:
        for t in tests:
            start = time.monotonic()
            t(pc)
            print(f"ok      {time.monotonic() - start:6.1f} s  {t.__name__}", flush=True)
    except Exception as e:
        failed = True
        print(f"NOT OK  {t.__name__}: {e if isinstance(e, Failed) else traceback.format_exc()}", flush=True)
        if pc.d and pc.d.proc:
            pc.d.shot(shots / "failed.png")
    finally:
        if pc.d and pc.d.proc:
            pc.d.crash()
        pc.p.kill()
        over()
    shutil.rmtree(pc.folder, ignore_errors=True)
    sys.exit(1 if failed else 0)

#!/usr/bin/python3
"""One working day on the installed packages, through the accessibility bus alone, as a screen reader has it: journey.py BUILD|FOLDER-OF-DEBS [BEFORE]
Enrol, unlock, draft, submit, lock, restart without the hub; upgrade from the package before with data; removal and purge keep the data and say so.
As root: installs into an overlay over this machine, in a namespace without network, and leaves nothing. Debian's python3 with python3-pyatspi.
Of a build, packages are made from what it installs (without debhelper's parts: service, account); of a folder, the packages are those of packaging/package.
BEFORE, of either kind, is what is upgraded from: another version, which may have other stores. Without it both are the same, under two versions."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PASS = "zhengtong demo 2026"
TITLE, UNSENT, KEPT = "关于做好汛前准备工作的通知", "关于停电期间值守的通知", "关于报送总结的通知"
PERSON = 4242   # an account of nobody
checks = []


def check(what, good, more=""):
    checks.append(bool(good))
    print(("ok      " if good else "NOT OK  ") + what + (f": {more}" if more and not good else ""), flush=True)
    return good


def until(what, condition, seconds=40):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if got := condition():
                return got
        except Exception as e:   # what is asked vanishes while it is asked
            if "pyatspi" not in type(e).__module__ and type(e).__name__ not in ("GError", "Error", "AttributeError", "LookupError"):
                raise
        time.sleep(0.1)
    raise SystemExit(f"NOT OK  did not happen: {what}")


# packages
def packages(source, out, version):
    """The three packages under that version."""
    out.mkdir()
    for name in ("desktop", "hub", "ctl"):
        tree = out / name
        debs = sorted(source.glob(f"zhengtong-{name}_*.deb"))
        if debs:
            subprocess.run(["dpkg-deb", "-R", debs[0], tree], check=True)
            control = tree / "DEBIAN/control"
            control.write_text(re.sub(r"^Version: .*$", f"Version: {version}", control.read_text(), flags=re.M))
        else:
            subprocess.run(["cmake", "--install", source, "--component", name, "--prefix", "/usr"], env={**os.environ, "DESTDIR": str(tree)}, check=True, stdout=subprocess.DEVNULL)
            (tree / "DEBIAN").mkdir()
            (tree / "DEBIAN/control").write_text(f"Package: zhengtong-{name}\nVersion: {version}\nArchitecture: {subprocess.check_output(['dpkg', '--print-architecture'], text=True).strip()}\n"
                                                 "Maintainer: Zhengtong maintainers <maintainers@zhengtong.example>\nDescription: of the build, for a test\n")
            script = ROOT / f"packaging/debian/zhengtong-{name}.postrm"
            if script.exists():
                (tree / "DEBIAN/postrm").write_text(script.read_text().replace("#DEBHELPER#\n", ""))
                (tree / "DEBIAN/postrm").chmod(0o755)
        subprocess.run(["dpkg-deb", "-Znone", "--root-owner-group", "-b", tree, out / f"zhengtong-{name}.deb"], check=True, stdout=subprocess.DEVNULL)
        shutil.rmtree(tree)


def outside(source, before):
    if os.geteuid() != 0:
        return print("skipped: needs root for a root of its own")
    if subprocess.run(["/usr/bin/python3", "-c", "import pyatspi"], stderr=subprocess.DEVNULL).returncode:
        return print("skipped: package python3-pyatspi is not installed")
    source, before = source.resolve(), before.resolve()
    tmp = pathlib.Path(tempfile.mkdtemp(prefix="ztjourney"))
    try:
        # All of it in a namespace: nothing is mounted for anybody else, and nothing stays.
        lay = ("mount -t tmpfs none \"$1\" && cd \"$1\" && mkdir upper work root && mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work root"
               " && mount --rbind /proc root/proc && mount --rbind /dev root/dev && mount -t tmpfs none root/tmp && chmod 1777 root/tmp && mkdir root/tmp/debs && cp -r \"$2\"/* root/tmp/debs/"
               " && cp \"$3\" root/tmp/journey.py && ip link set lo up && exec chroot root /usr/bin/python3 -B /tmp/journey.py --inside")
        debs = tmp / "debs"
        debs.mkdir()
        packages(before, debs / "previous", "0.0.9")
        packages(source, debs / "now", "0.1.0")
        (tmp / "root").mkdir()
        if subprocess.run(["unshare", "-mn", "true"], stderr=subprocess.DEVNULL).returncode:
            return print("skipped: no mount and network namespaces here")
        return subprocess.run(["unshare", "-mnp", "--fork", "sh", "-ec", lay, "sh", tmp / "root", debs, pathlib.Path(__file__).resolve()]).returncode
    finally:
        shutil.rmtree(tmp)


# inside, as root
def dpkg(*args):
    done = subprocess.run(["dpkg", "--force-depends", *args], capture_output=True, text=True, env={"PATH": os.environ["PATH"], "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"})
    check("dpkg " + " ".join(a if a[0] == "-" else pathlib.Path(a).parent.name for a in args[:2]), done.returncode == 0, (done.stdout + done.stderr)[-400:])
    return done.stdout


def install(which):
    return dpkg("-i", *map(str, sorted(pathlib.Path("/tmp/debs", which).glob("*.deb"))))


def as_person(stage):
    home = "/home/person"
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin", "HOME": home, "XDG_RUNTIME_DIR": home + "/run", "LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "Asia/Shanghai"}
    done = subprocess.run(["setpriv", f"--reuid={PERSON}", f"--regid={PERSON}", "--clear-groups", "dbus-run-session", "--", "/usr/bin/python3", "-B", "/tmp/journey.py", "--person", stage], env=env)
    if done.returncode:
        raise SystemExit(1)


def stores():
    """Every file of the person's store and what is in it."""
    folder = pathlib.Path("/home/person/.local/share/zhengtong")
    return {str(f): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}


def inside():
    for d in ("", "run", ".local", ".local/share"):
        p = pathlib.Path("/home/person", d)
        p.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.chown(p, PERSON, PERSON)
    with open("/etc/passwd", "a") as f:   # the bus asks who he is
        f.write(f"person:x:{PERSON}:{PERSON}::/home/person:/bin/sh\n")
    install("previous")
    version = subprocess.run(["dpkg-query", "-W", "-f=${Version}", "zhengtong-desktop"], capture_output=True, text=True).stdout
    check("the package before is installed", version == "0.0.9", version)
    as_person("day")
    as_person("outage")
    before = stores()
    check("there is a store", any("store" in f or f.endswith(".db") for f in before), list(before))
    for after in (0.0, 0.02, 0.05, 0.1, 0.2, 0.4):
        upgrade = subprocess.Popen(["dpkg", "--force-depends", "-i", *map(str, sorted(pathlib.Path("/tmp/debs/now").glob("*.deb")))], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   start_new_session=True)
        time.sleep(after)
        os.killpg(upgrade.pid, 9)
        upgrade.wait()
    check("an upgrade killed again and again touches no store", stores() == before)
    dpkg("--configure", "-a", "--force-depends")
    install("now")
    check("the upgrade touches no store", stores() == before)
    version = subprocess.run(["dpkg-query", "-W", "-f=${db:Status-Status} ${Version}", "zhengtong-desktop"], capture_output=True, text=True).stdout
    check("afterwards it is installed whole", version == "installed 0.1.0", version)
    as_person("upgraded")
    before = stores()
    said = dpkg("-r", "zhengtong-desktop")
    check("removal says where the stores stay, in Chinese too", "people's stores stay in ~/.local/share/zhengtong" in said and "本机公文库保留" in said, said)
    check("removal keeps every byte", stores() == before)
    said = dpkg("-P", "zhengtong-desktop")
    check("purge says who removes them, and what is lost with them", "by hand" in said and "what was not sent yet is lost" in said, said)
    check("purge keeps every byte", stores() == before)
    check("the programme is gone", not pathlib.Path("/usr/bin/zhengtong").exists())
    install("now")
    as_person("again")


# inside, as the person: nothing but the bus
class Desk:
    def __init__(self, *programme):
        import pyatspi
        self.bus = pyatspi
        self.proc = subprocess.Popen(["/usr/bin/zhengtong", *programme], env={**os.environ, "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1", "QT_QPA_PLATFORM": "xcb"}, stdout=subprocess.DEVNULL,
                                     stderr=open("/tmp/person-desk.log", "ab"))
        until("the desk is on the accessibility bus", self.app)

    def app(self):
        for a in self.bus.Registry.getDesktop(0):
            if a and a.get_process_id() == self.proc.pid:
                return a
        return None

    def walk(self, node=None, depth=0):
        node = node or self.app()
        for child in node:
            if child is None or depth > 40:
                continue
            yield child
            yield from self.walk(child, depth + 1)

    def find(self, role, words, showing=True):
        import pyatspi
        for a in self.walk():
            if a.getRoleName() in role.split("|") and re.fullmatch(words, a.name or "", re.S) and (not showing or a.getState().contains(pyatspi.STATE_SHOWING)):
                return a
        return None

    def get(self, role, words, seconds=40):
        try:
            return until(f"{role} {words}", lambda: self.find(role, words), seconds)
        except SystemExit:
            print("on the bus:", sorted({f"{a.getRoleName()}: {a.name[:60]}" for a in self.walk() if a.name and a.getState().contains(self.bus.STATE_SHOWING)}), flush=True)
            raise

    def press(self, role, words):
        def go():
            a = self.find(role, words)
            if not a or not a.getState().contains(self.bus.STATE_ENABLED):
                return False
            action = a.queryAction()
            names = [action.getName(i) for i in range(action.nActions)]
            return action.doAction(next((i for i, n in enumerate(names) if n in ("Press", "Toggle", "SetFocus")), 0)) or True
        self.get(role, words)
        until(f"press {words}", go)

    def write(self, words, text):
        field = self.get("text|password text", words)
        until(f"write into {words}", lambda: field.queryEditableText().setTextContents(text))

    def sees(self, words):
        return any(re.search(words, f"{a.getRoleName()} {a.name}\n{a.description}") for a in self.walk() if a.getState().contains(self.bus.STATE_SHOWING))

    def see(self, words, seconds=40):
        try:
            until(f"read {words}", lambda: self.sees(words), seconds)
        except SystemExit:
            print("on the bus:", sorted({(a.name or "")[:60] for a in self.walk() if a.getState().contains(self.bus.STATE_SHOWING)}), flush=True)
            raise

    def leaks(self, words):
        """Every object that holds such words, shown or not, with where it is."""
        out = []
        for a in self.walk():
            said = f"{a.name}\n{a.description}"
            try:
                said += a.queryText().getText(0, -1)
            except NotImplementedError:
                pass
            if m := re.search(words, said):
                path, up = [], a
                while up:
                    path.append(f"{up.getRoleName()} {(up.name or '')[:12]}{'' if up.getState().contains(self.bus.STATE_SHOWING) else ' (hidden)'}")
                    up = up.parent
                out.append(f"{m[0]}: " + " < ".join(path[:6]))
        return out

    def key(self, window, keys):
        """Without a window manager nobody else gives a window the keys."""
        subprocess.run(["xdotool", "search", "--onlyvisible", "--name", window, "windowfocus", "--sync", "key", keys], check=True, stdout=subprocess.DEVNULL)

    def unlock(self):
        self.write("本机口令", PASS)
        self.press("push button|button", "解锁")
        self.get("push button|button|radio button|toggle button|check box", "公文.*")

    def end(self):
        self.proc.terminate()
        self.proc.wait(20)


def person(stage):
    r, w = os.pipe()
    screen = subprocess.Popen(["Xvfb", "-displayfd", str(w), "-screen", "0", "1600x1000x24", "-nolisten", "tcp", "-noreset"], pass_fds=(w,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(w)
    with os.fdopen(r) as f:
        os.environ["DISPLAY"] = ":" + f.readline().strip()
    launcher = subprocess.Popen(["/usr/libexec/at-spi-bus-launcher", "--launch-immediately"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    started = [screen, launcher]
    hub = pathlib.Path.home() / "hub"
    try:
        if stage in ("day", "upgraded"):
            if not hub.exists():
                subprocess.run(["zhengtong-ctl", "demo", "--data", hub, "--port", "7443", "--enrol-port", "7444"], check=True, stdout=subprocess.DEVNULL)
            started.append(subprocess.Popen(["zhengtong-hub", "--data", hub], stdout=subprocess.DEVNULL, stderr=open(hub.with_suffix(".log"), "ab")))
        STAGES[stage](json.loads((hub / "demo.json").read_text()))
    finally:
        for p in reversed(started):
            p.terminate()
            p.wait()
    return 0 if all(checks) else 1


BUTTON = "push button|button"
RAIL = "push button|button|radio button|toggle button|check box"


def draft(d, title, unit=None):
    """A new draft; with a unit to receive it, it is submitted."""
    d.press(BUTTON, "拟稿")
    d.write("标题", title)
    d.write("正文", "为做好各项准备工作，现就有关事项通知如下。")
    if not unit:
        d.see("已保存")
        return
    d.press(BUTTON, "主送.*")
    d.write("单位名称或拼音", unit)
    d.key("^主送$", "Tab")   # to the tree
    until("the unit is chosen", lambda: tick(d))
    d.press(BUTTON, "使用所选单位")
    d.get(BUTTON, f"主送.*{unit}.*")
    d.press(BUTTON, "送审")


def tick(d):
    d.key("^主送$", "Down")   # what the filter left: the units it belongs to, then itself
    if d.sees("已选 0 个"):
        d.key("^主送$", "space")
    return not d.sees("已选 0 个")


def finds(d, title):
    """By the search over all that is on this PC."""
    d.press(BUTTON, "搜索.*")
    d.write("搜索", title)
    d.see(f"list item.*{title}")
    d.key("正通", "Escape")
    return True


def day(demo):
    unit = demo["cast"]["clerk1"]["unit_name"]
    d = Desk()
    try:
        d.write("登记码", demo["cast"]["drafter"]["code"])
        d.write("新口令", PASS)
        d.write("再次输入口令", PASS)
        d.press(BUTTON, "登记本机")
        d.get(RAIL, "公文.*")
        check("enrolled", True)
        d.see("在线")
        draft(d, TITLE, unit)
        d.see(f"已送审.*{TITLE}")
        check("drafted and submitted", finds(d, TITLE))
        draft(d, KEPT)
        d.press(BUTTON, "锁定")
        d.get("text|password text", "本机口令")
        left = d.leaks(f"{TITLE}|{KEPT}|{unit}")
        check("locked: no word of the documents is on the bus", not left, left)
        d.unlock()
        d.see(KEPT)
        check("unlocked: the draft is there", True)
    finally:
        d.end()


def outage(demo):
    d = Desk()
    try:
        d.unlock()
        d.see("枢纽未连通|离线")
        check("started without the hub: what was submitted is there", finds(d, TITLE))
        draft(d, UNSENT, demo["cast"]["clerk1"]["unit_name"])
        d.see("1 项待上传")
        check("submitted without the hub: it says that it waits", finds(d, UNSENT))
    finally:
        d.end()


def upgraded(demo):
    d = Desk()
    try:
        d.unlock()
        d.see(KEPT)
        check("after the upgrade everything is there", finds(d, TITLE) and finds(d, UNSENT))
        d.see("在线.*已同步")
        check("what waited is sent", True)
    finally:
        d.end()


def again(demo):
    d = Desk()
    try:
        d.unlock()
        d.see(KEPT)
        check("installed again, the kept store opens with everything", finds(d, TITLE) and finds(d, UNSENT))
    finally:
        d.end()


STAGES = {"day": day, "outage": outage, "upgraded": upgraded, "again": again}


def main():
    if sys.argv[1] == "--inside":
        inside()
    elif sys.argv[1] == "--person":
        return person(sys.argv[2])
    else:
        return outside(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[-1]))
    return 0 if all(checks) else 1


if __name__ == "__main__":
    sys.exit(main())

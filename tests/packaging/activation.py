#!/usr/bin/env python3
"""One desk in a session: a second start, and the desktop by D-Bus, show the window of the first. ZT_BIN names the build."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

NAME, PATH = "org.zhengtong.Desk", "/org/zhengtong/Desk"
PROGRAMME = pathlib.Path(os.environ["ZT_BIN"]) / "app/desktop/zhengtong"
started, checks = [], []


def check(what, good):
    checks.append(good)
    print(("ok      " if good else "NOT OK  ") + what, flush=True)


def until(condition, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if got := condition():
            return got
        time.sleep(0.05)
    return None


def start(command, env, **more):
    started.append(subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more))
    return started[-1]


def bus(env, method, *arguments):
    done = subprocess.run(["dbus-send", "--session", "--print-reply", "--reply-timeout=20000", *method, *arguments], env=env, capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else None


def owner(env):
    """The process that has the name, without starting one."""
    got = bus(env, ["--dest=org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus.GetConnectionUnixProcessID"], f"string:{NAME}")
    return int(re.search(r"uint32 (\d+)", got)[1]) if got else None


def stacked(env):
    """Process ids of the windows on the screen, the one on top first."""
    out = []
    tree = subprocess.run(["xwininfo", "-root", "-children"], env=env, capture_output=True, text=True).stdout
    for window in re.findall(r"^\s+(0x[0-9a-f]+) \"", tree, re.M):
        pid = subprocess.run(["xprop", "-id", window, "_NET_WM_PID"], env=env, capture_output=True, text=True).stdout
        shown = "IsViewable" in subprocess.run(["xwininfo", "-id", window], env=env, capture_output=True, text=True).stdout
        if shown and (m := re.search(r"= (\d+)", pid)):
            out.append(int(m[1]))
    return out


def main():
    tmp = pathlib.Path(tempfile.mkdtemp(prefix="ztact"))
    for d in ("run", "share/dbus-1/services"):
        (tmp / d).mkdir(parents=True)
    os.chmod(tmp / "run", 0o700)
    env = {k: v for k, v in os.environ.items() if not k.startswith(("DBUS_", "XDG_", "WAYLAND_"))}
    env.update(HOME=str(tmp), XDG_RUNTIME_DIR=str(tmp / "run"), XDG_DATA_DIRS=f"{tmp}/share", LC_ALL="C.UTF-8", QT_QPA_PLATFORM="xcb", NO_AT_BRIDGE="1")
    r, w = os.pipe()
    start(["Xvfb", "-displayfd", str(w), "-screen", "0", "1600x1000x24", "-nolisten", "tcp", "-noreset"], env, pass_fds=(w,))
    os.close(w)
    with os.fdopen(r) as f:
        env["DISPLAY"] = ":" + f.readline().strip()
    # The service as it is installed, but for the programme's place.
    (tmp / "share/dbus-1/services" / f"{NAME}.service").write_text(f"[D-BUS Service]\nName={NAME}\nExec={PROGRAMME}\n")
    daemon = subprocess.Popen(["dbus-daemon", "--session", "--nofork", "--print-address"], env=env, stdout=subprocess.PIPE, text=True)
    started.append(daemon)
    env["DBUS_SESSION_BUS_ADDRESS"] = daemon.stdout.readline().strip()
    try:
        first = start([PROGRAMME], env)
        check("the first desk takes its name on the bus", until(lambda: owner(env)) == first.pid)
        check("its window is there", bool(until(lambda: first.pid in stacked(env))))
        names = subprocess.run(["xdotool", "search", "--onlyvisible", "--class", "^Zhengtong$"], env=env, capture_output=True, text=True).stdout
        check("its window has the class the desktop entry names", bool(names.strip()))
        other = start([PROGRAMME, "--data", str(tmp / "other")], env)
        check("a folder given by name is a desk of its own, and comes on top", bool(until(lambda: stacked(env)[:1] == [other.pid])))
        begun = time.monotonic()
        second = start([PROGRAMME], env)
        check("a second start ends by itself", second.wait(20) == 0)
        check("it says nothing is wrong and takes little time", time.monotonic() - begun < 5)
        check("the first desk's window is on top again", bool(until(lambda: stacked(env)[:1] == [first.pid])))
        check("the first desk runs on, the name is still its own", first.poll() is None and owner(env) == first.pid)
        introspected = bus(env, [f"--dest={NAME}", PATH, "org.freedesktop.DBus.Introspectable.Introspect"]) or ""
        check("it answers org.freedesktop.Application", all(f'"{m}"' in introspected for m in ("org.freedesktop.Application", "Activate", "Open", "ActivateAction")))
        other.terminate()
        # At once, while the first has no name yet: the second waits for it.
        first.terminate()
        first.wait()
        until(lambda: owner(env) is None)
        pair = [start([PROGRAMME], env), start([PROGRAMME], env)]
        done = until(lambda: [p for p in pair if p.poll() is not None])
        check("of two started at once one stays", done is not None and len(done) == 1 and done[0].returncode == 0 and until(lambda: owner(env)) in [p.pid for p in pair])
        for p in pair:
            p.terminate()
            p.wait()
        until(lambda: owner(env) is None)
        # The desktop starts it through the bus.
        check("the bus starts it", bus(env, ["--dest=org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus.StartServiceByName"], f"string:{NAME}", "uint32:0") is not None)
        pid = owner(env)
        check("and its window comes", pid is not None and bool(until(lambda: pid in stacked(env))))
        if pid:
            os.kill(pid, 15)
        until(lambda: owner(env) is None)
        # Without a bus there is nobody to ask: it starts, as it always did.
        lonely = {k: v for k, v in env.items() if k != "DBUS_SESSION_BUS_ADDRESS"}
        lonely["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nonexistent"
        desks = [start([PROGRAMME], lonely) for _ in range(2)]
        check("without a bus each start shows a window", bool(until(lambda: {p.pid for p in desks} <= set(stacked(env)))))
    finally:
        for p in reversed(started):
            if p.poll() is None:
                p.terminate()
                try:
                    p.wait(10)
                except subprocess.TimeoutExpired:
                    p.kill()
        shutil.rmtree(tmp, ignore_errors=True)
    return 0 if all(checks) else 1


if __name__ == "__main__":
    sys.exit(main())

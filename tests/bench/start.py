#!/usr/bin/env python3
"""Starts desktop programmes under Xvfb and times them as a person sees them (winwatch.c): start.py SPEC.json, answers in JSON on stdout.

SPEC: {"winwatch": path, "root": peers' root, "rounds": n, "settle": s, "idle": s, "out": folder,
       "clients": [{"name", "argv", "root": true for a peer, "home": folder (inside the root for a peer), "kept": keep the home between rounds,
                    "evict": paths put out of the page cache before each start}]}
Rounds are interleaved; the first start of each is thrown away, so that the page cache is warm for all (or cold in the same way). Needs root: peers run in their own Debian root,
in a private mount namespace, as uid 1000. Ends only what it started.
"""
import json, os, pathlib, shutil, subprocess, sys, tempfile, time

from cold import evict

spec = json.loads(pathlib.Path(sys.argv[1]).read_text())
root = pathlib.Path(spec["root"])
if "INNS" not in os.environ:
    os.execvp("unshare", ["unshare", "--mount", "--propagation", "private", "env", "INNS=1", sys.executable, "-B", *sys.argv])

for d in ("proc", "dev", "sys", "run/user/1000", "bench"):
    (root / d).mkdir(parents=True, exist_ok=True)
subprocess.run(["mount", "-t", "proc", "proc", root / "proc"], check=True)
subprocess.run(["mount", "--rbind", "/dev", root / "dev"], check=True)
subprocess.run(["mount", "-t", "tmpfs", "tmpfs", root / "run/user/1000"], check=True)
os.chown(root / "run/user/1000", 1000, 1000)
os.chmod(root / "run/user/1000", 0o700)
users = root / "etc/passwd"
if ":1000:1000:" not in users.read_text():  # a session bus does not start for nobody
    users.write_text(users.read_text() + "bench:x:1000:1000::/bench:/bin/sh\n")

read, write = os.pipe()
xvfb = subprocess.Popen(["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-ac", "-noreset"], pass_fds=[write],
                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
os.close(write)
display = ":" + os.read(read, 16).decode().strip()
bus = "/run/user/1000/bus"
dbus = subprocess.Popen(["chroot", "--userspec=1000:1000", root, "dbus-daemon", "--session", "--nofork", "--nopidfile", f"--address=unix:path={bus}"],
                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
for _ in range(60):
    if (root / bus[1:]).exists():
        break
    time.sleep(0.05)
else:
    xvfb.terminate()
    sys.exit("no session bus")

results = {c["name"]: [] for c in spec["clients"]}
try:
    for n in range(spec["rounds"] + 1):
        for c in spec["clients"]:
            peer = c.get("root")
            home = root / c["home"].lstrip("/") if peer else pathlib.Path(c["home"])
            if not c.get("kept"):
                shutil.rmtree(home, ignore_errors=True)
            home.mkdir(parents=True, exist_ok=True)
            if peer:
                subprocess.run(["chown", "-R", "1000:1000", home], check=True)
            bus_of = bus if peer else str(root) + bus
            env = {"PATH": "/usr/bin:/bin:/usr/sbin", "DISPLAY": display, "HOME": c["home"], "USER": "bench", "LANG": "C.UTF-8", "XDG_RUNTIME_DIR": "/run/user/1000",
                   "DBUS_SESSION_BUS_ADDRESS": "unix:path=" + bus_of, "QT_QPA_PLATFORM": "xcb", "LIBGL_ALWAYS_SOFTWARE": "1", "NO_AT_BRIDGE": "1"}
            if not peer:
                env["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="zt-bench-")
            argv = [spec["winwatch"], *(["-r", str(root), "-u", "1000"] if peer else []), "-s", str(spec["settle"]), "-i", str(spec["idle"]),
                    "-g", f"{spec['out']}/{c['name']}.ppm", "--", *c["argv"]]
            stayed = evict(c["evict"]) if c.get("evict") else 0
            with open(f"{spec['out']}/{c['name']}.log", "ab") as log:
                ran = subprocess.run(argv, env=env, stdout=subprocess.PIPE, stderr=log, text=True, timeout=120 + spec["settle"] + spec["idle"])
            if not peer:
                shutil.rmtree(env["XDG_RUNTIME_DIR"], ignore_errors=True)
            values = {"stayed_mb": stayed}
            for line in ran.stdout.splitlines():
                key, _, value = line.partition("=")
                try:
                    values[key] = float(value)
                except ValueError:
                    pass
            if n:
                results[c["name"]].append(values)
finally:
    dbus.terminate()
    xvfb.terminate()
    dbus.wait()
    xvfb.wait()
json.dump(results, sys.stdout)

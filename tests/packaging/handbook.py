#!/usr/bin/env python3
"""Runs every command of the operations handbook (packaging/README.md), in its order, in a folder of its own.

Paths, ports and the hub's host are those of the test; systemctl starts and stops the real hub; passphrases come from files. After each enrolment code a desk
enrols with it; DEVICE is the oldest device in force. apt-get, runuser and chown only let pass (tests/packaging/installed has the real ones).
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import types

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests" / "integration"))
from harness import Desk, Failed, free_port, need, program, until  # noqa: E402

HEAD = "## 运维手册 · Operations handbook"


def handbook():
    """(heading, command) in the order of the page."""
    text = (TOP / "packaging" / "README.md").read_text()
    part = text[text.index(HEAD):]
    part = part[:part.index("\n## ", 4)]
    heading = ""
    for line in part.splitlines():
        if line.startswith("### "):
            heading = line[4:]
        elif line.startswith("    "):
            yield heading, re.sub(r" +# .*", "", line.strip())


class Machine:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.hub = None
        self.desks = 0
        self.data = self.folder / "var"
        self.port, self.enrol_port, self.metrics = free_port(), free_port(), free_port()
        for name in ("media", "srv/backup", "bin", "desks"):
            (self.folder / name).mkdir(parents=True)
        words = {role: f"passphrase of {role} 正通" for role in ("system", "security", "audit", "keys")}
        for role, text in words.items():
            (self.folder / role).write_text(text + "\n")
        (self.folder / "three").write_text("".join(words[r] + "\n" for r in ("system", "security", "audit")))
        for name in ("apt-get", "chown"):
            self.stub(name, "exit 0")
        self.stub("runuser", 'shift 3; exec "$@"')
        if not shutil.which("rsync"):
            self.stub("rsync", 'mkdir -p "$3" && cp -a "$2." "$3"')
        if not shutil.which("curl"):
            self.stub("curl", 'exec python3 -c "import sys, urllib.request as r; print(r.urlopen(sys.argv[1]).read().decode())" "$2"')
        f = self.folder
        self.stub("zhengtong-ctl", f'''
case "$*" in
  create*) set -- "$@" --port {self.port} --enrol-port {self.enrol_port} --bind 127.0.0.1 --passphrase-file {f}/three ;;
  *-keys*) set -- "$@" --passphrase-file {f}/keys ;;
  *admin-system.key*) set -- "$@" --passphrase-file {f}/system ;;
  *admin-security.key*) set -- "$@" --passphrase-file {f}/security ;;
  *admin-audit.key*) set -- "$@" --passphrase-file {f}/audit ;;
esac
exec {program("zhengtong-ctl")} --lang en "$@"''')

    def stub(self, name, text):
        path = self.folder / "bin" / name
        path.write_text("#!/bin/bash\n" + text + "\n")
        path.chmod(0o755)

    def here(self, command):
        for theirs, ours in (("/var/lib/zhengtong-hub", self.data), ("/media/admins", self.folder / "media/admins"), ("/srv/", f"{self.folder}/srv/"),
                             ("127.0.0.1:9464", f"127.0.0.1:{self.metrics}"), ("hub.example", "localhost"), ("people.csv", TOP / "resources/demo/people.csv")):
            command = command.replace(theirs, str(ours))
        return command.replace("DEVICE", self.device()) if "DEVICE" in command else command

    def device(self):
        out = subprocess.run([program("zhengtong-ctl"), "--lang", "en", "device", "list", "--data", self.data], capture_output=True, text=True).stdout
        devices = [line.split()[0] for line in out.splitlines() if line.endswith("in force")]
        need(devices, "a device in force")
        return devices[0]

    def systemctl(self, verb):
        if verb in ("stop", "restart"):
            self.hub.terminate()
            need(self.hub.wait(20) == 0, "the hub ends with 0")
            self.hub = None
        if verb in ("start", "restart"):
            self.hub = subprocess.Popen([program("zhengtong-hub"), "--data", self.data], stderr=open(self.folder / "hub.log", "ab"))
            until("the hub listens", lambda: self.hub.poll() is None and subprocess.run(["bash", "-c", f"exec 3<>/dev/tcp/127.0.0.1/{self.port}"], stderr=subprocess.DEVNULL).returncode == 0)

    def run(self, command):
        words = command.split()
        if words[0] == "systemctl":
            return self.systemctl(words[1])
        env = {**os.environ, "PATH": f"{self.folder}/bin:{os.environ['PATH']}"}
        ended = subprocess.run(["bash", "-c", self.here(command)], cwd=TOP, env=env, capture_output=True, text=True)
        if ended.returncode:
            raise Failed(f"exit {ended.returncode}: {(ended.stdout + ended.stderr)[-1500:]}")
        if "enrol-code" in words:
            self.enrol(ended.stdout.split()[0])

    def enrol(self, code):
        self.desks += 1
        province = types.SimpleNamespace(folder=self.folder, code=lambda role: code)
        desk = Desk(province, f"desk{self.desks}", root=self.folder / "desks" / str(self.desks)).enrol().online()
        desk.close()

    def end(self):
        if self.hub:
            self.hub.kill()
            self.hub.wait()


def main():
    commands = [(h, c) for h, c in handbook() if not c.startswith("packaging/")]  # integration_drill plays that one
    need(len(commands) > 30, "the handbook has commands")
    with tempfile.TemporaryDirectory() as folder:
        machine = Machine(folder)
        try:
            for heading, command in commands:
                try:
                    machine.run(command)
                except Failed as e:
                    sys.exit(f"NOT OK   {heading}: {command}\n{e}")
                print(f"ok       {heading}: {command}", flush=True)
            need(machine.desks >= 2, "desks enrolled")
        finally:
            machine.end()


if __name__ == "__main__":
    main()

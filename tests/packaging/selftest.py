#!/usr/bin/env python3
"""Proves that check.py can fail: plants one fault at a time in a copy of what it reads, and expects it to be found and nothing else. selftest.py BUILD"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT, BUILD = HERE.parent.parent, pathlib.Path(sys.argv[1]).resolve()
READ = ("packaging", "app", "CMakeLists.txt", "modules/hub/src/folder.cpp")
ENTRY, META, UNIT = "packaging/desktop/org.zhengtong.Desk.desktop", "packaging/desktop/org.zhengtong.Desk.metainfo.xml", "packaging/debian/zhengtong-hub.service"
# What is planted: file, words, their replacement, what check.py says; what needs a validator that may not be installed is marked with its name.
PLANTED = [
    (ENTRY, "Comment[zh_CN]=", "Comment[zh_TW]=", "no Comment[zh_CN]", None),
    (ENTRY, "Icon=org.zhengtong.Desk", "Icon=zhengtong", "the icon is installed as", None),
    (ENTRY, "Categories=Qt;Office;", "Categories=Nonsense;", "Nonsense", "desktop-file-validate"),
    ("app/desktop/src/activation.h", 'kName = "org.zhengtong.Desk"', 'kName = "org.zhengtong.Other"', "cannot know", None),
    ("packaging/desktop/org.zhengtong.Desk.service.in", "Name=org", "Name=com", "another name than the programme", None),
    (META, 'version="0.1.0"', 'version="0.0.9"', "the newest release", None),
    (META, "<p>What it does:</p>", "<h1>What it does:</h1>", "metainfo.xml: ", "appstreamcli"),
    ("packaging/debian/control", "Package: zhengtong-ctl", "Package: zhengtong-tools", "control lists", None),
    ("packaging/debian/control", " libsodium-dev,\n", "", "libsodium-dev", None),
    ("packaging/debian/control", " fonts-noto-cjk,", " libqt6webengine6,", "WebEngine", None),
    ("packaging/debian/changelog", "zhengtong (0.1.0)", "zhengtong (0.0.9)", "does not begin with", None),
    ("packaging/debian/sqlcipher.sha256", "2ba87bbc", "2ba87bbd", "does not have the hash", None),
    ("packaging/debian/zhengtong-hub.postrm", "#DEBHELPER#", "rm -rf /var/lib/zhengtong-hub", "deletes something", None),
    (UNIT, "ConditionPathExists=", "#ConditionPathExists=", "no ConditionPathExists", None),
    (UNIT, "LoadCredential=zhengtong.rest_key\n", "", "other credentials", None),
    (UNIT, "RestartSec=2", "RestartSec=soon", "Failed to parse", "systemd-analyze"),
    (UNIT, "SystemCallFilter=@system-service\nSystemCallFilter=~@privileged @resources\n", "", "exposure", "systemd-analyze"),
    ("packaging/man/hub.json.5", ".B listen", ".B listn", "keys differ", None),
    ("packaging/man/hub.json.5", "Default: 400.", "Default: 401.", "the default of certificate_days", None),
    ("packaging/man/zh_CN/hub.json.5", "默认：400。", "默认：401。", "the default of certificate_days", None),
    ("packaging/man/zh_CN/hub.json.5", "默认：400。", "一般为 400。", "not each key", None),
    ("packaging/man/zh_CN/zhengtong.1", "\\-\\-json", "\\-\\-jsn", "no --json", None),
    ("packaging/man/zhengtong-hub.8", "\\-\\-check", "\\-\\-chuck", "no --check", None),
    ("packaging/man/zhengtong.1", ".SH FILES", ".XX FILES", "zhengtong.1", "groff"),
]
PAGES = [  # the same for what the build makes
    ("zhengtong-ctl.1", ".SS recovery step1", ".SS recovery step9", "no recovery step1"),
    ("zhengtong-ctl.1", "\\-\\-admin\\-dir", "\\-\\-admin\\-folder", "create without --admin-dir"),
    ("zhengtong-ctl.bash", '"unit") words="put', '"unit") words="pot', "completion of"),
]


def main():
    failed = 0
    with tempfile.TemporaryDirectory() as tmp:
        root, build = pathlib.Path(tmp) / "root", pathlib.Path(tmp) / "build"
        for name in READ:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, root / name)
        (build / "packaging").mkdir(parents=True)
        (build / "app").symlink_to(BUILD / "app")
        for name in ("zhengtong-ctl.1", "zhengtong-ctl.bash"):
            shutil.copy(BUILD / "packaging" / name, build / "packaging" / name)

        def faults():
            done = subprocess.run([sys.executable, "-B", str(HERE / "check.py"), str(build), str(root)], capture_output=True, text=True)
            return [line for line in done.stdout.split("\n") if line.startswith("NOT OK")] + ([done.stderr] if done.stderr else [])

        def expect(what, good, found):
            nonlocal failed
            failed += not good
            print(("ok      " if good else "NOT OK  ") + what + ("" if good else f": {found}"), flush=True)

        found = faults()
        expect("nothing planted, nothing found", not found, found)
        plants = [(root / f, old, new, says, tool) for f, old, new, says, tool in PLANTED] + [(build / "packaging" / f, old, new, says, None) for f, old, new, says in PAGES]
        for path, old, new, says, tool in plants:
            if tool and not shutil.which(tool):
                print(f"note: {tool} is not installed")
                continue
            if path.name == "zhengtong.1" or path.name == "zhengtong-hub.8":
                if not (BUILD / "app/desktop/zhengtong").exists():
                    continue
            text = path.read_text()
            if old not in text:
                expect(f"{path.name}: {old!r} is not there to be replaced", False, "")
                continue
            path.write_text(text.replace(old, new))
            found = faults()
            expect(f"{path.name}: {says}", any(says in f for f in found), found)
            path.write_text(text)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""What goes into the packages, against what the programmes say and the sources hold: check.py BUILD [ROOT]. Prints each fault, exits 1 if there is one.
selftest.py proves that the checks can fail."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

ROOT = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else pathlib.Path(__file__).resolve().parent.parent.parent)
PACKAGING = ROOT / "packaging"
ID = "org.zhengtong.Desk"
MAX_EXPOSURE = 1.5  # of systemd-analyze security, from 0 (all closed) to 10
BUILD = pathlib.Path(sys.argv[1])
faults = []


def fault(words):
    faults.append(words)
    print("NOT OK  " + words)


def tool(*command, what, env=None):
    """Runs a validator where it is installed; what it says is the fault."""
    if not shutil.which(command[0]):
        return print(f"note: {command[0]} is not installed; {what} is checked by hand alone")
    done = subprocess.run(command, capture_output=True, text=True, env=env)
    if done.returncode:
        fault(f"{what}: {(done.stdout + done.stderr).strip()}")
    return done.stdout


def plain(page):
    """A man page's words, without the marks of roff."""
    text = re.sub(r"^\.[A-Z]+ ?", "", page, flags=re.M)
    return text.replace("\\-", "-").replace("\\&", "").replace("\\e", "\\").replace('"', "")


def desktop_entry():
    file = PACKAGING / f"desktop/{ID}.desktop"
    entry = dict(line.split("=", 1) for line in file.read_text().split("\n") if "=" in line)
    for key in ("Name", "Name[zh_CN]", "Comment", "Comment[zh_CN]", "Keywords", "Keywords[zh_CN]", "Exec", "Icon", "StartupWMClass"):
        if not entry.get(key):
            fault(f"{file.name}: no {key}")
    name = re.search(r'kName = "([^"]+)"', (ROOT / "app/desktop/src/activation.h").read_text())[1]
    path = re.search(r'kPath = "([^"]+)"', (ROOT / "app/desktop/src/activation.h").read_text())[1]
    if entry.get("DBusActivatable") != "true" or name != file.stem or path != "/" + name.replace(".", "/"):
        fault(f"{file.name}: the programme answers as {name} at {path}, which the desktop cannot know from this entry's name")
    if entry.get("Icon") != ID:
        fault(f"{file.name}: the icon is installed as {ID}")
    service = (PACKAGING / f"desktop/{ID}.service.in").read_text()
    if f"Name={name}\n" not in service:
        fault("the D-Bus service has another name than the programme")
    tool("desktop-file-validate", str(file), what=file.name)


def metainfo():
    file = PACKAGING / f"desktop/{ID}.metainfo.xml"
    root = xml.parse(file).getroot()
    if root.findtext("id") != ID or root.findtext("launchable") != ID + ".desktop":
        fault(f"{file.name}: id or launchable is not {ID}")
    version = re.search(r"project\(zhengtong VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text())[1]
    if root.find("releases/release").get("version") != version:
        fault(f"{file.name}: the newest release is not {version}")
    tool("appstreamcli", "validate", "--no-net", "--pedantic", str(file), what=file.name)


def debian():
    control = (PACKAGING / "debian/control").read_text()
    packages = re.findall(r"^Package: (.*)$", control, re.M)
    if packages != ["zhengtong-desktop", "zhengtong-hub", "zhengtong-ctl"]:
        fault(f"control lists {packages}")
    if "webengine" in control.lower():
        fault("control names WebEngine")
    version = re.search(r"project\(zhengtong VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text())[1]
    if not (PACKAGING / "debian/changelog").read_text().startswith(f"zhengtong ({version}) "):
        fault(f"debian/changelog does not begin with {version}")
    pinned = re.search(r"^sum=(\w+)$", (PACKAGING / "deps").read_text(), re.M)[1]
    if f"{pinned}  sqlite3.c\n" not in (PACKAGING / "debian/sqlcipher.sha256").read_text():
        fault("debian/sqlcipher.sha256 does not have the hash that packaging/deps has")
    # What packaging/deps installs to build, and what the package build asks for, are one list.
    wanted = set(re.search(r"^hub=\((.*?)\)$", (PACKAGING / "deps").read_text(), re.M | re.S)[1].split())
    asked = set(re.findall(r"^ ([a-z0-9.+-]+)", re.search(r"Build-Depends:\n(.*?)\n\n", control, re.S)[1], re.M))
    if missing := wanted - asked - {"build-essential", "ccache", "npm"}:
        fault(f"control does not ask for {sorted(missing)}, which packaging/deps installs")
    for script in ("zhengtong-hub.postrm", "zhengtong-desktop.postrm"):
        text = (PACKAGING / "debian" / script).read_text()
        if re.search(r"\brm\b|\bdeluser\b|find .*-delete", text):
            fault(f"{script}: deletes something")
        tool("sh", "-n", str(PACKAGING / "debian" / script), what=script)


def unit():
    file = PACKAGING / "debian/zhengtong-hub.service"
    text = file.read_text()
    for line in ("ConditionPathExists=/var/lib/zhengtong-hub/hub.json", "User=zhengtong-hub", "StateDirectory=zhengtong-hub", "NoNewPrivileges=yes", "ProtectSystem=strict"):
        if line not in text.split("\n"):
            fault(f"{file.name}: no {line}")
    code = (ROOT / "modules/hub/src/folder.cpp").read_text()
    if set(re.findall(r"^LoadCredential=(\S+)$", text, re.M)) != set(re.findall(r'"(zhengtong\.\w+)"', code)):
        fault(f"{file.name}: asks for other credentials than the hub reads")
    if "u     zhengtong-hub " not in (PACKAGING / "debian/zhengtong-hub.sysusers").read_text():
        fault("sysusers makes another account")
    if not shutil.which("systemd-analyze"):
        return print("note: systemd-analyze is not installed; the unit is only read")
    with tempfile.TemporaryDirectory() as tmp:
        copy = pathlib.Path(tmp) / file.name
        # It is not installed here: any programme and any account that are there do for the form.
        copy.write_text(re.sub(r"^(User|Group)=.*$", r"\1=daemon", text.replace("/usr/sbin/zhengtong-hub", "/bin/true"), flags=re.M))
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(copy)], capture_output=True, text=True)
        words = [line for line in (done.stdout + done.stderr).split("\n") if file.name in line]
        if done.returncode and words:
            fault(f"{file.name}: {' '.join(words)}")
        elif done.returncode:
            print("note: systemd-analyze verify cannot run here: " + (done.stderr.strip().split("\n") or [""])[-1])
        done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", str(copy)], capture_output=True, text=True)
        level = re.search(r"exposure level for \S+: (\S+)", done.stdout)
        if not level:
            print("note: systemd-analyze security cannot run here: " + done.stderr.strip())
        elif float(level[1]) > MAX_EXPOSURE:
            fault(f"{file.name}: exposure {level[1]}, more than {MAX_EXPOSURE}")
        else:
            print(f"ok      exposure of the unit: {level[1]}")


def commands(programme, words=()):
    """Every command and option the programme tells of: [(words, [options])]."""
    text = subprocess.run([programme, *words, "--help"], capture_output=True, text=True, check=True, env={"LC_ALL": "C.UTF-8"}).stdout
    subs = re.search(r"^Subcommands:\n((?:  .*\n)+)", text, re.M)
    names = re.findall(r"^  (\S+)", subs[1], re.M) if subs else []
    out = [] if names else [(words, re.findall(r"^  (?:-\w,)?(--[\w-]+)", text, re.M))]
    for name in names:
        out += commands(programme, (*words, name))
    return out


def ctl_pages():
    programme, page = BUILD / "app/ctl/zhengtong-ctl", BUILD / "packaging/zhengtong-ctl.1"
    if not programme.exists() or not page.exists():
        return fault("zhengtong-ctl and its man page are not built")
    text = page.read_text()
    told = commands(str(programme))
    sections = dict(re.findall(r"^\.SS (.*)\n((?:(?!\.S[SH]).*\n)*)", text, re.M))
    sections = {plain(k): plain(v) for k, v in sections.items()}
    for words, options in told:
        section = sections.pop(" ".join(words), None)
        if section is None:
            fault(f"zhengtong-ctl.1: no {' '.join(words)}")
            continue
        for option in options:
            if option != "--help" and option not in section.split():
                fault(f"zhengtong-ctl.1: {' '.join(words)} without {option}")
    for words in sections:
        fault(f"zhengtong-ctl.1: {words} is no command")
    print(f"ok      zhengtong-ctl.1: {len(told)} commands")
    # The completion, asked as bash asks it.
    script = BUILD / "packaging/zhengtong-ctl.bash"
    for typed, expected in ((["un"], {"unit"}), (["unit", ""], {"put", "retire"}), (["--lang", "zh", "stat"], {"status"}), (["create", "--prov"], {"--province"}),
                            (["recovery", "step1", "--bun"], {"--bundle"}), (["status", "x"], set())):
        line = f'source "{script}"; COMP_WORDS=(zhengtong-ctl {" ".join(repr(w) for w in typed)}); COMP_CWORD={len(typed)}; _zhengtong_ctl; echo "${{COMPREPLY[@]}}"'
        got = set(subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True).stdout.split())
        if not expected <= got or (typed[-1] and got - expected) or not got >= expected:
            fault(f"completion of {typed}: {got}")


def other_pages():
    example = json.loads((ROOT / "app/hub/hub.example.json").read_text())
    for name, default_of in (("hub.json.5", r"Default: (.*)\."), ("zh_CN/hub.json.5", "默认：(.*)。")):
        page = (PACKAGING / "man" / name).read_text()
        entries = [k for line in re.findall(r"^\.TP\n\.B (.*)$", page, re.M) for k in line.split(", ")]
        if sorted(entries) != sorted(example):
            fault(f"{name}: keys differ from hub.example.json: {sorted(set(entries) ^ set(example))}")
        defaults = re.findall(rf"^\.TP\n\.B (.*)\n{default_of}$", page, re.M)
        if len(defaults) != len(re.findall(r"^\.TP\n\.B ", page, re.M)):
            fault(f"{name}: not each key tells its default")
        for keys, values in defaults:
            for key, default in zip(keys.split(", "), values.split(", ")):
                # The example has the defaults, but for the names of a province, which have none.
                if key not in ("hub_id", "province", "public_address") and plain(default) != str(example[key]):
                    fault(f"{name}: the default of {key} is {example[key]}, not {default}")
    hub, desktop = ("app/hub/zhengtong-hub", ["--nonsense"]), ("app/desktop/zhengtong", ["--help"])
    for (programme, words), page in ((hub, "zhengtong-hub.8"), (hub, "zh_CN/zhengtong-hub.8"), (desktop, "zhengtong.1"), (desktop, "zh_CN/zhengtong.1")):
        binary = BUILD / programme
        if not binary.exists():
            print(f"note: {binary.name} is not built here")
            continue
        done = subprocess.run([str(binary), *words], capture_output=True, text=True, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"})
        text = plain((PACKAGING / "man" / page).read_text())
        for option in set(re.findall(r"(?<![\w-])--[a-z][\w-]*", done.stdout + done.stderr)) - {"--nonsense", "--bench-open"}:
            if option not in text:
                fault(f"{page}: no {option}")


def formatted():
    """groff has nothing to complain of."""
    if not shutil.which("groff"):
        return print("note: groff is not installed; the form of the man pages is not checked")
    for page in [*sorted((PACKAGING / "man").rglob("*.[158]")), BUILD / "packaging/zhengtong-ctl.1"]:
        if page.exists():
            done = subprocess.run(["groff", "-man", *(["-mzh"] if page.parent.name == "zh_CN" else []), "-Kutf8", "-Tutf8", "-ww", "-z", str(page)], capture_output=True, text=True)
            if done.stderr.strip():
                fault(f"{page.name}: {done.stderr.strip()}")


def main():
    for check in (desktop_entry, metainfo, debian, unit, ctl_pages, other_pages, formatted):
        check()
    print(f"{len(faults)} faults in what goes into the packages")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

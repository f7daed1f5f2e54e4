#!/usr/bin/env python3
"""What an organisation manages, in the real windows: locked controls in both languages, a hub that nobody types, codes of other hubs refused."""
import shutil, tempfile
from windows import *

SHOTS = pathlib.Path(os.environ.get("ZT_SHOTS", "build/shots")) / "policy"
LOCKED = {"zh_CN": "由单位统一管理", "en": "Managed by your organisation"}
WITHIN = {"zh_CN": "单位规定最长 15 分钟", "en": "Your organisation allows at most 15 minutes"}
# Every key of the settings page: its control and what it is set to. idle_lock_minutes comes in both forms.
CONTROLS = {
    "language": ("Language", "QComboBox", None),   # per run
    "theme": ("Theme", "QComboBox", "dark"),
    "text_size": ("Text size", "QComboBox", "standard"),
    "density": ("Density", "QComboBox", "comfortable"),
    "notifications": ("Notify of new tasks and documents", "QCheckBox", False),
    "close_to_tray": ("Keep running in the tray when the window is closed", "QCheckBox", False),
    "idle_lock_minutes": ("Lock after no input for", "QComboBox", 25),
    "proxy": ("Proxy", "QLineEdit", ""),
}


class Pc:
    """One computer: a folder of policies and a person's desk."""

    def __init__(self):
        self.folder = temp_folder("policy")
        self.policies = self.folder / "etc" / "policy.d"
        self.policies.mkdir(parents=True)
        self.p = Office(self.folder)
        self.p.start()
        self.preset = json.loads(self.p.ctl("desk-policy", "--data", self.p.data).stdout)
        self.d = None

    def policy(self, mode=0o644, **keys):
        for f in self.policies.iterdir():
            f.unlink()
        f = self.policies / "10-office.json"
        f.write_text(json.dumps(keys))
        f.chmod(mode)

    def start(self, **settings):
        self.end()
        self.d = Windows(self.folder, "head1", self.p, policy=self.policies)
        self.d.root.mkdir(parents=True, exist_ok=True)
        (self.d.root / "settings.json").write_text(json.dumps(settings))
        return self.d.spawn()

    def settings(self, **settings):
        d = self.start(**settings)
        d.unlock().opened()
        d.module("Settings")
        d.see(T("Lock after no input for"))
        return d

    def end(self):
        if self.d:
            self.d.end()
        self.d = None

    def short_code(self):
        admin = self.p.demo["admins"]["security"]
        key = self.folder / "passphrase.txt"
        key.write_text(admin["passphrase"] + "\n")
        return self.p.ctl("enrol-code", "--short", "--data", self.p.data, "--admin", admin["key"], "--passphrase-file", key, "--person", self.p.person("head1")).stdout.split()[0]


def control(d, key):
    name, kind, _ = CONTROLS[key]
    return d.call("info", target={"like": T(name), "class": kind})


def look_at(d, name):
    d.call("look", width=1366, height=768)   # what most desks have
    d.call("still")
    d.shot(SHOTS / f"{name}.png")
    r = d.call("audit")
    need(not r["unnamed"] and not r["clipped"], f"{name}: {r['unnamed']} {r['clipped']}")


def enrol_with(d, code):
    d.again("type", target={"like": T("Enrolment code")}, clear=True, text="")
    d.again("paste", target={"like": T("Enrolment code")}, text=code)
    d.type(PASS, T("New passphrase"), clear=True)
    d.type(PASS, T("Repeat the passphrase"), clear=True)
    d.click(T("Enrol this computer"))


def codes_that_do_not_fit(pc):
    pc.policy(hub_address=pc.preset["hub_address"], hub_ca="a" * 64)
    d = pc.start(language="zh_CN")
    enrol_with(d, pc.p.code("head1"))
    d.see(T("This code is for another hub than the one your organisation has set on this computer. Nothing was sent. Ask the information centre for a code of your own hub."))
    look_at(d, "other-hub")
    pc.policy(theme="light")
    d = pc.start(language="en")
    enrol_with(d, pc.short_code())
    d.see(T("A short code is for computers on which your organisation has set the hub. On this one it has not. Ask the information centre for a long code."))
    pc.policy(hub_address="no address", hub_ca=pc.preset["hub_ca"])
    d = pc.start(language="zh_CN")
    enrol_with(d, pc.p.code("head1"))
    d.see([has("zhengtong --policy-report")])
    need(not any(x.is_dir() for x in d.root.iterdir()), "nothing was stored")


def a_short_code_enrols_where_the_hub_is_set(pc):
    pc.policy(**pc.preset)
    d = pc.start(language="zh_CN")
    d.see(T("Hub: %1", pc.preset["hub_address"]))
    look_at(d, "enrol")
    enrol_with(d, pc.short_code())
    d.opened().online()
    # No policy, or another address, changes nothing for who is enrolled: the root was pinned then.
    pc.policy(hub_address="elsewhere.example:1", hub_ca="a" * 64)
    pc.start(language="zh_CN").unlock().opened().online()


def every_managed_control_is_locked(pc):
    for language in LOCKED:
        values = {k: v for k, (_, _, v) in CONTROLS.items()} | {"language": language}
        pc.policy(**values)
        # The person had chosen otherwise, everywhere.
        d = pc.settings(language="en" if language == "zh_CN" else "zh_CN", theme="light", text_size="large", density="compact", notifications=True, close_to_tray=True,
                        idle_lock_minutes=60, proxy="http://127.0.0.1:9")
        for key in CONTROLS:
            r = control(d, key)
            need(r["there"] and not r["enabled"], f"{language}: {key} is locked: {r}")
            need(r["description"] == r["tooltip"] == LOCKED[language], f"{language}: {key} says why: {r}")
            mark = d.call("info", target={"like": re.escape(LOCKED[language]), "class": "ManagedMark"})
            need(mark["there"], "there is a lock")
        d.online()   # not through the person's proxy
        look_at(d, f"settings-{language}")
        # Not by the back door either: the buttons of the locked screen.
        d.call("look", theme="light", textSize="extra-large", idle=1440)
        d.keys("Ctrl+Shift+L")
        for button in ("Language", "Dark", "Standard text"):
            r = d.call("info", target={"like": T(button), "class": "Button"})
            need(r["there"] and not r["enabled"] and r["description"] == LOCKED[language], f"{language}: {button} of the locked screen rests: {r}")
        look_at(d, f"locked-{language}")
        kept = json.loads((d.root / "settings.json").read_text())
        need(kept["theme"] == "light" and kept["text_size"] == "large" and kept["idle_lock_minutes"] == 60, f"the person's own choices are kept: {kept}")


def nothing_managed_nothing_locked(pc):
    pc.policy()
    d = pc.settings(language="zh_CN", idle_lock_minutes=60)
    for key in CONTROLS:
        r = control(d, key)
        need(r["there"] and r["enabled"] and not r["description"], f"{key} is free: {r}")
    need(not d.call("info", target={"class": "ManagedMark"})["there"], "no lock")
    look_at(d, "free")


def an_upper_bound_leaves_the_shorter(pc):
    for language in WITHIN:
        pc.policy(idle_lock_minutes={"at_most": 15})
        d = pc.settings(language=language, idle_lock_minutes=0)
        r = control(d, "idle_lock_minutes")
        need(r["enabled"] and r["description"] == WITHIN[language], f"{language}: bounded: {r}")
        need([int(re.match(r"\d+", x)[0]) for x in r["items"]] == [5, 10, 15], f"no longer time on offer: {r['items']}")
        d.choose(re.escape(r["items"][0]), T("Lock after no input for"))
        until("the shorter time is kept", lambda: json.loads((d.root / "settings.json").read_text()).get("idle_lock_minutes") == 5)
        look_at(d, f"bound-{language}")
    # It holds: a minute is a quarter of a second here, and the person had chosen never.
    pc.policy(idle_lock_minutes={"at_most": 5})
    d = pc.settings(language="zh_CN", idle_lock_minutes=0)
    d.call("minute", ms=250)
    until("locked after the organisation's time", lambda: d.status()["locked"], 20)


def a_file_others_may_write_is_refused_and_said(pc):
    words = "Some of your organisation's settings on this computer cannot be used. Tell the information centre; zhengtong --policy-report says what is wrong."
    for language in LOCKED:
        pc.policy(mode=0o664, theme="dark", idle_lock_minutes=5)
        d = pc.settings(language=language, idle_lock_minutes=60)
        d.see(T(words))
        need(control(d, "theme")["enabled"], "nothing of it is used")
        need([int(re.match(r"\d+", x)[0]) for x in control(d, "idle_lock_minutes")["items"]] == [5, 10], "but nothing gets laxer by it")
        look_at(d, f"refused-{language}")


def report(*args, **policies):
    """The programme's own report of its own folder, with these files in it, as a person without rights; in a mount namespace of its own."""
    folder = temp_folder("report")
    for name, text in policies.items():
        (folder / f"{name}.json").write_text(text)
    put = "mount -t tmpfs -o mode=755 none /etc && mkdir -p /etc/zhengtong/policy.d && cp \"$1\"/* /etc/zhengtong/policy.d/ && shift && exec setpriv --reuid 65534 --regid 65534 --clear-groups \"$@\""
    mine = folder / "zhengtong"   # where anybody may run it
    shutil.copy(harness.program("zhengtong"), mine)
    mine.rename(mine := pathlib.Path(tempfile.mkdtemp(prefix="zt-run-")) / "zhengtong")
    for p in (folder, mine.parent):
        p.chmod(0o755)
    try:
        return subprocess.run(["unshare", "-m", "sh", "-ec", put, "sh", str(folder), str(mine), "--policy-report", "--data", str(folder / "none"), *args], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True)
    finally:
        shutil.rmtree(folder)
        shutil.rmtree(mine.parent)


def the_report_speaks_of_the_real_folder(pc):
    if os.geteuid() != 0 or subprocess.run(["unshare", "-m", "true"], stderr=subprocess.DEVNULL).returncode:
        print("        skipped: needs root and a mount namespace")
        return
    preset = json.dumps(pc.preset)
    r = report("--json", "--lang", "en", a='{"theme": "light", "idle_lock_minutes": 5}', b='{"theme": "dark"}', c=preset)
    need(r.returncode == 0, f"clean: {r}")
    said = json.loads(r.stdout)
    need(said["folder"] == "/etc/zhengtong/policy.d" and not said["refused"], said)
    need(said["keys"]["theme"] == {"value": "dark", "source": "managed", "file": "b.json"}, said["keys"])
    need(said["keys"]["idle_lock_minutes"]["file"] == "a.json" and said["keys"]["hub_address"]["value"] == pc.preset["hub_address"], said["keys"])
    need(said["keys"]["language"] == {"value": "system", "source": "default"}, said["keys"])
    for lang, words in (("zh", "a.json：them：没有这个键，不起作用；请更正拼写或删去"), ("en", "a.json: them: no such key, it does nothing; correct its spelling or remove it")):
        r = report("--lang", lang, a='{"them": "light", "theme": "dark"}')
        need(r.returncode == 1 and words in r.stdout and "a.json" in next(l for l in r.stdout.splitlines() if l.startswith("  theme ")), f"refused: {r}")


def main():
    shutil.rmtree(SHOTS, ignore_errors=True)
    on_one_pc(Pc(), (the_report_speaks_of_the_real_folder, codes_that_do_not_fit, a_short_code_enrols_where_the_hub_is_set, every_managed_control_is_locked, nothing_managed_nothing_locked,
                     an_upper_bound_leaves_the_shorter, a_file_others_may_write_is_refused_and_said), SHOTS)


main()

#!/usr/bin/env python3
"""The keychain as second factor in the real windows: every state of the unlock page, pictures of each, and what was never sent is read again in the end.

    keychain.py            with a keychain in a folder, which fails as it is told to
    keychain.py session    with the session's Secret Service: gnome-keyring on a bus of its own, emptied, locked, made anew under another login password"""
import shutil
from windows import *

SHOTS = pathlib.Path(os.environ.get("ZT_SHOTS", "build/shots")) / "keychain"
NO_SERVICE = "This store opens only together with this computer's keyring, and no keyring service is running. Log out of the computer and in again; if that does not help, ask the information centre. Nothing was deleted."
LOCKED = ("This store opens only together with this computer's keyring, and that is locked or was refused. Unlock it with the computer's login password (after a change, the old one), then try again. "
          "If it cannot be unlocked any more, two administrators can open the store. Nothing was deleted.")
MISSING = ("This store opens only together with a secret that this computer's keyring no longer holds: the keyring was emptied, or made anew with a new login password, or the store comes from another "
           "computer. Two administrators can open it; nothing was deleted, unsent work included.")
ASKED = "Your organisation asks that your data open only together with this computer's keyring; for now the passphrase alone opens them."
CHECK = "Open only together with this computer's keyring"
LOOKS = {"zh-light": {"language": "zh_CN"}, "zh-dark": {"language": "zh_CN", "theme": "dark"}, "en-light": {"language": "en"}, "en-dark": {"language": "en", "theme": "dark"},
         "zh-contrast": {"language": "zh_CN", "theme": "contrast"}, "en-extra-large": {"language": "en", "text_size": "extra-large"}}
DRAFT, SENT = "没有送审的草稿", "断网时送审的通知"
BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
"""


class Folder:
    """A keychain in a folder."""

    def __init__(self, at):
        self.at, self.env = at, {}
        at.mkdir()

    where = property(lambda self: str(self.at))

    def fails(self, how=None):
        (self.at / "fails").unlink(missing_ok=True)
        if how:
            (self.at / "fails").write_text(how)

    def entries(self):
        return sorted(f.name for f in self.at.iterdir() if f.name != "fails")

    def end(self):
        pass


class Session:
    """A bus of its own, on which nothing starts by itself, and gnome-keyring on it when it is asked for."""
    where = "session"

    def __init__(self, at):
        self.at, self.daemon = at, None
        at.mkdir()
        (at / "bus.conf").write_text(BUS)
        self.bus = subprocess.Popen(["dbus-daemon", f"--config-file={at / 'bus.conf'}", "--nofork", "--print-address"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.env = {"DBUS_SESSION_BUS_ADDRESS": self.bus.stdout.readline().strip()}

    def keyrings(self):
        return self.at / "data" / "keyrings"

    def start(self, password=None):
        """With a password: as PAM unlocks it at the login."""
        self.stop()
        run = self.at / "run"
        run.mkdir(mode=0o700, exist_ok=True)
        env = {**os.environ, **self.env, "HOME": str(self.at), "XDG_DATA_HOME": str(self.at / "data"), "XDG_RUNTIME_DIR": str(run)}
        env.pop("DISPLAY", None)
        self.daemon = subprocess.Popen(["gnome-keyring-daemon", "--foreground", "--components=secrets", "--unlock" if password else "--start"], stdin=subprocess.PIPE, env=env,
                                       stdout=subprocess.DEVNULL, stderr=open(self.at / "daemon.log", "ab"))
        self.daemon.stdin.write((password or "").encode())
        self.daemon.stdin.close()
        self.answers("org.freedesktop.secrets")

    def answers(self, name):
        until(f"{name} is there", lambda: subprocess.run(["dbus-send", f"--bus={self.env['DBUS_SESSION_BUS_ADDRESS']}", "--print-reply", "--dest=org.freedesktop.DBus", "/",
                                                          "org.freedesktop.DBus.GetNameOwner", f"string:{name}"], capture_output=True).returncode == 0)

    def stop(self):
        if self.daemon:
            self.daemon.kill()
            self.daemon.wait()
        self.daemon = None

    def end(self):
        self.stop()
        self.bus.kill()
        self.bus.wait()


class Pc:
    def __init__(self, keychain):
        self.folder = temp_folder("keychain")
        self.k = keychain(self.folder / "keychain")
        self.policies = self.folder / "policy.d"
        self.policies.mkdir()
        self.p = Office(self.folder)
        self.p.start()
        self.d = None
        self.recoveries = 0

    def policy(self, **keys):
        f = self.policies / "10-office.json"
        f.write_text(json.dumps(keys))
        f.chmod(0o644)

    def start(self, role="drafter", **settings):
        self.end()
        self.d = Windows(self.folder, role, self.p, env=self.k.env, policy=self.policies, keychain=self.k.where)
        self.d.root.mkdir(parents=True, exist_ok=True)
        (self.d.root / "settings.json").write_text(json.dumps({"language": "zh_CN", "idle_lock_minutes": 0} | settings))
        return self.d.spawn()

    def end(self):
        if self.d:
            self.d.end()
        self.d = None

    def store(self):
        return next(x for x in (self.folder / "desk-drafter").iterdir() if x.is_dir())

    def look_at(self, name):
        self.d.call("look", width=1366, height=768)
        self.d.call("still")
        self.d.shot(SHOTS / f"{name}.png")
        r = self.d.call("audit")
        need(not r["unnamed"] and not r["clipped"], f"{name}: {r['unnamed']} {r['clipped']}")

    def refused(self, words):
        """The right passphrase is refused in these words, and no try is counted."""
        d = self.d
        d.unlock()
        d.see(T(words))
        d.see(T("Open with two administrators…"))
        need(not (self.store() / "tries").exists() and not d.sees([x + ".*" for x in T("Try again in %n s")]), "no wrong try was counted")

    def unsent_work(self):
        """A draft, and a document that is submitted while the hub is away."""
        d = self.d
        self.p.kill()
        d.offline()
        d.module("Docs")
        d.click(T("New draft"))
        d.type(DRAFT, object="Title")
        d.call("close", target={"class": "ComposeWindow"})
        d.submit_by_mouse(SENT, self.p.demo["cast"]["clerk1"]["unit_name"])
        need(d.status()["unsent"] == 1, f"waits to be sent: {d.status()}")

    def unsent_work_is_read(self):
        d = self.d
        d.folder_of("Drafts")
        d.see(has(DRAFT))
        need(d.status()["unsent"] == 1, f"waits to be sent: {d.status()}")
        d.folder_of("In review")
        d.see(has(SENT))

    def two_administrators(self):
        """From the banner of the unlock page to a new passphrase, through both administrators' programme."""
        d, p = self.d, self.p
        self.recoveries += 1
        at = lambda name: self.folder / f"{name}-{self.recoveries}"
        d.click(T("Open with two administrators…"))
        d.click(T("1. Save the request…"))
        d.give_file(at("request"))
        d.see(T("Code to compare by voice: %1"))
        if self.recoveries == 1:
            self.d.shot(SHOTS / "two-administrators.png")
        for admin, *args in (("audit", "step1", "--bundle", pathlib.Path(p.demo["admins"]["audit"]["key"]).parent / "recovery.bundle", "--request", at("request"), "--to", at("step1")),
                             ("security", "step2", "--data", p.data, "--from", at("step1"), "--person", p.person("drafter"), "--to", at("reply"))):
            key = p.demo["admins"][admin]
            at("word").write_text(key["passphrase"] + "\n")
            p.ctl("recovery", *args, "--admin", key["key"], "--passphrase-file", at("word"))
        d.click(T("2. Choose their answer…"))
        d.give_file(at("reply"))
        d.see(str(at("reply")))
        d.type(PASS, T("New passphrase"))
        d.type(PASS, T("New passphrase again"))
        d.click(T("Set new passphrase"))
        d.unseen(T("2. Choose their answer…"))
        d.unlock().opened()


def emptied(pc, words=MISSING):
    pc.start()
    pc.refused(words)
    pc.two_administrators()
    need(pc.d.status()["factor"] == "on", f"a new secret is in the keyring: {pc.d.status()}")
    pc.unsent_work_is_read()
    pc.start().unlock().opened()
    pc.unsent_work_is_read()


def the_unlock_page_in_every_state(pc):
    pc.policy(keychain=True)
    pc.start().enrol().online()
    need(pc.d.status()["factor"] == "on" and len(pc.k.entries()) == 1, f"asked for, so it is: {pc.d.status()} {pc.k.entries()}")
    pc.unsent_work()
    secret = {f: (pc.k.at / f).read_bytes() for f in pc.k.entries()}
    for look, settings in LOOKS.items():
        pc.start(**settings)
        for state, words in (("unavailable", NO_SERVICE), ("denied", LOCKED), ("emptied", MISSING)):
            if state == "emptied":
                pc.k.fails()
                for f in secret:
                    (pc.k.at / f).unlink()
            else:
                pc.k.fails(state)
            pc.refused(words)
            pc.look_at(f"{look}-{state}")
            for f, b in secret.items():
                (pc.k.at / f).write_bytes(b)
        pc.k.fails()
        pc.d.unlock().opened()
        need(not pc.d.sees(T(MISSING)), "the words are gone")


def the_open_desk_needs_no_keyring_after_the_idle_lock(pc):
    pc.start().unlock().opened()
    pc.k.fails("unavailable")
    pc.d.keys("Ctrl+Shift+L")
    pc.d.unlock("wrong passphrase")
    pc.d.see(T("That passphrase does not open this store. Check Caps Lock and the input method, then try again."))
    pc.d.unlock().opened()
    pc.k.fails()


def the_folder_on_another_pc_does_not_open_by_passphrase(pc):
    pc.end()
    home, other = pc.k, Folder(pc.folder / "other-keychain")
    try:
        pc.k = other
        pc.start()
        pc.refused(MISSING)
    finally:
        pc.k = home


def an_emptied_keyring_ends_with_the_unsent_work(pc):
    pc.end()
    before = pc.k.entries()
    for f in before:
        (pc.k.at / f).unlink()
    emptied(pc)
    need(len(pc.k.entries()) == 1 and pc.k.entries() != before, "a new secret")


def a_keyring_that_never_opens_again_ends_with_the_unsent_work(pc):
    pc.k.fails("denied")
    pc.start()
    pc.refused(LOCKED)
    pc.two_administrators()
    need(pc.d.status()["factor"] == "locked", f"said, not silent: {pc.d.status()}")
    pc.d.see(T("The keyring is not in use. The settings say why."))
    pc.unsent_work_is_read()
    for look in ("zh-light", "en-dark"):
        pc.start(**LOOKS[look]).unlock().opened()
        pc.d.module("Settings")
        pc.d.see([x + ".*" for x in T(ASKED)])
        pc.look_at(f"{look}-asked-and-missing")
    pc.k.fails()
    pc.d.keys("Ctrl+Shift+L")
    pc.d.unlock().opened()
    until("the next unlock makes it", lambda: pc.d.status()["factor"] == "on")
    pc.d.unseen([x + ".*" for x in T(ASKED)])


def the_settings_show_it_locked(pc):
    for look, settings in LOOKS.items():
        d = pc.start(**settings)
        d.unlock().opened()
        d.module("Settings")
        d.see(T(CHECK))
        r = d.call("info", target={"like": T(CHECK), "class": "QCheckBox"})
        need(r["there"] and not r["enabled"] and r["description"] in T("Managed by your organisation"), f"{look}: locked: {r}")
        pc.look_at(f"{look}-settings")
        d.click(T("Back up…"))
        d.give_file(pc.folder / f"backup-{look}")
        d.see(T("Backed up, encrypted as it is here. It opens with the passphrase on this computer only, as long as its keyring keeps the secret; otherwise two administrators open it."))


def it_goes_when_nobody_asks_any_more(pc):
    before = pc.k.entries()   # with the one that could not be reached when two administrators opened the store
    pc.policy()
    d = pc.start()
    d.unlock().opened()
    need(d.status()["factor"] == "off" and len(pc.k.entries()) == len(before) - 1, f"gone: {d.status()} {pc.k.entries()}")
    d.module("Settings")
    d.see(T("Lock after no input for"))
    need(not d.sees(T(CHECK)), "nothing of it in the settings")
    pc.p.start()
    d.online().settled()


def no_service_is_said(pc):
    pc.k.start("login password 1")
    pc.policy(keychain=True)
    pc.start().enrol().online()
    need(pc.d.status()["factor"] == "on", f"asked for, so it is: {pc.d.status()}")
    pc.unsent_work()
    pc.k.stop()
    pc.start()
    pc.refused(NO_SERVICE)
    pc.k.start("login password 1")
    pc.d.unlock().opened()


def a_locked_keyring_is_said(pc):
    pc.end()
    pc.k.start()
    pc.start()
    pc.refused(LOCKED)
    pc.k.start("login password 1")
    pc.d.unlock().opened()


def the_system_asks_for_the_keyring_and_is_refused_or_answered(pc):
    pc.end()
    pc.k.start()
    d = pc.start()
    # It ends by itself ten seconds after nothing was asked, and who asks before it is there is told at once that nobody can ask.
    prompter = None

    def end():
        if prompter:
            prompter.kill()
            prompter.wait()

    def asked():
        nonlocal prompter
        d.see(T("Unlock"))
        end()
        prompter = subprocess.Popen(["/usr/libexec/gcr-prompter"],
                                    env={**os.environ, **pc.k.env, "DISPLAY": d.screen.name, "HOME": str(pc.k.at), "NO_AT_BRIDGE": "1"}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        pc.k.answers("org.gnome.keyring.SystemPrompter")
        d.unlock()
        until("the system asks", lambda: subprocess.run(["xdotool", "search", "--onlyvisible", "--class", "gcr-prompter"], env={**os.environ, "DISPLAY": d.screen.name},
                                                        capture_output=True, text=True).stdout.strip())

    def key(*what):
        subprocess.run(["xdotool", *what], env={**os.environ, "DISPLAY": d.screen.name}, check=True)

    try:
        asked()
        key("key", "Escape")
        d.see(T(LOCKED))
        need(not (pc.store() / "tries").exists(), "no wrong try was counted")
        asked()
        key("type", "login password 1")
        key("key", "Return")
        d.opened()
    finally:
        end()


def an_emptied_keyring(pc):
    pc.end()
    pc.k.stop()
    shutil.rmtree(pc.k.keyrings())
    pc.k.start("login password 1")
    emptied(pc)


def a_changed_login_password(pc):
    """Set anew by an administrator: the old keyring stays locked, until the person has it made anew."""
    pc.end()
    pc.k.start("login password 2")
    pc.start()
    pc.refused(LOCKED)
    pc.end()
    pc.k.stop()
    shutil.rmtree(pc.k.keyrings())
    pc.k.start("login password 2")
    emptied(pc)


def main():
    session = sys.argv[1:] == ["session"]
    tests = (no_service_is_said, a_locked_keyring_is_said, the_system_asks_for_the_keyring_and_is_refused_or_answered, an_emptied_keyring, a_changed_login_password) if session else (
        the_unlock_page_in_every_state, the_open_desk_needs_no_keyring_after_the_idle_lock, the_folder_on_another_pc_does_not_open_by_passphrase, an_emptied_keyring_ends_with_the_unsent_work,
        a_keyring_that_never_opens_again_ends_with_the_unsent_work, the_settings_show_it_locked, it_goes_when_nobody_asks_any_more)
    if not session:
        shutil.rmtree(SHOTS, ignore_errors=True)
    pc = Pc(Session if session else Folder)
    on_one_pc(pc, tests, SHOTS, pc.k.end)


main()

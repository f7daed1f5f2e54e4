#!/usr/bin/env python3
"""How the windows behave: keys only, idle lock, wrong passphrase, locked notifications, language, a second process, a revoked desk, a wrong hub, a wrong clock."""
import shutil, traceback
from windows import *

TITLE, TITLE2, TITLE3 = "关于开展值班检查的通知", "关于报送总结的通知", "关于春节值班的通知"
TESTS = []


def test(f):
    TESTS.append(f)
    return f


class World:
    def __init__(self):
        self.folder = temp_folder("behaviour")
        self.p = Office(self.folder)
        self.p.start()
        self.d = {}
        for role in ("drafter", "head1", "clerk1"):
            self.d[role] = self.desk(role)
            self.d[role].enrol().online()
        self.used = self.p.code("clerk1")

    def desk(self, role, name=None, **more):
        d = Windows(self.folder, name or role, self.p, **more)
        d.root.mkdir(parents=True, exist_ok=True)
        (d.root / "settings.json").write_text(json.dumps({"language": "zh_CN"}))
        return d

    def end(self):
        for d in self.d.values():
            d.crash()
        self.p.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def fill_by_mouse(w, title):
    w.d["drafter"].submit_by_mouse(title, w.p.demo["cast"]["clerk1"]["unit_name"])


@test
def compose_and_submit_with_keys_only(w):
    d = w.d["drafter"]
    here, picker = {"class": "ComposeWindow"}, {"window": T("Main recipients")}
    name = w.p.demo["cast"]["clerk1"]["unit_name"]

    def tab_to(what, where):
        for _ in range(40):
            if what(d.focus(**where)):
                return
            d.keys("Tab", **where)
        raise Failed(f"Tab never comes there; now {d.focus(**where)}")

    def named(*sources):
        return lambda f: any(re.match(x, f.get("name") or "") for s in sources for x in T(s))

    d.keys("Ctrl+Shift+N")
    until("the draft's window has the focus in the title", lambda: d.focus(**here).get("object") == "Title")
    d.type(TITLE, object="Title")
    tab_to(named("Main recipients"), here)
    d.keys("Space", **here)
    d.type(name, T("Name or pinyin of the unit"))
    tab_to(lambda f: "Tree" in f.get("class", ""), picker)
    for _ in range(10):   # to the unit itself, below those it belongs to
        d.keys("Down", **picker)
    d.keys("Space", **picker)
    tab_to(lambda f: "Button" in f.get("class", "") and not named("Cancel")(f) or named("Use these units")(f), picker)
    d.keys("Return", **picker)
    d.see([has(name)])
    tab_to(lambda f: f.get("object") == "Body", here)
    d.type("正文一段。\n第二段。", object="Body")
    d.keys("Ctrl+Return", **here)
    d.see([x + ".*" for x in T("Submitted for review: %1")])
    d.settled()
    w.d["head1"].online()
    w.d["head1"].folder_of("To do")
    w.d["head1"].see(has(TITLE), 30)


@test
def head_agrees_with_keys_only(w):
    h = w.d["head1"]
    h.open_document("To do", TITLE)
    h.keys("Alt+Y")
    h.see([x + ".*" for x in T("%1: done")])


@test
def the_settings_know_what_was_changed_on_the_locked_screen(w):
    h = w.d["head1"]
    h.module("Settings")
    h.see(T("Lock after no input for"))
    h.keys("Ctrl+Shift+L")
    h.click(T("Light"))
    h.click(T("Dark"))
    h.see(T("High contrast"))
    h.unlock().opened()
    need(h.value(**{"class": "QComboBox", "like": T("Theme")}) in T("High contrast"), "the page shows what is in force")
    h.choose([x for x in T("Compact")], T("Density"))   # sends all settings
    need(json.loads((h.root / "settings.json").read_text())["theme"] == "contrast", "another setting takes none back")
    h.call("look", theme="", density="")


@test
def nothing_is_said_of_content_while_locked(w):
    h = w.d["head1"]
    h.keys("Ctrl+Shift+L")
    h.see(T("Passphrase of this computer"))
    h.events.clear()
    fill_by_mouse(w, TITLE2)
    notes = until("the head is told that something came", lambda: [e for e in h.events if e["event"] == "notified"], 30)
    need(all(TITLE2 not in e["title"] + e["text"] for e in notes), f"no title while locked: {notes}")
    need(not h.sees(has(TITLE2)) and not h.sees(has(TITLE)), "nothing of it on the locked screen")
    h.unlock().opened()
    h.folder_of("To do")
    h.see(has(TITLE2))
    need([e for e in h.events if e["event"] == "notified"], "told")


@test
def wrong_passphrase_says_so_and_waits_longer_each_time(w):
    h = w.d["head1"]
    h.keys("Ctrl+Shift+L")
    for i in range(3):
        h.unlock("wrong passphrase %d" % i)
        h.see(T("That passphrase does not open this store. Check Caps Lock and the input method, then try again.") + [x + ".*" for x in T("Try again in %n s")])
    until("it waits at last", lambda: (h.wait(h.send("type", text="wrong again", target={"like": T("Passphrase of this computer")}, clear=True)), h.wait(h.send("click", target={"like": T("Unlock")})),
                                       h.sees([x + ".*" for x in T("Try again in %n s")]))[2], 30, 0.3)
    need(h.status()["locked"], "still locked")
    until("it may be tried again", lambda: not h.sees([x + ".*" for x in T("Try again in %n s")]), 90)
    h.type("", T("Passphrase of this computer"), clear=True)
    h.unlock().opened(90)


@test
def the_screen_locks_after_no_input(w):
    h = w.d["head1"]
    h.call("look", idle=1)
    h.call("minute", ms=1500)
    until("locked", lambda: h.status()["locked"], 20)
    h.see(T("Passphrase of this computer"))
    need(not h.sees(has(TITLE)), "the content is gone")
    h.call("minute", ms=60000)
    h.unlock().opened()


@test
def a_further_computer_waits_for_the_question_on_the_first(w):
    first, second = w.d["head1"], w.desk("head1", "head1-second")
    try:
        w.p.ctl("demo", "--data", w.p.data)  # fresh codes
        w.p.demo = json.loads((w.p.data / "demo.json").read_text())
        second.spawn()
        second.again("paste", target={"like": T("Enrolment code")}, text=w.p.code("head1"))
        second.type(PASS, T("New passphrase"))
        second.type(PASS, T("Repeat the passphrase"))
        second.click(T("Enrol this computer"))
        second.see(T("You have another computer already, so this one must be approved. Approve it there, where a question appears, or ask two administrators. Compare these letters: %1"))
        need(not second.status()["open"], "the second computer waits")
        first.see(T("Approve it only if you are enrolling it yourself at this moment and it shows these letters:"))
        first.click(T("Approve"))
        second.opened()
        second.online()
    finally:
        second.crash()


@test
def the_settings_say_who_signed_the_hubs_policy(w):
    d = w.d["clerk1"]
    (w.folder / "policy.json").write_text(json.dumps({"number": 1, "lease_days": 30, "settings": {"idle_lock_minutes": {"at_most": 15}}}))
    (w.folder / "pass").write_text("demo-only-security-1\n")
    w.p.ctl("policy", "set", w.folder / "policy.json", "--data", w.p.data, "--admin", w.p.data / "demo-admin" / "admin-security.key", "--passphrase-file", w.folder / "pass")
    d.module("Settings")
    d.see(T("Managed by your organisation"))
    d.see(T("May be without the hub until"))


@test
def the_screen_saver_locks_it(w):
    bus = subprocess.Popen(["dbus-daemon", "--session", "--nofork", "--print-address"], stdout=subprocess.PIPE, text=True)
    d = w.desk("head2", env={"DBUS_SESSION_BUS_ADDRESS": bus.stdout.readline().strip()})
    try:
        d.spawn().enrol()
        d.opened()
        signal = lambda active: subprocess.run(["dbus-send", "--session", "--type=signal", "/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver.ActiveChanged",
                                                f"boolean:{active}"], env={**os.environ, **d.env}, check=True)
        signal("false")
        need(not d.status()["locked"], "the end of a screen saver locks nothing")
        signal("true")
        until("locked", lambda: d.status()["locked"], 20)
        d.see(T("Passphrase of this computer"))
        d.unlock().opened()
    finally:
        d.crash()
        bus.kill()


@test
def the_language_switches(w):
    h = w.d["head1"]
    h.module("Settings")
    h.choose("English", T("Language"))
    h.keys("Ctrl+Shift+L")
    h.call("look", language="en")
    h.unlock().opened()
    h.end()
    h.screen = Screen()
    h.spawn().see("Unlock")
    h.unlock().opened()
    h.see("People")
    h.call("look", language="zh_CN")


@test
def a_second_process_on_the_same_store_is_refused_with_words(w):
    second = Windows(w.folder, "head1", w.p)
    try:
        second.spawn()
        second.unlock()
        second.see(T("These data are already open in another Zhengtong window on this computer. Close that window and try again."), 30)
        need(not second.status()["open"], "not open")
    finally:
        second.crash()


@test
def code_and_hub_that_do_not_belong_together_are_refused(w):
    d = w.desk("nobody")
    try:
        d.spawn()
        d.again("paste", target={"like": T("Enrolment code")}, text="this is no code")
        d.type(PASS, T("New passphrase"))
        d.type(PASS, T("Repeat the passphrase"))
        d.click(T("Enrol this computer"))
        d.see(T("This enrolment code is incomplete or mistyped. Copy the whole code again, every line of it."))
        d.shot(pathlib.Path(os.environ.get("ZT_SHOTS", "build/shots")) / "behaviour" / "bad-code.png")
        need(not d.status()["open"], "not enrolled")
        used = w.used
        d.again("type", target={"like": T("Enrolment code")}, clear=True, text="")
        d.again("paste", target={"like": T("Enrolment code")}, text=used)
        d.click(T("Enrol this computer"))
        d.see(T("This enrolment code has been used or has expired. Ask the information centre for a new one."), 30)
        need(not d.status()["open"], "a used code enrols nobody")
    finally:
        d.crash()


def words_of(source):
    """Among other words."""
    return [".*" + x + ".*" for x in T(source)]


@test
def files_that_cannot_be_attached_say_why_and_strange_text_is_cleaned(w):
    d = w.d["drafter"]
    d.module("Docs")
    d.click(T("New draft"))
    here = {"class": "ComposeWindow"}
    d.type("关于附件的通知", object="Title")
    huge, empty, odd = w.folder / "huge.bin", w.folder / "empty.txt", w.folder / ("长" * 80 + "\u202etxt.\x01名.txt")
    with open(huge, "wb") as f:
        f.truncate(2 << 30)
    empty.write_bytes(b"")
    odd.write_text("内容")
    for file, words in ((huge, "The file is larger than 512 MB and cannot be attached. Split or compress it."),
                        (w.folder / "gone.txt", "The file is no longer where it was. Choose it again.")):
        d.again("drop", target=here, files=[str(file)])
        d.see(words_of(words), 30)
    d.again("drop", target=here, files=[str(odd)])
    d.see("长+\\.txt")   # cut at a character, the ending stays
    need(not any(c in t for t in d.call("texts")["texts"] for c in "\u202e\x01"), "a name turns no direction and holds no control character")
    d.again("paste", target={"object": "Body"}, text="甲\u202e乙\x07𠮷\ufeff丙")
    need(d.value(object="Body") == "甲乙𠮷丙", f"what is pasted is cleaned, rare characters stay: {d.value(object='Body')!r}")
    d.call("close", target=here)
    huge.unlink()


@test
def two_people_in_one_account_have_a_store_each(w):
    d = w.desk("shared")
    try:
        d.enrol(code=w.p.code("signer"))
        first = d.status()["person"]
        d.keys("Ctrl+Shift+L")
        d.click(T("Enrol another person"))
        d.enrol(code=w.p.code("deputy"))
        second = d.status()["person"]
        need(first != second, "another person")
        d.end()
        d.screen = Screen()
        d.spawn()
        names = d.call("info", target={"class": "QComboBox", "like": T("Person")})["items"]
        need(len(names) == 2, f"both are on offer: {names}")
        seen = set()
        for name in names:
            d.choose(re.escape(name), T("Person"))
            d.unlock().opened()
            seen.add(d.status()["person"])
            d.keys("Ctrl+Shift+L")
            d.see(T("Passphrase of this computer"))
        need(seen == {first, second}, "each unlocks his own")
    finally:
        d.crash()


@test
def a_damaged_store_is_kept_and_said(w):
    clerk = w.d["clerk1"]
    clerk.end()
    store = next(clerk.root.rglob("store.db"))
    whole = {f: f.read_bytes() for f in store.parent.iterdir() if f.is_file()}
    pages = len(whole[store]) // 4096
    flipped = bytearray(whole[store])
    flipped[4096 + 100] ^= 1
    words = "The data file on this computer is damaged. It has been left as it is, and nothing was overwritten. Restore a backup, or ask the information centre to recover it."
    for bad in (whole[store][: pages // 2 * 4096], whole[store][:100], bytes(flipped)):
        for f in store.parent.glob("store.db*"):
            f.unlink()
        store.write_bytes(bad)
        clerk.screen = Screen()
        clerk.unlock()
        clerk.see(words_of(words), 30)
        need(not clerk.status()["open"], "it is not opened")
        need(any(f.is_file() and f.read_bytes() == bad for f in store.parent.rglob("*")), "the damaged file is kept, byte for byte")
        clerk.end()
        for f in store.parent.iterdir():   # as it was before
            if f.is_file() and f not in whole:
                f.unlink()
        for f, b in whole.items():
            f.write_bytes(b)
    clerk.screen = Screen()
    clerk.unlock().opened().online()


@test
def another_hub_under_the_same_address_is_not_trusted(w):
    clerk = w.d["clerk1"]
    w.p.stop()
    clerk.offline()
    other = w.folder / "other"
    other.mkdir()
    w.p.ctl("demo", "--data", other / "hub", "--port", w.p.port, "--enrol-port", free_port())
    p2 = Office(other, keep=True)
    p2.start()
    try:
        clerk.call("retry")
        clerk.see(T("Identity refused"), 40)
    finally:
        p2.kill()
    w.p.start()
    clerk.online(60)


@test
def a_clock_a_day_off_is_hinted_at(w):
    lib = next(iter(pathlib.Path("/usr/lib").glob("*/faketime/libfaketime.so.1")), None)
    if not lib:
        print("        skipped: package faketime is not installed")
        return
    clerk = w.d["clerk1"]
    clerk.end()
    clerk.screen = Screen()
    clerk.env = {"LD_PRELOAD": str(lib), "FAKETIME": "+1d", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    clerk.unlock().opened()
    until("the wrong clock is noticed", lambda: clerk.status()["clock_wrong"], 40)
    clerk.see(T("This PC's clock is wrong"), 10)
    clerk.env = {}


@test
def a_revoked_desk_locks_and_says_why(w):
    clerk = w.d["clerk1"]
    if clerk.proc and clerk.env:
        clerk.env = {}
    admin = w.p.demo["admins"]["security"]
    revoke(w, "clerk1", admin)
    until("locked", lambda: clerk.status()["locked"], 30)
    clerk.see([x.replace(".*", "") + ".*" for x in T("This device is no longer admitted by the hub. %1")], 10)
    clerk.shot(pathlib.Path(os.environ.get("ZT_SHOTS", "build/shots")) / "behaviour" / "revoked.png")


def revoke(w, role, admin):
    key = w.folder / "passphrase.txt"
    key.write_text(admin["passphrase"] + "\n")
    device = next(l.split()[0] for l in w.p.ctl("device", "list", "--data", w.p.data).stdout.splitlines() if f"({w.p.person(role)})" in l)
    w.p.ctl("device", "revoke", "--data", w.p.data, "--admin", admin["key"], "--passphrase-file", key, "--device", device, "--reason", "丢失")


def main():
    only = sys.argv[1:]
    w = World()
    failed = []
    for t in TESTS:
        if only and t.__name__ not in only:
            continue
        start = time.monotonic()
        try:
            t(w)
            print(f"ok      {time.monotonic() - start:6.1f} s  {t.__name__}", flush=True)
        except Exception as e:
            failed.append(t.__name__)
            print(f"NOT OK  {time.monotonic() - start:6.1f} s  {t.__name__}: {e if isinstance(e, Failed) else traceback.format_exc()}", flush=True)
            for role, d in w.d.items():
                try:
                    d.shot(pathlib.Path(os.environ.get("ZT_SHOTS", "build/shots")) / "behaviour" / f"{t.__name__}-{role}.png")
                except Exception:
                    pass
    w.end()
    sys.exit(1 if failed else 0)


main()

#!/usr/bin/env python3
"""once.py keeps what passed, for the same bytes alone, and never a failure."""
import os
import pathlib
import subprocess
import sys
import tempfile

ONCE = pathlib.Path(__file__).with_name("once.py")

with tempfile.TemporaryDirectory() as folder:
    here = pathlib.Path(folder)
    counted, code, seed = here / "counted", here / "code", here / "seed"
    programme = here / "programme"

    def write(text):
        programme.write_text(f"#!/bin/sh\n{text}\necho run >>{counted}\nexit $(cat {code})\n")
        programme.chmod(0o755)

    source, build = here / "source", here / "source/build"
    (build / "app/hub").mkdir(parents=True)
    (source / "tests").mkdir()
    made, text = build / "app/hub/programme", source / "tests/text"
    made.write_text("1")
    made.chmod(0o755)
    text.write_text("1")

    def run(*words, **environment):
        before = counted.read_text().count("run") if counted.exists() else 0
        env = {k: v for k, v in os.environ.items() if not k.startswith("ZT_")} | {"XDG_CACHE_HOME": str(here / "cache")} | environment
        ended = subprocess.run([sys.executable, "-B", ONCE, "--input", seed, "--tree", source, build, programme, *words], env=env, capture_output=True, text=True)
        ran = (counted.read_text().count("run") if counted.exists() else 0) - before
        return ran, ended.returncode

    def expect(what, got, wanted):
        if got != wanted:
            sys.exit(f"{what}: {got}, not {wanted}")

    write("true")
    seed.write_text("a")
    code.write_text("3")
    expect("a failure", run("1"), (1, 3))
    expect("a failure again", run("1"), (1, 3))
    code.write_text("0")
    expect("the first pass", run("1"), (1, 0))
    expect("the same bytes", run("1"), (0, 0))
    expect("other arguments", run("2"), (1, 0))
    expect("asked to run again", run("1", ZT_TEST_AGAIN="1"), (1, 0))
    expect("another setting", run("1", ZT_TEST_QUICK="1"), (1, 0))
    seed.write_text("b")
    expect("other inputs", run("1"), (1, 0))
    text.write_text("2")
    expect("another file of the tree", run("1"), (1, 0))
    (source / "tests/new").write_text("")
    expect("one file more", run("1"), (1, 0))
    made.write_text("2")
    expect("another programme of the tree", run("1"), (1, 0))
    (build / "CMakeCache.txt").write_text("flag")
    expect("configured another way", run("1"), (1, 0))
    (build / "tests.log").write_text("what a run leaves behind")
    expect("the same tree", run("1"), (0, 0))
    write("false")
    expect("another programme", run("1"), (1, 0))
    expect("the same bytes at the end", run("1"), (0, 0))
    for stamp in (here / "cache" / "zhengtong-tests").iterdir():
        os.utime(stamp, (1, 1))
    expect("what passed long ago", run("1"), (1, 0))
print("ok")

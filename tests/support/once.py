#!/usr/bin/env python3
"""Runs a test that does the same each time, once for the same bytes.

    once.py [--input PATH ...] PROGRAMME [ARGUMENT ...]

A simulation of given seeds, losses of power at given writes, mutations in a given sequence: what passed with the same programme, the same libraries,
the same arguments and the same inputs passes again, so it is not run again for thirty days; it says so. A failure is never kept. ZT_TEST_AGAIN=1 runs it all
the same (packaging/test --full does). Not for tests with real clocks, processes or random draws. Kept in $XDG_CACHE_HOME/zhengtong-tests.
"""
import hashlib
import os
import pathlib
import subprocess
import sys
import time

KEPT_DAYS = 30


def content(digest, path):
    digest.update(str(len(path.name)).encode() + path.name.encode())
    digest.update(hashlib.sha256(path.read_bytes()).digest())


def libraries(programme):
    out = subprocess.run(["ldd", programme], capture_output=True, text=True)
    return sorted({pathlib.Path(word).resolve() for line in out.stdout.splitlines() for word in line.split() if word.startswith("/")})


def key(programme, arguments, inputs):
    digest = hashlib.sha256()
    for text in [*arguments, *(f"{n}={v}" for n, v in sorted(os.environ.items()) if n.startswith("ZT_") and n not in ("ZT_TEST_AGAIN", "ZT_BIN"))]:
        digest.update(str(len(text)).encode() + text.encode())
    for path in [pathlib.Path(programme), *libraries(programme), *map(pathlib.Path, (a for a in arguments if os.path.isfile(a)))]:
        content(digest, path)
    for top in map(pathlib.Path, inputs):
        for path in [top] if top.is_file() else sorted(p for p in top.rglob("*") if p.is_file()):
            digest.update(str(path.relative_to(top)).encode())
            content(digest, path)
    return digest.hexdigest()


def main(words):
    inputs = []
    while words[:1] == ["--input"]:
        inputs.append(words[1])
        words = words[2:]
    if not words:
        sys.exit(__doc__)
    folder = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "zhengtong-tests"
    stamp = folder / key(words[0], words[1:], inputs)
    oldest = time.time() - KEPT_DAYS * 86400
    if stamp.exists() and stamp.stat().st_mtime > oldest and not os.environ.get("ZT_TEST_AGAIN"):
        print(f"passed {stamp.read_text().strip()} with the same bytes; ZT_TEST_AGAIN=1 runs it again")
        return 0
    code = subprocess.run(words).returncode
    if code:
        return code if code > 0 else 128 - code
    try:
        folder.mkdir(parents=True, exist_ok=True)
        stamp.write_text(time.strftime("%Y-%m-%d %H:%M:%S\n"))
        for old in folder.iterdir():
            if old.stat().st_mtime < oldest:
                old.unlink()
    except OSError as e:
        print(f"could not be kept: {e.strerror}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

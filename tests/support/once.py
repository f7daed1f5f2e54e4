#!/usr/bin/env python3
"""Runs a test that does the same each time, once for the same bytes.

    once.py [--input PATH ...] [--tree SOURCE BUILD] PROGRAMME [ARGUMENT ...]

A simulation of given seeds, losses of power at given writes, a unit's cases, the screens of the windows: what passed with the same programme, the same
libraries, the same arguments and the same inputs passes again, so it is not run again for thirty days; it says so. A failure is never kept.
ZT_TEST_AGAIN=1 runs it all the same (packaging/test --full does). Not for tests that draw at random or look for what happens seldom: kills, replicas, outages,
races, properties. Kept in $XDG_CACHE_HOME/zhengtong-tests.

--tree: for a test that reads more than its programme. Its inputs are every file of the source tree, the programmes built from it, how they were
configured, and the packages installed on this machine: any change runs it again.
"""
import hashlib
import os
import pathlib
import subprocess
import sys
import time

KEPT_DAYS = 30
NO_SOURCE = {".git", "build", "node_modules", "__pycache__", ".cache"}


def content(digest, path):
    digest.update(str(len(path.name)).encode() + path.name.encode())
    digest.update(hashlib.sha256(path.read_bytes()).digest())


def libraries(programme):
    out = subprocess.run(["ldd", programme], capture_output=True, text=True)
    return sorted({pathlib.Path(word).resolve() for line in out.stdout.splitlines() for word in line.split() if word.startswith("/")})


def tree(source, build):
    """The files that a test of this tree may depend on."""
    for folder, folders, files in os.walk(source):
        folders[:] = sorted(f for f in folders if f not in NO_SOURCE and os.path.join(folder, f) != str(build))
        yield from (pathlib.Path(folder, f) for f in sorted(files))
    yield from sorted(p for pattern in ("app/*/*", "app/libexec/*/*") for p in pathlib.Path(build).glob(pattern) if p.is_file() and os.access(p, os.X_OK))
    yield from (p for p in (pathlib.Path(build, "tests/gui/zhengtong_driven"), pathlib.Path(build, "tests/integration/desk_driver"), pathlib.Path(build, "CMakeCache.txt"), pathlib.Path("/var/lib/dpkg/status")) if p.exists())


def key(programme, arguments, inputs, trees):
    digest = hashlib.sha256()
    for text in [*arguments, *(f"{n}={v}" for n, v in sorted(os.environ.items()) if n.startswith("ZT_") and n not in ("ZT_TEST_AGAIN", "ZT_BIN"))]:
        digest.update(str(len(text)).encode() + text.encode())
    for path in [pathlib.Path(programme), *libraries(programme), *map(pathlib.Path, (a for a in arguments if os.path.isfile(a)))]:
        content(digest, path)
    for top in map(pathlib.Path, inputs):
        for path in [top] if top.is_file() else sorted(p for p in top.rglob("*") if p.is_file()):
            digest.update(str(path.relative_to(top)).encode())
            content(digest, path)
    for source, build in trees:
        for path in tree(source, build):
            digest.update(str(path).encode())
            if not path.is_symlink() or path.exists():
                content(digest, path)
    return digest.hexdigest()


def main(words):
    inputs, trees = [], []
    while words[:1] in (["--input"], ["--tree"]):
        if words[0] == "--input":
            inputs.append(words[1])
            words = words[2:]
        else:
            trees.append((words[1], words[2]))
            words = words[3:]
    if not words:
        sys.exit(__doc__)
    folder = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "zhengtong-tests"
    stamp = folder / key(words[0], words[1:], inputs, trees)
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

#!/usr/bin/env python3
"""zhengtong-hub has no libpq and starts zhengtong-hub-postgres in its place where hub.json names a database: programmes.py BUILD SOURCE."""
import json, os, pathlib, re, shutil, subprocess, sys, tempfile

BUILD, SOURCE = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
HUB, OTHER = BUILD / "app/hub/zhengtong-hub", BUILD / "app/libexec/zhengtong/zhengtong-hub-postgres"
faults = []


def expect(holds, what, said=""):
    print(("ok  " if holds else "NOT OK  ") + what, said if not holds else "")
    if not holds:
        faults.append(what)


def run(*command, **more):
    return subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=60, **more)


def folder(at, **changes):
    at.mkdir(mode=0o700)
    (at / "hub.json").write_text(json.dumps({**json.loads((SOURCE / "app/hub/hub.example.json").read_text()), **changes}))
    return at


def needed(programme):
    return run("readelf", "-d", programme).stdout


def main():
    expect("libpq" not in run("ldd", HUB).stdout, "zhengtong-hub loads no libpq")
    expect("libpq.so" in needed(OTHER), "zhengtong-hub-postgres is linked with it")
    for programme in HUB, OTHER:
        expect("(RPATH)" not in needed(programme), f"{programme.name} has no RPATH")
    version = run(HUB, "--version").stdout.strip()
    expect(re.fullmatch(r"\d+\.\d+\.\d+", version) and run(OTHER, "--version").stdout.strip() == version, "both are of one version")
    with tempfile.TemporaryDirectory() as tmp:
        tmp = pathlib.Path(tmp).resolve()
        file, database = folder(tmp / "file"), folder(tmp / "database", postgresql="host=/nowhere dbname=zhengtong")
        (tmp / "prefix/sbin").mkdir(parents=True)
        hub, other = tmp / "prefix/sbin/zhengtong-hub", tmp / "prefix/libexec/zhengtong/zhengtong-hub-postgres"
        shutil.copy(HUB, hub)

        done = run(hub, "--data", database, "--check")
        expect(done.returncode == 1 and str(other) in done.stderr and "No such file" in done.stderr and "install the package zhengtong-hub" in done.stderr, "a missing one is named, with what to do", done.stderr)
        other.parent.mkdir(parents=True)
        other.write_text("no programme")
        done = run(hub, "--data", database, "--check")
        expect(done.returncode == 1 and str(other) in done.stderr and "Permission denied" in done.stderr, "one that cannot be run is named", done.stderr)
        other.write_text('#!/bin/sh\necho "$$ $@"\n')
        other.chmod(0o755)
        # By whatever name it is called, from whatever folder, whatever else lies on the paths.
        decoy = tmp / "decoy/zhengtong-hub-postgres"
        decoy.parent.mkdir()
        decoy.write_text("#!/bin/sh\necho decoy\n")
        decoy.chmod(0o755)
        (tmp / "link").symlink_to(hub)
        for called, where in (hub, "/"), (tmp / "link", decoy.parent):
            p = subprocess.Popen([called, "--data", database, "--check"], cwd=where, stdout=subprocess.PIPE, text=True, env={**os.environ, "PATH": f"{decoy.parent}:/bin", "LD_LIBRARY_PATH": str(decoy.parent)})
            expect(p.communicate(timeout=60)[0] == f"{p.pid} --of {version} --data {database} --check\n", f"{called.name}: goes on as the same process")
        for words in ("--data", file, "--check"), ("--data", tmp / "nowhere"), ("--version",), ("--data", database, "--data", file, "--check"):
            done = run(hub, *words)
            expect("--of" not in done.stdout and "libexec" not in done.stderr, "zhengtong-hub " + " ".join(map(str, words[:1])) + ": not needed", done.stdout + done.stderr)
        expect("data folder" in run(hub, "--data", file, "--check").stderr, "a log in a file is its own concern")

        done = run(OTHER, "--of", "0.0.1", "--data", database)
        expect(done.returncode == 1 and "0.0.1" in done.stderr and version in done.stderr and "install" in done.stderr, "one of another version says so", done.stderr)
        done = run(HUB, "--data", database, "--check")
        expect(done.returncode == 1 and "data folder" in done.stderr and "libexec" not in done.stderr and "does not know" not in done.stderr, "the real one takes over", done.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

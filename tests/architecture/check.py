#!/usr/bin/env python3
"""The architecture's rules that a reader of files can prove. check.py ROOT [BUILD]: prints each breach, exits 1 if there is one.

Layers and pure modules are read from modules/zt_module.cmake, so there is one table. selftest.py proves that each check can fail.
"""
import pathlib
import re
import subprocess
import sys

SOURCES = {".h", ".cpp", ".c"}
# base and crypto hold the ports' adapters (clock, random, log, files of blobs); everything between them and the store is pure.
PURE = {"wire", "rules", "directory", "approval", "document", "catalogue", "sync"}
NO_QT = PURE | {"base", "crypto", "rpc", "store", "link", "hub", "desk"}
# What reaches outside: files, threads, clocks, processes, sockets.
IMPURE = re.compile(r"^(fstream|filesystem|thread|mutex|shared_mutex|condition_variable|future|atomic|ctime|time\.h|random|stdio\.h|cstdio|iostream|fcntl\.h"
                    r"|unistd\.h|spawn\.h|pthread\.h|signal\.h|csignal|sys/.*|netinet/.*|arpa/.*|netdb\.h|poll\.h|dirent\.h|sqlite3\.h|SQLiteCpp/.*|grpc.*"
                    r"|openssl/.*|sodium.*)$")
CLOCKS = re.compile(r"\b(system_clock|steady_clock|high_resolution_clock|utc_clock)\b|\b(?:std::)?(?:clock_gettime|gettimeofday|getenv|rand|random_device)\b\s*[({]")
QT = re.compile(r"^(Q[A-Z]\w*|Qt\w+/.*|q[a-z]+\.h)$")
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.M)
GENERATED = {"record.pb.h": "wire", "sync.pb.h": "wire", "zt/widgets/tokens.h": "resources"}
# Sockets, TLS and HTTP/2 for calls are one module's.
NETWORK = re.compile(r"^(uv\.h|nghttp2/.*|openssl/ssl\.h)$")
BINARIES = ("app/desktop/zhengtong", "app/hub/zhengtong-hub", "app/ctl/zhengtong-ctl")


def layers(root):
    text = (root / "modules/zt_module.cmake").read_text()
    table = {}
    for name, row in re.findall(r"^set\(ZT_LAYER_(\w+)\s+([^)]*)\)", text, re.M):
        table[name] = set(row.replace('"', "").split())
    return table


def module_of(path, root):
    """modules/document/core/... is `document`, modules/document/ui/... is `document_ui`."""
    parts = path.relative_to(root / "modules").parts
    if len(parts) > 2 and parts[1] in ("ui", "desk"):
        return parts[0] + "_" + parts[1]
    return parts[0]


def files(root, *folders):
    for folder in folders:
        base = root / folder
        if base.is_dir():
            yield from sorted(p for p in base.rglob("*") if p.suffix in SOURCES and p.is_file())


def strip_comments(text):
    return re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.S)


def owners(root):
    """Public header as it is included -> module: document_ui's live in zt/document_ui or in its folder's include."""
    out = dict(GENERATED)
    for p in files(root, "modules"):
        parts = p.parts
        if "include" in parts and p.suffix == ".h":
            out["/".join(parts[len(parts) - parts[::-1].index("include"):])] = module_of(p, root)
    return out


def check_includes(root):
    table, owner, used = layers(root), owners(root), {}
    for p in files(root, "modules"):
        me = module_of(p, root)
        text = p.read_text(errors="replace")
        rel = p.relative_to(root)
        for name in INCLUDE.findall(text):
            other = owner.get(name)
            if other is None and name.startswith("zt/"):
                yield f"{rel}: includes {name}, which no module has"
            if other and other != me:
                used.setdefault(me, set()).add(other)
                if me in table and other not in table[me] | {"sqlcipher", "resources"}:
                    yield f"{rel}: {me} may not include {name} of {other} (modules/zt_module.cmake)"
                if other == "resources" and me in NO_QT:
                    yield f"{rel}: {me} may not include the windows' {name}"
                if other == "sqlcipher" and me not in ("store", "hub"):
                    yield f"{rel}: only store and hub know SQLCipher"
            if me in NO_QT and QT.match(name):
                yield f"{rel}: {me} includes Qt's {name}"
            if name.startswith("grpc") or name == "sync.grpc.pb.h":
                yield f"{rel}: gRPC is for tests ({name})"
            if NETWORK.match(name) and me != "rpc":
                yield f"{rel}: only rpc speaks TLS and HTTP/2 ({name})"
            if re.match(r"pqxx|libpq", name) and me != "hub":
                yield f"{rel}: only hub knows PostgreSQL ({name})"
            if me in PURE and IMPURE.match(name):
                yield f"{rel}: {me} is pure and may not include <{name}>"
        if me in PURE:
            for m in CLOCKS.finditer(strip_comments(text)):
                yield f"{rel}: {me} is pure and may not use {m.group(0)}"
    for p in files(root, "app"):
        for name in INCLUDE.findall(p.read_text(errors="replace")):
            if name.startswith("zt/") and name not in owner:
                yield f"{p.relative_to(root)}: includes {name}, which no module has"
            if p.relative_to(root).parts[1] != "desktop" and QT.match(name):
                yield f"{p.relative_to(root)}: only app/desktop knows Qt ({name})"
    yield from cycles(used)
    yield from cycles(table)


def cycles(graph):
    done, path = set(), []

    def visit(n):
        if n in path:
            return " -> ".join(path[path.index(n):] + [n])
        if n in done:
            return None
        path.append(n)
        for m in sorted(graph.get(n, ())):
            if found := visit(m):
                return found
        path.pop()
        done.add(n)
        return None

    for n in sorted(graph):
        if found := visit(n):
            yield f"cycle among modules: {found}"
            return


def check_app(root):
    """The start path links no WebEngine: only modules/webview may name it, and app/desktop may not link that at start. The bench has a programme of WebEngine
    alone."""
    for p in sorted(root.rglob("CMakeLists.txt")):
        rel = p.relative_to(root)
        if rel.parts[0] in ("build", ".git") or rel.parts[:2] in (("modules", "webview"), ("tests", "bench")):
            continue
        if re.search(r"WebEngine", re.sub(r"#[^\n]*", "", p.read_text(errors="replace"))):
            yield f"{rel}: links Qt WebEngine on the start path"
    for p in files(root, "modules", "app"):
        rel = p.relative_to(root)
        if rel.parts[:2] != ("modules", "webview") and re.search(r'#\s*include\s*[<"]QtWebEngine', p.read_text(errors="replace")):
            yield f"{rel}: includes Qt WebEngine"


def needed(binary):
    out = subprocess.run(["readelf", "-d", binary], capture_output=True, text=True, check=True).stdout
    return re.findall(r"\(NEEDED\).*\[([^\]]+)\]", out)


def check_binaries(build):
    for name in BINARIES:
        binary = build / name
        if not binary.exists():
            print(f"note: {name} is not built here")
            continue
        for lib in needed(binary):
            if lib.startswith("libsqlite3"):
                yield f"{name}: needs {lib}; only SQLCipher's own copy may be linked"
            if re.match(r"libpq(xx)?[.-]", lib) and name == BINARIES[0]:
                yield f"{name}: needs {lib}; PostgreSQL is the hub's"
            if "WebEngine" in lib:
                yield f"{name}: needs {lib} at start"
            if lib.startswith("libQt") and name != BINARIES[0]:
                yield f"{name}: needs {lib}"


# Spelt so that this file does not find itself.
MACHINE = re.compile(rb"(?:^|[\s\"'=(:])(?:/wor" + rb"k/|\.\./share" + rb"d\b)")


def tracked(root):
    out = subprocess.run(["git", "-C", str(root), "ls-files", "-z"], capture_output=True)
    if out.returncode:
        return [p.relative_to(root) for p in root.rglob("*") if p.is_file()]
    return [pathlib.Path(p.decode()) for p in out.stdout.split(b"\0") if p]


def check_paths(root):
    for rel in tracked(root):
        p = root / rel
        if not p.is_file() or p.stat().st_size > 4 << 20:
            continue
        for n, line in enumerate(p.read_bytes().split(b"\n"), 1):
            if MACHINE.search(line):
                yield f"{rel}:{n}: names a path of one machine"


def check_claims(root):
    """A document's table that says what a claim is shown by names tests that are there: unit_<folder>: the case's name, or gui_<test>: its function."""
    cases = {}

    def known(name):
        if name not in cases:
            folder = root / "tests" / ("gui" if name.startswith("gui_") else name.replace("_", "/", 1))
            cases[name] = "\n".join(p.read_text(errors="replace") for p in sorted(folder.glob("*")) if p.suffix in {".cpp", ".h", ".py"})
        return cases[name]

    for rel in tracked(root):
        if rel.suffix != ".md" or not (root / rel).is_file():
            continue
        for n, line in enumerate((root / rel).read_text(errors="replace").split("\n"), 1):
            if not line.startswith("|"):
                continue
            for name, case in re.findall(r"\b((?:unit|gui)_\w+): (.+?)(?= · | \|)", line):
                if (f'"{case}"' if name.startswith("unit_") else f"def {case}(") not in known(name):
                    yield f"{rel}:{n}: no such test: {name}: {case}"


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    bad = list(check_includes(root)) + list(check_app(root)) + list(check_paths(root)) + list(check_claims(root))
    if len(sys.argv) > 2:
        bad += check_binaries(pathlib.Path(sys.argv[2]))
    for line in bad:
        print(line)
    print(f"{len(bad)} breaches of the architecture")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Proves that each check of check.py can fail: plants one breach at a time in a small tree and expects it to be found, and nothing else."""
import pathlib
import shutil
import subprocess
import sys
import tempfile

import check

LAYERS = """set(ZT_LAYER_base "")
set(ZT_LAYER_rules base)
set(ZT_LAYER_hub base rules)
set(ZT_LAYER_widgets base)
"""
GOOD = {
    "modules/zt_module.cmake": LAYERS,
    "modules/base/include/zt/base/text.h": "#include <string>\n#include <thread>\n",
    "modules/rules/include/zt/rules/rules.h": '#include "zt/base/text.h"\n// system_clock is not used here\n',
    "modules/rules/src/rules.cpp": '#include "zt/rules/rules.h"\n#include <vector>\n',
    "modules/hub/include/zt/hub/core.h": '#include "zt/rules/rules.h"\n',
    "modules/hub/src/core.cpp": "#include <fstream>\n",
    "modules/widgets/src/shell.cpp": "#include <QWidget>\n",
    "app/desktop/CMakeLists.txt": "target_link_libraries(zhengtong Qt6::Widgets) # never WebEngine\n",
    "tests/unit/base/text.cpp": 'CASE("a text is a text")\n',
    "modules/base/claims.md": "| a text is one | unit_base: a text is a text |\n",
}
PLANTED = {
    "a layer that is not listed": ("modules/rules/src/rules.cpp", '#include "zt/hub/core.h"\n', "may not include"),
    "a header nobody has": ("modules/rules/src/rules.cpp", '#include "zt/base/ghost.h"\n', "no module has"),
    "Qt in a core": ("modules/rules/src/rules.cpp", "#include <QString>\n", "includes Qt's"),
    "Qt in the hub": ("modules/hub/src/core.cpp", "#include <QtCore/QObject>\n", "includes Qt's"),
    "Qt in an app without windows": ("app/ctl/main.cpp", "#include <QString>\n", "only app/desktop"),
    "an app's header nobody has": ("app/ctl/main.cpp", '#include "zt/ghost/x.h"\n', "no module has"),
    "files in a core": ("modules/rules/src/rules.cpp", "#include <fstream>\n", "is pure"),
    "threads in a core": ("modules/rules/src/rules.cpp", "#include <thread>\n", "is pure"),
    "SQLite in a core": ("modules/rules/src/rules.cpp", "#include <sqlite3.h>\n", "is pure"),
    "a clock in a core": ("modules/rules/src/rules.cpp", "auto t = std::chrono::system_clock::now();\n", "may not use"),
    "gRPC in the product": ("modules/widgets/src/shell.cpp", "#include <grpcpp/grpcpp.h>\n", "for tests"),
    "TLS outside of rpc": ("modules/link/src/line.cpp", "#include <openssl/ssl.h>\n", "only rpc"),
    "PostgreSQL outside of the hub": ("modules/store/src/store.cpp", "#include <pqxx/pqxx>\n", "only hub knows PostgreSQL"),
    "a cycle in the table": ("modules/zt_module.cmake", LAYERS + "set(ZT_LAYER_base hub)\n", "cycle among modules"),
    "WebEngine linked": ("app/desktop/CMakeLists.txt", "target_link_libraries(zhengtong Qt6::WebEngineWidgets)\n", "WebEngine"),
    "WebEngine included": ("modules/widgets/src/shell.cpp", "#include <QtWebEngineWidgets/QWebEngineView>\n", "WebEngine"),
    "a claim that no test shows": ("modules/base/claims.md", "| a text is none | unit_base: a text is a text · unit_base: a text is none |\n", "no such test"),
    "a path of one machine": ("README.md", "see /wor" + "k/main/x\n", "path of one machine"),
    "another path of one machine": ("docs/x.md", "(../share" + "d/design)\n", "path of one machine"),
}


def breaches(root, build=None):
    out = list(check.check_includes(root)) + list(check.check_app(root)) + list(check.check_paths(root)) + list(check.check_claims(root))
    return out + (list(check.check_binaries(build)) if build else [])


def plant(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def linked_binary(folder, lib, name):
    """A programme that needs `lib`, without that library being there: readelf looks at the name alone."""
    cc = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang-16")
    stub, out = folder / f"{lib}.so", folder / name
    out.parent.mkdir(parents=True, exist_ok=True)
    (folder / "s.c").write_text("int stub(void) { return 0; }\n")
    (folder / "m.c").write_text("int stub(void); int main(void) { return stub(); }\n")
    subprocess.run([cc, "-shared", "-fPIC", "-o", stub, f"-Wl,-soname,{lib}.so.0", folder / "s.c"], check=True)
    subprocess.run([cc, "-o", out, folder / "m.c", stub], check=True)


def main():
    failed = 0

    def expect(what, found, word):
        nonlocal failed
        ok = found == [] if word is None else bool(found) and any(word in f for f in found)
        failed += not ok
        print(("ok      " if ok else "NOT OK  ") + what + ("" if ok else f": {found}"))

    with tempfile.TemporaryDirectory() as tmp:
        root = pathlib.Path(tmp) / "good"
        plant(root, GOOD)
        expect("a good tree has no breach", breaches(root), None)
        for n, (what, (name, text, word)) in enumerate(PLANTED.items()):
            root = pathlib.Path(tmp) / str(n)
            plant(root, GOOD | {name: text})
            expect(what, breaches(root), word)
        hub, desktop = "app/hub/zhengtong-hub", "app/desktop/zhengtong"
        for lib, name, word in (("libsqlite3", hub, "SQLCipher"), ("libQt6WebEngineCore", hub, "at start"), ("libQt6Core", hub, "needs libQt6Core"),
                                ("libpqxx-6.4", desktop, "the hub's"), ("libpq", hub, None), ("libother", hub, None)):
            build = pathlib.Path(tmp) / ("build-" + lib)
            build.mkdir()
            linked_binary(build, lib, name)
            expect("a binary that needs " + lib, list(check.check_binaries(build)), word)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

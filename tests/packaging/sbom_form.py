#!/usr/bin/env python3
"""The form of a CycloneDX 1.5 document, as packaging/sbom writes it: sbom_form.py [FILE...]. Without files: first proves that each fault is found, then checks
the SBOM in build/package where packages were built."""
import copy
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TYPES = {"application", "framework", "library", "container", "platform", "operating-system", "device", "device-driver", "firmware", "file", "machine-learning-model", "data"}
HASHES = {"MD5": 32, "SHA-1": 40, "SHA-256": 64, "SHA-384": 96, "SHA-512": 128}
PURL = re.compile(r"pkg:[a-z]+/[^?#\s]+@[^?#\s]+(\?[a-z_]+=[^&\s]+(&[a-z_]+=[^&\s]+)*)?")
PACKAGES = {"zhengtong-desktop", "zhengtong-hub", "zhengtong-ctl"}


def every(components):
    for c in components:
        yield c
        yield from every(c.get("components", []))


def faults(bom):
    if bom.get("bomFormat") != "CycloneDX" or bom.get("specVersion") != "1.5" or not isinstance(bom.get("version"), int):
        yield "it is no CycloneDX 1.5"
    if not re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", bom.get("serialNumber", "")):
        yield "serialNumber"
    meta = bom.get("metadata", {})
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", meta.get("timestamp", "")) or "component" not in meta:
        yield "metadata"
    refs = [meta.get("component", {}).get("bom-ref")]
    for c in every(bom.get("components", [])):
        name = c.get("name")
        refs.append(c.get("bom-ref"))
        if c.get("type") not in TYPES or not name or not c.get("bom-ref"):
            yield f"{name}: type, name or bom-ref"
        if c.get("type") in ("library", "application") and not c.get("version"):
            yield f"{name}: no version"
        if "purl" in c and not PURL.fullmatch(c["purl"]):
            yield f"{name}: purl {c['purl']}"
        for h in c.get("hashes", []):
            if not re.fullmatch("[0-9a-f]{%d}" % HASHES.get(h.get("alg"), 0), h.get("content", "")):
                yield f"{name}: hash"
    for r in {r for r in refs if refs.count(r) > 1}:
        yield f"{r}: twice"
    for d in bom.get("dependencies", []):
        for r in [d["ref"], *d.get("dependsOn", [])]:
            if r not in refs:
                yield f"{r}: depended on and not there"
    names = {c["name"]: c for c in bom.get("components", [])}
    if not PACKAGES <= set(names):
        yield "a package is missing"
    graph = {d["ref"].split("@")[0].removeprefix("pkg:"): d["dependsOn"] for d in bom.get("dependencies", [])}
    for package in sorted(PACKAGES & set(names)):
        if not names[package].get("hashes") or not any(r.startswith("sqlcipher@") for r in graph.get(package, [])) or not any(r.startswith("deb:libc6@") for r in graph[package]):
            yield f"{package}: without hash, SQLCipher or libc6"
    if "sqlcipher" in names:
        pinned = re.search(r"^sum=(\w+)$", (ROOT / "packaging/deps").read_text(), re.M)[1]
        if names["sqlcipher"]["hashes"][0]["content"] != pinned:
            yield "sqlcipher: its hash is not the pinned one"


def sample():
    pinned = re.search(r"^sum=(\w+)$", (ROOT / "packaging/deps").read_text(), re.M)[1]
    sha = [{"alg": "SHA-256", "content": "0" * 64}]
    parts = [{"type": "library", "bom-ref": "deb:libc6@2", "name": "libc6", "version": "2", "purl": "pkg:deb/debian/libc6@2?arch=amd64&distro=debian-12"},
             {"type": "library", "bom-ref": "sqlcipher@4", "name": "sqlcipher", "version": "4", "hashes": [{"alg": "SHA-256", "content": pinned}]}]
    packages = [{"type": "application", "bom-ref": f"pkg:{p}@1", "name": p, "version": "1", "hashes": sha} for p in sorted(PACKAGES)]
    return {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "serialNumber": "urn:uuid:00000000-0000-0000-0000-000000000000",
            "metadata": {"timestamp": "2026-01-01T00:00:00Z", "component": {"type": "application", "bom-ref": "z@1", "name": "z", "version": "1"}},
            "components": packages + parts, "dependencies": [{"ref": p["bom-ref"], "dependsOn": [c["bom-ref"] for c in parts]} for p in packages]}


def main():
    bad = 0
    files = [pathlib.Path(f) for f in sys.argv[1:]]
    if not files:
        def spoil(change):
            bom = copy.deepcopy(sample())
            change(bom)
            return list(faults(bom))
        good = list(faults(sample()))
        plants = {"format": lambda b: b.update(specVersion="1.4"), "serial": lambda b: b.update(serialNumber="x"), "type": lambda b: b["components"][0].update(type="x"),
                  "version": lambda b: b["components"][3].pop("version"), "purl": lambda b: b["components"][3].update(purl="deb/libc6"),
                  "hash": lambda b: b["components"][0]["hashes"][0].update(content="12"), "twice": lambda b: b["components"].append(b["components"][3]),
                  "graph": lambda b: b["dependencies"][0]["dependsOn"].append("ghost"), "package": lambda b: b["components"].pop(0),
                  "sqlcipher": lambda b: b["components"][4]["hashes"][0].update(content="0" * 64)}
        missed = [name for name, change in plants.items() if not spoil(change)]
        bad += bool(good) + len(missed)
        print(f"{len(plants) - len(missed)} of {len(plants)} planted faults found" + (f"; a good document: {good}" if good else "") + (f"; missed: {missed}" if missed else ""))
        files = sorted((ROOT / "build/package").glob("*.cdx.json"))
        if not files:
            print("note: no packages were built here, so there is no SBOM to check")
    for file in files:
        found = list(faults(json.loads(file.read_text())))
        bad += len(found)
        print(f"{file.name}: " + ("in form" if not found else "; ".join(found)))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

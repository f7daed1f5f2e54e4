#!/usr/bin/env python3
"""Writes zhengtong-ctl's man page and its completion for bash from what the programme says with --help. ctl_pages.py PROGRAMME FOLDER."""
import pathlib
import re
import subprocess
import sys

ENTRY = re.compile(r"^  (\S.*?)(?:\s{2,}(\S.*))?$")


def read(programme, words):
    """One command's help: what it does, its lists by heading, the paragraphs that follow them, its subcommands read likewise."""
    text = subprocess.run([programme, *words, "--help"], capture_output=True, text=True, check=True, env={"LC_ALL": "C.UTF-8"}).stdout
    lines = text.split("\n")
    usage = next(n for n, line in enumerate(lines) if line.startswith("Usage:"))
    page = {"words": words, "about": " ".join(lines[:usage]).strip(), "lists": {}, "foot": []}
    page["usage"] = re.sub(r"^Usage: \S+", "zhengtong-ctl", lines[usage])
    heading = None
    for line in lines[usage + 1:]:
        if re.fullmatch(r"[A-Z][a-z]+:", line):
            heading = page["lists"].setdefault(line[:-1], [])
        elif heading is not None and (m := ENTRY.match(line)) and not line.startswith("   "):
            heading.append([m[1], m[2] or ""])
        elif heading and line.startswith("   "):
            heading[-1][1] = (heading[-1][1] + " " + line.strip()).strip()
        elif line.strip():
            heading = None
            page["foot"].append(line.strip())
    page["subs"] = [read(programme, words + [name]) for name, _ in page["lists"].pop("Subcommands", [])]
    return page


def roff(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text[:1] in ".'" else text


def leaves(page):
    return [leaf for sub in page["subs"] for leaf in leaves(sub)] if page["subs"] else [page]


def entries(items, common):
    out = []
    for name, meaning in items:
        if name.startswith("-h,") and not common:
            continue
        default = re.search(r"=(\S+)$", name)
        bare = re.sub(r"=\S+$", "", name) if default else name
        required = bare.endswith(" REQUIRED")
        bare = re.sub(r":[A-Z]+ in \[(.*?)\]", r" (\1)", bare.removesuffix(" REQUIRED"))
        out += [".TP", ".B " + roff(bare), roff(meaning) + ("" if meaning.endswith(".") else ".")]
        if required:
            out.append("Must be given.")
        if default:
            out.append("Default: " + roff(default[1]) + ".")
    return out


def man(top):
    foot = " ".join(top["foot"])
    out = ['.TH ZHENGTONG\\-CTL 1 "" "Zhengtong" "Administration"', ".SH NAME", "zhengtong\\-ctl \\- administration of a Zhengtong hub", ".SH SYNOPSIS",
           ".B zhengtong\\-ctl", "[OPTIONS]", ".I COMMAND", "[...]", ".SH DESCRIPTION", roff(top["about"]),
           ".PP", "What changes a data folder runs under the account of the hub, on its machine. Passphrases are asked for without echo.", ".SH OPTIONS"]
    out += entries(top["lists"].get("Options", []), True)
    out.append(".SH COMMANDS")
    for leaf in leaves(top):
        out += [".SS " + roff(" ".join(leaf["words"])), roff(leaf["about"]) + ("" if leaf["about"].endswith(".") else ".")]
        for items in leaf["lists"].values():
            out += entries(items, False)
        own = [line for line in leaf["foot"] if line not in foot]
        if own:
            out += [".PP"] + [roff(line) for line in own]
    out += [".SH EXIT STATUS", roff(foot), ".SH SEE ALSO", ".BR zhengtong\\-hub (8),", ".BR hub.json (5),", ".BR zhengtong (1)"]
    return "\n".join(out) + "\n"


def options(page):
    return [o for name, _ in page["lists"].get("Options", []) for o in name.split(" ")[0].split(",") if o.startswith("--")]


def bash(top):
    cases = []

    def walk(page):
        words = [p["words"][-1] for p in page["subs"]] + [o.split("=")[0] for o in options(page)]
        cases.append(f'    "{" ".join(page["words"])}") words="{" ".join(words)}" ;;')
        for sub in page["subs"]:
            walk(sub)

    walk(top)
    groups = " ".join(sub["words"][0] for sub in top["subs"] if sub["subs"])
    return f"""# Completion of zhengtong-ctl for bash; made from its --help.
_zhengtong_ctl()
{{
    local cur=${{COMP_WORDS[COMP_CWORD]}} path= words= w n=0
    for w in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        case $w in
            --lang|zh|en) [ -z "$path" ] && continue ;;
        esac
        case $n:$w in
            *:-*) break ;;
            0:*) path=$w; n=1; [[ " {groups} " == *" $w "* ]] || n=2 ;;
            1:*) path="$path $w"; n=2 ;;
        esac
    done
    case $path in
{chr(10).join(cases)}
    esac
    COMPREPLY=()
    [[ $cur == -* || $n -lt 2 ]] && COMPREPLY=($(compgen -W "$words" -- "$cur"))
}}
complete -o default -F _zhengtong_ctl zhengtong-ctl
"""


def main():
    top = read(sys.argv[1], [])
    folder = pathlib.Path(sys.argv[2])
    (folder / "zhengtong-ctl.1").write_text(man(top), encoding="utf-8")
    (folder / "zhengtong-ctl.bash").write_text(bash(top), encoding="utf-8")


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: MIT
"""Paths, test programs, symbols, options and make's targets that a page names must be there.

A path is looked up from the root, from the page's folder and, without a slash, anywhere in the
tree; <family> and the like stand for any text.
"""

import fnmatch
import functools
import os
import re
import subprocess
from pathlib import Path

SPAN = re.compile(r"`([^`]+)`")
LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)(?:#[^)]*)?\)")
SOURCE = re.compile(r"[\w./<>*-]+\.(?:c|h|S|py|md|pyi|spec|out|tsv|yaml|slurm|supp)(?![\w.])")
ROOM = re.compile(r"(?:arch|build|ci|contract|fuzz|harness|interp|scenarios)/[\w./<>*-]*")
# A placeholder; and what is there only after some target of make.
ANY = re.compile(r"(FILE|PROGRAM|NAME|DIR)\b")
MADE = re.compile(r"build/(?!bin/|lib/)")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
SYMBOL = re.compile(r"\b(?:sw|SW|slp|SLP)_\w+")
CHECK = re.compile(r"\bcheck_[a-z_0-9]+\b(?!\.)")
PYTHON_HEADERS = "/usr/include/python3.11"
LISTS = re.compile(r"<!-- lists: (\S+) -->")
TARGET = re.compile(r"\bmake ((?:[A-Z_]+=\S+ )*)([a-z][a-z-]+)")


def check(page, scratch, tap):
    texts = [(number, text) for number, text in page.prose]
    for block in page.blocks:
        if not block.shows_commands() and not block.mark:
            texts += [(block.first + i, line) for i, line in enumerate(block.lines)]
    for pattern in LISTS.findall("\n".join(page.lines)):
        check_list(page, pattern, scratch, tap)
    made = {block.mark[1] for block in page.blocks if block.kind() == "file"}
    for number, text in texts:
        for kind, name in sorted(named(text)):
            if name not in made:
                tap.result(KINDS[kind](name, page, scratch), f"{page.name}:{number + 1} {name}",
                           f"there is no {kind} '{name}'")


def check_list(page, pattern, scratch, tap):
    """A map of a folder has all of it."""
    names = {name.rpartition("/")[2] for name in fnmatch.filter(tree(scratch.folder), pattern)}
    text = "\n".join(page.lines)
    missing = sorted(name for name in names if not re.search(rf"\b{re.escape(name)}\b", text))
    tap.result(names and not missing, f"{page.name} lists {pattern}", "\n".join(missing))


def named(text):
    """{(kind, name)} of a line."""
    visible = re.sub(r"<!--.*?-->", "", text)
    found = {("path", name) for name in LINK.findall(visible)}
    paths = SOURCE.findall(visible) + ROOM.findall(visible)
    found |= {("path", path.rstrip("./")) for path in paths}
    for span in SPAN.findall(visible):
        found |= {("option", option) for option in OPTION.findall(span)}
        found |= {("symbol", symbol) for symbol in SYMBOL.findall(span)}
        found |= {("test program", check) for check in CHECK.findall(span)}
        found |= {("target of make", target) for _, target in TARGET.findall(span)}
    return found


@functools.cache
def tree(folder):
    listed = subprocess.run(["find", "-L", ".", "-path", "./build/obj", "-prune", "-o", "-print"],
                            cwd=folder, stdout=subprocess.PIPE, text=True, check=False)
    return [name[2:] for name in listed.stdout.splitlines()]


def is_path(name, page, scratch):
    pattern = re.sub(r"<\w+>", "*", name).removeprefix("./")
    if MADE.match(pattern) or ANY.match(pattern) or Path(PYTHON_HEADERS, pattern).exists():
        return True
    here = page.name.rpartition("/")[0]
    patterns = [pattern, os.path.normpath(f"{here}/{pattern}"), f"*/{pattern}"]
    return any(fnmatch.filter(tree(scratch.folder), each) for each in patterns)


@functools.cache
def options(folder, run):
    """Those of spillway's commands as their help has them, and those of our scripts."""
    helped, scripts = run([
        "for c in $(spillway --help | awk '/^  / { print $1 }'); do spillway $c --help; done",
        "grep -rhoE --exclude-dir=docs -e '--[a-z][a-z-]+' ci fuzz/bench/run fuzz/inputs fuzz/oracle"
        " interp/tests scenarios/programs harness/pytest Makefile"])
    return {option for line in helped + scripts for option in OPTION.findall(line)}


def is_option(name, _page, scratch):
    return name in options(scratch.folder, scratch.run)


def is_target(name, _page, scratch):
    with open(f"{scratch.folder}/Makefile", encoding="utf-8") as makefile:
        return re.search(rf"^{name}:", makefile.read(), re.MULTILINE) is not None


def is_test(name, page, scratch):
    return is_path(f"{name}.c", page, scratch)


def is_symbol(name, _page, scratch):
    return subprocess.run(["grep", "-rqw", "--include=*.[chS]", "--include=*.py", name, "arch",
                           "contract", "interp", "harness", "fuzz"], cwd=scratch.folder,
                          check=False).returncode == 0


KINDS = {"path": is_path, "test program": is_test, "option": is_option,
         "target of make": is_target, "symbol": is_symbol}

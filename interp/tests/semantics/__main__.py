# SPDX-License-Identifier: MIT
"""slpython interp/tests/semantics [NAME...]: decisions of interp/SEMANTICS.md, one by one.

These are the decisions that no scenario shows.  Each behaviour is a function and runs in a process
of its own; expect() says with which status that ends, and what it prints.  NAME runs that one in
this process.  It prints TAP.  First each test that interp/SEMANTICS.md names is looked for, and each
behaviour in it.
"""

import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True

import looks
import running
import threads
import values
from support import behaviours

MODULES = {module.__name__: module for module in (values, running, threads, looks)}
WATCHDOG_S = 120  # of real time
HERE = os.path.dirname(os.path.abspath(__file__))
INTERP = os.path.dirname(os.path.dirname(HERE))


def judge(name):
    """Why it fails, or None."""
    wanted = behaviours[name][1]
    command = [sys.executable, HERE, name]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=WATCHDOG_S)
    except subprocess.TimeoutExpired:
        return f"harness error: not done in {WATCHDOG_S} s"
    if (done.returncode, done.stdout) == (wanted.status, wanted.out):
        return None
    return f"status {done.returncode}, printed {done.stdout!r}\n{done.stderr}"


def contains(path, text):
    if not os.path.exists(path):
        return False
    with open(path, encoding="utf-8") as file:
        return re.search(rf"\b{text}\b", file.read()) is not None


def pin_exists(file, name):
    """file: name, or a scenario's family and name."""
    if file in MODULES:
        return name in behaviours and behaviours[name][0].__module__ == file
    if file.startswith("check_"):
        return contains(os.path.join(INTERP, "tests", file + ".c"), name)
    if file.startswith(("test_", "beside_")):
        return contains(os.path.join(INTERP, "tests", "api", file + ".py"), name)
    return os.path.exists(os.path.join(INTERP, "..", "scenarios", file, name + ".spec"))


def judge_pins():
    """Yields (what, why it is wrong or None) of each section, pin and behaviour."""
    with open(os.path.join(INTERP, "SEMANTICS.md"), encoding="utf-8") as file:
        sections = file.read().split("\n### ")[1:]
    pins = []
    for section in sections:
        _, _, rest = section.partition("*Pinned:*")
        rest = rest.split("\n## ")[0]
        found = re.findall(r"`(\w+)(?:: |/)([\w-]+)`", rest)
        is_whole = found and len(found) == rest.count("`") // 2
        yield section.splitlines()[0], None if is_whole else "SEMANTICS.md: nothing pins it"
        pins += found
    for file, name in pins:
        yield f"{file}: {name}", None if pin_exists(file, name) else "there is none"
    named = {name for _, name in pins}
    for name in behaviours:
        yield f"the pin of {name}", None if name in named else "SEMANTICS.md does not name it"


def main():
    if len(sys.argv) > 1:
        for name in sys.argv[1:]:
            behaviours[name][0]()
        return 0
    count = failures = 0
    for what, why in [*judge_pins(), *((name, judge(name)) for name in behaviours)]:
        count += 1
        failures += why is not None
        print(f"{'ok' if why is None else 'not ok'} {count} - {what}")
        if why is not None:
            print("# " + why.replace("\n", "\n# "))
    print(f"1..{count}")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())

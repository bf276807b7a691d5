# SPDX-License-Identifier: MIT
"""In which ways CPython's own tests are run, and how a module of them ends in one.

They come from the package libpython3.11-testsuite.
"""

import collections
import os
import re
import signal
import subprocess
import tempfile
import threading
import xml.etree.ElementTree

HERE = os.path.dirname(os.path.abspath(__file__))
# Of checks; see switched.py.
CHECKS = 20

Way = collections.namedtuple("Way", "program spill switched what")
WAYS = {
    "stock": Way(None, None, False, "Debian's python3.11"),
    "slpython": Way("slpython", None, False, "as it is"),
    "spill": Way("slpython", "always", False, "a spill at every frame that C code evaluates, copied"),
    "segment": Way("slpython", "always,segment", False, "the same, in segments"),
    "switches": Way("slpython", None, True, f"a switch of tasklets every {CHECKS} checks"),
    "lab": Way("slpython-lab", "always", False, "spills, and all invariants watched"),
}
# ended: "ok", "skipped", "failed", "signal N", "exit N" or "late".  tests: how many; failed: of
# those, the names, as far as the module came to its end.
Result = collections.namedtuple("Result", "ended seconds tests failed output")
# What regrtest ends with.
BAD_TEST, NO_TESTS = 2, 4


def command(way, folder, python):
    """Without the module's name."""
    how = WAYS[way]
    interpreter = os.path.join(folder, how.program) if how.program else python
    switched = [os.path.join(HERE, "switched.py"), str(CHECKS)] if how.switched else []
    return [os.path.abspath(interpreter), *switched, "-m", "test", "-q"]


def environment(way):
    values = {name: value for name, value in os.environ.items() if name != "SLP_SPILL"}
    if WAYS[way].spill:
        values["SLP_SPILL"] = WAYS[way].spill
    values["PYTHONDONTWRITEBYTECODE"] = "1"
    return values


def run(way, folder, python, module, watchdog_s):
    """In a folder and a group of its own, so that nothing of it is left."""
    with tempfile.TemporaryDirectory() as scratch, open(f"{scratch}/printed", "w+b") as printed:
        junit = f"{scratch}/junit.xml"
        child = subprocess.Popen(
            [*command(way, folder, python), "--junit-xml", junit, module],
            cwd=scratch,
            env=dict(environment(way), TMPDIR=scratch),
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            # Started in the background, by a shell or a CI, we would hand an ignored SIGINT on, and
            # some of the tests send themselves one.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )
        late = []
        watchdog = threading.Timer(watchdog_s, lambda: (late.append(1), end_group(child.pid)))
        watchdog.start()
        _, status, usage = os.wait4(child.pid, 0)
        watchdog.cancel()
        end_group(child.pid)
        printed.seek(0)
        output = printed.read().decode(errors="replace")
        tests, failed = read_junit(junit)
        seconds = usage.ru_utime + usage.ru_stime
        ended = "late" if late else ending(os.waitstatus_to_exitcode(status), output)
        return Result(ended, seconds, tests, failed, output)


def end_group(leader):
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        pass


def ending(status, output):
    if status == 0:
        return "skipped" if re.search(r"^1 test skipped", output, re.MULTILINE) else "ok"
    if status < 0:
        return f"signal {-status}"
    return {BAD_TEST: "failed", NO_TESTS: "skipped"}.get(status, f"exit {status}")


def read_junit(path):
    """How many tests there were, and the names of those that failed."""
    if not os.path.exists(path):
        return 0, []
    cases = list(xml.etree.ElementTree.parse(path).iter("testcase"))
    return len(cases), [
        each.get("name").split()[0].removeprefix("test.")
        for each in cases
        if each.find("failure") is not None or each.find("error") is not None
    ]

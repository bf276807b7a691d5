# SPDX-License-Identifier: MIT
"""A hostile program: there is a verdict in bounded time, nobody of it is left, nothing stands outside.

`record`, and `explore` from a checkpoint, of each row of programs.py.  TMPDIR is a folder of the
test's; another one beside it, where the program is, may have a schedule afterwards and nothing else.
Without WHOLE=1 it is a sample: one row has record, the next one explore, and of the rows that only a
number tells apart there are a few.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import programs  # noqa: E402

SPILLWAY = Path(os.environ.get("BIN", "build/bin")).absolute() / "spillway"
WHOLE = bool(os.environ.get("WHOLE"))
# The runner's watchdog for what hangs anyway, and the test's own, by which there is no verdict.
WATCHDOG_S, NO_VERDICT_S = 2, 900

HEAD = """import os, resource, signal, sys, threading
lock = threading.Lock()
def work():
    for _ in range(3):
        with lock: pass
def run_threads():
    threads = [threading.Thread(target=work) for _ in range(2)]
    for t in threads: t.start()
    for t in threads: t.join()
def test_it():
    run_threads()
"""
FOOT = """
if __name__ == "__main__": test_it()
"""


def rows():
    yield from programs.TABLE
    yield from map(programs.scribbles, range(200 if WHOLE else 6))
    yield programs.prints(1024 if WHOLE else 16)
    yield from map(programs.is_killed, range(1, 2001) if WHOLE else (1, 77, 1998))


def left_over(folder):
    """Processes that are in there."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(each / "cwd").startswith(folder):
                found.append((each.name, (each / "cmdline").read_bytes()))
        except OSError:
            pass
    return found


class Hostile(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="spillway-hostile.")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.work, self.temp = f"{self.folder}/work", f"{self.folder}/temp"
        os.mkdir(self.work)
        os.mkdir(self.temp)

    def check(self, row, wanted, *arguments):
        body = row.body if row.body.startswith("\n") else "    " + row.body
        Path(self.work, "it.py").write_text(HEAD + body + FOOT, encoding="utf-8")
        much = row.name.startswith("prints")
        env = {**os.environ, "TMPDIR": self.temp}
        with open(f"{self.folder}/printed", "w+b") as printed:
            child = subprocess.Popen(
                [SPILLWAY, *arguments], cwd=self.work, env=env, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL if much else printed,
                stderr=subprocess.DEVNULL if much else printed)
            try:
                status = child.wait(NO_VERDICT_S)
            except subprocess.TimeoutExpired:
                child.terminate()
                status = f"no verdict after {NO_VERDICT_S} s"
                child.wait()
            printed.seek(0)
            text = printed.read(20000).decode(errors="replace")
        wanted = wanted if isinstance(wanted, tuple) else (wanted,)
        self.assertIn(status, wanted, text)
        self.assertEqual(left_over(self.folder), [], text)
        self.assertEqual(os.listdir(self.temp), [])
        if os.path.exists(self.work):
            self.assertLessEqual(set(os.listdir(self.work)), {"it.py", "it.sched", "__pycache__"})


def add(number, row):
    watchdog = ["--watchdog", str(WATCHDOG_S)] if row.hangs else []

    def record(self):
        self.check(row, row.record, "record", *watchdog, "-o", "it.sched", "it.py")

    def explore(self):
        self.check(row, row.explore, "explore", *watchdog, "--schedules", "5", "-o", "it.sched",
                   "it.py::test_it")

    if WHOLE or number % 2:
        setattr(Hostile, f"test_record_{row.name}", record)
    if WHOLE or not number % 2:
        setattr(Hostile, f"test_explore_{row.name}", explore)


for position, each in enumerate(rows()):
    add(position, each)

if __name__ == "__main__":
    unittest.main()

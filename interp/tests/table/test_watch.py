# SPDX-License-Identifier: MIT
"""A cell in which its process ends fails, says how, and those behind it are played."""

import sys
import unittest

import watch

# Plays cells that are calls; "ok" is the outcome of one that returns.
PLAYER = """
import os, sys, threading
lock = threading.Lock()
lock.acquire()
for cell in sys.stdin.read().splitlines():
    eval(cell)
    os.write(1, b"ok\\n")
"""


class Watch(unittest.TestCase):
    def ends(self, cell, outcome):
        got = list(watch.play_all([sys.executable, "-c", PLAYER], ["len('')", cell, "len('')"]))
        self.assertEqual(got, [("len('')", "ok"), (cell, outcome), ("len('')", "ok")])

    def test_one_that_waits_for_ever(self):
        self.ends("lock.acquire()", "HANGS: every thread waits")

    def test_one_that_waits_for_a_thread_that_waits(self):
        body = "(t := threading.Thread(target=lock.acquire)).start() or t.join()"
        self.ends(body, "HANGS: every thread waits")

    def test_one_that_takes_its_time(self):
        self.ends("__import__('time').sleep(0.8)", "ok")

    def test_a_signal(self):
        self.ends("os.abort()", "DIES of SIGABRT")

    def test_an_alarm(self):
        self.ends("os._exit(70)", "EXITS with 70")

    def test_the_end_behind_the_last_cell(self):
        got = list(watch.play_all([sys.executable, "-c", PLAYER + "os._exit(70)"], ["len('')"]))
        self.assertEqual(got, [("len('')", "ok"), (None, "EXITS with 70")])


if __name__ == "__main__":
    unittest.main()

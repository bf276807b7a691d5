# SPDX-License-Identifier: MIT
"""Programs follow from their seed, one that fails is made small, and one that dies fails."""

import os
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import program  # noqa: E402
import shrink  # noqa: E402


def steps_of(plan):
    return [step[0] for _, steps in plan for step in steps]


class Walk(unittest.TestCase):
    def test_a_seed_is_a_program(self):
        self.assertEqual(program.make(7, 3), program.make(7, 3))
        self.assertNotEqual(program.make(7, 3), program.make(8, 3))
        self.assertLessEqual({home for home, _ in program.make(7, 3)}, {0, 1, 2, 3})

    def test_what_plays_no_part_goes(self):
        plan = [[2, [("send", 1, 0), ("look", 0, 0)]], [0, []], [1, [("kill", 0, 1), ("run", 1, 1)]]]
        both = lambda it: {"send", "kill"} <= set(steps_of(it))
        self.assertEqual(shrink.shrink(plan, both), [[0, [("send", 1, 0)]], [0, [("kill", 0, 1)]]])

    def test_a_lost_value_is_told(self):
        walk = program.Walk([])
        walk.sent.append(walk.value())
        program.check(walk)
        self.assertEqual(walk.wrong, ["v1 is lost"])

    def test_a_program_that_breaks_off_fails(self):
        done = subprocess.run(
            [sys.executable, HERE, "--plan", "[]"], capture_output=True, text=True
        )
        self.assertEqual(done.returncode, 1)
        self.assertIn("not ok 1 - plan\n# EXITS with 1\n", done.stdout)

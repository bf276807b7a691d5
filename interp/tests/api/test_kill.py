# SPDX-License-Identifier: MIT
"""kill(), throw() and the last reference: how a tasklet ends before its time."""

import unittest

import stackless
from support import Test, through_c


class KillTest(Test):
    def blocked(self, log):
        """A tasklet that waits on a channel of its own, below C."""
        channel = stackless.channel()

        def body():
            try:
                through_c(channel.receive)
            except BaseException as error:
                log.append(type(error))
                raise
            finally:
                log.append("finally")

        t = stackless.tasklet(body)()
        stackless.run()
        self.assertTrue(t.blocked)
        return t, channel

    def test_kill_runs_what_must_run(self):
        log = []
        t, channel = self.blocked(log)
        t.kill()
        self.assertEqual(log, [stackless.TaskletExit, "finally"])
        self.assertFalse(t.alive)
        self.assertEqual(channel.balance, 0)

    def test_an_exception_that_nobody_catches_comes_to_main(self):
        log = []
        t, _ = self.blocked(log)
        with self.assertRaises(KeyError):
            t.throw(KeyError("thrown"))
        self.assertEqual(log, [KeyError, "finally"])

    def test_a_pending_throw_waits_for_its_turn(self):
        log = []
        t, _ = self.blocked(log)
        t.throw(stackless.TaskletExit, pending=True)
        self.assertEqual(log, [])
        stackless.run()
        self.assertEqual(log, [stackless.TaskletExit, "finally"])

    def test_one_that_catches_lives_on(self):
        channel = stackless.channel()
        got = []

        def body():
            while not got:
                try:
                    got.append(channel.receive())
                except stackless.TaskletExit:
                    pass

        t = stackless.tasklet(body)()
        stackless.run()
        t.kill()
        self.assertTrue(t.alive)
        channel.send("late")
        self.assertEqual(got, ["late"])

    def test_a_paused_one_ends_with_its_last_reference(self):
        log = []

        def body():
            try:
                through_c(stackless.schedule_remove, None)
            finally:
                log.append("finally")

        t = stackless.tasklet(body)()
        stackless.run()
        del t
        self.assertEqual(log, ["finally"])

    def test_throw_at_a_dead_one(self):
        t = stackless.tasklet(lambda: None)()
        stackless.run()
        t.kill()
        with self.assertRaises(RuntimeError):
            t.throw(ValueError)

    def test_a_tasklet_can_kill_the_one_that_made_it(self):
        log = []

        def parent():
            try:
                stackless.tasklet(child)(stackless.getcurrent())
                stackless.schedule()
            finally:
                log.append("parent")

        def child(target):
            target.kill()
            log.append("child")

        stackless.tasklet(parent)()
        stackless.run()
        self.assertEqual(log, ["parent", "child"])


if __name__ == "__main__":
    unittest.main()

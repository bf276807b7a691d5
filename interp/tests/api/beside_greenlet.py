# SPDX-License-Identifier: MIT
"""Greenlets in the process: they work, or there is a clear error."""

import threading
import unittest

import stackless
from support import Test, through_c

try:
    import greenlet
except ImportError:
    greenlet = None


@unittest.skipIf(greenlet is None, "python3-greenlet is not installed")
class GreenletTest(Test):
    def in_greenlet(self, function, *args):
        """What it returns in a greenlet of its own."""
        return greenlet.greenlet(function).switch(*args)

    def test_greenlets_inside_main(self):
        stackless.tasklet(lambda: None)()
        stackless.run()
        self.ping_pong()

    def ping_pong(self):
        log = []

        def other(value):
            while True:
                log.append(value)
                value = here.switch("pong")

        here = greenlet.getcurrent()
        there = greenlet.greenlet(other)
        for _ in range(3):
            self.assertEqual(through_c(there.switch, "ping"), "pong")
        self.assertEqual(log, ["ping", "ping", "ping"])

    def test_greenlets_inside_tasklets(self):
        done = []

        def body(name):
            for _ in range(3):
                self.ping_pong()
                through_c(stackless.schedule)
            done.append(name)

        for name in "abc":
            stackless.tasklet(body)(name)
        stackless.run()
        self.assertEqual(done, ["a", "b", "c"])

    def test_a_switch_of_tasklets_in_a_greenlet_is_refused(self):
        def body():
            why = []
            operations = (
                stackless.schedule,
                stackless.channel().receive,
                stackless.run,
                t.run,
                t.kill,
            )
            for operation in operations:
                try:
                    operation()
                except RuntimeError as error:
                    why.append(str(error))
            return why

        log = []
        t = stackless.tasklet(log.append)("ran")
        why = self.in_greenlet(body)
        self.assertEqual(len(why), 5)
        for text in why:
            self.assertIn("greenlet", text)
        self.assertEqual(log, [])
        stackless.run()
        self.assertEqual(log, ["ran"])

    def test_what_needs_no_switch_works_in_a_greenlet(self):
        channel = stackless.channel()
        log = []
        stackless.tasklet(lambda: log.append(channel.receive()))()
        stackless.run()
        channel.preference = 1  # the sender goes on

        def body():
            channel.send(1)
            stackless.tasklet(log.append)(2)

        self.in_greenlet(body)
        stackless.run()
        self.assertEqual(log, [1, 2])

    def test_the_first_use_may_be_in_a_greenlet(self):
        got = []

        def use():
            t = stackless.tasklet(got.append)("tasklet")
            try:
                stackless.run()
            except RuntimeError as error:
                got.append("greenlet" in str(error))
            return t

        def thread():
            greenlet.greenlet(use).switch()
            stackless.run()

        runner = threading.Thread(target=thread)
        runner.start()
        runner.join()
        self.assertEqual(got, [True, "tasklet"])

    def test_a_greenlet_wanders_from_tasklet_to_tasklet(self):
        log = []

        def wander(value):
            while True:
                log.append(value)
                value = greenlet.getcurrent().parent.switch()

        walker = greenlet.greenlet(wander)

        def deep(depth):
            if depth:
                return through_c(deep, depth - 1)
            for _ in range(3):
                walker.switch(depth)
                stackless.schedule()

        for depth in (0, 20, 5, 40):
            stackless.tasklet(deep)(depth)
        stackless.run()
        walker.switch("main")
        self.assertEqual(log, [0] * 12 + ["main"])
        del walker

    def test_a_greenlet_that_a_tasklet_has_left_behind(self):
        def suspended():
            try:
                greenlet.getcurrent().parent.switch()
            finally:
                log.append("finally")

        log = []

        def body(depth):
            if depth:
                return through_c(body, depth - 1)
            g = greenlet.greenlet(suspended)
            g.switch()
            left.append(g)

        left = []
        stackless.tasklet(body)(30)
        stackless.tasklet(body)(0)
        stackless.run()
        self.assertEqual(len(left), 2)
        while left:
            left.pop()
        self.assertEqual(log, ["finally", "finally"])

    def test_the_last_reference_to_a_tasklet_goes_in_a_greenlet(self):
        log = []

        def body():
            try:
                stackless.schedule_remove(None)
            finally:
                log.append("finally")

        kept = [stackless.tasklet(body)()]
        stackless.run()
        self.in_greenlet(kept.clear)
        self.assertEqual(log, [])
        stackless.run()
        self.assertEqual(log, ["finally"])

    def test_greenlets_while_stacks_are_spilled(self):
        for policy in ("copy", "segment"):
            with self.subTest(policy=policy):
                stackless.spill("always", policy)
                through_c(through_c, self.ping_pong)
                self.test_greenlets_inside_tasklets()
                self.test_a_greenlet_wanders_from_tasklet_to_tasklet()
                self.test_a_greenlet_that_a_tasklet_has_left_behind()

    def test_nothing_is_spilled_inside_a_greenlet(self):
        def count():
            before = stackless.spill_count()
            through_c(through_c, lambda: None)
            return stackless.spill_count() - before

        stackless.spill("always")
        self.assertGreater(count(), 0)
        self.assertEqual(self.in_greenlet(count), 0)
        self.assertGreater(count(), 0)

    def test_an_exception_out_of_a_greenlet(self):
        def fails():
            raise KeyError("greenlet")

        def body():
            with self.assertRaises(KeyError):
                through_c(greenlet.greenlet(fails).switch)
            done.append(True)

        done = []
        stackless.tasklet(body)()
        stackless.run()
        self.assertEqual(done, [True])


if __name__ == "__main__":
    unittest.main()

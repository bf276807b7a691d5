# SPDX-License-Identifier: MIT
"""Spilling: recursion through C code that is limited by memory only."""

import sys
import threading
import unittest

import stackless
from support import Test, through_c


def nested(depth):
    return 0 if depth == 0 else 1 + through_c(nested, depth - 1)


class SpillTest(Test):
    def setUp(self):
        super().setUp()
        self.assertNotIn("greenlet", sys.modules)  # with it there are no segments
        self.addCleanup(sys.setrecursionlimit, sys.getrecursionlimit())
        sys.setrecursionlimit(1_000_000)

    def test_deep_recursion_through_c(self):
        for policy in ("copy", "segment"):
            with self.subTest(policy=policy):
                stackless.spill("default", policy)
                before = stackless.spill_count()
                self.assertEqual(nested(50_000), 50_000)
                self.assertGreater(stackless.spill_count(), before)

    def test_never_on_a_segment(self):
        """A segment has 1 MiB, whatever the setting is by then."""

        def deep_without_spills():
            stackless.spill("never", policy)
            return nested(3_000)

        for policy in ("copy", "segment"):
            with self.subTest(policy=policy):
                stackless.spill("always", "segment")
                self.assertEqual(through_c(deep_without_spills), 3_000)

    def test_deep_recursion_in_a_thread(self):
        got = []
        stackless.spill("default", "copy")
        self.addCleanup(threading.stack_size, threading.stack_size(256 << 10))
        thread = threading.Thread(target=lambda: got.append(nested(20_000)))
        thread.start()
        thread.join()
        self.assertEqual(got, [20_000])

    def test_deep_recursion_in_many_tasklets_at_a_time(self):
        done = []

        def body(depth):
            if depth == 0:
                stackless.schedule()
                return 0
            return 1 + through_c(body, depth - 1)

        stackless.spill(65536, "copy")
        for depth in (10, 1_000, 3_000, 5_000):
            stackless.tasklet(lambda d: done.append(body(d)))(depth)
        stackless.run()
        self.assertEqual(sorted(done), [10, 1_000, 3_000, 5_000])

    def test_switching_at_every_spill(self):
        for policy in ("copy", "segment"):
            with self.subTest(policy=policy):
                stackless.spill("always", policy)
                channel = stackless.channel()
                got = []

                def produce():
                    for i in range(100):
                        through_c(through_c, channel.send, i)

                def consume():
                    for _ in range(100):
                        got.append(through_c(channel.receive))

                stackless.tasklet(consume)()
                stackless.tasklet(produce)()
                stackless.run()
                self.assertEqual(got, list(range(100)))

    def test_an_exception_comes_through(self):
        def fails(depth):
            if depth == 0:
                raise KeyError(depth)
            through_c(fails, depth - 1)

        stackless.spill("always")
        depth = 0
        try:
            fails(100)
        except KeyError as error:
            traceback = error.__traceback__
            while traceback is not None:
                depth, traceback = depth + 1, traceback.tb_next
        self.assertGreater(depth, 200)

    def test_never_is_never(self):
        stackless.spill("never")
        before = stackless.spill_count()
        self.assertEqual(nested(100), 100)
        self.assertEqual(stackless.spill_count(), before)

    def test_it_can_be_switched_inside_what_is_spilled(self):
        def flip(depth):
            if depth == 0:
                return 0
            stackless.spill("always" if depth % 2 else "never")
            return 1 + through_c(flip, depth - 1)

        self.assertEqual(flip(200), 200)

    def test_generators_and_coroutines(self):
        async def one(value):
            return value

        async def both():
            return await one(1) + await one(2)

        def numbers():
            yield from map(lambda i: i, range(5))

        def drive(coroutine):
            try:
                coroutine.send(None)
            except StopIteration as stop:
                return stop.value

        stackless.spill("always")
        self.assertEqual(sum(numbers()), 10)
        self.assertEqual(drive(both()), 3)

    def test_a_setting_that_means_nothing(self):
        for setting in ("sometimes", 0, -1):
            with self.subTest(setting=setting), self.assertRaises(ValueError):
                stackless.spill(setting)


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: MIT
"""The ring: who runs after whom."""

import gc
import unittest
import weakref

import stackless
from support import Test, through_c


class RingTest(Test):
    def run_steps(self, call):
        log = []

        def step(name):
            for i in range(3):
                log.append(f"{name}{i}")
                call(stackless.schedule)

        for name in "abc":
            stackless.tasklet(step)(name)
        stackless.run()
        self.assertEqual(" ".join(log), "a0 b0 c0 a1 b1 c1 a2 b2 c2")

    def test_schedule_goes_round(self):
        self.run_steps(lambda function: function())

    def test_schedule_goes_round_from_below_c(self):
        self.run_steps(through_c)

    def test_schedule_returns_its_argument(self):
        got = []
        stackless.tasklet(lambda: got.append(stackless.schedule("mine")))()
        stackless.tasklet(lambda: None)()
        stackless.run()
        self.assertEqual(got, ["mine"])

    def test_one_that_removes_itself_runs_when_it_is_inserted(self):
        log = []

        def sleeper():
            log.append("sleeps")
            stackless.schedule_remove()
            log.append("wakes")

        t = stackless.tasklet(sleeper)()
        stackless.run()
        self.assertEqual(log, ["sleeps"])
        self.assertTrue(t.alive)
        t.insert()
        stackless.run()
        self.assertEqual(log, ["sleeps", "wakes"])
        self.assertFalse(t.alive)

    def test_run_puts_one_before_the_caller(self):
        log = []
        stackless.tasklet(log.append)("other")
        t = stackless.tasklet(log.append)("first")
        t.run()
        log.append("main")
        stackless.run()
        self.assertEqual(log, ["first", "main", "other"])

    def test_runcount_counts_the_caller(self):
        self.assertEqual(stackless.getruncount(), 1)
        stackless.tasklet(lambda: None)()
        self.assertEqual(stackless.getruncount(), 2)
        stackless.run()
        self.assertEqual(stackless.getruncount(), 1)

    def test_an_exception_comes_out_of_run(self):
        stackless.tasklet(lambda: 1 // 0)()
        with self.assertRaises(ZeroDivisionError):
            stackless.run()

    def test_ten_thousand_at_a_time(self):
        count = 0

        def step():
            nonlocal count
            stackless.schedule()
            count += 1

        for _ in range(10_000):
            stackless.tasklet(step)()
        stackless.run()
        self.assertEqual(count, 10_000)

    def test_the_collector_knows_of_one_from_its_beginning_on(self):
        t = stackless.tasklet(stackless.schedule)
        self.assertTrue(gc.is_tracked(t))
        t()
        self.assertFalse(gc.is_tracked(t))
        stackless.schedule()
        self.assertTrue(gc.is_tracked(t))
        stackless.run()
        for leave in (t.remove, t.kill):
            t.bind(lambda: None, ())
            t.insert()
            self.assertFalse(gc.is_tracked(t))
            leave()
            self.assertTrue(gc.is_tracked(t))

    def test_one_that_never_begins_is_collected_with_its_arguments(self):
        class Argument:
            pass

        one = Argument()
        gone = weakref.ref(one)
        one.tasklet = stackless.tasklet(lambda argument: None)(one)
        gc.collect()
        self.assertIs(one.tasklet.alive, True)
        one.tasklet.remove()
        gc.collect()
        self.assertIsNotNone(gone())
        del one
        gc.collect()
        self.assertIsNone(gone())

    def test_a_function_may_keep_the_tuple_of_its_arguments(self):
        class Keeper(Exception):
            pass

        made = Keeper.__new__(Keeper)
        gone = weakref.ref(made)
        stackless.tasklet(made.__init__)(made)  # in C, and given the tuple itself
        stackless.run()
        self.assertTrue(gc.is_tracked(made.args))
        del made
        gc.collect()
        self.assertIsNone(gone())

    def test_a_switch_inside_a_callback_is_refused(self):
        why = []

        def callback(prev, next):
            try:
                stackless.schedule()
            except RuntimeError as error:
                why.append(str(error))

        stackless.tasklet(lambda: None)()
        self.addCleanup(stackless.set_schedule_callback, None)
        stackless.set_schedule_callback(callback)
        stackless.run()
        self.assertIn("callback", why[0])


if __name__ == "__main__":
    unittest.main()

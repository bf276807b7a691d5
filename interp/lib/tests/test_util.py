# SPDX-License-Identifier: MIT
"""Blocking calls, pools and main loops."""

import threading
import unittest
import warnings

import stackless
from concurrent.futures import CancelledError
from slplib import util
from slplib.timeouts import WaitTimeout, sleep, timeout
from support import Here, Home, ManualTimer, Test


class CallTest(Test):
    def pool(self, threads=2, **arguments):
        pool = util.WorkerPool(threads, **arguments)
        self.addCleanup(pool.close)
        return pool

    def test_results_and_exceptions_come_back(self):
        for pool in None, self.pool():
            self.assertEqual(util.call_async(pool, divmod, 7, 2), (3, 1))
            self.assertEqual(util.call_async(pool, sorted, [1, 2], reverse=True), [2, 1])
            with self.assertRaises(ZeroDivisionError):
                util.call_async(pool, lambda: 1 / 0)
            with self.assertRaises(SystemExit):
                util.call_async(pool, sys_exit)

    def test_others_run_meanwhile(self):
        go, log = threading.Event(), []

        def other():
            log.append("other")
            go.set()

        stackless.tasklet(other)()
        self.assertTrue(util.call_async(self.pool(), go.wait))
        self.assertEqual(log, ["other"])

    def test_tasklets_of_several_threads_share_a_pool(self):
        pool, results = self.pool(), []

        def ask(number):
            results.append(pool.call(abs, -number))

        with Home() as home:
            for number in range(20):
                (home if number % 2 else Here()).start(ask, number)
            while len(results) < 20:
                stackless.schedule()
        self.assertEqual(sorted(results), list(range(20)))

    def test_a_closed_pool_refuses(self):
        with util.WorkerPool(1) as pool:
            pass
        with self.assertRaises(RuntimeError):
            pool.call(abs, 1)
        with self.assertRaises(ValueError):
            util.WorkerPool(0)

    def test_what_was_asked_for_is_done_before_the_pool_ends(self):
        results = []
        with util.WorkerPool(1) as pool:
            for number in range(5):
                stackless.tasklet(lambda n: results.append(pool.call(abs, n)))(number)
            stackless.run()
        stackless.run()
        self.assertEqual(results, list(range(5)))


def sys_exit():
    raise SystemExit


class AbandonedTest(Test):
    """A caller that is killed in the middle."""

    def setUp(self):
        super().setUp()
        self.told = []
        self.may_end = threading.Event()
        self.begun = threading.Semaphore(0)

    def slow(self, result):
        self.begun.release()
        self.may_end.wait()
        if isinstance(result, Exception):
            raise result
        return result

    def tell(self, call):
        self.told.append((call.result, type(call.error)))

    def test_a_call_that_has_not_begun_is_not_made(self):
        with util.WorkerPool(1, abandoned=self.tell) as pool:
            first = stackless.tasklet(pool.call)(self.slow, "first")
            second = stackless.tasklet(pool.call)(self.slow, "second")
            stackless.run()
            self.begun.acquire()
            second.kill()
            self.may_end.set()
        self.assertFalse(self.begun.acquire(blocking=False))
        stackless.run()
        self.assertFalse(first.alive)
        self.assertEqual(self.told, [])

    def test_of_one_that_has_begun_somebody_is_told(self):
        for result, told in ("value", ("value", type(None))), (OSError(), (None, OSError)):
            self.setUp()
            with util.WorkerPool(1, abandoned=self.tell) as pool:
                caller = stackless.tasklet(pool.call)(self.slow, result)
                stackless.run()
                self.begun.acquire()
                caller.kill()
                self.may_end.set()
            self.assertEqual(self.told, [told])

    def test_of_one_whose_result_was_handed_back_somebody_is_told(self):
        with util.WorkerPool(1, abandoned=self.tell) as pool:
            caller = stackless.tasklet(pool.call)(self.slow, "value")
            stackless.run()
            self.begun.acquire()
            self.may_end.set()
            while caller.blocked:
                self.assertFalse(self.told)
            caller.kill()
        self.assertEqual(self.told, [("value", type(None))])
        self.assertEqual(self.displaced, [])

    def test_a_timeout_abandons(self):
        self.manual_timers()

        def call(pool):
            with self.assertRaises(WaitTimeout), timeout(1):
                pool.call(self.slow, "late")

        with util.WorkerPool(1, abandoned=self.tell) as pool:
            stackless.tasklet(call)(pool)
            stackless.run()
            self.begun.acquire()  # one that has not begun is not told of
            ManualTimer.fire()
            stackless.run()
            self.may_end.set()
        self.assertEqual(self.told, [("late", type(None))])

    def test_the_default_is_a_warning(self):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            with util.WorkerPool(1) as pool:
                caller = stackless.tasklet(pool.call)(self.slow, "value")
                stackless.run()
                self.begun.acquire()
                caller.kill()
                self.may_end.set()
        self.assertEqual([warning.category for warning in caught], [RuntimeWarning])
        self.assertIn("'value'", str(caught[0].message))


class LoopTest(Test):
    def test_run_returns_and_raises(self):
        def work():
            sleep(0.01)
            return 5

        self.assertEqual(util.run(work), 5)
        with self.assertRaises(ZeroDivisionError):
            util.run(lambda: 1 / 0)

    def test_run_of_one_that_is_killed(self):
        with self.assertRaises(CancelledError):
            util.run(lambda: stackless.getcurrent().kill())

    def test_run_of_one_that_is_killed_before_it_begins(self):
        stackless.tasklet(lambda: stackless.getcurrent().next.kill())()
        with self.assertRaises(CancelledError):
            util.run(self.fail)

    def test_until_idle_waits_for_sleepers(self):
        log = []

        def doze():
            for _ in range(3):
                sleep(0.01)
            log.append("slept")

        stackless.tasklet(doze)()
        util.run_until_idle()
        self.assertEqual(log, ["slept"])


class ThrowTest(Test):
    def test_only_who_waits_is_thrown_at(self):
        channel = stackless.channel()
        channel.preference = 1
        got = []
        tasklet = stackless.tasklet(lambda: got.append(channel.receive()))()
        self.assertFalse(util.kill_waiting(tasklet))  # runnable
        stackless.run()
        channel.send("value")
        self.assertFalse(util.kill_waiting(tasklet))  # served
        self.assertFalse(util.kill_waiting(stackless.getcurrent()))
        stackless.run()
        self.assertFalse(util.kill_waiting(tasklet))  # dead
        self.assertEqual(got, ["value"])
        other = stackless.tasklet(channel.receive)()
        stackless.run()
        self.assertTrue(util.throw_waiting(other, stackless.TaskletExit))
        stackless.run()
        self.assertFalse(other.alive)
        self.assertEqual(channel.balance, 0)


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: MIT
"""timeout() and sleep()."""

import os
import sys
import threading
import time
import unittest
from unittest import mock

import stackless
from slplib import _timers, locks, util
from slplib.timeouts import WaitTimeout, sleep, timeout
from support import ManualTimer, Test


class TimeoutTest(Test):
    def test_the_wait_on_a_channel_ends(self):
        with self.assertRaises(WaitTimeout) as caught, timeout(0.01) as block:
            stackless.channel().receive()
        self.assertIs(caught.exception.timeout, block)
        self.assertTrue(block.expired)
        self.assertIsInstance(caught.exception, TimeoutError)

    def test_the_inner_one_is_told_from_the_outer_one(self):
        self.manual_timers()
        with self.assertRaises(WaitTimeout) as caught:
            with timeout(1) as outer:
                with timeout(2) as inner:
                    stackless.tasklet(ManualTimer.armed[0].function)()
                    stackless.channel().receive()
        self.assertIs(caught.exception.timeout, outer)
        self.assertFalse(inner.expired)

    def test_a_value_that_was_delivered_comes_first(self):
        self.manual_timers()
        channel, log = stackless.channel(), []
        channel.preference = 1

        def receive():
            try:
                with timeout(1):
                    log.append(channel.receive())
                    log.append(channel.receive())
            except WaitTimeout:
                log.append("time is up")

        stackless.tasklet(receive)()
        stackless.run()
        channel.send("value")
        ManualTimer.fire()  # it has the value, and has not gone on
        stackless.run()
        self.assertEqual(log, ["value"])
        ManualTimer.fire()  # and the next wait gets it
        stackless.run()
        self.assertEqual(log, ["value", "time is up"])
        self.assertEqual(self.displaced, [])

    def test_a_block_left_in_time_is_left_alone(self):
        self.manual_timers()
        with timeout(1):
            pass
        ManualTimer.fire()
        with timeout(None):
            stackless.schedule()

    def test_what_runs_is_not_interrupted(self):
        with timeout(0) as block:
            end = time.monotonic() + 0.05
            while time.monotonic() < end:
                pass
            self.assertFalse(block.expired)

    def test_one_that_is_due_while_the_timers_start(self):
        class Due(ManualTimer):
            def __init__(self, seconds, function):
                super().__init__(seconds, function)
                if seconds == 1:
                    other = threading.Thread(target=self.fire)
                    other.start()
                    other.join()

        self.manual_timers()
        _timers.Timer = Due
        with timeout(1) as block:
            self.assertFalse(block.expired)
            self.assertEqual(len(ManualTimer.armed), 1, "it looks again")
        self.assertEqual([timer.function for timer in ManualTimer.armed], [None], "cancelled")

    def test_a_block_is_for_one_tasklet_once(self):
        block = timeout(1)
        with block:
            pass
        with self.assertRaises(RuntimeError), block:
            pass

    def test_a_run_ends(self):
        with self.assertRaises(WaitTimeout), timeout(0.01):
            stackless.tasklet(sleep)(0.1)
            stackless.run(threadblock=True)
        util.run_until_idle()


class SleepTest(Test):
    def test_they_wake_in_order(self):
        log = []

        def doze(seconds):
            sleep(seconds)
            log.append(seconds)

        # All at one moment: on a busy machine they would begin milliseconds after each other.
        with mock.patch.object(_timers.time, "monotonic", return_value=time.monotonic()):
            for seconds in 0.03, 0.01, 0.02, 0:
                stackless.tasklet(doze)(seconds)
            stackless.run()
        util.run_until_idle()
        self.assertEqual(log, [0, 0.01, 0.02, 0.03])
        with self.assertRaises(ValueError):
            sleep(-1)

    def test_one_that_is_killed_sleeps_no_longer(self):
        tasklet = stackless.tasklet(sleep)(1000)
        stackless.run()
        tasklet.kill()
        self.assertFalse(tasklet.alive)
        self.assertIsNone(_timers.next_due())

    def test_in_a_thread(self):
        thread = threading.Thread(target=sleep, args=(0.01,))
        thread.start()
        thread.join()


class TimerTest(Test):
    def test_a_deadlock_is_told_in_spite_of_a_cancelled_timer(self):
        lock = locks.Lock()
        self.assertTrue(lock.acquire(timeout=1000))
        stackless.tasklet(lock.release)()
        self.assertTrue(lock.acquire(timeout=1000))
        with self.assertRaisesRegex(RuntimeError, "Deadlock"):
            stackless.channel().receive()

    def test_cancelled_ones_do_not_pile_up(self):
        keep = _timers.Timer(1000, lambda: None)
        for _ in range(1000):
            _timers.Timer(2000, lambda: None).cancel()
        self.assertLess(len(_timers._service.heap), 200)
        keep.cancel()

    def test_an_error_is_unraisable(self):
        caught = []
        self.addCleanup(setattr, sys, "unraisablehook", sys.unraisablehook)
        sys.unraisablehook = lambda what: caught.append(what.exc_type)
        _timers.Timer(0, lambda: 1 / 0)
        sleep(0.01)
        self.assertEqual(caught, [ZeroDivisionError])

    def test_a_sleeper_goes_on_in_the_child_of_a_fork(self):
        tasklet = stackless.tasklet(sleep)(0.02)
        stackless.run()
        child = os.fork()
        if child == 0:
            try:
                util.run_until_idle()
                os._exit(1 if tasklet.alive else 0)
            finally:
                os._exit(2)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 0)
        util.run_until_idle()


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: MIT
"""The locks do what threading's do; test_lost.py is about waiters that are disturbed."""

import threading
import unittest

import stackless
from slplib import locks, util
from slplib.timeouts import WaitTimeout, sleep, timeout
from support import Here, Home, Test


class LockTest(Test):
    def test_the_arguments_are_checked_as_threading_does(self):
        for kind in locks.Lock, locks.RLock:
            for arguments in (False, 1), (True, -2), (True, threading.TIMEOUT_MAX * 2):
                with self.assertRaises((ValueError, OverflowError)):
                    kind().acquire(*arguments)
        with self.assertRaises(ValueError):
            locks.Semaphore(-1)
        with self.assertRaises(ValueError):
            locks.Semaphore().acquire(False, 1)
        with self.assertRaises(ValueError):
            locks.Semaphore().release(0)

    def test_a_release_too_many_is_an_error(self):
        with self.assertRaises(RuntimeError):
            locks.Lock().release()
        with self.assertRaises(RuntimeError):
            locks.RLock().release()
        with self.assertRaises(ValueError):
            locks.BoundedSemaphore().release()

    def test_any_tasklet_may_release_a_lock(self):
        lock = locks.Lock()
        self.assertTrue(lock.acquire())
        self.assertTrue(lock.locked())
        stackless.tasklet(lock.release)()
        self.assertTrue(lock.acquire())

    def test_only_the_owner_may_release_an_rlock(self):
        lock = locks.RLock()
        with lock, lock:
            with self.assertRaises(RuntimeError):
                util.run(lock.release)
            self.assertFalse(util.run(lock.acquire, False))
        self.assertTrue(util.run(lock.acquire, False))

    def test_nobody_overtakes(self):
        lock = locks.Lock()
        lock.acquire()
        stackless.tasklet(lock.acquire)()
        stackless.run()
        lock.release()
        self.assertFalse(lock.acquire(blocking=False))

    def test_they_come_in_order(self):
        semaphore, order = locks.Semaphore(0), []

        def come(number):
            with semaphore:
                order.append(number)

        for number in range(5):
            stackless.tasklet(come)(number)
        stackless.run()
        semaphore.release(2)
        stackless.run()
        self.assertEqual(order, list(range(5)))

    def test_threads_exclude_each_other(self):
        lock, total = locks.Lock(), [0]

        def count():
            for _ in range(50):
                with lock:
                    old = total[0]
                    stackless.schedule()
                    total[0] = old + 1

        def count_twice():
            other = stackless.tasklet(count)()
            count()
            while other.alive:
                stackless.schedule()

        threads = [threading.Thread(target=count_twice) for _ in range(3)]
        for thread in threads:
            thread.start()
        count_twice()
        for thread in threads:
            thread.join()
        self.assertEqual(total[0], 400)

    def test_a_deadlock_is_told_and_leaves_the_lock_as_it_was(self):
        lock = locks.Lock()
        lock.acquire()
        with self.assertRaisesRegex(RuntimeError, "Deadlock"):
            lock.acquire()
        lock.release()
        self.assertFalse(lock.locked())

    def test_a_block_trap_is_told_and_leaves_the_lock_as_it_was(self):
        lock = locks.Lock()
        lock.acquire()
        me = stackless.getcurrent()
        me.block_trap = True
        try:
            with self.assertRaises(RuntimeError):
                lock.acquire()
        finally:
            me.block_trap = False
        lock.release()
        self.assertFalse(lock.locked())

    def test_a_release_in_a_channel_callback_wakes(self):
        lock, got, channel = locks.Lock(), [], stackless.channel()
        lock.acquire()
        stackless.tasklet(lambda: got.append(lock.acquire()))()
        stackless.tasklet(channel.receive)()
        stackless.run()

        def callback(*_):
            if lock.locked() and not got and not callback.done:
                callback.done = True
                lock.release()

        callback.done = False
        old = stackless.set_channel_callback(callback)
        try:
            channel.send(None)
        finally:
            stackless.set_channel_callback(old)
        stackless.run()
        self.assertEqual(got, [True])

    def test_a_timeout_in_real_time(self):
        lock = locks.Lock()
        lock.acquire()
        self.assertFalse(lock.acquire(timeout=0.01))
        self.assertFalse(lock.acquire(timeout=0))
        self.assertFalse(locks.Event().wait(0.01))


class ConditionTest(Test):
    def test_the_lock_must_be_owned(self):
        condition = locks.Condition()
        for method in condition.wait, condition.notify, condition.notify_all:
            with self.assertRaises(RuntimeError):
                method()

    def test_wait_for(self):
        condition, box = locks.Condition(), []

        def fill():
            with condition:
                box.append("full")
                condition.notify()

        stackless.tasklet(fill)()
        with condition:
            self.assertEqual(condition.wait_for(lambda: box and box[0]), "full")
            self.assertFalse(condition.wait_for(lambda: None, timeout=0.01))

    def test_an_rlock_is_given_up_altogether(self):
        condition = locks.Condition()

        def notify():
            with condition:
                condition.notify()

        stackless.tasklet(notify)()
        with condition, condition:
            self.assertTrue(condition.wait())
            self.assertTrue(condition._lock._is_owned())

    def test_notify_all(self):
        condition, woken = locks.Condition(), []

        def wait(number):
            with condition:
                condition.wait()
                woken.append(number)

        for number in range(3):
            stackless.tasklet(wait)(number)
        stackless.run()
        with condition:
            condition.notify_all()
        stackless.run()
        self.assertEqual(woken, [0, 1, 2])

    def test_what_is_thrown_comes_with_the_lock(self):
        condition, log = locks.Condition(), []

        def wait():
            with condition:
                try:
                    condition.wait()
                except ZeroDivisionError:
                    log.append(condition._lock._is_owned())

        tasklet = stackless.tasklet(wait)()
        stackless.run()
        with condition:
            tasklet.throw(ZeroDivisionError)  # now it waits for the lock
            self.assertEqual(log, [])
            tasklet.throw(ZeroDivisionError)  # and goes on to do so
            self.assertEqual(log, [])
        stackless.run()
        self.assertEqual(log, [True])
        self.assertTrue(condition.acquire(blocking=False))


class EventTest(Test):
    def test_who_was_woken_stays_so(self):
        event = locks.Event()
        woken = []
        stackless.tasklet(lambda: woken.append(event.wait()))()
        stackless.run()
        event.set()
        event.clear()
        stackless.run()
        self.assertEqual(woken, [True])
        self.assertFalse(event.is_set())

    def test_one_that_is_killed_does_not_keep_the_others(self):
        for place in Here(), Home():
            with place:
                event, woken = locks.Event(), []
                tasklets = [place.start(lambda: woken.append(event.wait())) for _ in range(3)]
                place.settle()
                with stackless.atomic():
                    tasklets[0].kill(pending=True)
                    event.set()
                    tasklets[1].kill(pending=True)
                place.settle()
                self.assertEqual(woken, [True])
                self.assertTrue(event.wait())


class BarrierTest(Test):
    def come(self, barrier, results, **arguments):
        try:
            results.append(barrier.wait(**arguments))
        except BaseException as error:
            results.append(type(error))

    def start(self, place, barrier, count):
        results = []
        tasklets = [place.start(self.come, barrier, results) for _ in range(count)]
        place.settle()
        return results, tasklets

    def test_all_get_through_with_numbers_of_their_own(self):
        actions = []
        barrier = locks.Barrier(3, lambda: actions.append(1))
        results, _ = self.start(Here(), barrier, 7)
        self.assertEqual(sorted(results), [0, 0, 1, 1, 2, 2])
        self.assertEqual((barrier.n_waiting, barrier.parties, len(actions)), (1, 3, 2))
        barrier.reset()
        stackless.run()
        self.assertEqual(results[-1], locks.BrokenBarrierError)
        self.assertFalse(barrier.broken)

    def test_one_that_is_killed_breaks_it(self):
        for place in Here(), Home():
            with place:
                barrier = locks.Barrier(3)
                results, tasklets = self.start(place, barrier, 2)
                tasklets[0].kill(pending=True)
                place.settle()
                place.settle()
                self.assertCountEqual(
                    results, [stackless.TaskletExit, locks.BrokenBarrierError]
                )
                with self.assertRaises(locks.BrokenBarrierError):
                    barrier.wait()
                barrier.reset()
                results, _ = self.start(place, barrier, 3)
                self.assertEqual(sorted(results), [0, 1, 2])

    def test_one_that_is_killed_behind_it_breaks_nothing(self):
        for place in Here(), Home():
            with place:
                barrier = locks.Barrier(3)
                results, tasklets = self.start(place, barrier, 2)
                with stackless.atomic():
                    self.assertEqual(barrier.wait(), 0)
                    tasklets[0].kill(pending=True)
                place.settle()
                self.assertCountEqual(results, [stackless.TaskletExit, 1])
                self.assertFalse(barrier.broken)

    def test_one_that_is_killed_during_the_action_breaks_nothing(self):
        barrier = locks.Barrier(3, lambda: victim.kill())
        results, (victim, _) = self.start(Here(), barrier, 2)
        self.assertEqual(barrier.wait(), 0)
        stackless.run()
        self.assertCountEqual(results, [stackless.TaskletExit, 1])
        self.assertFalse(barrier.broken)

    def test_whose_time_is_up_breaks_it(self):
        barrier, results = locks.Barrier(2), []
        stackless.tasklet(self.come)(barrier, results, timeout=0.01)
        stackless.tasklet(sleep)(0.05)
        util.run_until_idle()
        self.assertEqual(results, [locks.BrokenBarrierError])
        self.assertTrue(barrier.broken)

    def test_time_does_not_count_when_all_have_come(self):
        self.manual_timers()
        from support import ManualTimer

        def action():
            ManualTimer.fire()
            stackless.schedule()

        barrier, results = locks.Barrier(2, action), []
        stackless.tasklet(self.come)(barrier, results, timeout=1)
        stackless.run()
        self.assertEqual(barrier.wait(), 0)
        stackless.run()
        self.assertEqual(results, [1])
        self.assertFalse(barrier.broken)

    def test_an_error_of_the_action_breaks_it(self):
        barrier = locks.Barrier(2, lambda: 1 / 0)
        results, _ = self.start(Here(), barrier, 2)
        self.assertEqual(results, [ZeroDivisionError, locks.BrokenBarrierError])
        self.assertTrue(barrier.broken)

    def test_abort(self):
        barrier = locks.Barrier(2)
        results, _ = self.start(Here(), barrier, 1)
        barrier.abort()
        stackless.run()
        self.assertEqual(results, [locks.BrokenBarrierError])
        with self.assertRaises(ValueError):
            locks.Barrier(0)


class TimeoutTest(Test):
    def test_a_lock_in_a_block_with_a_timeout(self):
        lock = locks.Lock()
        lock.acquire()
        with self.assertRaises(WaitTimeout), timeout(0.01):
            lock.acquire()
        lock.release()
        self.assertFalse(lock.locked())


if __name__ == "__main__":
    unittest.main()

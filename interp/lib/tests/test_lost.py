# SPDX-License-Identifier: MIT
"""Nothing is lost with a waiter that is killed, thrown at or timed out.

Two tasklets wait, the older one is disturbed, and one thing is handed out, in either order; after
that exactly one of the two must have it.  All of this within one thread, and with the waiters on
another one.
"""

import unittest

import stackless
from slplib import locks, queues, timeouts, util
from support import Here, Home, ManualTimer, Test


class Disturbance(Exception):
    pass


class Waits:
    """A primitive.  outcome is what wait() returns when it was served."""

    outcome = True

    def wait(self, seconds):
        raise NotImplementedError

    def serve(self):
        """Hands out one."""
        raise NotImplementedError

    def at_the_end(self):
        """What is left when one was handed out and taken, and not given back: raises if wrong."""

    expired = (False,)  # what wait() returns or raises when its own time is up


class LockWaits(Waits):
    kind = locks.Lock

    def __init__(self):
        self.lock = self.kind()
        self.owner = stackless.getcurrent()
        self.lock.acquire()

    def wait(self, seconds):
        return self.lock.acquire(timeout=-1 if seconds is None else seconds)

    def serve(self):
        self.lock.release()

    def at_the_end(self):
        assert not self.lock.acquire(blocking=False)


class RLockWaits(LockWaits):
    kind = locks.RLock


class SemaphoreWaits(Waits):
    kind = locks.Semaphore

    def __init__(self):
        self.semaphore = self.kind()
        self.semaphore.acquire()

    def wait(self, seconds):
        return self.semaphore.acquire(timeout=seconds)

    def serve(self):
        self.semaphore.release()

    def at_the_end(self):
        assert not self.semaphore.acquire(blocking=False)


class BoundedSemaphoreWaits(SemaphoreWaits):
    kind = locks.BoundedSemaphore


class ConditionWaits(Waits):
    lock = staticmethod(lambda: None)

    def __init__(self):
        self.condition = locks.Condition(self.lock())

    def wait(self, seconds):
        with self.condition:
            return self.condition.wait(seconds)

    def serve(self):
        with self.condition:
            self.condition.notify()

    def at_the_end(self):
        assert self.condition.acquire(blocking=False)
        self.condition.release()


class LockConditionWaits(ConditionWaits):
    lock = locks.Lock


class GetWaits(Waits):
    kind = queues.Queue
    outcome = "item"
    expired = (queues.Empty,)

    def __init__(self):
        self.queue = self.kind()

    def wait(self, seconds):
        return self.queue.get(timeout=seconds)

    def serve(self):
        self.queue.put("item")

    def at_the_end(self):
        assert self.queue.empty()
        assert self.queue.unfinished_tasks == 1


class LifoGetWaits(GetWaits):
    kind = queues.LifoQueue


class PriorityGetWaits(GetWaits):
    kind = queues.PriorityQueue


class PutWaits(Waits):
    kind = queues.Queue
    expired = (queues.Full,)

    def __init__(self):
        self.queue = self.kind(1)
        self.queue.put(0)

    def wait(self, seconds):
        self.queue.put(1, timeout=seconds)
        return True

    def serve(self):
        assert self.queue.get_nowait() == 0

    def at_the_end(self):
        assert self.queue.get_nowait() == 1
        assert self.queue.empty()
        self.queue.put_nowait(2)


class PriorityPutWaits(PutWaits):
    kind = queues.PriorityQueue


class Older:
    """The waiter that is disturbed; what came of it is in result."""

    def __init__(self, waits, place, seconds=None, block=None):
        self.result = None
        self.tasklet = place.start(self.body, waits, seconds, block)

    def body(self, waits, seconds, block):
        try:
            if block is None:
                self.result = waits.wait(seconds)
            else:
                with timeouts.timeout(block):
                    self.result = waits.wait(seconds)
        except BaseException as error:
            self.result = error
            error.__traceback__ = None


def kill(older):
    older.tasklet.kill(pending=True)


def throw(older):
    older.tasklet.throw(Disturbance, pending=True)


def fire(older):
    ManualTimer.fire()


def kill_if_waiting(older):
    util.kill_waiting(older.tasklet)


class Lost(Test):
    """One primitive's."""

    waits = None  # the subclasses are made below

    def setUp(self):
        super().setUp()
        self.manual_timers()

    def disturb(self, place, disturbance, served_first, **arguments):
        """What came of the older one, and of the younger one."""
        with place:
            waits = self.waits()
            older = Older(waits, place, **arguments)
            younger = Older(waits, place)
            place.settle()
            with stackless.atomic():
                if served_first:
                    waits.serve()
                    disturbance(older)
                else:
                    disturbance(older)
                    waits.serve()
            place.settle()
            place.settle()
            younger.tasklet.kill(pending=True)  # who has nothing yet
            older.tasklet.kill(pending=True)
            place.settle()
            waits.at_the_end()
        self.assertEqual(self.displaced, [])
        return older.result, younger.result

    def each_place(self):
        for place in Here, Home:
            with self.subTest(place=place.__name__):
                yield place()

    def younger_served(self, disturbance, error, **arguments):
        for served_first in False, True:
            with self.subTest(served_first=served_first):
                for place in self.each_place():
                    older, younger = self.disturb(place, disturbance, served_first, **arguments)
                    self.assertIsInstance(older, error)
                    self.assertEqual(younger, self.waits.outcome)

    def test_one_that_is_killed(self):
        self.younger_served(kill, stackless.TaskletExit)

    def test_one_that_is_thrown_at(self):
        self.younger_served(throw, Disturbance)

    def test_only_one_that_waits_is_killed_by_kill_waiting(self):
        for place in self.each_place():
            older, younger = self.disturb(place, kill_if_waiting, True)
            self.assertEqual(older, self.waits.outcome)
            self.assertIsInstance(younger, stackless.TaskletExit)

    def first_reason_counts(self, expired, **arguments):
        for place in self.each_place():
            older, younger = self.disturb(place, fire, False, **arguments)
            if isinstance(expired, type):
                self.assertIsInstance(older, expired)
            else:
                self.assertEqual(older, expired)
            self.assertEqual(younger, self.waits.outcome)
        for place in self.each_place():
            older, younger = self.disturb(place, fire, True, **arguments)
            self.assertEqual(older, self.waits.outcome)
            self.assertIsInstance(younger, stackless.TaskletExit)

    def test_one_whose_time_is_up(self):
        self.first_reason_counts(self.waits.expired[0], seconds=1)

    def test_one_whose_blocks_time_is_up(self):
        self.first_reason_counts(timeouts.WaitTimeout, block=1)

    def test_one_that_is_timed_out_and_killed(self):
        def both(older):
            ManualTimer.fire()
            older.tasklet.kill(pending=True)

        self.younger_served(both, stackless.TaskletExit, seconds=1)

    def test_the_end_of_its_thread(self):
        waits = self.waits()
        younger = Older(waits, Here())
        with Home() as home:
            stackless.getcurrent()
            older = Older(waits, home)
            home.settle()
        stackless.run()
        self.assertIsInstance(older.result, stackless.TaskletExit)
        waits.serve()
        stackless.run()
        self.assertEqual(younger.result, self.waits.outcome)
        waits.at_the_end()


def load_tests(loader, tests, pattern):
    suite = unittest.TestSuite()
    kinds = [
        LockWaits,
        RLockWaits,
        SemaphoreWaits,
        BoundedSemaphoreWaits,
        ConditionWaits,
        LockConditionWaits,
        GetWaits,
        LifoGetWaits,
        PriorityGetWaits,
        PutWaits,
        PriorityPutWaits,
    ]
    for kind in kinds:
        case = type(kind.__name__.replace("Waits", "Test"), (Lost,), {"waits": kind})
        suite.addTests(loader.loadTestsFromTestCase(case))
    return suite


if __name__ == "__main__":
    unittest.main()

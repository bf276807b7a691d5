# SPDX-License-Identifier: MIT
"""Queues; test_lost.py is about waiters that are disturbed."""

import threading
import unittest

import stackless
from slplib import queues
from support import Home, Test


class Fussy:
    """An item whose comparison fails when it is told so."""

    fails = False

    def __init__(self, number):
        self.number = number

    def __lt__(self, other):
        if Fussy.fails:
            raise ZeroDivisionError
        return self.number < other.number


class QueueTest(Test):
    def test_the_orders(self):
        for kind, order in (
            (queues.Queue, [2, 3, 1]),
            (queues.LifoQueue, [1, 3, 2]),
            (queues.PriorityQueue, [1, 2, 3]),
        ):
            queue = kind()
            for item in 2, 3, 1:
                queue.put(item)
            self.assertEqual([queue.get() for _ in range(3)], order)

    def test_full_and_empty(self):
        queue = queues.Queue(1)
        with self.assertRaises(queues.Empty):
            queue.get_nowait()
        with self.assertRaises(queues.Empty):
            queue.get(timeout=0.01)
        queue.put(1)
        self.assertTrue(queue.full())
        with self.assertRaises(queues.Full):
            queue.put_nowait(2)
        with self.assertRaises(queues.Full):
            queue.put(2, timeout=0.01)
        with self.assertRaises(ValueError):
            queue.put(2, timeout=-1)
        self.assertEqual((queue.get(), queue.qsize(), queue.empty()), (1, 0, True))

    def test_nobody_overtakes_a_getter(self):
        queue, got = queues.Queue(), []
        stackless.tasklet(lambda: got.append(queue.get()))()
        stackless.run()
        queue.put("first")
        with self.assertRaises(queues.Empty):
            queue.get_nowait()
        stackless.run()
        self.assertEqual(got, ["first"])

    def test_the_smallest_when_the_getter_goes_on(self):
        queue, got = queues.PriorityQueue(), []
        stackless.tasklet(lambda: got.append(queue.get()))()
        stackless.run()
        queue.put(2)
        queue.put(1)
        stackless.run()
        self.assertEqual(got, [1])

    def test_join(self):
        queue, log = queues.Queue(), []

        def work():
            while (item := queue.get()) is not None:
                stackless.schedule()
                log.append(item)
                queue.task_done()
            queue.task_done()

        stackless.tasklet(work)()
        for item in 1, 2, None:
            queue.put(item)
        queue.join()
        self.assertEqual(log, [1, 2])
        with self.assertRaises(ValueError):
            queue.task_done()

    def test_one_that_is_killed_in_join_keeps_nobody(self):
        queue, log = queues.Queue(), []
        queue.put(1)

        def join():
            queue.join()
            log.append("joined")

        tasklets = [stackless.tasklet(join)() for _ in range(3)]
        stackless.run()
        tasklets[0].kill()
        queue.task_done()
        tasklets[1].kill()
        stackless.run()
        self.assertEqual(log, ["joined"])

    def test_a_comparison_that_fails_loses_nothing(self):
        self.addCleanup(setattr, Fussy, "fails", False)
        queue = queues.PriorityQueue(5)
        for number in 3, 1, 2, 4:
            queue.put(Fussy(number))
        Fussy.fails = True
        with self.assertRaises(ZeroDivisionError):
            queue.put(Fussy(0))
        with self.assertRaises(ZeroDivisionError):
            queue.get()
        Fussy.fails = False
        self.assertEqual(queue.qsize(), 4)
        queue.put_nowait(Fussy(9))
        with self.assertRaises(queues.Full):
            queue.put_nowait(Fussy(10))
        numbers = [queue.get_nowait().number for _ in range(5)]
        self.assertCountEqual(numbers, [1, 2, 3, 4, 9])

    def test_between_threads_while_getters_die(self):
        queue, got = queues.Queue(3), []

        def get_one():
            got.append(queue.get())

        def put_all():
            for item in range(60):
                queue.put(item)

        with Home() as home:
            thread = threading.Thread(target=put_all)
            thread.start()
            for _ in range(60):
                victim = home.start(get_one)
                home.start(get_one)
                home.settle()
                if len(got) % 2:
                    victim.kill(pending=True)
            while len(got) < 60:
                home.start(get_one)
                home.settle()
            thread.join()
        self.assertEqual(sorted(got), list(range(60)))
        self.assertEqual(self.displaced, [])


if __name__ == "__main__":
    unittest.main()

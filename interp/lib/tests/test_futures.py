# SPDX-License-Identifier: MIT
"""Futures, and the executor of tasklets."""

import asyncio
import threading
import unittest

import stackless
from slplib import futures, locks, util
from slplib.timeouts import sleep
from support import Here, Home, Test


class WaitTest(Test):
    def test_the_result_of_a_thread(self):
        future = futures.Future()
        thread = threading.Timer(0.01, future.set_result, ("value",))
        thread.start()
        self.assertEqual(futures.wait_for(future), "value")
        self.assertEqual(futures.wait_for(future), "value")
        thread.join()

    def test_its_exception_and_its_end(self):
        future = futures.Future()
        with self.assertRaises(TimeoutError):
            futures.wait_for(future, 0.01)
        future.set_exception(OSError())
        with self.assertRaises(OSError):
            futures.wait_for(future)
        cancelled = futures.Future()
        cancelled.cancel()
        with self.assertRaises(futures.CancelledError):
            futures.wait_for(cancelled)

    def test_a_killed_waiter_takes_nothing_along(self):
        for place in Here(), Home():
            for result_first in False, True:
                future, got = futures.Future(), []
                wait = lambda: got.append(futures.wait_for(future))
                with place if result_first else Here() as where:
                    victim, other = where.start(wait), where.start(wait)
                    where.settle()
                    with stackless.atomic():
                        if result_first:
                            future.set_result("value")
                        victim.kill(pending=True)
                        if not result_first:
                            future.set_result("value")
                    where.settle()
                    self.assertEqual(got, ["value"])
                    self.assertFalse(other.alive)

    def test_as_completed_and_wait(self):
        first, second = futures.Future(), futures.Future()
        second.set_result(2)
        order = futures.as_completed([first, second])
        self.assertIs(next(order), second)
        done, not_done = futures.wait([first, second], return_when=futures.FIRST_COMPLETED)
        self.assertEqual((done, not_done), ({second}, {first}))
        self.assertEqual(futures.wait([first, second], 0.01).not_done, {first})
        with self.assertRaises(TimeoutError):
            list(futures.as_completed([first, second], 0.01))
        stackless.tasklet(first.set_exception)(OSError())
        self.assertIs(next(order), first)
        done, _ = futures.wait([first, futures.Future()], return_when=futures.FIRST_EXCEPTION)
        self.assertEqual(done, {first})


class ExecutorTest(Test):
    def test_calls_are_made_by_tasklets_of_the_thread(self):
        for own_thread in False, True:
            with futures.TaskletExecutor(own_thread=own_thread) as executor:
                future = executor.submit(lambda: (threading.get_ident(), stackless.getcurrent()))
                ident, tasklet = futures.wait_for(future)
                self.assertEqual(ident, executor.thread_id)
                self.assertIs(tasklet is stackless.getcurrent(), False)
            with self.assertRaises(RuntimeError):
                executor.submit(len)

    def test_so_many_at_a_time(self):
        running, most = [], []

        def work():
            running.append(1)
            most.append(len(running))
            sleep(0.01)
            running.pop()

        with futures.TaskletExecutor(tasklets_max=2) as executor:
            for _ in range(5):
                executor.submit(work)
        self.assertEqual((len(most), max(most)), (5, 2))

    def test_any_thread_may_submit(self):
        executor, box = futures.TaskletExecutor(), []
        thread = threading.Thread(target=lambda: box.append(executor.submit(threading.get_ident)))
        thread.start()
        thread.join()
        self.assertEqual(futures.wait_for(box[0]), threading.get_ident())

    def test_a_call_whose_tasklet_is_killed(self):
        for own_thread in False, True:
            with futures.TaskletExecutor(own_thread=own_thread) as executor:
                event, box = locks.Event(), []

                def work():
                    box.append(stackless.getcurrent())
                    event.wait()

                future = executor.submit(work)
                futures.wait_for(executor.submit(len, ""))
                while not box[0].blocked:
                    sleep(0.001)
                box[0].kill(pending=True)
                with self.assertRaises(futures.CancelledError):
                    futures.wait_for(future)

    def test_a_call_whose_turn_has_not_come(self):
        with futures.TaskletExecutor(tasklets_max=1) as executor:
            event = locks.Event()
            first, second = executor.submit(event.wait), executor.submit(self.fail)
            stackless.run()
            executor.shutdown(wait=False, cancel_futures=True)
            self.assertTrue(second.cancelled())
            event.set()
        self.assertTrue(first.result(0))

    def test_the_end_of_the_thread(self):
        box = []

        def make():
            executor = futures.TaskletExecutor()
            box.append(executor.submit(stackless.channel().receive))
            stackless.run()

        thread = threading.Thread(target=make)
        thread.start()
        thread.join()
        with self.assertRaises(futures.CancelledError):
            box[0].result(0)

    def test_a_shutdown_without_waiting(self):
        executor = futures.TaskletExecutor(own_thread=True)
        event = locks.Event()
        future = executor.submit(event.wait)
        executor.shutdown(wait=False)
        event.set()
        self.assertTrue(futures.wait_for(future))
        stackless.run()
        executor._thread.join()


class AsyncioTest(Test):
    def test_a_result_and_an_error(self):
        async def main(executor):
            numbers = await asyncio.gather(
                *(futures.call_tasklet(executor, abs, -number) for number in range(5))
            )
            with self.assertRaises(ZeroDivisionError):
                await futures.call_tasklet(executor, lambda: 1 / 0)
            return numbers

        with futures.TaskletExecutor(own_thread=True) as executor:
            self.assertEqual(asyncio.run(main(executor)), [0, 1, 2, 3, 4])

    def test_not_on_the_thread_of_the_loop(self):
        with self.assertRaises(RuntimeError):
            asyncio.run(futures.call_tasklet(futures.TaskletExecutor(), len, ""))

    def test_a_cancelled_one_goes_on_and_keeps_its_result(self):
        event, begun, ended = locks.Event(), threading.Event(), threading.Event()

        def work():
            begun.set()
            event.wait()
            ended.set()

        async def main(executor):
            call = asyncio.ensure_future(futures.call_tasklet(executor, work))
            await asyncio.to_thread(begun.wait)
            with self.assertRaises(asyncio.TimeoutError):
                await asyncio.wait_for(call, 0.01)

        with futures.TaskletExecutor(own_thread=True) as executor:
            asyncio.run(main(executor))
            event.set()
        self.assertTrue(ended.is_set())

    def test_a_loop_in_a_worker_of_a_pool(self):
        async def main():
            await asyncio.sleep(0.001)
            return "done"

        with util.WorkerPool(1) as pool:
            self.assertEqual(pool.call(asyncio.run, main()), "done")


if __name__ == "__main__":
    unittest.main()

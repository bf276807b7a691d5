# SPDX-License-Identifier: MIT
"""Tasklets of several threads."""

import threading
import unittest

import stackless
from support import Test, run_program, through_c


def in_thread(function):
    """Runs it in a thread; what it returns or raises is the caller's."""
    outcome = []

    def body():
        try:
            outcome.append((function(), None))
        except BaseException as error:
            outcome.append((None, error))

    thread = threading.Thread(target=body)
    thread.start()
    thread.join()
    result, error = outcome[0]
    if error is not None:
        raise error
    return result


class ThreadTest(Test):
    def test_each_thread_has_a_main(self):
        mains = {stackless.getmain()}
        self.assertTrue(in_thread(lambda: stackless.getcurrent() is stackless.getmain()))
        mains.add(in_thread(stackless.getmain))
        self.assertEqual(len(mains), 2)

    def test_a_thread_has_its_own_ring(self):
        def ring():
            log = []

            def step(name):
                log.append(name)
                stackless.schedule()
                log.append(name)

            for name in "ab":
                stackless.tasklet(step)(name)
            stackless.run()
            return "".join(log)

        stackless.tasklet(lambda: None)()
        self.assertEqual(in_thread(ring), "abab")
        self.assertEqual(stackless.getruncount(), 2)

    def test_values_go_from_thread_to_thread(self):
        numbers, squares = stackless.channel(), stackless.channel()

        def serve():
            for _ in range(200):
                squares.send(through_c(numbers.receive) ** 2)

        thread = threading.Thread(target=serve)
        thread.start()
        got = []
        for i in range(200):
            numbers.send(i)
            got.append(squares.receive())
        thread.join()
        self.assertEqual(got, [i * i for i in range(200)])

    def test_the_end_of_a_thread_ends_its_tasklets(self):
        log = []

        def body():
            def waits():
                try:
                    through_c(stackless.channel().receive)
                finally:
                    log.append("finally")

            def paused():
                try:
                    stackless.schedule_remove(None)
                finally:
                    log.append("finally")

            kept.append(stackless.tasklet(waits)())
            kept.append(stackless.tasklet(paused)())
            stackless.run()

        kept = []
        in_thread(body)
        self.assertEqual(log, ["finally", "finally"])
        self.assertEqual([t.alive for t in kept], [False, False])

    def test_many_threads_one_after_another(self):
        def life():
            channel = stackless.channel()
            stackless.tasklet(channel.send)(1)
            return channel.receive()

        self.assertEqual([in_thread(life) for _ in range(50)], [1] * 50)

    def test_many_threads_at_a_time(self):
        results = []

        def life(name):
            def step():
                for _ in range(50):
                    through_c(stackless.schedule)
                results.append(name)

            for _ in range(3):
                stackless.tasklet(step)()
            stackless.run()

        threads = [threading.Thread(target=life, args=(i,)) for i in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(results), sorted(list(range(10)) * 3))

    def test_the_end_of_a_thread_without_tasklets_is_seen_by_who_waits(self):
        # In a process of its own, so that no thread of other tests counts.
        status, out, err = run_program(
            "import stackless, threading\n"
            "go = threading.Event()\n"
            "threading.Thread(target=go.wait).start()\n"
            "threading.Thread(target=go.wait).start()\n"
            "stackless.tasklet(go.set)()\n"
            "try: stackless.channel().receive()\n"
            "except RuntimeError as error: print('eadlock' in str(error))\n"
        )
        self.assertEqual((status, out, err), (0, "True\n", ""))


if __name__ == "__main__":
    unittest.main()

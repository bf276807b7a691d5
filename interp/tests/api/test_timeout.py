# SPDX-License-Identifier: MIT
"""run(timeout), and exceptions that come from another thread."""

import threading
import unittest

import stackless
from support import Test, run_program


class TimeoutTest(Test):
    def busy(self):
        """A tasklet that counts for ever, and its list of one number."""
        count = [0]

        def body():
            while True:
                count[0] += 1

        t = stackless.tasklet(body)()
        self.addCleanup(t.kill)
        return t, count

    def test_who_uses_up_its_time_is_returned(self):
        t, count = self.busy()
        self.assertIs(stackless.run(1000), t)
        self.assertGreater(count[0], 0)
        self.assertFalse(t.scheduled)

    def test_time_is_counted_in_instructions(self):
        counts = []
        for _ in range(5):
            t, count = self.busy()
            self.assertIs(stackless.run(10_000), t)
            counts.append(count[0])
        self.assertEqual(len(set(counts)), 1)

    def test_taking_turns(self):
        both = [self.busy(), self.busy()]
        victims = []
        for _ in range(10):
            victim = stackless.run(1000)
            victims.append(victim)
            victim.insert()
        for t, count in both:
            self.assertEqual(victims.count(t), 5)
            t.remove()

    def test_who_blocks_in_time_is_not_interrupted(self):
        channel = stackless.channel()
        t = stackless.tasklet(channel.receive)()
        self.assertIsNone(stackless.run(1000))
        self.assertTrue(t.blocked)
        t.kill()

    def test_a_call_from_c_is_not_interrupted(self):
        def body():
            for i in map(lambda i: [None for _ in range(1000)] and i, range(5)):
                log.append(i)
            while True:
                log.append("loop")

        log = []
        t = stackless.tasklet(body)()
        self.addCleanup(t.kill)
        self.assertIs(stackless.run(100), t)
        self.assertNotEqual(log, [])

    def test_interrupted_and_killed(self):
        def body():
            try:
                number = 0
                while True:
                    number += 1
            finally:
                log.append("finally")

        log = []
        t = stackless.tasklet(body)()
        self.assertIs(stackless.run(1000), t)
        t.kill()
        self.assertEqual(log, ["finally"])
        self.assertFalse(t.alive)

    def test_interrupted_and_thrown_at(self):
        class Own(Exception):
            pass

        def body(log):
            try:
                number = 0
                while True:
                    number += 1
            except (ValueError, Own) as error:
                log.append(error)

        for error in (ValueError("one", 2), Own()):
            log = []
            t = stackless.tasklet(body)(log)
            self.assertIs(stackless.run(1000), t)
            t.throw(error)
            self.assertIs(log[0], error)
            self.assertIs(type(log[0]), type(error))

    def test_thrown_through_frames_that_do_not_catch(self):
        def inner():
            number = 0
            while True:
                number += 1

        t = stackless.tasklet(lambda: inner())()
        # In the extension a spill setting makes every call one from C.
        self.assertIs(stackless.run(1000, ignore_nesting=True), t)
        with self.assertRaises(KeyError) as caught:
            t.throw(KeyError, "key")
        self.assertEqual(caught.exception.args, ("key",))

    def test_an_exception_from_another_thread_reaches_a_loop(self):
        # In a process of its own, so that no thread of other tests counts.
        for error, says in (("KeyError('x')", "KeyError('x')"), ("stackless.TaskletExit", "ended")):
            with self.subTest(error=error):
                status, out, err = run_program(
                    "import stackless, threading\n"
                    "started = threading.Event()\n"
                    "tasklets = []\n"
                    "def spins():\n"
                    "    number = 0\n"
                    "    started.set()\n"
                    "    while True: number += 1\n"
                    "def body():\n"
                    "    tasklets.append(stackless.tasklet(spins)())\n"
                    "    try:\n"
                    "        stackless.run()\n"
                    "        print('ended')\n"
                    "    except Exception as error: print(repr(error))\n"
                    "thread = threading.Thread(target=body)\n"
                    "thread.start()\n"
                    "started.wait()\n"
                    f"tasklets[0].throw({error}, pending=True)\n"
                    "thread.join()\n"
                )
                self.assertEqual((status, out, err), (0, says + "\n", ""))

    def test_other_threads_go_on_meanwhile(self):
        numbers = []
        stop = threading.Event()

        def work():
            number = 0
            while not stop.is_set():
                number += 1
            numbers.append(number)

        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        t, count = self.busy()
        for _ in range(20):
            self.assertIs(stackless.run(2000), t)
            t.insert()
        t.remove()
        stop.set()
        for thread in threads:
            thread.join()
        self.assertEqual(len(numbers), 2)


if __name__ == "__main__":
    unittest.main()

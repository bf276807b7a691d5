# SPDX-License-Identifier: MIT
"""gevent in the process: the main greenlet may use tasklets, the others get an error."""

import os
import unittest

import stackless
from support import IS_MEMCHECK, Test, run_program, through_c

if IS_MEMCHECK:
    raise unittest.SkipTest("the import of gevent leaks")
try:
    import gevent
except ImportError:
    gevent = None


@unittest.skipIf(gevent is None, "python3-gevent is not installed")
class GeventTest(Test):
    def test_greenlets_of_gevent_run_beside_tasklets(self):
        log = []

        def green(name):
            for i in range(3):
                log.append(f"{name}{i}")
                gevent.sleep(0)

        def body():
            jobs = [gevent.spawn(green, name) for name in "ab"]
            through_c(gevent.joinall, jobs)
            log.append("joined")

        stackless.tasklet(body)()
        stackless.tasklet(lambda: log.append("other"))()
        stackless.run()
        self.assertEqual(" ".join(log), "a0 b0 a1 b1 a2 b2 joined other")

    def test_a_switch_of_tasklets_in_one_of_them_is_refused(self):
        def green():
            stackless.tasklet(lambda: None)()
            try:
                stackless.schedule()
            except RuntimeError as error:
                return str(error)

        job = gevent.spawn(green)
        job.join()
        self.assertIn("greenlet", job.value)

    def test_a_queue_while_stacks_are_spilled(self):
        from gevent.queue import Queue

        stackless.spill("always")
        queue, got = Queue(), []

        def consume():
            for _ in range(10):
                got.append(through_c(queue.get))

        job = gevent.spawn(consume)
        for i in range(10):
            through_c(queue.put, i)
        job.join()
        self.assertEqual(got, list(range(10)))

    def test_the_end_of_the_process_while_both_wait(self):
        status, out, err = run_program(
            "import gevent, stackless\n"
            "def waits():\n"
            "    try: stackless.channel().receive()\n"
            "    finally: print('tasklet')\n"
            "t = stackless.tasklet(waits)()\n"
            "stackless.run()\n"
            "job = gevent.spawn(gevent.sleep, 1000)\n"
            "gevent.sleep(0)\n"
        )
        self.assertEqual((status, out, err), (0, "tasklet\n", ""))


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: MIT
"""An atomic tasklet's thread keeps the GIL between bytecodes."""

import threading
import unittest

import stackless
from support import Test


class AtomicTest(Test):
    def setUp(self):
        super().setUp()
        self.count = 0
        self.stop = False
        self.thread = threading.Thread(target=self.work)
        self.thread.start()
        self.addCleanup(self.finish)

    def work(self):
        while not self.stop:
            self.count += 1

    def finish(self):
        self.stop = True
        self.thread.join()

    def wait_for_the_other(self):
        before = self.count
        while self.count == before:
            pass

    def spin(self):
        """Longer than a dozen switch intervals."""
        for _ in range(3_000_000):
            pass

    def test_nobody_else_runs(self):
        self.wait_for_the_other()
        with stackless.atomic():
            before = self.count
            self.spin()
            self.assertEqual(self.count, before)
        self.wait_for_the_other()

    def test_it_belongs_to_the_tasklet(self):
        def atomic():
            with stackless.atomic():
                before = self.count
                stackless.schedule()  # the other tasklet is not
                between.append(self.count - before)
                before = self.count
                self.spin()
                self.assertEqual(self.count, before)

        between = []
        stackless.tasklet(atomic)()
        stackless.tasklet(self.wait_for_the_other)()
        stackless.run()
        self.assertGreater(between[0], 0)

    def test_a_call_that_blocks_lets_others_run(self):
        event = threading.Event()
        with stackless.atomic():
            threading.Thread(target=event.set).start()
            event.wait()
            before = self.count
            self.spin()
            self.assertEqual(self.count, before)

    def test_again_and_again(self):
        for _ in range(200):
            with stackless.atomic():
                before = self.count
                for _ in range(1000):
                    pass
                self.assertEqual(self.count, before)
        self.wait_for_the_other()


if __name__ == "__main__":
    unittest.main()

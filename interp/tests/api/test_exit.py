# SPDX-License-Identifier: MIT
"""The end of the interpreter, and a child after fork(), with tasklets that still wait."""

import unittest

from support import IS_TRACED, Test, run_program

WAITER = """
import stackless, sys, os, threading
def waits(name):
    try:
        next(map(lambda _: channel.receive(), (0,)))
    finally:
        print("finally", name, flush=True)
channel = stackless.channel()
"""


class ExitTest(Test):
    def check(self, program, out, status=0, err="", **environment):
        self.assertEqual(run_program(WAITER + program, **environment), (status, out, err))

    def test_a_blocked_tasklet_is_unwound(self):
        program = "t = stackless.tasklet(waits)('a')\nstackless.run()\n"
        self.check(program, "finally a\n")
        self.check(program, "finally a\n", SLP_SPILL="always")

    def test_one_that_never_ran_just_goes(self):
        self.check("stackless.tasklet(waits)('a')\n", "")

    def test_a_blocked_tasklet_of_a_thread(self):
        self.check(
            "def body():\n"
            "    stackless.tasklet(waits)('a')\n"
            "    stackless.run()\n"
            "thread = threading.Thread(target=body)\n"
            "thread.start()\n"
            "thread.join()\n",
            "finally a\n",
        )

    def test_a_daemon_thread_that_waits_in_a_tasklet(self):
        self.check(
            "started = threading.Event()\n"
            "def body():\n"
            "    t = stackless.tasklet(threading.Event().wait)()\n"
            "    started.set()\n"
            "    stackless.run()\n"
            "threading.Thread(target=body, daemon=True).start()\n"
            "started.wait()\n",
            "",
        )

    @unittest.skipIf(IS_TRACED, "its exit comes in the schedule callback, and is reported there")
    def test_a_daemon_thread_that_is_busy_in_a_tasklet(self):
        # At the end of the interpreter it is ended in the middle of it, by pthread_exit().
        self.check(
            "started = threading.Event()\n"
            "def busy():\n"
            "    started.set()\n"
            "    while True: next(map(lambda _: stackless.schedule(), (0,)))\n"
            "def body():\n"
            "    stackless.tasklet(busy)()\n"
            "    stackless.tasklet(busy)()\n"
            "    stackless.run()\n"
            "threading.Thread(target=body, daemon=True).start()\n"
            "started.wait()\n",
            "",
        )

    def test_sys_exit_in_a_tasklet(self):
        self.check("stackless.tasklet(sys.exit)(3)\nstackless.run()\n", "", 3)

    def test_an_exception_in_a_tasklet(self):
        status, out, err = run_program(
            "import stackless\nstackless.tasklet(int)('x')\nstackless.run()\n"
        )
        self.assertEqual((status, out), (1, ""))
        self.assertIn("ValueError", err)

    # The child goes first: the parent waits for its end.
    FORK = (
        "t = stackless.tasklet(waits)('main')\n"
        "stackless.run()\n"
        "def forks():\n"
        "    pid = os.fork()\n"
        "    if pid: assert os.waitpid(pid, 0)[1] == 0\n"
        "    stackless.schedule()\n"
        "    print('parent' if pid else 'child', flush=True)\n"
    )

    def test_fork_in_main(self):
        self.check(self.FORK + "forks()\n", "child\nfinally main\nparent\nfinally main\n")

    def test_fork_in_a_tasklet(self):
        self.check(
            self.FORK + "stackless.tasklet(forks)()\nstackless.run()\n",
            "child\nfinally main\nparent\nfinally main\n",
        )

    def test_fork_below_a_spill(self):
        self.check(
            self.FORK + "next(map(lambda _: forks(), (0,)))\n",
            "child\nfinally main\nparent\nfinally main\n",
            SLP_SPILL="always",
        )

    def test_fork_in_a_thread(self):
        # In the child the initial thread is not there: its tasklet is not unwound.
        self.check(
            self.FORK + "def body():\n"
            "    stackless.tasklet(waits)('thread')\n"
            "    stackless.tasklet(forks)()\n"
            "    stackless.run()\n"
            "thread = threading.Thread(target=body)\n"
            "thread.start()\n"
            "thread.join()\n",
            "child\nfinally thread\nparent\nfinally thread\nfinally main\n",
        )


if __name__ == "__main__":
    unittest.main()

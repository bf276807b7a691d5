# SPDX-License-Identifier: MIT
"""Where Python's allocators have no memory, a tasklet has a MemoryError or goes on: nothing crashes.

Each of the first allocations of a body fails, alone and with all that follow, in a child of its own.
What the core takes of the C library itself is not among them.
"""
import gc
import os
import signal
import unittest

import stackless
from support import IS_MEMCHECK, IS_TRACED

if IS_MEMCHECK:
    raise unittest.SkipTest("a child that ends at once has lost a lock of Python's")
try:
    import _testcapi
except ImportError:  # of the package of Python's own tests
    _testcapi = None

ALLOCATIONS = 40
FINE, NO_MEMORY, OTHERWISE = 0, 3, 4


def values():
    channel, got = stackless.channel(), []

    def send():
        for i in range(3):
            channel.send(i)

    def receive():
        for _ in range(3):
            got.append(channel.receive())

    stackless.tasklet(send)()
    stackless.tasklet(receive)()
    stackless.run()


def kills():
    task = stackless.tasklet(stackless.channel().receive)()
    task.run()
    task.kill()


def exceptions():
    channel = stackless.channel()

    def receive():
        try:
            channel.receive()
        except ValueError:
            pass

    stackless.tasklet(receive)().run()
    channel.send_exception(ValueError, 1)


def depth():
    def descend(n):
        return stackless.schedule() if n == 0 else descend(n - 1)

    for _ in range(3):
        stackless.tasklet(descend)(20)
    stackless.run()


def below_c():
    def go_on():
        sorted([3, 1, 2], key=lambda n: stackless.schedule(n) or n)

    def begin():
        stackless.tasklet(go_on)()
        stackless.schedule()
        list(map(lambda _: stackless.schedule(), range(3)))

    stackless.tasklet(begin)()
    stackless.run()


def run_without(body, first, last):
    """The child's: never returns."""
    signal.alarm(60)
    status = FINE
    try:
        _testcapi.set_nomemory(first, last)
        try:
            body()
        finally:
            _testcapi.remove_mem_hooks()
    except MemoryError:
        status = NO_MEMORY
    except BaseException:
        status = OTHERWISE
    try:  # those that are left
        stackless.run(timeout=10000)
    except BaseException:
        pass
    gc.collect()
    os._exit(status)


@unittest.skipIf(IS_TRACED, "CPython gives up where a trace function has no memory")
@unittest.skipIf(_testcapi is None, "no _testcapi")
class NoMemory(unittest.TestCase):
    def check(self, body):
        body()
        seen = set()
        for first in range(1, ALLOCATIONS + 1):
            for last in (first + 1, 2 ** 31 - 1):
                pid = os.fork()
                if pid == 0:
                    run_without(body, first, last)
                status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                self.assertIn(status, (FINE, NO_MEMORY), (first, last))
                seen.add(status)
        self.assertIn(NO_MEMORY, seen)

    def test_values(self):
        self.check(values)

    def test_kills(self):
        self.check(kills)

    def test_exceptions(self):
        self.check(exceptions)

    def test_depth(self):
        self.check(depth)

    def test_below_c(self):
        self.check(below_c)


if __name__ == "__main__":
    unittest.main()

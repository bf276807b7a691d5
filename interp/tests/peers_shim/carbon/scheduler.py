# SPDX-License-Identifier: MIT
"""CCP's `scheduler`, as far as it is `stackless` by another name.

Their tests ask it, in each tearDown, whether everything is gone.  What they ask for is answered
from what can be seen here: an "active channel" is one with waiters, a "schedule manager" is what
stackless.threads counts.  What is an invention of theirs, and would have to be written anew here
instead of renamed, is absent; their own queue on top of a channel is Python there too, and so here.
"""

import collections
import contextlib
import gc

import stackless
from stackless import *  # noqa: F403
from stackless import channel, getcurrent, getmain, getruncount, run


def channels():
    return [one for one in gc.get_objects() if isinstance(one, channel)]


def get_number_of_active_channels():
    return sum(one.balance != 0 for one in channels())


def unblock_all_channels():
    for one in channels():
        while one.balance:
            one.queue.kill()


manager = object()


def get_schedule_manager():
    return manager


def get_number_of_active_schedule_managers():
    return len(stackless.threads)


def calculateruncount():
    """The run queue, counted."""
    start = one = getcurrent()
    count = 0
    while True:
        count += 1
        one = one.next
        if one is start:
            return count


def get_use_nested_tasklets():
    return True


def set_use_nested_tasklets(wanted):
    if not wanted:
        raise NotImplementedError("a flat queue is theirs alone")


def run_n_tasklets(count):
    """Runs until `count` tasklets have had their turn: the first one to switch ends it."""
    for _ in range(count):
        run(1, soft=True, ignore_nesting=True)


@contextlib.contextmanager
def block_trap(trap=True):
    me = getcurrent()
    before = me.block_trap
    me.block_trap = trap
    try:
        yield
    finally:
        me.block_trap = before


class QueueChannel(channel):
    """A channel on which sending never blocks: what nobody waits for is kept in `data_queue`.

    An entry is (True, value) or (False, what send_throw() was given).
    """

    def __init__(self):
        super().__init__()
        self.preference = 1
        self.data_queue = collections.deque()

    def __len__(self):
        return len(self.data_queue)

    @property
    def balance(self):
        return len(self.data_queue) or super().balance

    def _has_to_wait(self):
        return super().balance >= 0 and not self.closing

    def send(self, value):
        if self._has_to_wait():
            self.data_queue.append((True, value))
        else:
            super().send(value)

    def send_throw(self, exception, value=None, traceback=None):
        if self._has_to_wait():
            self.data_queue.append((False, (exception, value, traceback)))
        else:
            super().send_throw(exception, value, traceback)

    def send_exception(self, exception, *args):
        self.send_throw(exception, args)

    def receive(self):
        if not self.data_queue:
            return super().receive()
        is_value, entry = self.data_queue.popleft()
        if is_value:
            return entry
        exception, value, traceback = entry
        if not isinstance(exception, BaseException):
            exception = exception(*value) if isinstance(value, tuple) else exception(value)
        raise exception.with_traceback(traceback)

    def __next__(self):
        return self.receive()

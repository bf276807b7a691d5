# SPDX-License-Identifier: MIT
"""Blocking calls for tasklets, and small helpers.

    with WorkerPool(4) as pool:
        data = call_async(pool, connection.recv, 4096)
"""

from __future__ import annotations

import itertools
import queue
import threading
import time
import warnings
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar

import stackless

from . import _timers
from ._waiting import ATOMIC, REFUSED, SERVED, Waiter
from .futures import TaskletExecutor, wait_for
from .locks import Event

__all__ = [
    "Call",
    "WorkerPool",
    "call_async",
    "kill_waiting",
    "run",
    "run_until_idle",
    "throw_waiting",
]

_T = TypeVar("_T")

# ---- blocking calls ----


class Call:
    """A call that a worker makes for a tasklet.

    result and error are valid when it has been made, which an abandoned callback may rely on; error
    is None if it returned.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        abandoned: Callable[[Call], object],
    ) -> None:
        self.function = function
        self.args = args
        self.kwargs = kwargs
        self.result: Any = None
        self.error: BaseException | None = None
        self._abandoned = abandoned
        self._waiter = Waiter()

    def make(self) -> None:
        """On a worker.  Not if nobody wants it any more."""
        if self._waiter.outcome is not None:
            return
        try:
            self.result = self.function(*self.args, **self.kwargs)
        except BaseException as error:
            self.error = error
        if not self._waiter.decide(SERVED):
            self._abandoned(self)

    def wait(self) -> Any:
        """On the tasklet that made this object."""
        try:
            self._waiter.wait()
        except BaseException:
            if self._give_up():
                self._abandoned(self)
            raise
        if self.error is None:
            return self.result
        try:
            raise self.error
        finally:
            self.error = None  # or it is in a circle with its traceback

    def _give_up(self) -> bool:
        """Whether the call has been made already."""
        with ATOMIC:
            if self._waiter.outcome is None:
                self._waiter.outcome = REFUSED
            return self._waiter.outcome is SERVED


def warn_of_abandoned(call: Call) -> None:
    """What is done about an abandoned call unless somebody says otherwise."""
    outcome = f"returned {call.result!r}" if call.error is None else f"raised {call.error!r}"
    warnings.warn(
        f"nobody waits any more for {call.function!r}, which {outcome}", RuntimeWarning, stacklevel=2
    )


class WorkerPool:
    """A fixed number of OS threads that make blocking calls for tasklets of any thread.

    A caller that is killed, thrown at or timed out while it waits abandons its call: one that has
    not begun is not made; of one that is made abandoned(call) is told, on the worker, or on the
    caller's thread if the outcome was there already.  The default is a RuntimeWarning.

    The workers are daemon threads.  While there are any a deadlock of tasklets is not noticed, since
    a worker could make something runnable.
    """

    _numbers = itertools.count(1)

    def __init__(
        self,
        threads: int = 4,
        name: str = "slplib-pool",
        abandoned: Callable[[Call], object] = warn_of_abandoned,
    ) -> None:
        if threads < 1:
            raise ValueError("threads must be greater than 0")
        self.abandoned = abandoned
        self._calls: queue.SimpleQueue[Call | None] = queue.SimpleQueue()
        self._closed = False
        self._left = threads
        self._ended = Event()
        number = next(self._numbers)
        self._threads = [
            threading.Thread(target=self._work, name=f"{name}-{number}-{index}", daemon=True)
            for index in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def _work(self) -> None:
        while (call := self._calls.get()) is not None:
            call.make()
            del call  # what it has must not live until the next one
        with ATOMIC:
            self._left -= 1
            if self._left == 0:
                self._ended.set()

    def call(self, function: Callable[..., _T], /, *args: Any, **kwargs: Any) -> _T:
        """What the function returns or raises, called by a worker.  The tasklet waits.

        RuntimeError if the pool is closed.
        """
        call = Call(function, args, kwargs, self.abandoned)
        with ATOMIC:
            if self._closed:
                raise RuntimeError("the pool is closed")
            self._calls.put(call)
        result: _T = call.wait()
        return result

    def shutdown(self, wait: bool = True) -> None:
        """No more calls.  Those made so far are finished; with wait the tasklet waits for that."""
        with ATOMIC:
            if not self._closed:
                self._closed = True
                for _ in self._threads:
                    self._calls.put(None)
        if wait:
            self._ended.wait()
            for thread in self._threads:
                thread.join()

    close = shutdown

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.shutdown()


def call_async(
    pool: WorkerPool | None, function: Callable[..., _T], /, *args: Any, **kwargs: Any
) -> _T:
    """function(*args, **kwargs), called by a worker of the pool, or by a thread of its own.

    The calling tasklet waits, and its thread goes on.  See WorkerPool for what becomes of a call
    whose tasklet is killed.
    """
    if pool is not None:
        return pool.call(function, *args, **kwargs)
    call = Call(function, args, kwargs, warn_of_abandoned)
    threading.Thread(target=call.make, name="slplib-call", daemon=True).start()
    result: _T = call.wait()
    return result


# ---- main loops ----


def run(function: Callable[..., _T], /, *args: Any, **kwargs: Any) -> _T:
    """Calls the function in a new tasklet, runs tasklets until it is done, and returns its result.

    The way to start a program of tasklets from a thread's main tasklet, which waits meanwhile; any
    other tasklet may call it as well.  Raises what the function raises, and
    concurrent.futures.CancelledError if its tasklet is killed.
    """
    executor = TaskletExecutor()
    return wait_for(executor.submit(function, *args, **kwargs))


def run_until_idle() -> None:
    """Runs this thread's tasklets until nothing is runnable and nothing waits for a time.

    Sleeps while the next timeout or sleep() of the process is not due yet.  It does not wait for
    those who wait for something else, such as a call that a worker makes.
    """
    while True:
        stackless.run()
        due = _timers.next_due()
        if due is None:
            return
        Waiter().wait(due - time.monotonic())


# ---- exceptions for those who wait ----


def throw_waiting(tasklet: stackless.tasklet, error: type[BaseException] | BaseException) -> bool:
    """Throws at the tasklet if it waits on a channel or is paused; else does nothing.

    The exception is pending.  True if it was thrown.  Any thread may call this: between the look
    and the throw nobody else runs, so what has been delivered is not displaced, and code that runs
    is not interrupted.
    """
    with ATOMIC:
        if not (tasklet.alive and (tasklet.blocked or tasklet.paused)):
            return False
        tasklet.throw(error, pending=True)
        return True


def kill_waiting(tasklet: stackless.tasklet) -> bool:
    """throw_waiting() with a TaskletExit."""
    return throw_waiting(tasklet, stackless.TaskletExit)

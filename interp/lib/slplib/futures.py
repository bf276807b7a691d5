# SPDX-License-Identifier: MIT
"""Futures and tasklets: waiting for the one in the other, and an executor made of tasklets.

The futures are those of concurrent.futures, whose own result(), wait() and as_completed() block a
whole thread; the functions here make the tasklet wait.  A result stays in its future: nothing is
lost with a tasklet that is killed while it waits for one.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import (
    ALL_COMPLETED,
    FIRST_COMPLETED,
    FIRST_EXCEPTION,
    CancelledError,
    Executor,
    Future,
)
from time import monotonic
from typing import Any, NamedTuple, TypeVar

import stackless

from ._waiting import ATOMIC, SERVED, Waiter
from .locks import Event, Semaphore
from .queues import Empty, Queue

__all__ = [
    "ALL_COMPLETED",
    "FIRST_COMPLETED",
    "FIRST_EXCEPTION",
    "CancelledError",
    "DoneAndNotDone",
    "Future",
    "TaskletExecutor",
    "as_completed",
    "call_tasklet",
    "wait",
    "wait_for",
]

_T = TypeVar("_T")


# ---- waiting ----


def wait_for(future: Future[_T], timeout: float | None = None) -> _T:
    """The future's result, or its exception raised.  The tasklet waits, at most so many seconds.

    TimeoutError if the time is up before; the future goes on.  CancelledError if it was cancelled.
    """
    waiter = Waiter()
    with ATOMIC:  # the future's lock must not be held by a tasklet that is preempted
        future.add_done_callback(lambda _: waiter.decide(SERVED))
        done = future.done()
    if not done and waiter.wait(timeout) is not SERVED and not future.done():
        raise TimeoutError
    with ATOMIC:
        return future.result(0)


def as_completed(fs: Iterable[Future[_T]], timeout: float | None = None) -> Iterator[Future[_T]]:
    """Yields each future once, in the order in which they are done.

    TimeoutError if not all are after so many seconds, counted from this call.
    """
    futures = set(fs)
    end = None if timeout is None else monotonic() + timeout
    done: Queue[Future[_T]] = Queue()
    for future in futures:
        with ATOMIC:
            future.add_done_callback(done.put)
    return _yield_done(len(futures), done, end)


def _yield_done(
    count: int, done: Queue[Future[_T]], end: float | None
) -> Iterator[Future[_T]]:
    for number in range(count):
        try:
            future = done.get(timeout=None if end is None else max(0.0, end - monotonic()))
        except Empty:
            raise TimeoutError(f"{count - number} of {count} futures unfinished") from None
        yield future


class DoneAndNotDone(NamedTuple):
    done: set[Future[Any]]
    not_done: set[Future[Any]]


def wait(
    fs: Iterable[Future[Any]], timeout: float | None = None, return_when: str = ALL_COMPLETED
) -> DoneAndNotDone:
    """Waits until all, one or a failed one is done, or so many seconds; raises no TimeoutError."""
    futures = set(fs)
    finished: set[Future[Any]] = set()
    try:
        for future in as_completed(futures, timeout):
            finished.add(future)
            failed = not future.cancelled() and future.exception() is not None
            if return_when == FIRST_COMPLETED or (return_when == FIRST_EXCEPTION and failed):
                break
    except TimeoutError:
        pass
    finished |= {future for future in futures if future.done()}
    return DoneAndNotDone(finished, futures - finished)


# ---- an executor ----


class TaskletExecutor(Executor):
    """Each call is made by a tasklet of its own, on one thread: the one that makes the executor.

    With own_thread it starts a thread, which runs nothing else.  tasklets_max is how many calls may
    be under way at a time; the others wait in order.  Any thread may submit.

    A call whose tasklet is killed ends with a CancelledError in its future, also if it has not
    begun, or if its thread ends.
    """

    def __init__(self, tasklets_max: int | None = None, own_thread: bool = False) -> None:
        if tasklets_max is not None and tasklets_max < 1:
            raise ValueError("tasklets_max must be greater than 0")
        self._limit = None if tasklets_max is None else Semaphore(tasklets_max)
        self._futures: set[Future[Any]] = set()  # those that have not ended
        self._references: dict[weakref.ref[stackless.tasklet], Future[Any]] = {}
        self._closed = False
        self._idle = Event()
        self._idle.set()
        self._thread: threading.Thread | None = None
        self.thread_id = threading.get_ident()
        if own_thread:
            self._start_thread()

    def _start_thread(self) -> None:
        ready = threading.Event()
        self._stop = Event()
        self._thread = threading.Thread(
            target=self._serve, args=(ready,), name="slplib-executor", daemon=True
        )
        self._thread.start()
        ready.wait()

    def _serve(self, ready: threading.Event) -> None:
        """The thread: its main tasklet waits, and so the others run."""
        self.thread_id = threading.get_ident()
        stackless.getmain()
        ready.set()
        try:
            self._stop.wait()
        except RuntimeError:
            # A deadlock.  The end of this thread tells those who wait for its calls.
            self._closed = True

    def submit(
        self, fn: Callable[..., _T], /, *args: Any, **kwargs: Any
    ) -> Future[_T]:
        """RuntimeError after shutdown(); ValueError if the executor's thread has ended."""
        future: Future[_T] = Future()
        with ATOMIC:
            if self._closed:
                raise RuntimeError("cannot schedule new futures after shutdown")
            tasklet = stackless.tasklet().bind(self._run, (future, fn, args, kwargs))
            if self.thread_id != threading.get_ident():
                tasklet.bind_thread(self.thread_id)
            self._references[weakref.ref(tasklet, self._gone)] = future
            self._futures.add(future)
            self._idle.clear()
            tasklet.insert()
        return future

    def _run(
        self, future: Future[_T], fn: Callable[..., _T], args: tuple[Any, ...], kwargs: Any
    ) -> None:
        """A tasklet."""
        try:
            if self._limit is None:
                self._call(future, fn, args, kwargs)
            else:
                with self._limit:
                    self._call(future, fn, args, kwargs)
        finally:
            # Not left to _gone(): a tasklet that was the last one of a thread that waits then is
            # released only when that thread goes on.
            self._ended(future)

    def _gone(self, reference: weakref.ref[stackless.tasklet]) -> None:
        """A tasklet is freed; this matters if it has never begun."""
        self._ended(self._references.pop(reference))

    def _ended(self, future: Future[Any]) -> None:
        with ATOMIC:
            if future not in self._futures:
                return
            self._futures.remove(future)
            if not future.done() and not future.cancel():
                future.set_exception(CancelledError())
            if not self._futures:
                self._idle.set()

    def _call(
        self, future: Future[_T], fn: Callable[..., _T], args: tuple[Any, ...], kwargs: Any
    ) -> None:
        if not future.set_running_or_notify_cancel():
            return
        try:
            result = fn(*args, **kwargs)
        except stackless.TaskletExit:
            raise  # _ended() tells of it
        except BaseException as error:
            future.set_exception(error)
            del future  # or it is in a circle with the traceback
        else:
            future.set_result(result)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """No more calls.  With wait the tasklet waits until all that were submitted have ended."""
        with ATOMIC:
            self._closed = True
            if cancel_futures:
                for future in tuple(self._futures):
                    future.cancel()
        if wait or self._thread is None:
            if wait:
                self._idle.wait()
            self._join()
        else:
            stackless.tasklet(self._stop_when_idle)()

    def _stop_when_idle(self) -> None:
        self._idle.wait()
        self._stop.set()

    def _join(self) -> None:
        if self._thread is not None:
            self._stop.set()
            if self.thread_id != threading.get_ident():
                self._thread.join()


async def call_tasklet(
    executor: TaskletExecutor, function: Callable[..., _T], *args: Any, **kwargs: Any
) -> _T:
    """For coroutines: awaits function(*args, **kwargs), called by a tasklet of the executor.

    The executor has to be one of another thread (own_thread=True, for example), since the thread of
    an event loop runs no tasklets; RuntimeError otherwise.  Who is cancelled cancels the call if it
    has not begun; else it goes on, as one in a thread does.
    """
    import asyncio

    if executor.thread_id == threading.get_ident():
        raise RuntimeError("the executor's tasklets belong to the thread of this event loop")
    return await asyncio.wrap_future(executor.submit(function, *args, **kwargs))

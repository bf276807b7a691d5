# SPDX-License-Identifier: MIT
"""Timers: functions that are called when their time has come.

A thread calls them, so that it does not matter whether the threads that run tasklets are busy,
wait, or have nothing to do.  It lives while there are timers, and a little longer: as long as it
lives a deadlock is not noticed, since it could make something runnable.

What is shared is only touched under stackless.atomic(), where no other thread comes in.
"""

from __future__ import annotations

import heapq
import itertools
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Final

import stackless

LINGER_SECONDS: Final = 0.05  # starting a thread for each of many short waits would be slow
IDLE_MAX: Final = 64

_atomic: Final = stackless.atomic()


class _Service:
    """The timers of a process, and their thread."""

    def __init__(self) -> None:
        self.heap: list[tuple[float, int, Timer]] = []
        self.numbers = itertools.count()
        self.idle = 0  # about how many on the heap were cancelled
        self.running = False
        # Released when the thread has something to look at.
        self.bell = threading.Lock()
        self.bell.acquire()

    def ring(self) -> None:
        with _atomic:
            if self.bell.locked():
                self.bell.release()

    def add(self, timer: Timer) -> None:
        with _atomic:
            heapq.heappush(self.heap, (timer.due, next(self.numbers), timer))
            if not self.running:
                self.start()
            elif self.heap[0][2] is timer:
                self.ring()

    def start(self) -> None:
        self.running = True
        try:
            threading.Thread(target=self.run, name="slplib-timers", daemon=True).start()
        except BaseException:
            self.running = False
            raise

    def cancelled(self, timer: Timer) -> None:
        """The thread must not live for a timer that nobody needs; nor must the heap grow by them."""
        with _atomic:
            self.idle += 1
            if self.idle > IDLE_MAX and self.idle > len(self.heap) // 2:
                self.heap = [entry for entry in self.heap if entry[2].function is not None]
                heapq.heapify(self.heap)
                self.idle = 0
            if not self.heap or self.heap[0][2] is timer:
                self.ring()

    def drop_cancelled(self) -> None:
        while self.heap and self.heap[0][2].function is None:
            heapq.heappop(self.heap)
            self.idle -= 1

    def next_due(self) -> float | None:
        with _atomic:
            self.drop_cancelled()
            return self.heap[0][0] if self.heap else None

    def fire(self) -> None:
        """Calls what is due."""
        while True:
            with _atomic:
                due = self.next_due()
                if due is None or due > time.monotonic():
                    return
                timer = heapq.heappop(self.heap)[2]
                timer.call()

    def run(self) -> None:
        """The thread."""
        lingered = False
        while True:
            self.fire()
            with _atomic:
                due = self.next_due()
                if due is None and lingered:
                    self.running = False
                    return
            lingered = due is None
            seconds = LINGER_SECONDS if due is None else max(0.0, due - time.monotonic())
            self.bell.acquire(timeout=min(seconds, threading.TIMEOUT_MAX))


class Timer:
    """Calls function() in so many seconds, unless it is cancelled before.

    The call is made on the timers' thread, in an atomic block; it must be short, must not wait, and
    what it raises goes to sys.unraisablehook.  seconds may be 0 or less.
    """

    __slots__ = ("due", "function")

    def __init__(self, seconds: float, function: Callable[[], object]) -> None:
        self.due = time.monotonic() + seconds
        self.function: Callable[[], object] | None = function
        try:
            _service.add(self)
        except BaseException:
            self.cancel()
            raise

    def cancel(self) -> None:
        """From here on it is not called.  Does nothing afterwards, or twice; any thread."""
        with _atomic:
            if self.function is not None:
                self.function = None
                _service.cancelled(self)

    def call(self) -> None:
        function, self.function = self.function, None
        if function is None:
            return
        try:
            function()
        except BaseException as error:
            sys.unraisablehook(_Unraisable(error, function))


class _Unraisable:
    """What sys.unraisablehook takes."""

    err_msg = "Exception ignored in a timer of slplib"

    def __init__(self, error: BaseException, where: object) -> None:
        self.exc_type = type(error)
        self.exc_value = error
        self.exc_traceback = error.__traceback__
        self.object = where


def next_due() -> float | None:
    """When the next timer of the process is due, by time.monotonic(), or None."""
    return _service.next_due()


def _forked() -> None:
    """The child has no such thread, but the waiting tasklets of the thread that forked."""
    _service.bell = threading.Lock()
    _service.bell.acquire()
    _service.running = False
    if _service.next_due() is not None:
        _service.start()


_service = _Service()
os.register_at_fork(after_in_child=_forked)

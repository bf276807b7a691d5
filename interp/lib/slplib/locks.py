# SPDX-License-Identifier: MIT
"""Lock, RLock, Condition, Semaphore, BoundedSemaphore, Event and Barrier for tasklets.

Methods, arguments and errors are those of threading; the owner of an RLock is a tasklet instead of
a thread.  Timeouts are in seconds.  Who comes first is served first, and is not overtaken.

A lock or a permit that was given to a tasklet which is killed, thrown at or timed out before it
goes on is given to the next one, or is free again; acquire() raises, and the caller owns nothing.
What the other classes guarantee is in their docstrings.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from threading import BrokenBarrierError as BrokenBarrierError
from typing import Any, Protocol

import stackless

from ._waiting import ATOMIC, REFUSED, SERVED, Outcome, Permits, Waiter, WaitLine
from ._waiting import decide_all, wait_in

__all__ = [
    "Barrier",
    "BoundedSemaphore",
    "BrokenBarrierError",
    "Condition",
    "Event",
    "Lock",
    "RLock",
    "Semaphore",
]


def _seconds(blocking: bool, timeout: float) -> float | None:
    """How long a lock's acquire() waits: threading's rules."""
    if not blocking and timeout != -1:
        raise ValueError("can't specify a timeout for a non-blocking call")
    if timeout == -1:
        return None
    if timeout < 0:
        raise ValueError("timeout value must be a non-negative number")
    if timeout > threading.TIMEOUT_MAX:
        raise OverflowError("timeout value is too large")
    return timeout


class Lock:
    """Owned by nobody in particular: any tasklet of any thread may release it."""

    def __init__(self) -> None:
        self._permits = Permits(1)

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        seconds = _seconds(blocking, timeout)
        waiter = Waiter()
        try:
            return self._permits.acquire(waiter, blocking, seconds)
        except BaseException:
            self._permits.undo(waiter)
            raise

    def release(self) -> None:
        """RuntimeError if it is not locked."""
        with ATOMIC:
            if self._permits.count > 0:
                raise RuntimeError("release unlocked lock")
            self._permits.release()

    def locked(self) -> bool:
        return self._permits.count <= 0

    __enter__ = acquire

    def __exit__(self, *error: object) -> None:
        self.release()

    def __repr__(self) -> str:
        state = "locked" if self.locked() else "unlocked"
        return f"<{state} {type(self).__qualname__}, {self._permits.waiting} waiting>"


class _SavedLock(Protocol):
    """What Condition needs of its lock."""

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool: ...
    def release(self) -> None: ...
    def locked(self) -> bool: ...


class RLock:
    """Its owner may acquire it again, and has to release it as often."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._owner: stackless.tasklet | None = None
        self._depth = 0

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        if self._is_owned():
            _seconds(blocking, timeout)
            self._depth += 1
            return True
        me = stackless.getcurrent()
        if not self._lock.acquire(blocking, timeout):
            return False
        self._owner = me
        self._depth = 1
        return True

    def release(self) -> None:
        """RuntimeError if the tasklet does not own it."""
        if not self._is_owned():
            raise RuntimeError("cannot release un-acquired lock")
        self._depth -= 1
        if self._depth == 0:
            self._owner = None
            self._lock.release()

    __enter__ = acquire

    def __exit__(self, *error: object) -> None:
        self.release()

    def _is_owned(self) -> bool:
        return self._owner is stackless.getcurrent()

    def _release_save(self) -> int:
        """Releases it altogether; returns how often it was acquired."""
        depth, self._depth = self._depth, 0
        self._owner = None
        self._lock.release()
        return depth

    def _acquire_restore(self, depth: int) -> None:
        me = stackless.getcurrent()
        self._lock.acquire()
        self._owner = me
        self._depth = depth

    def __repr__(self) -> str:
        return f"<{type(self).__qualname__} owner={self._owner!r} count={self._depth}>"


class Condition:
    """wait() returns or raises with the lock acquired again, unless there is a deadlock.

    What is thrown while the lock is being acquired again is raised after that; the last one, if
    there were several.  A notify() that went to a tasklet which then raises goes to the next one.
    """

    def __init__(self, lock: RLock | _SavedLock | None = None) -> None:
        self._lock: Any = RLock() if lock is None else lock
        self._line = WaitLine()
        self.acquire = self._lock.acquire
        self.release = self._lock.release

    def __enter__(self) -> bool:
        return bool(self._lock.acquire())

    def __exit__(self, *error: object) -> None:
        self._lock.release()

    def _check_owned(self) -> None:
        if isinstance(self._lock, RLock):
            owned = self._lock._is_owned()
        else:
            owned = self._lock.locked()
        if not owned:
            raise RuntimeError("cannot use a condition with un-acquired lock")

    def _release_save(self) -> int:
        if isinstance(self._lock, RLock):
            return self._lock._release_save()
        self._lock.release()
        return 1

    def _acquire_restore(self, depth: int) -> None:
        """Goes on until it has the lock; then raises what came in between."""
        problem: BaseException | None = None
        while True:
            try:
                if isinstance(self._lock, RLock):
                    self._lock._acquire_restore(depth)
                else:
                    self._lock.acquire()
                break
            except BaseException as error:
                # At a deadlock, or where a trap forbids to wait, a second try fails the same way.
                if isinstance(problem, RuntimeError) and isinstance(error, RuntimeError):
                    raise
                problem = error
        if problem is not None:
            try:
                raise problem
            finally:
                del problem

    def wait(self, timeout: float | None = None) -> bool:
        """False if the time was up before a notify()."""
        self._check_owned()
        waiter = Waiter()
        self._line.join(waiter)
        try:
            depth = self._release_save()
            try:
                if timeout is not None and timeout <= 0:
                    self._line.leave(waiter)
                    return waiter.outcome is SERVED
                return wait_in(self._line, waiter, timeout) is SERVED
            finally:
                self._acquire_restore(depth)
        except BaseException:
            self._line.leave(waiter)
            if waiter.outcome is SERVED:
                self._line.serve(1)
            raise

    def wait_for(self, predicate: Callable[[], Any], timeout: float | None = None) -> Any:
        """Waits until the predicate is true, and returns what it was at last."""
        return _wait_for(self.wait, predicate, timeout)

    def notify(self, n: int = 1) -> None:
        """RuntimeError without the lock."""
        self._check_owned()
        self._line.serve(n)

    def notify_all(self) -> None:
        self._check_owned()
        self._line.serve()

    def __repr__(self) -> str:
        return f"<{type(self).__qualname__}({self._lock!r}, {len(self._line)})>"


def _wait_for(
    wait: Callable[[float | None], bool], predicate: Callable[[], Any], seconds: float | None
) -> Any:
    end = None if seconds is None else time.monotonic() + seconds
    result = predicate()
    while not result:
        left = None if end is None else end - time.monotonic()
        if left is not None and left <= 0:
            break
        wait(left)
        result = predicate()
    return result


class Semaphore:
    """ValueError for a negative value."""

    def __init__(self, value: int = 1) -> None:
        if value < 0:
            raise ValueError("semaphore initial value must be >= 0")
        self._permits = Permits(value)

    def acquire(self, blocking: bool = True, timeout: float | None = None) -> bool:
        if not blocking and timeout is not None:
            raise ValueError("can't specify timeout for non-blocking acquire")
        waiter = Waiter()
        try:
            return self._permits.acquire(waiter, blocking, timeout)
        except BaseException:
            self._permits.undo(waiter)
            raise

    def release(self, n: int = 1) -> None:
        """ValueError if n is less than 1."""
        if n < 1:
            raise ValueError("n must be one or more")
        self._permits.release(n)

    __enter__ = acquire

    def __exit__(self, *error: object) -> None:
        self.release()

    def __repr__(self) -> str:
        count, waiting = self._permits.count, self._permits.waiting
        return f"<{type(self).__qualname__} {count}, {waiting} waiting>"


class BoundedSemaphore(Semaphore):
    """A release() too many is a ValueError."""

    def __init__(self, value: int = 1) -> None:
        super().__init__(value)
        self._bound = value

    def release(self, n: int = 1) -> None:
        with ATOMIC:
            if n >= 1 and self._permits.count + n > self._bound:
                raise ValueError("Semaphore released too many times")
            super().release(n)


class Event:
    """set() wakes all that wait, also if clear() comes before they go on.

    Whether it is set is in the event and not with those who wait: one that is killed takes nothing
    along.
    """

    def __init__(self) -> None:
        self._flag = False
        self._line = WaitLine()

    def is_set(self) -> bool:
        return self._flag

    def set(self) -> None:
        with ATOMIC:
            self._flag = True
            self._line.serve()

    def clear(self) -> None:
        self._flag = False

    def wait(self, timeout: float | None = None) -> bool:
        """False if the time was up before."""
        waiter = Waiter()
        with ATOMIC:
            if self._flag or (timeout is not None and timeout <= 0):
                return self._flag
            self._line.join(waiter)
        return wait_in(self._line, waiter, timeout) is SERVED

    def __repr__(self) -> str:
        return f"<{type(self).__qualname__}: {'set' if self._flag else 'unset'}>"


class Barrier:
    """Lets so many tasklets through at a time.

    One that is killed, thrown at or timed out while it waits breaks the barrier: those that wait
    with it raise BrokenBarrierError, and so does every wait() until a reset().  One that this
    happens to after the last one has come breaks nothing: the others get through.
    """

    def __init__(
        self,
        parties: int,
        action: Callable[[], object] | None = None,
        timeout: float | None = None,
    ) -> None:
        if parties < 1:
            raise ValueError("parties must be > 0")
        self._parties = parties
        self._action = action
        self._timeout = timeout
        self._arrived: list[Waiter] = []
        self._broken = False

    @property
    def parties(self) -> int:
        return self._parties

    @property
    def n_waiting(self) -> int:
        return len(self._arrived)

    @property
    def broken(self) -> bool:
        return self._broken

    def wait(self, timeout: float | None = None) -> int:
        """Returns 0 to parties - 1, to each another one: 0 to the last one, which calls action.

        Raises what the action raises; the barrier is broken then.
        """
        waiter = Waiter()
        with ATOMIC:
            if self._broken:
                raise BrokenBarrierError
            group = self._arrived
            group.append(waiter)
            waiter.value = self._parties - len(group)
            if len(group) == self._parties:
                # Whoever comes from now on, even during the action, is of the next group.
                self._arrived = []
        if waiter.value == 0:
            self._trip(group)
        else:
            self._wait(group, waiter, self._timeout if timeout is None else timeout)
        return int(waiter.value)

    def _trip(self, group: list[Waiter]) -> None:
        try:
            if self._action is not None:
                self._action()
        except BaseException:
            self._break(group)
            raise
        self._decide(group, SERVED)

    def _wait(self, group: list[Waiter], waiter: Waiter, seconds: float | None) -> None:
        try:
            outcome = waiter.wait(seconds)
            if outcome is not SERVED and self._complete(group):
                # The last one was in time; its action has not returned yet.
                with ATOMIC:
                    last = Waiter()
                    group.append(last)
                outcome = last.wait()
        except BaseException:
            if waiter.outcome is not SERVED and not self._complete(group):
                self._break(group)
            raise
        if outcome is not SERVED:
            self._break(group)
            raise BrokenBarrierError

    def _complete(self, group: list[Waiter]) -> bool:
        """Whether all have come, and none has been told anything."""
        return bool(group) and group is not self._arrived

    def _break(self, group: list[Waiter]) -> None:
        """Not if the group has been told before, by a reset() for example."""
        with ATOMIC:
            if group:
                self._broken = True
                if self._arrived is not group:
                    self._decide(self._arrived, REFUSED)
                self._decide(group, REFUSED)

    def _decide(self, group: list[Waiter], outcome: Outcome) -> None:
        with ATOMIC:
            decide_all(group, outcome)
            group.clear()

    def reset(self) -> None:
        """Those that wait raise BrokenBarrierError; the barrier is as new."""
        with ATOMIC:
            self._broken = False
            self._decide(self._arrived, REFUSED)

    def abort(self) -> None:
        """Breaks it."""
        with ATOMIC:
            self._broken = True
            self._decide(self._arrived, REFUSED)

    def __repr__(self) -> str:
        state = "broken" if self._broken else f"{self.n_waiting}/{self._parties}"
        return f"<{type(self).__qualname__}: {state}>"

# SPDX-License-Identifier: MIT
"""Queue, LifoQueue and PriorityQueue for tasklets, with the methods and errors of module queue.

An item is in the queue until a get() that goes on takes it out.  What a get() that waits is told is
only that an item is his: if it is killed, thrown at or timed out before it goes on, the item has
never left, and the next one in line is told.  In the same way a put() that raises has put nothing,
and its place goes to the next.  Nobody overtakes; so get_nowait() may raise Empty while qsize() is
not 0, if the items belong to others who have not come to take them.

Comparisons of a PriorityQueue's items must not switch.  If one raises, no item is lost or put; after
that the order is that of what could be compared.
"""

from __future__ import annotations

import heapq
from collections import deque
from queue import Empty as Empty
from queue import Full as Full
from typing import Generic, TypeVar

from ._waiting import ATOMIC, REFUSED, SERVED, Permits, Waiter, WaitLine, wait_in

__all__ = ["Empty", "Full", "LifoQueue", "PriorityQueue", "Queue"]

_T = TypeVar("_T")


def _check(timeout: float | None) -> None:
    if timeout is not None and timeout < 0:
        raise ValueError("'timeout' must be a non-negative number")


class Queue(Generic[_T]):
    """First in, first out.  A maxsize of 0 or less means no limit.  Timeouts are in seconds."""

    def __init__(self, maxsize: int = 0) -> None:
        self.maxsize = maxsize
        self._filled = Permits(0)
        self._free = Permits(maxsize) if maxsize > 0 else None
        self._unfinished = 0
        self._joining = WaitLine()
        self._init()

    # ---- what the other kinds do in another way ----

    def _init(self) -> None:
        self._items: deque[_T] = deque()

    def _put(self, item: _T) -> None:
        self._items.append(item)

    def _get(self) -> _T:
        return self._items.popleft()

    def _put_back(self, item: _T) -> None:
        self._items.appendleft(item)

    # ---- putting ----

    def put(self, item: _T, block: bool = True, timeout: float | None = None) -> None:
        """Full if there is no place, or none in time."""
        if self._free is None:
            self._add(item)
            return
        if block:
            _check(timeout)
        place = Waiter()
        try:
            if not self._free.acquire(place, block, timeout):
                raise Full
            self._add(item, place)
        except BaseException:
            self._free.undo(place)
            raise

    def _add(self, item: _T, place: Waiter | None = None) -> None:
        with ATOMIC:
            self._put(item)
            if place is not None:
                place.outcome = REFUSED  # the item has it now
            self._unfinished += 1
            self._filled.release()

    def put_nowait(self, item: _T) -> None:
        self.put(item, block=False)

    # ---- getting ----

    def get(self, block: bool = True, timeout: float | None = None) -> _T:
        """Empty if there is no item, or none in time."""
        if block:
            _check(timeout)
        claim = Waiter()
        try:
            if not self._filled.acquire(claim, block, timeout):
                raise Empty
            return self._take(claim)
        except BaseException:
            self._filled.undo(claim)
            raise

    def _take(self, claim: Waiter) -> _T:
        item = missing = object()
        try:
            with ATOMIC:
                item = self._get()
                if self._free is not None:
                    self._free.release()
                return item
        except BaseException:
            # Thrown from another thread; or a comparison has failed, and it is still there.
            if item is not missing:
                with ATOMIC:
                    self._put_back(item)  # type: ignore[arg-type]
                    if self._free is not None:
                        self._free.take_back()
            raise

    def get_nowait(self) -> _T:
        return self.get(block=False)

    # ---- what has become of the items ----

    def task_done(self) -> None:
        """Says that an item got is dealt with.  ValueError if that is said too often."""
        with ATOMIC:
            if self._unfinished <= 0:
                raise ValueError("task_done() called too many times")
            self._unfinished -= 1
            if self._unfinished == 0:
                self._joining.serve()

    def join(self) -> None:
        """Waits until every item that was put has been dealt with."""
        waiter = Waiter()
        with ATOMIC:
            if self._unfinished == 0:
                return
            self._joining.join(waiter)
        wait_in(self._joining, waiter)

    @property
    def unfinished_tasks(self) -> int:
        return self._unfinished

    def qsize(self) -> int:
        return len(self._items)

    def empty(self) -> bool:
        return not self._items

    def full(self) -> bool:
        return 0 < self.maxsize <= len(self._items)

    def __repr__(self) -> str:
        limit = f"/{self.maxsize}" if self.maxsize > 0 else ""
        return (
            f"<{type(self).__qualname__} {self.qsize()}{limit}, {self._filled.waiting} getting, "
            f"{self._free.waiting if self._free else 0} putting>"
        )


class LifoQueue(Queue[_T]):
    """Last in, first out."""

    def _get(self) -> _T:
        return self._items.pop()

    def _put_back(self, item: _T) -> None:
        self._items.append(item)


class PriorityQueue(Queue[_T]):
    """The smallest first: that is the smallest when a get() goes on, not when it was woken."""

    def _init(self) -> None:
        self._items: list[_T] = []  # type: ignore[assignment]

    def _put(self, item: _T) -> None:
        try:
            heapq.heappush(self._items, item)  # type: ignore[type-var, arg-type]
        except BaseException:
            self._remove(item)
            raise

    def _remove(self, item: _T) -> None:
        """heappush() has left it there."""
        places = [place for place, there in enumerate(self._items) if there is item]
        if places:
            del self._items[places[-1]]
            heapq.heapify(self._items)  # type: ignore[type-var, arg-type]

    def _get(self) -> _T:
        item = self._items[0]
        try:
            heapq.heappop(self._items)  # type: ignore[type-var, arg-type]
        except BaseException:
            if not any(there is item for there in self._items):
                self._items.append(item)
            raise
        return item

    def _put_back(self, item: _T) -> None:
        self._put(item)

# SPDX-License-Identifier: MIT
"""What all waiting of this package is made of: a waiter, and permits that waiters queue up for.

What is waited for is never in transit.  A waiter is told that something is his by a mark on the
waiter itself, made under stackless.atomic(), that is without any other thread in between; the
switch that follows carries nothing.  So whoever catches an exception out of a wait can look at the
mark and knows whether there is something to be given back.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import Any, Final

import stackless

from . import _timers

# One instance may be shared by all tasklets.
ATOMIC: Final = stackless.atomic()


class Outcome:
    """Why a wait is over."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"<outcome {self.name}>"


SERVED: Final = Outcome("served")
EXPIRED: Final = Outcome("expired")
REFUSED: Final = Outcome("refused")


class _Roused(BaseException):
    """Ends a wait where a channel could not; nobody outside sees it."""


class Waiter:
    """One tasklet's one wait.  It is made by the tasklet that is going to wait.

    outcome is None until the wait is decided, and is then set once, by whoever holds the GIL first;
    value is for the use of who waits and who serves.  The waiter waits as the *sender* on a channel
    of its own: a sender that is killed after its value was taken displaces nothing.
    """

    __slots__ = ("outcome", "value", "tasklet", "_channel", "__weakref__")

    def __init__(self) -> None:
        self.outcome: Outcome | None = None
        self.value: Any = None
        self.tasklet = stackless.getcurrent()
        self._channel = stackless.channel()
        self._channel.preference = 0

    def wait(self, seconds: float | None = None) -> Outcome:
        """Waits for an outcome, at most that long; then the outcome is EXPIRED.

        Raises what is thrown at the tasklet, and RuntimeError at a deadlock; whoever calls this
        must then look at the outcome, since there may be one all the same.
        """
        if seconds is None:
            self._sleep()
        else:
            timer = _timers.Timer(seconds, self._expire)
            try:
                self._sleep()
            finally:
                timer.cancel()
        assert self.outcome is not None
        return self.outcome

    def _sleep(self) -> None:
        with ATOMIC:
            while self.outcome is None:
                try:
                    self._channel.send(None)
                except _Roused:
                    pass

    def _expire(self) -> None:
        self.decide(EXPIRED)

    def decide(self, outcome: Outcome) -> bool:
        """Ends the wait, unless it is decided.  Switches to nobody.  Any thread may call this.

        False if there was an outcome, or if the tasklet has died in a way that ran no cleanup.
        """
        with ATOMIC:
            if self.outcome is not None or not self.tasklet.alive:
                return False
            self.outcome = outcome
            self.rouse()
            return True

    def rouse(self) -> None:
        """Makes the tasklet runnable, if it waits.  It may not have come to that yet."""
        with ATOMIC:
            if self._channel.balance > 0:
                try:
                    self._channel.receive()
                except Exception:
                    # In a callback of channels, or it raises.  That must not keep the other one.
                    if self._channel.balance > 0:
                        self.tasklet.throw(_Roused, pending=True)


class WaitLine:
    """Those who wait for the same thing, the oldest first."""

    __slots__ = ("_waiters",)

    def __init__(self) -> None:
        self._waiters: OrderedDict[Waiter, None] = OrderedDict()

    def __len__(self) -> int:
        """How many have not been decided."""
        with ATOMIC:
            return sum(waiter.outcome is None for waiter in self._waiters)

    def join(self, waiter: Waiter) -> None:
        self._waiters[waiter] = None

    def leave(self, waiter: Waiter) -> None:
        """Does nothing if it has left, or has been served."""
        self._waiters.pop(waiter, None)

    def serve(self, count: int | None = None, outcome: Outcome = SERVED) -> int:
        """Decides the waits of the oldest ones, or of all; how many that were."""
        served = 0
        with ATOMIC:
            while self._waiters and (count is None or served < count):
                waiter = next(iter(self._waiters))
                if waiter.outcome is None:
                    served += waiter.decide(outcome)
                else:
                    waiter.rouse()
                # Last: if anything before has failed the next one to serve finds it here again.
                self._waiters.pop(waiter, None)
        return served


class Permits:
    """A number of permits, handed out in the order in which they were asked for.

    Whoever comes later does not overtake who waits.  count is how many nobody has; it is below zero
    while one was taken back() that had been given to somebody, and then the next release pays.
    """

    __slots__ = ("count", "_line")

    def __init__(self, count: int) -> None:
        self.count = count
        self._line = WaitLine()

    @property
    def waiting(self) -> int:
        return len(self._line)

    def acquire(self, waiter: Waiter, blocking: bool = True, seconds: float | None = None) -> bool:
        """Takes a permit: True and waiter.outcome is SERVED, or False.

        The waiter is a new one.  If this raises, or anything that comes before the permit is in its
        place, the caller has to call undo(waiter).
        """
        with ATOMIC:
            if self.count > 0:
                self.count -= 1
                waiter.outcome = SERVED
                return True
            if not blocking or (seconds is not None and seconds <= 0):
                return False
            self._line.join(waiter)
        try:
            return waiter.wait(seconds) is SERVED
        finally:
            self._line.leave(waiter)

    def undo(self, waiter: Waiter) -> None:
        """Gives back what the waiter has, if it has anything.  Once more it does nothing."""
        with ATOMIC:
            if waiter.outcome is SERVED:
                waiter.outcome = REFUSED
                self.release()

    def release(self, count: int = 1) -> None:
        """Gives permits to those who wait, and keeps the rest."""
        with ATOMIC:
            self.count += count
            while self.count > 0:
                # Taken first: the callbacks of channels are Python, and may acquire.
                self.count -= 1
                if not self._line.serve(1):
                    self.count += 1
                    break

    def take_back(self, count: int = 1) -> None:
        """Takes permits that were released too early; does not wait."""
        self.count -= count


def wait_in(line: WaitLine, waiter: Waiter, seconds: float | None = None) -> Outcome:
    """Waits in a line that the waiter has joined, and leaves it in any case."""
    try:
        return waiter.wait(seconds)
    finally:
        line.leave(waiter)


def decide_all(waiters: Iterable[Waiter], outcome: Outcome) -> None:
    for waiter in tuple(waiters):
        waiter.decide(outcome)

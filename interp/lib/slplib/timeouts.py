# SPDX-License-Identifier: MIT
"""Timeouts for whatever a tasklet waits for, and sleeping.

    with timeout(2.5):
        connection = accepted.receive()
        header = call_async(pool, connection.recv, 16)
"""

from __future__ import annotations

from types import TracebackType
from typing import Final, Literal

import stackless

from . import _timers, _waiting

RETRY_SECONDS: Final = 0.01  # how soon a timeout looks again whether its tasklet waits


class WaitTimeout(TimeoutError):
    """The time of a block is up.  timeout is the block's."""

    def __init__(self, owner: timeout) -> None:
        super().__init__(f"waited longer than {owner.seconds} s")
        self.timeout = owner


class timeout:
    """Ends the wait that the block is in when its time is up, with a WaitTimeout.

    A wait is any: on a channel, in this package, in schedule_remove(), or in run().  What runs is
    not interrupted; neither is who is runnable.  If the time is up while the tasklet runs, or has
    been woken and has not gone on yet, then its next wait gets the exception (one of a channel after
    at most RETRY_SECONDS); so no value that was delivered is lost.  A blocking call of the operating
    system is no wait: see util.call_async().

    The exception is thrown once.  Blocks may be nested: each has its own time, and its exception
    says whose it is.  None as seconds means no limit.  An instance is for one block, and for the
    tasklet that enters it: anything else is a RuntimeError.
    """

    def __init__(self, seconds: float | None) -> None:
        self.seconds = seconds
        self._tasklet: stackless.tasklet | None = None
        self._timer: _timers.Timer | None = None
        self._inside = False
        self._expired = False

    @property
    def expired(self) -> bool:
        """Whether the exception has been thrown."""
        return self._expired

    def __enter__(self) -> timeout:
        if self._tasklet is not None:
            raise RuntimeError("a timeout is for one block")
        self._tasklet = stackless.getcurrent()
        if self.seconds is not None:
            self._start(self.seconds)
        return self

    def _start(self, seconds: float) -> None:
        self._inside = True
        try:
            with _waiting.ATOMIC:
                timer = _timers.Timer(seconds, self._expire)
                # It may have been due while the timers' thread was starting, which is waited for;
                # then there is another one.
                if self._timer is None:
                    self._timer = timer
        except BaseException:
            self._inside = False
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> Literal[False]:
        self._inside = False
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
        if self._tasklet is not stackless.getcurrent():
            raise RuntimeError("a timeout is left by another tasklet")
        return False

    def _expire(self) -> None:
        """On the timers' thread, in an atomic block: the tasklet cannot leave meanwhile."""
        tasklet = self._tasklet
        if not self._inside or tasklet is None or not tasklet.alive:
            return
        if not (tasklet.blocked or tasklet.paused):
            self._timer = _timers.Timer(RETRY_SECONDS, self._expire)
            return
        self._expired = True
        tasklet.throw(WaitTimeout(self), pending=True)


def sleep(seconds: float) -> None:
    """The tasklet waits that long; with 0 it lets those run who can.

    Raises ValueError if seconds is negative.
    """
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    if seconds == 0:
        stackless.schedule()
    else:
        _waiting.Waiter().wait(seconds)

# SPDX-License-Identifier: MIT
"""What CCP's scheduler has and Stackless has not, over `stackless`.

    from slplib.carbon import tasklet, channel, run

for a program that was written for CCP's `scheduler` (carbonengine).  It is `stackless`, and these:

    tasklet   dont_raise, exception_handler, context_manager_getter; method_name, module_name,
              file_name, line_number, startTime, endTime, runTime (nanoseconds of a clock that only
              goes forward), parent_callsite, highlighted; times_switched_to
    channel   clear()

and, where the two decide otherwise, CCP's decision: a tasklet is set up and killed by its own thread
alone (RuntimeError), and `next` and `prev` of a blocked tasklet are None.

It has no C API: `_C_API` is None, so that PyCapsule_Import() fails with a clear error.  Switches are
counted by a schedule callback; one that the program sets is called as well.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import stackless
from stackless import *  # noqa: F403
from stackless import getcurrent

_C_API = None

_callback: Callable[[Any, Any], Any] | None = None


def set_schedule_callback(callback: Callable[[Any, Any], Any] | None) -> Any:
    """The one that was set before, or None."""
    global _callback
    before, _callback = _callback, callback
    return before


def get_schedule_callback() -> Callable[[Any, Any], Any] | None:
    return _callback


def _count_switch(before: Any, after: Any) -> None:
    if isinstance(after, tasklet):
        after.times_switched_to += 1
    if _callback is not None:
        _callback(before, after)


stackless.set_schedule_callback(_count_switch)


def _call_handler(of: tasklet) -> None:
    """In an except clause, so that the handler finds the exception there.  Its own is printed."""
    if of.exception_handler is None:
        return
    state = f"alive={of.alive:d} blocked={of.blocked:d} paused={of.paused:d}"
    try:
        of.exception_handler(
            f"Unhandled exception in <Tasklet {state} scheduled={of.scheduled:d} "
            f"context={of.module_name}.{of.method_name}>"
        )
    except Exception:
        sys.excepthook(*sys.exc_info())


def _call_guarded(of: tasklet, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """What dont_raise keeps in: the function's exception, and not that of the context manager."""
    try:
        return function(*args, **kwargs)
    except stackless.TaskletExit:
        raise
    except BaseException:
        if not of.dont_raise:
            raise
        _call_handler(of)
    return None


class tasklet(stackless.tasklet):
    """A tasklet as CCP's scheduler has it; see the module."""

    __slots__ = (
        "context_manager_getter",
        "dont_raise",
        "endTime",
        "exception_handler",
        "file_name",
        "highlighted",
        "line_number",
        "method_name",
        "module_name",
        "parent_callsite",
        "runTime",
        "startTime",
        "times_switched_to",
    )

    def __new__(cls, func: Callable[..., Any] | None = None, args: Any = None, kwargs: Any = None):
        self = super().__new__(cls)
        self.context_manager_getter = self.exception_handler = None
        self.dont_raise = self.highlighted = False
        caller = sys._getframe(1)
        self.parent_callsite = f"{caller.f_code.co_filename}({caller.f_lineno})"
        self._describe(None)
        return self

    def __init__(self, func: Callable[..., Any] | None = None, args: Any = None, kwargs: Any = None):
        super().__init__()
        if func is not None or args is not None or kwargs is not None:
            self.bind(func, args, kwargs)

    def _describe(self, function: Any) -> None:
        code = getattr(function, "__code__", None)
        self.method_name = str(getattr(function, "__name__", "unknown_method"))
        self.module_name = str(getattr(function, "__module__", "unknown_module"))
        self.file_name = getattr(code, "co_filename", "unknown_file")
        self.line_number = getattr(code, "co_firstlineno", 0)
        self.startTime = self.endTime = self.runTime = self.times_switched_to = 0

    def _require_home(self) -> None:
        if self.thread_id != threading.get_ident():
            raise RuntimeError("the tasklet belongs to another thread")

    def _body(self, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        self.startTime = time.monotonic_ns()
        try:
            if self.context_manager_getter is None:
                return _call_guarded(self, function, args, kwargs)
            with self.context_manager_getter(self):
                return _call_guarded(self, function, args, kwargs)
        finally:
            self.endTime = time.monotonic_ns()
            self.runTime = self.endTime - self.startTime

    def bind(self, func: Any = None, args: Any = None, kwargs: Any = None) -> tasklet:
        if func is None or not callable(func):
            super().bind(func, args, kwargs)
        else:

            # Not by the name self: the tasklet would be a cycle.
            def body(*args: Any, **kwargs: Any) -> Any:
                return getcurrent()._body(func, args, kwargs)

            super().bind(body, args, kwargs)
        if func is not None:
            self._describe(func)
        return self

    def setup(self, *args: Any, **kwargs: Any) -> tasklet:
        self._require_home()
        super().setup(*args, **kwargs)
        return self

    __call__ = setup

    def kill(self, pending: bool = False) -> None:
        self._require_home()
        super().kill(pending=pending)

    @property
    def next(self) -> Any:
        return None if self.blocked else super().next

    @property
    def prev(self) -> Any:
        return None if self.blocked else super().prev


class channel(stackless.channel):
    """A channel as CCP's scheduler has it; see the module."""

    __slots__ = ()

    def __init__(self, *_ignored: Any) -> None:
        """Their QueueChannel passes itself."""
        super().__init__()

    def clear(self) -> None:
        """Kills whoever waits; they are ended when it returns."""
        while self.queue is not None:
            self.queue.kill()

# SPDX-License-Identifier: MIT
"""With this folder on PYTHONPATH, and SLP_TRACED set, every thread and tasklet of a process and of
its children has a trace or profile function, throughout: `trace`, `profile` or `both`.

The suites of interp/tests/api and interp/lib/tests run so in ci/groups/traced, to show that nothing
depends on there being none.  A test that sets one of its own has it until it sets None; then ours is
back, and gettrace() does not tell of it.  A tasklet has a trace function of its own, so that a
schedule callback gives one to each that goes on; what a test sets as its callback is called by it.
"""

import os
import sys
import threading

MODE = os.environ.get("SLP_TRACED", "")
try:
    import stackless
except ImportError:
    MODE = ""  # in a subinterpreter; elsewhere the suites say so themselves


def trace(frame, event, argument):
    return trace


def profile(frame, event, argument):
    pass


class Hook:
    """sys.settrace() and the like, of which None means ours."""

    def __init__(self, ours, name, attribute):
        self.ours, self.attribute = ours, attribute
        self.set_real, self.get_real = getattr(sys, "set" + name), getattr(sys, "get" + name)
        setattr(sys, "set" + name, self.set)
        setattr(sys, "get" + name, self.get)
        getattr(threading, "set" + name)(ours)
        self.set(None)

    def set(self, function):
        self.set_real(self.ours if function is None else function)

    def get(self):
        function = self.get_real()
        return None if function is self.ours else function

    def give(self, t):
        try:
            if getattr(t, self.attribute) is None:
                setattr(t, self.attribute, self.ours)
        except RuntimeError:
            pass  # it is not alive, or runs already


class Callback:
    """stackless.set_schedule_callback(), of which None means ours alone."""

    def __init__(self, hooks):
        self.hooks, self.theirs = hooks, None
        stackless.set_schedule_callback(self.call)
        stackless.set_schedule_callback = self.set
        stackless.get_schedule_callback = lambda: self.theirs

    def call(self, prev, next):
        for hook in self.hooks:
            hook.give(next)
        if self.theirs is not None:
            self.theirs(prev, next)

    def set(self, callback):
        before, self.theirs = self.theirs, callback
        return before


if MODE:
    wanted = []
    if MODE in ("trace", "both"):
        wanted.append(Hook(trace, "trace", "trace_function"))
    if MODE in ("profile", "both"):
        wanted.append(Hook(profile, "profile", "profile_function"))
    Callback(wanted)

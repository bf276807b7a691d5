# SPDX-License-Identifier: MIT
"""switched.py CHECKS -m test ...: CPython's tests, and a switch of tasklets every so many checks.

A check is where the evaluation loop looks whether something is to be done: at the begin of a
function, after a call, at each turn of a loop.  What runs is a tasklet.  The thread's main tasklet
sits in run(timeout), gets it back in the middle of its bytecodes, and lets it go on.  A call from C
in between keeps nothing from that.  Each thread of `threading` is run so as well.
"""

import runpy
import sys
import threading
import _thread

import stackless

CHECK = 10  # SLP_PREEMPT_CHECK in interp/preempt.h


def switched(function, checks):
    """function(), called in a tasklet that is interrupted again and again."""
    ended = []

    def body():
        try:
            ended.append((function(), None))
        except BaseException as error:
            ended.append((None, error))

    stackless.tasklet(body)()
    while not ended:
        victim = stackless.run(checks * CHECK, ignore_nesting=True)
        if victim is not None:
            victim.insert()
    result, error = ended[0]
    if error is not None:
        raise error
    return result


def switch_threads(checks):
    start = _thread.start_new_thread

    def start_new_thread(function, args, kwargs={}):
        if getattr(function, "__name__", "") != "_bootstrap":
            return start(function, args, kwargs)
        return start(switched, (lambda: function(*args, **kwargs), checks))

    threading._start_new_thread = start_new_thread


def main():
    checks = int(sys.argv[1])
    module = sys.argv[3]
    sys.argv[:] = sys.argv[3:]
    switch_threads(checks)
    switched(lambda: runpy.run_module(module, run_name="__main__", alter_sys=True), checks)


if __name__ == "__main__":
    main()

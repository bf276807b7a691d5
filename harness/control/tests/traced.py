# SPDX-License-Identifier: MIT
"""Two threads that work while a trace or profile function is set, or none.

    traced.py settrace|threading|setprofile|one|cprofile|pdb|raises|call_tracing|nothing
              calls|generators|coroutines [TIMES]

The second says what the threads do, that many times.  Ends with 1 if they have lost an update of the number that
both count in, and with 2 if the trace function was not told of each call.  Python 2.7 has
no coroutines.
"""
from __future__ import print_function

import bdb
import cProfile
import sys
import threading

how, what = sys.argv[1:3]
TIMES = int(sys.argv[3]) if len(sys.argv) > 3 else 5
number = 0
told = {}
profiles = []


def one_more(seen):
    return seen + 1


def call(seen):
    return one_more(seen)


def generate(seen):
    def values():
        yield one_more(seen)

    return next(values())


COROUTINES = """
async def value(seen):
    return one_more(seen)


async def both(seen):
    return await value(seen)
"""
if sys.version_info[0] > 2:
    exec(COROUTINES)


def run_coroutine(seen):
    try:
        both(seen).send(None)
    except StopIteration as stop:
        return stop.value


add = {"calls": call, "generators": generate, "coroutines": run_coroutine}[what]


def count(frame, event, argument):
    if event == "call" and frame.f_code is one_more.__code__:
        thread = threading.current_thread()
        told[thread] = told.get(thread, 0) + 1
    return count


def fail(frame, event, argument):
    count(frame, event, argument)
    if event == "call" and frame.f_code is add.__code__:
        raise KeyError


def reenter(frame, event, argument):
    """As a debugger that runs what its user types, and traces that, too."""
    if event == "call" and frame.f_code is add.__code__:
        sys.call_tracing(one_more, (0,))
    return count(frame, event, argument)


class Debugger(bdb.Bdb):
    def user_call(self, frame, arguments):
        count(frame, "call", arguments)
        self.set_step()


def work():
    global number
    for _ in range(TIMES):
        seen = number
        try:
            number = add(seen)
        except KeyError:  # and with it the trace function is gone
            number = seen + 1


def traced():
    if how == "settrace" or how == "one" and threading.current_thread() is threads[0]:
        sys.settrace(count)
    elif how == "setprofile":
        sys.setprofile(count)
    elif how == "raises":
        sys.settrace(fail)
    elif how == "call_tracing":
        sys.settrace(reenter)
    elif how == "pdb":
        debugger = Debugger()
        debugger.reset()
        sys.settrace(debugger.trace_dispatch)
    work()
    sys.settrace(None)
    sys.setprofile(None)


def profiled():
    # The same instructions with a profiler and without one, to compare their decisions.
    profile = cProfile.Profile()
    profiles.append(profile)
    switch_on = profile.enable if how == "cprofile" else sys.getrecursionlimit
    switch_off = profile.disable if how == "cprofile" else sys.getrecursionlimit
    switch_on()
    work()
    switch_off()


if how == "threading":
    threading.settrace(count)
# From 3.12 on a process has one profiler, which is told of all threads.
has_one = how == "cprofile" and sys.version_info >= (3, 12)
body = work if has_one else profiled if how in ("cprofile", "nothing") else traced
if has_one:
    profiles.append(cProfile.Profile())
    profiles[0].enable()
threads = [threading.Thread(target=body) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()

if has_one:
    profiles[0].disable()
if how == "cprofile":
    for profile in profiles:
        stats = [entry for entry in profile.getstats() if entry.code is one_more.__code__]
        told[profile] = sum(entry.callcount for entry in stats)
# CPython 3.11 does not tell of what sys.call_tracing() calls, PyPy does.
calls = [min(times, TIMES) for times in told.values()]
if calls != [TIMES] * {"raises": 0, "nothing": 0, "one": 1, "cprofile": 2 - has_one}.get(how, 2):
    print("told of", list(told.values()))
    sys.exit(2)
if number != 2 * TIMES:
    print("%d of %d updates arrived" % (number, 2 * TIMES))
    sys.exit(1)
print("all updates arrived")

# SPDX-License-Identifier: MIT
"""What a spec may require of an interpreter that is not ours, each tried out: formats/spec/spec_need.h.

Read in front of agentless.py, as one text.  has_NAME() is true if the interpreter has it; one that
raises means no.  Each runs in the main tasklet before the spec's own Python, with the collector
off, and leaves the ring as it was if it is true.  Where it is not the process ends, so that what
it then leaves does not matter.
"""

import gc
import sys
import weakref

try:
    import thread as _thread
except ImportError:
    import _thread

try:
    import stackless
except ImportError:
    stackless = None  # agentless.py says so


class Thing(object):
    """That a weak reference can be had of."""


def has_spill():
    return hasattr(stackless, "spill")


def has_threads():
    """Each thread has a main tasklet of its own; PyPy has one for all."""
    seen, looked = [], _thread.allocate_lock()
    looked.acquire()

    def look():
        try:
            seen.append(stackless.getcurrent() is stackless.getmain())
        finally:
            looked.release()
    _thread.start_new_thread(look, ())
    looked.acquire()
    return seen == [True]


def has_displaced():
    return hasattr(stackless, "set_displaced_callback")


def has_looks():
    return all(hasattr(stackless.tasklet, name)
               for name in ("frame", "paused", "recursion_depth", "thread_id"))


def has_refcounts():
    seen = []
    thing = Thing()
    reference = weakref.ref(thing, seen.append)
    del thing
    return seen == [reference] and hasattr(sys, "getrefcount")


def has_gc():
    seen = []
    thing = Thing()
    thing.me = thing
    reference = weakref.ref(thing, seen.append)
    del thing
    gc.collect()
    return seen == [reference]


def has_ring():
    before = stackless.getruncount()
    one = stackless.tasklet(int)()
    one.insert()
    holds = stackless.getruncount() == before + 1 and one.next is stackless.getcurrent()
    stackless.run()
    return holds


def has_kill():
    channel = stackless.channel()
    waits = stackless.tasklet(channel.receive)()
    stackless.run()
    waited = channel.balance
    waits.kill()
    return (waited, channel.balance, bool(waits.blocked)) == (-1, 0, False)


def has_throw():
    one = stackless.tasklet(int)()
    one.kill(pending=True)
    stackless.run()
    return (not one.alive and hasattr(one, "throw") and hasattr(stackless.channel, "send_throw"))


def has_traps():
    channel = stackless.channel()
    refused = []

    def waits():
        stackless.getcurrent().block_trap = True
        try:
            channel.receive()
        except RuntimeError:
            refused.append("trap")
        stackless.getcurrent().block_trap = False
        channel.close()
        try:
            channel.send(1)
        except ValueError:
            refused.append("closing")
    stackless.tasklet(waits)()
    stackless.run()
    return refused == ["trap", "closing"] and list(channel) == []


def has_mailbox():
    channel = stackless.channel()
    seen = []

    def receives():
        channel.receive()
        seen.append(stackless.getcurrent().tempval)
    stackless.tasklet(receives)()
    stackless.run()
    channel.send("value")
    stackless.run()
    return seen == [None]


def has_run():
    def fails():
        raise KeyError
    stackless.tasklet(fails)()
    try:
        stackless.run()
        return False
    except KeyError:
        pass
    ran = []

    def wakes(caller):
        caller.insert()
        stackless.tasklet(ran.append)(1)
    stackless.tasklet(wakes)(stackless.getcurrent())
    stackless.run()
    was_inserted = not ran
    stackless.run()
    return was_inserted and ran == [1]


def has_callbacks():
    """Reported, and the switch goes on."""
    reported, ran = [], []

    def fails(prev, next):
        raise KeyError
    hook, sys.unraisablehook = sys.unraisablehook, reported.append
    try:
        stackless.set_schedule_callback(fails)
        stackless.tasklet(ran.append)(1)
        stackless.schedule()
    finally:
        stackless.set_schedule_callback(None)
        sys.unraisablehook = hook
    return ran == [1] and len(reported) > 0


def has_atomic():
    me = stackless.getcurrent()
    before = me.set_atomic(True)
    return (before, me.atomic, me.set_atomic(False)) == (False, True, True)


def has_timeout():
    stop = []

    def spins():
        while not stop:
            pass
    one = stackless.tasklet(spins)()
    victim = stackless.run(timeout=1000)
    stop.append(1)
    victim.insert()
    stackless.run()
    return victim is one


def has_context():
    import contextvars
    variable = contextvars.ContextVar("variable", default=0)
    stackless.tasklet(variable.set)(1)
    stackless.run()
    return variable.get() == 0


def has_trace():
    seen, before = [], sys.gettrace()
    stackless.tasklet(lambda: seen.append(sys.gettrace()))()
    sys.settrace(lambda *ignored: None)
    stackless.run()
    sys.settrace(before)
    return seen == [None] and hasattr(stackless.tasklet, "trace_function")


def first_missing(names):
    """The place of the first that the interpreter does not have, or None."""
    for place, name in enumerate(names):
        try:
            if not globals()["has_" + name]():
                return place
        except Exception:
            return place
    return None

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
    """Python 2 leaves alone what has a __del__."""
    seen = []

    class Final(Thing):
        def __del__(self):
            seen.append("final")
    thing = Final()
    thing.me = thing
    reference = weakref.ref(thing, seen.append)
    del thing
    gc.collect()
    return reference in seen and "final" in seen


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
        return "result"
    one = stackless.tasklet(receives)()
    stackless.run()
    channel.send("value")
    stackless.run()
    return seen == [None] and one.tempval is None


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


def has_runs():
    ran = []

    def runs():
        stackless.run()
        ran.append(1)
    stackless.tasklet(runs)()
    stackless.run()
    return ran == [1]


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


def has_told():
    channel, seen = stackless.channel(), []

    def switches(*ignored):
        try:
            stackless.run()
        except RuntimeError:
            seen.append("refused")

    def refuses(*ignored):
        raise KeyError

    def sends():
        try:
            channel.send(1)
        except KeyError:
            seen.append("raised")
    stackless.set_channel_callback(switches)
    stackless.tasklet(channel.receive)()
    stackless.tasklet(int)()
    stackless.run()
    if seen != ["refused"]:
        return False
    stackless.set_channel_callback(refuses)
    stackless.tasklet(sends)()
    stackless.run()
    stackless.set_channel_callback(None)
    waits = channel.balance
    channel.send(1)
    return seen == ["refused", "raised"] and waits == -1


def has_lives():
    waits = stackless.tasklet(lambda: stackless.channel().receive())()
    stackless.run()
    was_blocked = waits.blocked
    waits.kill()
    return bool(was_blocked)


def has_binds():
    stackless.tasklet(int).bind(int, ()).bind(None)
    stands = stackless.tasklet(stackless.schedule_remove)(None)
    stackless.run()
    try:
        stands.bind(int, ())
        return False
    except RuntimeError:
        stands.kill()
    return hasattr(stands, "bind_thread")


def pauses(ended):
    try:
        stackless.schedule_remove(None)
    finally:
        ended.append(1)


def has_unwinds():
    ended = []
    stackless.tasklet(pauses)(ended)
    stackless.run()
    return ended == [1]


def on_a_thread(function):
    """What it raises is left alone.  Without a ring of its own it might never end."""
    import threading
    if not has_threads():
        raise RuntimeError

    def body():
        try:
            function()
        except Exception:
            pass
    thread = threading.Thread(target=body)
    thread.start()
    return thread


def has_ends():
    ended = []

    def leaves():
        stackless.tasklet(pauses)(ended)
        kept.append(stackless.tasklet(stackless.channel().receive)())
        stackless.schedule()
    kept = []
    on_a_thread(leaves).join()
    return ended == [1] and not kept[0].alive


def has_chained():
    seen = []

    def waits():
        try:
            stackless.schedule_remove(None)
        except ValueError:
            seen.append(type(sys.exc_info()[1].__context__))
    one = stackless.tasklet(waits)()
    stackless.run()
    one.throw(KeyError, pending=True)
    one.throw(ValueError, pending=True)
    stackless.run()
    return seen == [KeyError]


def has_leaving():
    seen = []

    def leaves():
        gone.append(weakref.ref(stackless.getcurrent()))
        stackless.schedule_remove(None)
    gone = []
    stackless.set_schedule_callback(
        lambda prev, next: seen.append(prev.alive) if gone and prev is gone[0]() else None)
    stackless.tasklet(leaves)()
    stackless.schedule()
    stackless.set_schedule_callback(None)
    return seen[0] is True  # once more, when it is unwound


def has_far():
    import threading
    kept, counts, go = [], [], threading.Event()

    def keeps():
        kept.append(stackless.tasklet(int)())
        go.wait()
        counts.append(stackless.getruncount())
    thread = on_a_thread(keeps)
    while not kept:
        thread.join(0.001)
    before = stackless.getruncount()
    kept[0].remove()
    counts.append(stackless.getruncount() - before)
    go.set()
    thread.join()
    return counts == [0, 1]


def has_elsewhere():
    import threading
    running, raised, go = [], [], threading.Event()

    def waits():
        running.append(stackless.getcurrent())
        try:
            go.wait()
            stackless.schedule()
        except KeyError:
            raised.append(1)
    thread = on_a_thread(waits)
    while not running:
        thread.join(0.001)
    running[0].throw(KeyError, pending=True)
    go.set()
    thread.join()
    return raised == [1]


def has_waits():
    """That nobody could wake it is told here, where there is no other thread."""
    try:
        stackless.schedule_remove(None)
    except RuntimeError:
        return True
    return False


def has_nested():
    log = []

    def wakes(outer):
        outer.insert()

    def inner(outer):
        stackless.tasklet(wakes)(outer)
        stackless.run()
        log.append("inner")
    stackless.tasklet(inner)(stackless.getcurrent())
    stackless.run()
    return log == ["inner"]


def has_trashcan():
    """One stands in a chain of deallocations; another one drops a chain, which is short enough to go
    at once unless the two are counted together."""
    log = []

    def chain(length, last):
        for _ in range(length):
            last = [last]
        return last

    class Switches(Thing):
        def __del__(self):
            stackless.schedule()

    class Last(Thing):
        def __del__(self):
            log.append("last")

    def other():
        value = chain(30, Last())
        del value
        log.append("after")
    stackless.tasklet(other)()
    value = chain(40, Switches())
    del value
    stackless.run()
    return log == ["last", "after"]


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

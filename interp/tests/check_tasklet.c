/* SPDX-License-Identifier: MIT
 *
 * check_tasklet.c - the life of a tasklet, and what is its own.
 */
#include "python_fixture.h"

/* refused(): the step raises RuntimeError. */
#define REFUSED \
    "def refused(step, *args):\n" \
    "    try: step(*args)\n" \
    "    except RuntimeError: pass\n" \
    "    else: assert 0, step\n"

/* ---- from being made to its end ---- */

PYTHON_TEST(a_tasklet_goes_through_its_states, REFUSED
            "states = []\n"
            "def state(t): return t.alive, t.scheduled, t.paused, t.blocked, t.is_current\n"
            "def f(x):\n"
            "    states.append(state(t)); schedule_remove(); return x\n"
            "t = tasklet(); assert state(t) == (False,) * 5\n"
            "refused(t); refused(t.insert); refused(t.run)\n"
            "t.bind(f); assert state(t) == (False,) * 5; refused(t.insert)\n"
            "assert t.bind(None, (1,)) is t and state(t) == (True, False, True, False, False)\n"
            "t.insert(); assert state(t) == (True, True, False, False, False)\n"
            "t.remove(); t.remove(); assert t.paused; t.insert(); schedule()\n"
            "assert states == [(True, True, False, False, True)] and t.paused\n"
            "refused(t.bind, f); refused(t, 2)\n"
            "t.insert(); schedule(); assert state(t) == (False,) * 5; refused(t.insert)\n"
            "t.bind(f)(2); assert t.scheduled; schedule(); t.kill()\n"
            "assert state(t) == (False,) * 5 and len(states) == 2\n")

PYTHON_TEST(main_and_current_stay_what_they_are, REFUSED
            "m = getmain(); assert m is getcurrent() and m.is_main and m.is_current and m.alive\n"
            "for step in m.remove, m, m.setup, lambda: m.bind(print): refused(step)\n"
            "m.insert(); m.run(); assert getruncount() == 1\n")

PYTHON_TEST(arguments_are_given_and_let_go,
            "class V: pass\n"
            "import weakref\n"
            "got = []; v = V(); w = weakref.ref(v)\n"
            "t = tasklet(lambda *a, **k: got.append((a, k)))(1, v, k=2); schedule()\n"
            "assert got == [((1, v), {'k': 2})]; got.clear(); del v; assert w() is None\n"
            "t = tasklet(lambda *a, **k: got.append((a, k)), (1,), {'x': 5}); assert t.paused\n"
            "t.run(); assert got == [((1,), {'x': 5})]\n"
            "for bad in (5,), (print, 5), (print, (), 5):\n"
            "    try: tasklet(*bad)\n"
            "    except TypeError: pass\n"
            "    else: assert 0, bad\n")

PYTHON_TEST(
    its_arguments_may_insert_it_when_they_go,
    "log = []\n"
    "class D:\n"
    "    def __del__(self): t.insert(); schedule()\n"
    "t = tasklet(log.append, (D(),)); t.bind(None, (5,)); assert log == [5] and not t.alive\n"
    "t = tasklet(log.append, (D(),)); t(6); assert log == [5, 6] and not t.scheduled\n")

PYTHON_TEST(a_new_one_can_be_thrown_at,
            "log = []; t = tasklet(log.append)(1); t.kill()\n"
            "assert log == [] and not t.alive and not t.scheduled and getruncount() == 1\n"
            "t = tasklet(log.append)(1)\n"
            "try: t.throw(KeyError, 'k')\n"
            "except KeyError as e: assert e.args == ('k',)\n"
            "else: assert 0\n"
            "t = tasklet(log.append, (1,)); t.raise_exception(TaskletExit); assert log == []\n"
            "assert not t.alive\n")

PYTHON_TEST(a_dead_one_can_be_killed_only,
            REFUSED "t = tasklet(lambda: None)(); schedule(); t.kill(); t.kill(pending=True)\n"
                    "assert not t.alive and not t.scheduled and not t.blocked\n"
                    "refused(t.throw, KeyError); refused(t.raise_exception, KeyError)\n"
                    "tasklet().kill()\n")

PYTHON_TEST(
    a_kill_may_be_caught,
    "def f():\n"
    "    try: schedule_remove()\n"
    "    except TaskletExit: log.append('caught')\n"
    "    schedule_remove(); log.append('end')\n"
    "log = []; t = tasklet(f)(); schedule(); t.kill(); assert t.paused and log == ['caught']\n"
    "t.insert(); schedule(); assert log == ['caught', 'end'] and not t.alive\n")

PYTHON_TEST(system_exit_goes_to_main, "def f(): sys.exit(3)\n"
                                      "tasklet(f)()\n"
                                      "try: run()\n"
                                      "except SystemExit as e: assert e.code == 3\n"
                                      "else: assert 0\n"
                                      "assert issubclass(TaskletExit, SystemExit)\n")

/* ---- the end of the object ---- */

PYTHON_TEST(dropping_it_ends_it,
            REFUSED "import weakref\n"
                    "log = []\n"
                    "def f():\n"
                    "    try: schedule_remove(None)\n"
                    "    except TaskletExit: log.append(getcurrent().alive); raise\n"
                    "class T(tasklet): pass\n"
                    "class D(tasklet):\n"
                    "    def __del__(self): log.append('del')\n"
                    "for c, wanted in (tasklet, [True]), (T, [True]), (D, ['del', True]):\n"
                    "    t = c(f)(); schedule(); dead = []; w = weakref.ref(t, dead.append)\n"
                    "    n = sys.getrefcount(c); del t\n"
                    "    assert log == wanted and dead == [w] and w() is None, (c, log, dead)\n"
                    "    assert sys.getrefcount(c) == n - (c is not tasklet); log.clear()\n")

PYTHON_TEST(a_callback_of_a_weak_reference_comes_once,
            "import weakref\n"
            "calls = []\n"
            "def callback(w): calls.append((w() is None, getcurrent().is_main)); schedule()\n"
            "t = tasklet(lambda: None)(); w = weakref.ref(t, callback); del t; run()\n"
            "assert calls == [(True, True)], calls\n")

PYTHON_TEST(
    it_is_asked_ten_times,
    "def f():\n"
    "    for i in range(n):\n"
    "        try: schedule_remove(None)\n"
    "        except TaskletExit: log.append(i)\n"
    "    log.append('end')\n"
    "class D(tasklet):\n"
    "    def __del__(self): pass\n"
    "for c in tasklet, D:\n"
    "    n, log = 3, []; t = c(f)(); schedule(); del t; assert log == [0, 1, 2, 'end'], log\n"
    "    n, log = 99, []; t = c(f)(); schedule(); del t; assert log == list(range(10)), log\n")

PYTHON_TEST(
    it_may_come_back_to_life,
    "kept = []\n"
    "class R(tasklet):\n"
    "    def __del__(self): kept.append(self)\n"
    "def f(): log.append(1); schedule_remove(None); log.append(2)\n"
    "log = []; t = R(f)(); schedule(); del t; t = kept.pop()\n"
    "assert t.alive and t.paused and log == [1]; t.insert(); schedule(); assert log == [1, 2]\n"
    "def g():\n"
    "    try: schedule_remove(None)\n"
    "    except TaskletExit: kept.append(getcurrent())\n"
    "t = tasklet(g)(); schedule(); del t; assert not kept.pop().alive\n")

PYTHON_TEST(in_a_collection_its_end_is_put_off,
            "import gc\n"
            "log = []\n"
            "def f():\n"
            "    try: schedule_remove(None)\n"
            "    finally: log.append('end')\n"
            "t = tasklet(f)(); schedule(); x = [t]; x.append(x)\n"
            "del t, x; gc.collect(); assert log == [] and getruncount() == 2\n"
            "schedule(); assert log == ['end'] and getruncount() == 1\n")

PYTHON_TEST(a_paused_one_that_nobody_has_is_collected,
            "import gc\n"
            "log = []\n"
            "def f():\n"
            "    try: schedule_remove()    # its mailbox holds itself\n"
            "    finally: log.append('end')\n"
            "tasklet(f)(); schedule(); gc.collect(); schedule(); assert log == ['end']\n")

PYTHON_TEST(a_long_chain_goes_without_recursion,
            "t = lambda: None\n"
            "for i in range(300000 // FEWER): t = tasklet(t)\n"
            "del t\n"
            "t = None\n"
            "for i in range(300000 // FEWER): x = tasklet(); x.tempval = t; t = x\n"
            "del t, x\n")

PYTHON_TEST(
    nothing_is_left_behind,
    "import gc\n"
    "def body(): schedule(); return [1]\n"
    "def fails(): schedule(); raise KeyError\n"
    "def many(n):\n"
    "    c = channel()\n"
    "    for i in range(n):\n"
    "        tasklet(body)(); tasklet(c.receive)(); t = tasklet(c.receive)(); run()\n"
    "        c.send(object()); t.kill(); tasklet(fails)()\n"
    "        try: run()\n"
    "        except KeyError: pass\n"
    "        t = tasklet(schedule_remove)(); run(); del t\n"
    "    gc.collect(); run()\n"
    "many(50); before = sys.getallocatedblocks(); many(1000 // FEWER)\n"
    "assert abs(sys.getallocatedblocks() - before) < 50, sys.getallocatedblocks() - before\n")

/* ---- what is its own ---- */

PYTHON_TEST(the_exception_in_hand_is_its_own,
            "def f(n):\n"
            "    assert sys.exc_info() == (None, None, None)\n"
            "    try: raise KeyError(n)\n"
            "    except KeyError as e:\n"
            "        for i in range(5): schedule(); assert sys.exc_info()[1] is e\n"
            "    schedule(); assert sys.exc_info() == (None, None, None)\n"
            "try: 1/0\n"
            "except ZeroDivisionError as e:\n"
            "    for i in range(3): tasklet(f)(i)\n"
            "    run(); assert sys.exc_info()[1] is e\n")

PYTHON_TEST(the_exception_in_hand_of_generators_too,
            "def g(n):\n"
            "    try: raise KeyError(n)\n"
            "    except KeyError as e:\n"
            "        schedule(); yield sys.exc_info()[1] is e\n"
            "        schedule(); yield sys.exc_info()[1] is e\n"
            "def f(n):\n"
            "    try: raise ValueError\n"
            "    except ValueError as e:\n"
            "        for same in g(n):\n"
            "            assert same and sys.exc_info()[1] is e; schedule()\n"
            "            assert sys.exc_info()[1] is e\n"
            "for i in range(4): tasklet(f)(i)\n"
            "run()\n")

PYTHON_TEST(the_context_is_copied_when_it_is_set_up,
            "from contextvars import ContextVar, copy_context\n"
            "v = ContextVar('v', default=0); got = []\n"
            "def f(n):\n"
            "    got.append(v.get()); v.set(n); schedule(); assert v.get() == n\n"
            "v.set(1); tasklet(f)(10); v.set(2); tasklet(f)(20); v.set(3); run()\n"
            "assert got == [1, 2] and v.get() == 3\n"
            "def runs(): v.set(7); schedule(); assert v.get() == 7\n"
            "for i in range(2): tasklet(copy_context().run)(runs)\n"
            "run(); assert v.get() == 3\n")

PYTHON_TEST(
    what_a_schedule_callback_leaves_is_dropped,
    "from contextvars import ContextVar\n"
    "import weakref\n"
    "class V: pass\n"
    "v = ContextVar('v'); refs = []\n"
    "def callback(prev, next):\n"
    "    if not prev.is_main: x = V(); refs.append(weakref.ref(x)); v.set(x)\n"
    "set_schedule_callback(callback); tasklet(lambda: None)(); run(); set_schedule_callback(None)\n"
    "assert len(refs) == 1 and refs[0]() is None\n")

PYTHON_TEST(the_recursion_depth_is_its_own,
            "sys.setrecursionlimit(200)\n"
            "def depth(n):\n"
            "    try: return depth(n + 1)\n"
            "    except RecursionError: return n\n"
            "def down(n, f): return f() if n == 0 else down(n - 1, f)\n"
            "got = []\n"
            "def f(): down(50, schedule); got.append(depth(0))\n"
            "here = depth(0); a = tasklet(f)(); b = tasklet(f)(); down(100, run)\n"
            "assert got[0] == got[1] > 150, (here, got); assert depth(0) == here\n"
            "tasklet(f)(); down(100, schedule); sys.setrecursionlimit(400); run()\n"
            "assert got[2] > 350 and depth(0) == here + 200, (here, got)\n")

PYTHON_TEST(tracing_and_profiling_are_its_own,
            "events = {}\n"
            "def tracer(frame, event, arg):\n"
            "    events.setdefault(getcurrent(), []).append(frame.f_code.co_name)\n"
            "    return tracer\n"
            "def work(): schedule(); schedule()\n"
            "def traced(): sys.settrace(tracer); work(); assert sys.gettrace() is tracer\n"
            "def profiled(): sys.setprofile(tracer); work(); assert sys.getprofile() is tracer\n"
            "def plain(): assert sys.gettrace() is None; work(); assert sys.getprofile() is None\n"
            "ts = [tasklet(f)() for f in (traced, plain, profiled, plain)]; run()\n"
            "assert set(events) == {ts[0], ts[2]} and 'work' in events[ts[0]], events\n"
            "assert sys.gettrace() is None and sys.getprofile() is None\n")

PYTHON_TEST(
    a_trace_function_may_switch,
    "log = []\n"
    "def tracer(frame, event, arg):\n"
    "    if frame.f_code is f.__code__: log.append((frame.f_lineno - first, event)); schedule()\n"
    "    return tracer\n"
    "def f(n):\n"
    "    x = n\n"
    "    return x\n"
    "def traced(n): sys.settrace(tracer); f(n); sys.settrace(None)\n"
    "first = f.__code__.co_firstlineno; tasklet(traced)(1); run(); alone = log[:]; log.clear()\n"
    "tasklet(traced)(1); tasklet(traced)(2); run(); assert log[::2] == log[1::2] == alone\n")

PYTHON_TEST(a_deep_destruction_may_switch, "class D:\n"
                                           "    def __init__(self, next): self.next = next\n"
                                           "    def __del__(self):\n"
                                           "        count[0] += 1\n"
                                           "        if count[0] % 97 == 0: schedule()\n"
                                           "def f(n):\n"
                                           "    d = None\n"
                                           "    for i in range(n): d = (D(d), None)\n"
                                           "    del d\n"
                                           "count = [0]\n"
                                           "for i in range(5): tasklet(f)(5000)\n"
                                           "run(); assert count == [25000], count\n")

/* ---- atomic ---- */

PYTHON_TEST(atomic_is_a_flag_of_the_tasklet,
            "me = getcurrent(); assert me.atomic is False and me.set_atomic(True) is False\n"
            "seen = []; tasklet(lambda: seen.append(getcurrent().atomic))(); schedule()\n"
            "assert seen == [False] and me.atomic and me.set_atomic(0) is True and not me.atomic\n"
            "a = atomic()\n"
            "def f(first):\n"
            "    with a:\n"
            "        with a: schedule(); assert getcurrent().atomic\n"
            "        schedule(); assert getcurrent().atomic\n"
            "    schedule(); assert not getcurrent().atomic\n"
            "for i in range(3): tasklet(f)(i)\n"
            "with a: run(); assert me.atomic\n"
            "assert not me.atomic\n"
            "try: a.__exit__()\n"
            "except RuntimeError: pass\n"
            "else: assert 0\n")

/* Another thread counts as fast as it can; while a block is atomic it must not. */
#define COUNTER \
    "import threading, time\n" \
    "count, stop = [0], []\n" \
    "def counts():\n" \
    "    while not stop: count[0] += 1\n" \
    "def work(n):\n" \
    "    for i in range(n): pass\n" \
    "sys.setswitchinterval(1e-5)\n" \
    "others = [threading.Thread(target=counts) for i in range(2)]\n" \
    "for other in others: other.start()\n"

PYTHON_TEST(
    nobody_gets_the_gil_in_an_atomic_block, COUNTER
    "held = 0\n"
    "for i in range(30):\n"
    "    with atomic(): before = count[0]; work(5000 // FEWER); held += count[0] == before\n"
    "    while count[0] == before: work(100)    # outside of it they do get it\n"
    "with atomic():\n"
    "    before = count[0]\n"
    "    while count[0] == before: time.sleep(0)    # a call that waits lets go of it\n"
    "stop.append(1)\n"
    "for other in others: other.join()\n"
    "assert held == 30, held\n")

PYTHON_TEST(the_block_follows_its_tasklet,
            COUNTER "def plain():\n"
                    "    before = count[0]\n"
                    "    while count[0] == before: work(100)\n"
                    "    log.append('moved')\n"
                    "log = []; t = tasklet(plain)()\n"
                    "with atomic():\n"
                    "    schedule(); before = count[0]; work(20000); after = count[0]\n"
                    "stop.append(1)\n"
                    "for other in others: other.join()\n"
                    "assert log == ['moved'] and before == after\n")

PYTHON_TEST(an_atomic_thread_leaves_nothing_behind,
            "import threading\n"
            "def body(): getcurrent().set_atomic(True)\n"
            "for i in range(100): t = threading.Thread(target=body); t.start(); t.join()\n" COUNTER
            "while count[0] == 0: work(100)\n"
            "stop.append(1)\n"
            "for other in others: other.join()\n")

CHECK_SUITE(suite)
{
    FAMILY(suite, "life", a_tasklet_goes_through_its_states, main_and_current_stay_what_they_are,
           arguments_are_given_and_let_go, its_arguments_may_insert_it_when_they_go,
           a_new_one_can_be_thrown_at, a_dead_one_can_be_killed_only, a_kill_may_be_caught,
           system_exit_goes_to_main);
    FAMILY(suite, "end", dropping_it_ends_it, a_callback_of_a_weak_reference_comes_once,
           it_is_asked_ten_times, it_may_come_back_to_life, in_a_collection_its_end_is_put_off,
           a_paused_one_that_nobody_has_is_collected, a_long_chain_goes_without_recursion,
           nothing_is_left_behind);
    FAMILY(suite, "its own", the_exception_in_hand_is_its_own,
           the_exception_in_hand_of_generators_too, the_context_is_copied_when_it_is_set_up,
           what_a_schedule_callback_leaves_is_dropped, the_recursion_depth_is_its_own,
           tracing_and_profiling_are_its_own, a_trace_function_may_switch,
           a_deep_destruction_may_switch);
    FAMILY(suite, "atomic", atomic_is_a_flag_of_the_tasklet, nobody_gets_the_gil_in_an_atomic_block,
           the_block_follows_its_tasklet, an_atomic_thread_leaves_nothing_behind);
}

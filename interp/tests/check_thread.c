/* SPDX-License-Identifier: MIT
 *
 * check_thread.c - several OS threads: waiting and waking, deadlock, the end of
 * a thread, fork, signals.  Who is where is always asked for; no clock decides.
 */
#include "python_fixture.h"

#include <errno.h>

#include "interp/atomic.h"
#include "interp/gilwait.h"
#include "interp/thread.h"

/* until(): lets other threads run until the condition holds.  start(): a
 * thread whose exception is raised by its finish(). */
#define THREADS \
    "import threading, time, os, signal\n" \
    "def until(condition):\n" \
    "    while not condition(): time.sleep(0)\n" \
    "class start(threading.Thread):\n" \
    "    def __init__(self, body, *args, daemon=False):\n" \
    "        super().__init__(daemon=daemon); self.body, self.args = body, args\n" \
    "        self.why = None; self.start()\n" \
    "    def run(self):\n" \
    "        try: self.body(*self.args)\n" \
    "        except BaseException as e: self.why = e\n" \
    "    def finish(self):\n" \
    "        self.join()\n" \
    "        if self.why is not None: raise self.why\n"

#define THREAD_TEST(name, lines) PYTHON_TEST(name, THREADS lines)

/* ---- waiting and waking ---- */

THREAD_TEST(values_go_both_ways, "c, d = channel(), channel()\n"
                                 "def body():\n"
                                 "    for v in c: d.send(v * 2)\n"
                                 "t = start(body); got = []\n"
                                 "for i in range(300): c.send(i); got.append(d.receive())\n"
                                 "c.send_exception(StopIteration); t.finish()\n"
                                 "assert got == [2 * i for i in range(300)]\n")

THREAD_TEST(preference_does_not_matter_between_threads,
            "for preference in -1, 0, 1:\n"
            "    for schedule_all in False, True:\n"
            "        c = channel(); c.preference = preference; c.schedule_all = schedule_all\n"
            "        t = start(c.receive); until(lambda: c.balance == -1)\n"
            "        log = []; tasklet(log.append)(1); c.send(1); assert log == []\n"
            "        run(); t.finish()\n")

THREAD_TEST(two_are_made_runnable_at_once,
            "c, log = channel(), []\n"
            "def waits(name): log.append((name, c.receive()))\n"
            "def body():\n"
            "    a, b = tasklet(waits)('a'), tasklet(waits)('b')\n"
            "    waits('main'); run(); assert not a.alive and not b.alive\n"
            "t = start(body); until(lambda: c.balance == -3)\n"
            "sys.setswitchinterval(10)    # its main goes on only when there is something for all\n"
            "for i in range(3): c.send(i)\n"
            "sys.setswitchinterval(0.005)\n"
            "t.finish(); assert sorted(log) == [('a', 1), ('b', 2), ('main', 0)], log\n")

/* Woken, and out of the ring again before the thread has the GIL. */
THREAD_TEST(a_wake_up_may_be_taken_back,
            "c, ready = channel(), []\n"
            "def body():\n"
            "    ready.append(tasklet(lambda: schedule_remove(None))()); schedule()\n"
            "    ready.append(c.receive())\n"
            "t = start(body); until(lambda: c.balance == -1)\n"
            "sys.setswitchinterval(10)\n"
            "ready[0].insert(); assert ready[0].scheduled\n"
            "ready[0].remove(); assert ready[0].paused and c.balance == -1\n"
            "sys.setswitchinterval(0.005)\n"
            "c.send('v'); t.finish(); assert ready[1] == 'v'\n")

THREAD_TEST(
    run_on_another_thread_is_next_there,
    "log, mine, go = [], {}, []\n"
    "def body():\n"
    "    for name in 'ABT': mine[name] = tasklet(log.append); mine[name].bind(None, (name,))\n"
    "    mine['main'] = getcurrent()\n"
    "    until(lambda: go); run()\n"
    "t = start(body); until(lambda: 'main' in mine)\n"
    "sys.setswitchinterval(10)    # nobody there runs before we are ready\n"
    "mine['A'].insert(); mine['B'].insert(); mine['T'].run()\n"
    "ring = [mine['main']]\n"
    "for i in range(3): ring.append(ring[-1].next)\n"
    "assert ring == [mine['main'], mine['T'], mine['A'], mine['B']] and log == []\n"
    "mine['B'].run(); assert mine['main'].next is mine['B'] and mine['B'].next is mine['T']\n"
    "sys.setswitchinterval(0.005)\n"
    "go.append(1); t.finish(); assert log == ['B', 'T', 'A'], log\n")

/* Woken already, the thread has not run since: nobody is its ring's head yet. */
THREAD_TEST(
    run_on_a_thread_that_waits_is_first_there,
    "c, log, mine = channel(), [], {}\n"
    "def body():\n"
    "    for name in 'ABT': mine[name] = tasklet(log.append); mine[name].bind(None, (name,))\n"
    "    c.receive(); run()\n"
    "for first in 'A', 'T':\n"
    "    log.clear(); t = start(body); until(lambda: c.balance == -1)\n"
    "    sys.setswitchinterval(10)\n"
    "    if first == 'A': mine['A'].insert()\n"
    "    mine['T'].run()\n"
    "    if first == 'T': mine['A'].insert()\n"
    "    assert mine['T'].next is mine['A'] and mine['A'].next is mine['T'] and log == []\n"
    "    mine['B'].insert(); mine['B'].run(); assert mine['B'].next is mine['T']\n"
    "    assert mine['A'].next is mine['B'] and log == []\n"
    "    sys.setswitchinterval(0.005)\n"
    "    c.send(1); t.finish(); assert log == ['B', 'T', 'A'], log\n")

THREAD_TEST(killed_and_thrown_at_from_another_thread,
            "c, log, mine = channel(), [], []\n"
            "def waits():\n"
            "    try: c.receive()\n"
            "    except BaseException as e: log.append((type(e), threading.get_ident())); raise\n"
            "def body():\n"
            "    mine.extend(tasklet(waits)() for i in range(2)); run(threadblock=True)\n"
            "t = start(body); until(lambda: c.balance == -2)\n"
            "mine[0].kill(); until(lambda: not mine[0].alive); assert c.balance == -1\n"
            "mine[1].throw(KeyError, 'k'); t.join(); assert type(t.why) is KeyError\n"
            "assert log == [(TaskletExit, t.ident), (KeyError, t.ident)]\n")

THREAD_TEST(an_ending_tasklet_cannot_be_made_runnable,
            "mine, c = [], channel()\n"
            "def body():\n"
            "    mine.append(tasklet(lambda: None)()); c.receive()\n"
            "t = start(body)    # main waits, the other ends: the thread waits on its stack\n"
            "until(lambda: c.balance == -1 and mine and not mine[0].alive)\n"
            "assert mine[0].is_current and not mine[0].scheduled\n"
            "for step in mine[0].insert, mine[0].run, lambda: mine[0].setup(), \\\n"
            "            lambda: mine[0].bind(print), lambda: mine[0].throw(KeyError):\n"
            "    try: step()\n"
            "    except RuntimeError: pass\n"
            "    else: assert 0, step\n"
            "mine[0].kill(); assert not mine[0].scheduled; c.send(1); t.finish()\n")

THREAD_TEST(home_decides_what_is_current,
            "c, mine = channel(), []\n"
            "def body(): mine.append(getcurrent()); c.receive()\n"
            "t = start(body); until(lambda: c.balance == -1)\n"
            "assert mine[0].is_main and mine[0].is_current and mine[0].blocked\n"
            "assert mine[0].thread_id == t.ident != getmain().thread_id\n"
            "c.send(1); t.finish(); assert mine[0].thread_id == -1 and not mine[0].alive\n")

/* ---- deadlock ---- */

THREAD_TEST(the_last_to_wait_is_told, "c, d = channel(), channel()\n"
                                      "t = start(c.receive); until(lambda: c.balance == -1)\n"
                                      "try: d.receive()\n"
                                      "except RuntimeError as e: assert 'Deadlock' in str(e)\n"
                                      "else: assert 0\n"
                                      "assert d.balance == 0; c.send(1); t.finish()\n")

THREAD_TEST(
    a_thread_without_tasklets_counts,
    "c, e = channel(), threading.Event()\n"
    "def body(): e.wait(); c.send('late')\n"
    "t = start(body); tasklet(lambda: e.set())(); assert c.receive() == 'late'; t.finish()\n")

THREAD_TEST(the_end_of_a_tasklet_tells_main,
            "c = channel(); tasklet(lambda: None)()\n"
            "try: c.receive()\n"
            "except RuntimeError as e: assert 'Deadlock' in str(e)\n"
            "else: assert 0\n"
            "assert c.balance == 0 and getruncount() == 1\n")

static int bystand(int on)
{
    return slp_thread_set_bystander(on);
}

static PyObject *bystander(PyObject *self, PyObject *on)
{
    (void)self;
    if (bystand(PyObject_IsTrue(on)) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyMethodDef bystander_def = {"bystander", bystander, METH_O, NULL};

INSIDE_TEST(a_bystander_does_not_count)
{
    PyObject *function = PyCFunction_New(&bystander_def, NULL);

    INSIDE(PyDict_SetItemString(PyModule_GetDict(PyImport_AddModule("__main__")), "bystander",
                                function) == 0);
    Py_DECREF(function);
    return python_run(THREADS "ready, done = threading.Event(), threading.Event()\n"
                              "def body(): bystander(True); ready.set(); done.wait()\n"
                              "t = start(body); ready.wait(); c = channel()\n"
                              "try: c.receive()\n"
                              "except RuntimeError as e: assert 'Deadlock' in str(e)\n"
                              "else: assert 0\n"
                              "done.set(); t.finish()\n");
}

/* ---- the end of a thread ---- */

THREAD_TEST(
    the_end_of_a_thread_ends_its_tasklets,
    "c, log, mine = channel(), [], []\n"
    "def waits(name, wait):\n"
    "    try: wait()\n"
    "    except TaskletExit: log.append((name, threading.get_ident())); raise\n"
    "def body():\n"
    "    ways = ('blocked', c.receive), ('paused', schedule_remove), ('ring', schedule)\n"
    "    for name, wait in ways:\n"
    "        mine.append(tasklet(waits)(name, wait)); mine[-1].run()\n"
    "    mine.append(tasklet(log.append)('never'))\n"
    "t = start(body); t.finish()\n"
    "assert sorted(log) == [(n, t.ident) for n in ('blocked', 'paused', 'ring')], log\n"
    "assert c.balance == 0\n"
    "for x in mine:\n"
    "    assert not x.alive and x.thread_id == -1 and not x.scheduled and not x.blocked\n"
    "    for step in x.insert, x.run, lambda: x.throw(KeyError), lambda: x.bind(print, ()):\n"
    "        try: step()\n"
    "        except RuntimeError: pass\n"
    "        else: assert 0, step\n"
    "    x.kill()\n")

THREAD_TEST(
    one_that_refuses_is_left_alone,
    "c, log, mine = channel(), [], []\n"
    "def refuses():\n"
    "    while True:\n"
    "        try: c.receive()\n"
    "        except TaskletExit: log.append(1)\n"
    "def body(): mine.append(tasklet(refuses)()); schedule()\n"
    "start(body).finish()\n"
    "assert len(log) == 10 and not mine[0].alive and not mine[0].blocked and c.balance == 0\n"
    "try: c.send('into nothing')\n"
    "except RuntimeError as e: assert 'Deadlock' in str(e)\n"
    "else: assert 0\n"
    "mine.clear()\n")

THREAD_TEST(a_trap_does_not_outlive_its_thread,
            "log = []\n"
            "def waits():\n"
            "    try: schedule_remove(None)\n"
            "    finally: log.append('ended')\n"
            "def body(): mine.append(tasklet(waits)()); schedule(); switch_trap(1)\n"
            "mine = []; start(body).finish(); assert log == ['ended']\n")

THREAD_TEST(a_tasklet_dropped_elsewhere_ends_at_home,
            "log, mine, go, ready = [], [], threading.Event(), threading.Event()\n"
            "class T(tasklet):\n"
            "    def __del__(self): pass\n"
            "n = sys.getrefcount(T)\n"
            "def waits():\n"
            "    try: schedule_remove(None)\n"
            "    finally: log.append(threading.get_ident())\n"
            "def body():\n"
            "    for c in tasklet, T: mine.append(c(waits)()); schedule()\n"
            "    ready.set(); go.wait(); run()\n"
            "t = start(body); ready.wait(); mine.clear(); assert log == []\n"
            "go.set(); t.finish(); assert log == [t.ident] * 2 and sys.getrefcount(T) == n, log\n")

THREAD_TEST(many_threads_come_and_go,
            "c = channel()\n"
            "def body(i): c.send(i); tasklet(c.send)(i).run()\n"
            "ts = [start(body, i) for i in range(20)]; got = sorted(c.receive() for t in ts)\n"
            "for t in ts: t.finish()\n"
            "assert got == list(range(20))\n")

/* ---- fork ---- */

THREAD_TEST(
    a_child_has_only_its_own_tasklets,
    "c, ready = channel(), threading.Event()\n"
    "def spins():\n"
    "    while True: schedule(None)\n"
    "def body():\n"
    "    tasklet(c.receive)(); tasklet(spins)(); schedule(); ready.set(); go.wait()\n"
    "go = threading.Event(); t = start(body, daemon=True); ready.wait()\n"
    "mine = tasklet(lambda: c.send('mine')); assert c.balance == -1\n"
    "pid = os.fork()\n"
    "if pid == 0:\n"
    "    status = 1\n"
    "    try:\n"
    "        assert c.balance == 0 and getruncount() == 1\n"
    "        try: c.send(1)\n"
    "        except RuntimeError as e: assert 'Deadlock' in str(e)\n"
    "        mine.bind(None, ()); mine.insert(); assert c.receive() == 'mine'\n"
    "        u = start(lambda: c.send('thread')); assert c.receive() == 'thread'; u.finish()\n"
    "        status = 0\n"
    "    finally: os._exit(status)\n"
    "assert os.waitpid(pid, 0)[1] == 0 and c.balance == -1\n")

THREAD_TEST(a_tasklet_may_fork,
            "def body():\n"
            "    pid = os.fork()\n"
            "    if pid == 0: schedule(); os._exit(7)\n"
            "    log.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))\n"
            "log = []; tasklet(body)(); tasklet(lambda: schedule())(); run(); assert log == [7]\n"
            "start(lambda: (tasklet(body)(), run())).finish(); assert log == [7, 7]\n")

/* ---- signals ---- */

/* Sent again and again: one that comes just before the wait does not end it. */
#define SIGNALS \
    "def body():\n" \
    "    until(waits)\n" \
    "    while not done:\n" \
    "        signal.pthread_kill(main, signal.SIGUSR1); time.sleep(0.001)\n" \
    "main = threading.get_ident(); done = []\n"

THREAD_TEST(
    an_exception_of_a_handler_ends_the_wait, SIGNALS
    "class Stop(Exception): pass\n"
    "def handler(*args):\n"
    "    if not done: done.append(1); raise Stop\n"
    "signal.signal(signal.SIGUSR1, handler); c = channel(); waits = lambda: c.balance != 0\n"
    "for step in c.receive, lambda: c.send(1):\n"
    "    done.clear(); t = start(body)\n"
    "    try: step()\n"
    "    except Stop: pass\n"
    "    else: assert 0\n"
    "    t.finish(); assert c.balance == 0 and getruncount() == 1\n"
    "    assert getcurrent().tempval is None and not getcurrent().blocked\n"
    "waits = lambda: c.balance == -1; done.clear(); t = start(body)\n"
    "inner = tasklet(c.receive)()\n"
    "try: run(threadblock=True)\n"
    "except Stop: pass\n"
    "else: assert 0\n"
    "t.finish(); assert getruncount() == 1 and c.balance == 0 and not inner.alive\n")

THREAD_TEST(
    a_handler_may_make_something_runnable, SIGNALS
    "c = channel(); sender = tasklet(lambda: c.send('v'), ()); waits = lambda: c.balance == -1\n"
    "def handler(*args):\n"
    "    if not done: done.append(1); sender.insert()\n"
    "signal.signal(signal.SIGUSR1, handler)\n"
    "t = start(body); assert c.receive() == 'v'; t.finish()\n")

THREAD_TEST(
    a_handler_cannot_switch, SIGNALS
    "c, log = channel(), []; waits = lambda: c.balance == -1; d = channel()\n"
    "def handler(*args):\n"
    "    for step in schedule, schedule_remove, run, d.receive:\n"
    "        try: step()\n"
    "        except RuntimeError: log.append(1)\n"
    "    done.append(1)\n"
    "def both(): body(); c.send('v')\n"
    "signal.signal(signal.SIGUSR1, handler)\n"
    "t = start(both); assert c.receive() == 'v'; t.finish()\n"
    "signal.signal(signal.SIGUSR1, signal.SIG_IGN); assert len(log) % 4 == 0 and len(log) > 0\n")

/* ---- the GIL of who is atomic ---- */

static int looks;

/* The kernel's timed wait ran out in the moment in which the GIL was given away: nobody will signal
 * again. */
static int run_out(pthread_cond_t *cond, pthread_mutex_t *mutex, const struct timespec *deadline)
{
    (void)cond;
    (void)mutex;
    (void)deadline;
    return ++looks < 100 ? ETIMEDOUT : 0;
}

INSIDE_TEST(a_free_gil_is_taken_whoever_had_it)
{
    struct slp_thread *here = slp_thread_here();
    const struct timespec deadline = {1, 0};

    slp_atomic_publish(here, 1);
    INSIDE(slp_atomic_wait(run_out, slp_cpython_gil_cond(), slp_cpython_gil_mutex(), &deadline) ==
           0); /* held: it waits until it is signalled */
    PyThreadState *self = PyEval_SaveThread();
    looks = 0;
    int status =
        slp_atomic_wait(run_out, slp_cpython_gil_cond(), slp_cpython_gil_mutex(), &deadline);
    int looked = looks;
    PyEval_RestoreThread(self);
    slp_atomic_publish(here, 0);
    INSIDE(status == ETIMEDOUT && looked == 1);
    return 0;
}

CHECK_SUITE(suite)
{
    FAMILY(suite, "gil", a_free_gil_is_taken_whoever_had_it);
    FAMILY(suite, "waking", values_go_both_ways, preference_does_not_matter_between_threads,
           two_are_made_runnable_at_once, a_wake_up_may_be_taken_back,
           run_on_another_thread_is_next_there, run_on_a_thread_that_waits_is_first_there,
           killed_and_thrown_at_from_another_thread, an_ending_tasklet_cannot_be_made_runnable,
           home_decides_what_is_current);
    FAMILY(suite, "deadlock", the_last_to_wait_is_told, a_thread_without_tasklets_counts,
           the_end_of_a_tasklet_tells_main, a_bystander_does_not_count);
    FAMILY(suite, "end", the_end_of_a_thread_ends_its_tasklets, one_that_refuses_is_left_alone,
           a_trap_does_not_outlive_its_thread, a_tasklet_dropped_elsewhere_ends_at_home,
           many_threads_come_and_go);
    FAMILY(suite, "fork", a_child_has_only_its_own_tasklets, a_tasklet_may_fork);
    FAMILY(suite, "signals", an_exception_of_a_handler_ends_the_wait,
           a_handler_may_make_something_runnable, a_handler_cannot_switch);
}

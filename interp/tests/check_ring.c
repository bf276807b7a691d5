/* SPDX-License-Identifier: MIT
 *
 * check_ring.c - the ring: who is in it, in which order, and that a step that
 * cannot be done leaves it as it was.
 */
#include "python_fixture.h"

#include <malloc.h>
#include <string.h>
#include <sys/resource.h>
#include <valgrind/valgrind.h>

#include "interp/ring.h"
#include "interp/schedule.h"

/* ---- the ring itself ---- */

enum { PARTIES = 5 };

static slp_tasklet *party[PARTIES];

static int make_parties(struct slp_thread *thread)
{
    party[0] = thread->main;
    for (int i = 1; i < PARTIES; i++) {
        party[i] = slp_tasklet_new(&slp_tasklet_type, thread, NULL);
        if (party[i] == NULL)
            return -1;
    }
    return 0;
}

/* Whether the ring, from its head, is these parties ("S12"), both ways round,
 * and as long as runcount says. */
static int ring_is(const struct slp_thread *thread, const char *wanted)
{
    slp_tasklet *t = thread->ring;
    int count = (int)strlen(wanted);

    if (thread->runcount != count || (count == 0) != (t == NULL))
        return 0;
    for (int i = 0; i < count; i++, t = t->next) {
        if (t != party[wanted[i] == 'S' ? 0 : wanted[i] - '0'] || !t->scheduled ||
            t->next->prev != t)
            return 0;
    }
    return t == thread->ring;
}

INSIDE_TEST(appending_goes_before_the_head)
{
    struct slp_thread *thread = slp_thread_here();

    INSIDE(thread != NULL && make_parties(thread) == 0);
    INSIDE(ring_is(thread, "S"));
    for (int i = 1; i < PARTIES; i++)
        slp_ring_append(party[i]);
    INSIDE(ring_is(thread, "S1234"));
    return 0;
}

INSIDE_TEST(inserting_goes_behind_the_place)
{
    struct slp_thread *thread = slp_thread_here();

    INSIDE(thread != NULL && make_parties(thread) == 0);
    slp_ring_append(party[1]);
    slp_ring_insert_after(party[0], party[2]);
    INSIDE(ring_is(thread, "S21"));
    slp_ring_insert_after(party[1], party[3]);
    INSIDE(ring_is(thread, "S213"));
    return 0;
}

INSIDE_TEST(removing_the_head_makes_the_next_one_head)
{
    struct slp_thread *thread = slp_thread_here();

    INSIDE(thread != NULL && make_parties(thread) == 0);
    for (int i = 1; i < PARTIES; i++)
        slp_ring_append(party[i]);
    slp_ring_remove(party[2]);
    INSIDE(ring_is(thread, "S134"));
    INSIDE(party[2]->next == NULL && party[2]->prev == NULL && !party[2]->scheduled);
    slp_ring_remove(party[0]);
    INSIDE(ring_is(thread, "134"));
    slp_ring_remove(party[4]);
    slp_ring_remove(party[1]);
    INSIDE(ring_is(thread, "3"));
    slp_ring_remove(party[3]);
    INSIDE(ring_is(thread, ""));
    slp_schedule_put_back(party[0]);
    INSIDE(ring_is(thread, "S"));
    return 0;
}

/* ---- the order of what tasklets do ---- */

/* ring(): the names from the head; each body tells when it runs. */
#define ORDER_LINES \
    "log = []\n" \
    "names = {}\n" \
    "def ring():\n" \
    "    at, out = getcurrent(), ''\n" \
    "    while True:\n" \
    "        out += names[at]; at = at.next\n" \
    "        if at is getcurrent(): break\n" \
    "    assert len(out) == getruncount(), (out, getruncount())\n" \
    "    return out\n" \
    "def make(name, body=lambda: None):\n" \
    "    def f():\n" \
    "        log.append(ring()); body()\n" \
    "    t = tasklet(f); t.bind(None, ()); names[t] = name; return t\n" \
    "S, A, B, T = getmain(), make('A'), make('B'), make('T')\n" \
    "names[S] = 'S'\n" \
    "def begin():\n" \
    "    A.insert(); B.insert(); assert ring() == 'SAB'\n"

#define ORDER_TEST(name, lines) PYTHON_TEST(name, ORDER_LINES lines)

ORDER_TEST(order_of_schedule, "begin(); schedule()\n"
                              "assert log == ['ABS', 'BS'], log\n"
                              "assert ring() == 'S'\n")

ORDER_TEST(order_of_schedule_remove, "A.bind(lambda: (log.append(ring()), S.insert()), ())\n"
                                     "begin(); schedule_remove()\n"
                                     "assert log == ['AB', 'BS'], log\n")

ORDER_TEST(order_of_blocking, "c = channel()\n"
                              "A.bind(lambda: (log.append(ring()), c.send(1)), ())\n"
                              "begin(); c.receive()\n"
                              "assert log[0] == 'AB', log\n")

ORDER_TEST(order_of_insert, "begin(); T.insert(); assert ring() == 'SABT'\n"
                            "T.insert(); assert ring() == 'SABT'\n")

ORDER_TEST(order_of_run_from_outside_the_ring, "begin(); T.run()\n"
                                               "assert log == ['TSAB'] and ring() == 'SAB', log\n")

ORDER_TEST(order_of_run_from_inside_the_ring,
           "A.insert(); T.insert(); B.insert(); assert ring() == 'SATB'\n"
           "T.run()\n"
           "assert log == ['TBSA', 'BSA'] and ring() == 'SA', log\n")

ORDER_TEST(order_of_kill, "def body():\n"
                          "    try: schedule_remove(None)\n"
                          "    finally: log.append(ring())\n"
                          "T.bind(body, ()); T.run(); assert T.paused\n"
                          "begin(); T.kill()\n"
                          "assert log == ['TSAB'] and ring() == 'SAB', log\n"
                          "assert not T.alive and not T.scheduled\n")

ORDER_TEST(order_of_throw_into_a_blocked_one,
           "c = channel()\n"
           "def body():\n"
           "    try: c.receive()\n"
           "    except KeyError: log.append(ring())\n"
           "T.bind(body, ()); T.run(); begin(); T.throw(KeyError)\n"
           "assert log == ['TSAB'] and c.balance == 0, log\n")

ORDER_TEST(order_of_a_pending_throw,
           "def body():\n"
           "    try: schedule_remove(None)\n"
           "    except KeyError: log.append(ring())\n"
           "T.bind(body, ()); T.run(); begin(); T.throw(KeyError, pending=True)\n"
           "assert log == [] and ring() == 'SABT'\n"
           "schedule(); assert log[-1] == 'TS', log\n")

/* Two parties that both wait on a channel; act() is what S does. */
#define CHANNEL_LINES \
    "c = channel()\n" \
    "def receives():\n" \
    "    c.receive(); log.append(ring())\n" \
    "def sends():\n" \
    "    c.send(1); log.append(ring())\n" \
    "def waits(body):\n" \
    "    T.bind(body, ()); T.run(); begin()\n"

ORDER_TEST(order_of_send_preferring_the_receiver, CHANNEL_LINES "waits(receives); c.send(1)\n"
                                                                "assert log[0] == 'TABS', log\n")

ORDER_TEST(order_of_send_preferring_the_sender,
           CHANNEL_LINES "c.preference = 1; waits(receives); c.send(1)\n"
                         "assert log == [] and ring() == 'SABT', log\n")

ORDER_TEST(order_of_send_preferring_nobody,
           CHANNEL_LINES "c.preference = 0; waits(receives); c.send(1)\n"
                         "assert log == [] and ring() == 'SABT', log\n")

ORDER_TEST(order_of_receive_preferring_the_receiver,
           CHANNEL_LINES "waits(sends); c.receive()\n"
                         "assert log == [] and ring() == 'SABT', log\n")

ORDER_TEST(order_of_receive_preferring_the_sender,
           CHANNEL_LINES "c.preference = 1; waits(sends); c.receive()\n"
                         "assert log[0] == 'TABS', log\n")

ORDER_TEST(order_of_receive_preferring_nobody,
           CHANNEL_LINES "c.preference = 0; waits(sends); c.receive()\n"
                         "assert log == [] and ring() == 'SABT', log\n")

ORDER_TEST(order_of_schedule_all,
           CHANNEL_LINES "c.schedule_all = True\n"
                         "for c.preference in -1, 0, 1:\n"
                         "    for body, act in (receives, lambda: c.send(1)), (sends, c.receive):\n"
                         "        A, B, T = make('A'), make('B'), make('T')\n"
                         "        log.clear(); waits(body); act()\n"
                         "        assert log[0] == 'ABTS' and ring() == 'S', (c.preference, log)\n")

ORDER_TEST(order_of_schedule_all_alone,
           CHANNEL_LINES "c.schedule_all = True; T.bind(receives, ()); T.run(); c.preference = 1\n"
                         "c.send(1); assert log == ['TS'], log\n")

/* ---- run() ---- */

ORDER_TEST(run_leaves_the_ring_until_it_is_empty,
           "begin(); run(); assert log == ['AB', 'B'] and ring() == 'S'\n")

ORDER_TEST(the_innermost_run_returns_first,
           "def inner():\n"
           "    B.insert(); run(); log.append('inner')\n"
           "A.bind(inner, ()); A.insert(); run(); log.append('outer')\n"
           "assert log == ['B', 'inner', 'outer'], log\n")

ORDER_TEST(an_exception_goes_to_the_innermost_run,
           "def inner():\n"
           "    B.insert()\n"
           "    try: run()\n"
           "    except KeyError: log.append('inner')\n"
           "def fails(): raise KeyError\n"
           "A.bind(inner, ()); B.bind(fails, ()); A.insert(); run()\n"
           "assert log == ['inner'], log\n")

ORDER_TEST(an_exception_goes_to_main_in_schedule, "def fails(): raise KeyError\n"
                                                  "A.bind(fails, ()); A.insert(); B.insert()\n"
                                                  "try: schedule()\n"
                                                  "except KeyError: log.append(ring())\n"
                                                  "assert log == ['SB'], log\n")

ORDER_TEST(an_exception_goes_to_a_main_that_waits,
           "def fails(): raise KeyError\n"
           "c = channel(); A.bind(fails, ()); A.insert()\n"
           "try: c.receive()\n"
           "except KeyError: log.append(ring())\n"
           "assert log == ['S'] and c.balance == 0, log\n"
           "A.bind(fails, ()); A.insert()\n"
           "try: c.send(1)\n"
           "except KeyError: log.append(ring())\n"
           "assert log == ['S', 'S'] and c.balance == 0, log\n")

ORDER_TEST(an_exception_does_not_displace_a_value,
           "sys.unraisablehook = lambda a: log.append(a.exc_type)\n"
           "c = channel(); c.preference = 1\n"
           "def fails(): c.send(5); raise KeyError\n"
           "A.bind(fails, ()); A.insert()\n"
           "assert c.receive() == 5 and log == [KeyError], log\n")

ORDER_TEST(a_paused_main_goes_on_when_nothing_else_can,
           "A.insert(); assert schedule_remove(7) == 7 and log == ['A'], log\n")

/* ---- what cannot be done ---- */

ORDER_TEST(the_trap_undoes_every_switch,
           "c = channel(); T.bind(lambda: c.receive(), ()); T.run(); U = make('U')\n"
           "begin(); assert switch_trap(1) == 0\n"
           "def refused(step, *args):\n"
           "    try: step(*args)\n"
           "    except RuntimeError: pass\n"
           "    else: assert 0, step\n"
           "    assert ring() == 'SAB' and c.balance == -1 and c.queue is T and T.blocked\n"
           "    assert S.tempval is None and U.paused and T.tempval is None\n"
           "for step in schedule, schedule_remove, run, channel().receive, U.run, A.run, T.kill:\n"
           "    refused(step)\n"
           "refused(c.send, 1); refused(c.receive)\n"
           "switch_trap(-1); c.send(1); assert log == ['ABS', 'BS'], log\n")

ORDER_TEST(a_deadlock_is_undone,
           "def refused(step, *args):\n"
           "    try: step(*args)\n"
           "    except RuntimeError as e: assert 'Deadlock' in str(e)\n"
           "    else: assert 0, step\n"
           "    assert ring() == 'S' and S.tempval is None and not S.blocked\n"
           "c = channel()\n"
           "refused(schedule_remove); refused(c.send, 1); refused(c.receive)\n"
           "assert c.balance == 0 and c.queue is None\n"
           "begin(); schedule(); assert log == ['ABS', 'BS'], log\n")

/* A stack of 300 kB, and no memory for a copy of it.  A sanitizer's malloc(),
 * or valgrind's, would not return from that. */
#ifndef __SANITIZE_ADDRESS__
static int refuse_memory(void)
{
    struct rlimit limit = {1 << 20, 1 << 20};

    getrlimit(RLIMIT_AS, &limit);
    limit.rlim_cur = 1 << 20;
    return setrlimit(RLIMIT_AS, &limit);
}

static void allow_memory(void)
{
    struct rlimit limit;

    getrlimit(RLIMIT_AS, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_AS, &limit);
}

/* What the calls below use of the stack is memory, too: the kernel has given it before the limit
 * stands.  A function of its own: what is called must stand where this array's lower end stood. */
static __attribute__((noinline)) void have_stack(void)
{
    volatile char deeper[600000];

    for (size_t at = 0; at < sizeof deeper; at += 1024)
        deeper[at] = 1;
}

/* The copy of the stack is of all of this array: the heap has no room for that. */
static PyObject *without_memory(PyObject *self, PyObject *function)
{
    volatile char deep[300000];

    (void)self;
    have_stack();
    memset((char *)deep, 1, sizeof deep);
    if (refuse_memory() < 0)
        return PyErr_SetFromErrno(PyExc_OSError);
    PyObject *result = PyObject_CallNoArgs(function);
    allow_memory();
    return deep[7] == 1 ? result : NULL;
}

static PyMethodDef without_memory_def = {"without_memory", without_memory, METH_O, NULL};

INSIDE_TEST(no_memory_undoes_every_switch)
{
    PyObject *function = PyCFunction_New(&without_memory_def, NULL);

    INSIDE(PyDict_SetItemString(PyModule_GetDict(PyImport_AddModule("__main__")), "without_memory",
                                function) == 0);
    Py_DECREF(function);
    return python_run(
        ORDER_LINES
        "c = channel(); d = channel()\n"
        "T.bind(lambda: c.receive(), ()); T.run(); U = make('U')\n"
        "V = tasklet(lambda: schedule_remove(None)); V(); V.run(); assert V.paused\n"
        "begin()\n"
        "def refused(step):\n"
        "    try: without_memory(step)\n"
        "    except MemoryError: pass\n"
        "    else: assert 0, step\n"
        "    assert ring() == 'SAB', ring()\n"
        "    assert c.queue is T and c.balance == -1 and d.balance == 0 and d.queue is None\n"
        "    assert S.tempval is None and T.tempval is None and V.paused and U.paused\n"
        "for step in schedule, schedule_remove, run, d.receive, U.run, A.run, T.kill, V.kill:\n"
        "    refused(step)\n"
        "refused(lambda: d.send(1)); refused(lambda: c.receive())\n"
        "log.clear(); schedule(); assert log == ['ABS', 'BS'], log\n"
        "V.kill(); T.kill(); assert not V.alive and not T.alive\n");
}

/* A hand-over is done before the switch: without memory the actor just goes on. */
INSIDE_TEST(no_memory_does_not_lose_a_value)
{
    PyObject *function = PyCFunction_New(&without_memory_def, NULL);

    INSIDE(PyDict_SetItemString(PyModule_GetDict(PyImport_AddModule("__main__")), "without_memory",
                                function) == 0);
    Py_DECREF(function);
    return python_run(ORDER_LINES
                      "c = channel(); T.bind(lambda: log.append(c.receive()), ()); T.run()\n"
                      "assert without_memory(lambda: c.send('x')) is None and log == []\n"
                      "assert ring() == 'ST'; schedule(); assert log == ['x'], log\n");
}

/* Another thread serves the one that goes, or throws at it, while the schedule callback is called:
 * then it has what it would have waited for, and nothing is undone. */
INSIDE_TEST(no_memory_undoes_nothing_that_is_complete)
{
    PyObject *function = PyCFunction_New(&without_memory_def, NULL);

    /* Not from the heap that the C library would reserve for the other thread. */
    mallopt(M_ARENA_MAX, 1);
    INSIDE(PyDict_SetItemString(PyModule_GetDict(PyImport_AddModule("__main__")), "without_memory",
                                function) == 0);
    Py_DECREF(function);
    return python_run(ORDER_LINES
                      "from _thread import allocate_lock, start_new_thread\n"
                      "c = channel(); go = allocate_lock(); done = allocate_lock()\n"
                      "ready = allocate_lock(); ready.acquire()\n"
                      "def callback(*_):\n"
                      "    set_schedule_callback(None); go.release(); done.acquire()\n"
                      "def meanwhile(act, step):\n"
                      "    def other():\n"
                      "        getcurrent(); ready.release(); go.acquire()\n"
                      "        try: act()\n"
                      "        finally: done.release()\n"
                      "    go.acquire(); done.acquire(); start_new_thread(other, ())\n"
                      "    ready.acquire()\n"
                      "    global A, B; A, B = make('A'), make('B'); begin()\n"
                      "    set_schedule_callback(callback)\n"
                      "    try: return without_memory(step)\n"
                      "    except KeyError as error: return error.args\n"
                      "    finally:\n"
                      "        assert S.scheduled and not S.blocked and ring()[0] == 'S'\n"
                      "        assert c.balance == 0 and S.tempval is None\n"
                      "        go.release(); done.release(); schedule()\n"
                      "throws = lambda: S.throw(KeyError, 'thrown', None, True)\n"
                      "assert meanwhile(lambda: c.send('sent'), c.receive) == 'sent'\n"
                      "assert meanwhile(throws, c.receive) == ('thrown',)\n"
                      "assert meanwhile(c.receive, lambda: c.send(1)) is None\n"
                      "assert meanwhile(throws, lambda: c.send(1)) == ('thrown',)\n"
                      "assert meanwhile(S.insert, lambda: schedule_remove(5)) == 5\n"
                      "assert meanwhile(throws, schedule_remove) == ('thrown',)\n"
                      "assert meanwhile(S.insert, run) is None\n"
                      "assert meanwhile(throws, run) == ('thrown',)\n");
}
#endif

/* ---- the schedule callback ---- */

ORDER_TEST(the_callback_sees_the_world_before,
           "def callback(prev, next):\n"
           "    log.append((names[prev], names[next], names[getcurrent()]))\n"
           "A.bind(lambda: None, ()); B.bind(lambda: None, ()); begin()\n"
           "set_schedule_callback(callback); schedule(); set_schedule_callback(None)\n"
           "assert log == [('S', 'A', 'S'), ('A', 'B', 'A'), ('B', 'S', 'B')], log\n")

ORDER_TEST(the_callback_may_take_the_next_one_away,
           "def callback(prev, next):\n"
           "    if next is not S: next.remove()\n"
           "begin(); set_schedule_callback(callback); schedule()\n"
           "assert log == ['BS'] and A.paused, log\n"
           "A.insert(); schedule()\n"
           "set_schedule_callback(None); assert A.paused and ring() == 'S'\n")

ORDER_TEST(the_callback_may_empty_the_ring,
           "def callback(prev, next):\n"
           "    for t in A, B: t.remove()\n"
           "begin(); set_schedule_callback(callback); run(); set_schedule_callback(None)\n"
           "assert log == [] and A.paused and B.paused and ring() == 'S'\n"
           "begin(); set_schedule_callback(callback)\n"
           "try: channel().receive()\n"
           "except RuntimeError as e: assert 'Deadlock' in str(e)\n"
           "else: assert 0\n"
           "set_schedule_callback(None); assert ring() == 'S'\n")

ORDER_TEST(
    the_callback_cannot_switch_and_its_exception_is_reported,
    "sys.unraisablehook = lambda a: log.append(a.exc_type.__name__)\n"
    "def callback(prev, next): schedule()\n"
    "set_schedule_callback(callback); A.bind(lambda: log.append('A'), ()); A.insert(); schedule()\n"
    "set_schedule_callback(None)\n"
    "assert log == ['RuntimeError', 'A', 'RuntimeError'], log\n")

CHECK_SUITE(suite)
{
    FAMILY(suite, "ring", appending_goes_before_the_head, inserting_goes_behind_the_place,
           removing_the_head_makes_the_next_one_head);
    FAMILY(suite, "order", order_of_schedule, order_of_schedule_remove, order_of_blocking,
           order_of_insert, order_of_run_from_outside_the_ring, order_of_run_from_inside_the_ring,
           order_of_kill, order_of_throw_into_a_blocked_one, order_of_a_pending_throw);
    FAMILY(suite, "channel order", order_of_send_preferring_the_receiver,
           order_of_send_preferring_the_sender, order_of_send_preferring_nobody,
           order_of_receive_preferring_the_receiver, order_of_receive_preferring_the_sender,
           order_of_receive_preferring_nobody, order_of_schedule_all, order_of_schedule_all_alone);
    FAMILY(suite, "run", run_leaves_the_ring_until_it_is_empty, the_innermost_run_returns_first,
           an_exception_goes_to_the_innermost_run, an_exception_goes_to_main_in_schedule,
           an_exception_goes_to_a_main_that_waits, an_exception_does_not_displace_a_value,
           a_paused_main_goes_on_when_nothing_else_can);
    FAMILY(suite, "undo", the_trap_undoes_every_switch, a_deadlock_is_undone);
#ifndef __SANITIZE_ADDRESS__
    if (!RUNNING_ON_VALGRIND)
        FAMILY(suite, "no memory", no_memory_undoes_every_switch, no_memory_does_not_lose_a_value,
               no_memory_undoes_nothing_that_is_complete);
#endif
    FAMILY(suite, "callback", the_callback_sees_the_world_before,
           the_callback_may_take_the_next_one_away, the_callback_may_empty_the_ring,
           the_callback_cannot_switch_and_its_exception_is_reported);
}

/* SPDX-License-Identifier: MIT
 *
 * schedule.c - the steps of every switch but the last: who goes, and who comes.
 *
 *   1. May the running tasklet switch here?  (slp_schedule_may_switch)
 *   2. The caller puts it where it shall be: at the ring's end, in a channel's queue,
 *      on the stack of those in run(), or nowhere.
 *   3. Who is next?  The ring's head, or with an empty ring whoever that leads to.  It
 *      may be the same one.  (slp_schedule_choose)
 *   4. The switch itself (transfer.c); afterwards the mailbox says how it has ended.
 * If 3 or 4 cannot be done the caller takes back its step 2, and the operation raises.
 */
#include "cpython.h"

#include "schedule.h"

#include <assert.h>

#include "base.h"
#include "channel.h"
#include "cstack.h"
#include "contract/faults.h"
#include "gcguard.h"
#include "mailbox.h"
#include "preempt.h"
#include "ring.h"
#include "transfer.h"

PyObject *slp_schedule_callback;
PyObject *slp_schedule_error_handler;

void slp_schedule_put_back(slp_tasklet *t)
{
    /* Another thread, or a callback, may have put it there meanwhile. */
    if (t->scheduled)
        Py_DECREF(t);
    else
        slp_ring_append(t);
    t->thread->ring = t;
}

void slp_schedule_insert(slp_tasklet *t)
{
    if (t->in_run) {
        slp_preempt_wake(t);
    } else {
        Py_INCREF(t);
        if (SLP_FAULT(INSERT_GOES_FIRST) && t->thread->ring != NULL)
            slp_ring_insert_after(t->thread->ring, t);
        else
            slp_ring_append(t);
    }
    slp_invariant_order_inserted(t);
    if (!SLP_FAULT(REMOTE_INSERT_NO_WAKE))
        slp_thread_wake(t->thread, t);
}

void slp_schedule_run_next(slp_tasklet *t)
{
    struct slp_thread *thread = t->thread;

    if (t == thread->ring)
        return;
    if (t->in_run)
        slp_preempt_wake(t);
    if (t->scheduled)
        slp_ring_remove(t);
    else
        Py_INCREF(t);
    /* The head of a ring runs, and nobody can be before it; but not yet after a wait. */
    if (thread->idle || thread->ring == NULL) {
        slp_ring_append(t);
        thread->ring = t;
    } else {
        slp_ring_insert_after(thread->ring, t);
    }
    slp_thread_wake(thread, t);
}

/* ---- run(): the stack of watchdogs ---- */

static void watchdog_push(struct slp_thread *thread, slp_tasklet *t, int threadblock)
{
    t->in_run = 1;
    t->threadblock = (unsigned char)threadblock;
    t->watchdog_next = thread->watchdogs;
    thread->watchdogs = t;
}

void slp_schedule_leave_run(slp_tasklet *t)
{
    slp_tasklet **link = &t->thread->watchdogs;

    /* Not always the innermost: somebody may throw at one further down. */
    assert(t->in_run);
    while (*link != t)
        link = &(*link)->watchdog_next;
    *link = t->watchdog_next;
    t->watchdog_next = NULL;
    t->in_run = 0;
}

/* ---- who is next ---- */

const char *slp_schedule_why_not(const struct slp_thread *thread)
{
    const char *here = __builtin_frame_address(0);
    const char *why;

    if (__builtin_expect(!slp_base_is_ready(thread->tstate, here), 0) &&
        (why = slp_base_refuse(thread->tstate, here)) != NULL)
        return why;
    if (__builtin_expect(thread->in_callback, 0))
        return "cannot switch inside a channel or schedule callback";
    if (__builtin_expect(thread->switch_trap > 0, 0))
        return "cannot switch: switch_trap is set";
    if (__builtin_expect(slp_gcguard_active(), 0))
        return "cannot switch during a garbage collection";
    return NULL;
}

int slp_schedule_may_switch(struct slp_thread *thread)
{
    const char *why = slp_schedule_why_not(thread);

    /* What was thrown at it comes first: the operation would have raised that. */
    if (__builtin_expect(thread->current->thrown != NULL, 0))
        return slp_tasklet_raise_thrown(thread->current);
    if (__builtin_expect(why == NULL, 1))
        return 0;
    PyErr_SetString(PyExc_RuntimeError, why);
    return -1;
}

int slp_schedule_begin(struct slp_thread *thread)
{
    do {
        if (slp_schedule_may_switch(thread) < 0)
            return -1;
    } while (slp_mailbox_empty(thread->current));
    return 0;
}

static int is_paused(const slp_tasklet *t)
{
    return !t->scheduled && t->direction == 0 && !t->in_run && !t->ended;
}

/* Who goes on when the ring is empty, as far as this thread alone can say: the
 * innermost run(), unless it waits for other threads; without one a main
 * tasklet that has paused itself.  NULL: nobody. */
static slp_tasklet *fallback(const struct slp_thread *thread, const slp_tasklet *prev)
{
    if (SLP_FAULT(PHANTOM_MAIN_RECEIVE) && thread->main != prev && thread->main->direction != 0)
        slp_channel_unlink(thread->main);
    if (thread->watchdogs != NULL)
        return thread->watchdogs->threadblock ? NULL : thread->watchdogs;
    return thread->main != prev && is_paused(thread->main) ? thread->main : NULL;
}

static void make_runnable(slp_tasklet *t)
{
    if (t->in_run)
        slp_schedule_leave_run(t);
    else
        Py_INCREF(t);
    slp_ring_append(t);
}

/* With an empty ring: who is next then, or whatever another thread makes
 * runnable.  NULL: nobody can be next; with an exception, or without one if it
 * is a deadlock. */
static __attribute__((noinline)) slp_tasklet *next_of_empty_ring(struct slp_thread *thread,
                                                                 const slp_tasklet *prev)
{
    /* A loop, since a wait may end without anybody in the ring: another thread took back
     * what it had inserted, or a thread has ended and all shall look again. */
    while (thread->ring == NULL) {
        slp_tasklet *watchdog = thread->watchdogs, *next = fallback(thread, prev);
        if (next == NULL) {
            int status = slp_thread_wait(thread);
            if (SLP_FAULT(WAKE_TRUSTS_RING) && status == 0)
                break;
            if (status == 0)
                continue;
            /* A run(threadblock=True) of the initial thread ends by itself. */
            if (status < 0 || watchdog == NULL || !slp_cpython_is_main_thread())
                return NULL;
            next = watchdog;
        }
        make_runnable(next);
    }
    return thread->ring;
}

void slp_schedule_set_deadlock(slp_tasklet *t)
{
    if (PyErr_Occurred())
        return;
    (void)SLP_POINT(DEADLOCK, t, NULL, NULL);
    (void)t;
    PyErr_SetString(PyExc_RuntimeError,
                    "Deadlock: the last runnable tasklet cannot be blocked or removed, "
                    "no other thread could make one runnable");
}

/* The schedule callback sees the world before the switch: getcurrent() is prev. */
static __attribute__((noinline)) void notify(struct slp_thread *thread, slp_tasklet *prev,
                                             slp_tasklet *next)
{
    PyObject *callback = slp_schedule_callback;
    PyObject *deferred = thread->deferred;

    (void)SLP_POINT(CALLBACK_TELLS, prev, next, NULL);
    /* The callback may set another one, and drop the last reference to any of the three. */
    Py_INCREF(callback);
    Py_INCREF(next);
    Py_INCREF(prev);
    if (SLP_FAULT(CALLBACK_FLUSHES_DEFERRED))
        Py_XDECREF(deferred);
    /* Set aside: whatever the callback makes happen must not release it early. */
    thread->deferred = NULL;
    thread->in_callback += !SLP_FAULT(CALLBACK_MAY_SWITCH);
    prev->calling_back++;
    if (SLP_FAULT(CURRENT_CHANGES_BEFORE_CALLBACK))
        thread->current = next;
    PyObject *result = PyObject_CallFunctionObjArgs(callback, prev, next, NULL);
    if (SLP_FAULT(CURRENT_CHANGES_BEFORE_CALLBACK))
        thread->current = prev;
    prev->calling_back--;
    thread->in_callback -= !SLP_FAULT(CALLBACK_MAY_SWITCH);
    slp_invariants_callback_returned(thread);
    thread->deferred = SLP_FAULT(CALLBACK_FLUSHES_DEFERRED) ? NULL : deferred;
    if (result == NULL && !SLP_FAULT(SCHEDULE_CALLBACK_ERROR_ESCAPES))
        PyErr_WriteUnraisable(callback);
    Py_XDECREF(result);
    Py_DECREF(next);
    Py_DECREF(prev);
    Py_DECREF(callback);
}

/* The schedule callback is Python, and a point may let other threads run: both can
 * change the ring, and empty it. */
slp_tasklet *slp_schedule_choose(struct slp_thread *thread, slp_tasklet *prev)
{
    for (;;) {
        slp_tasklet *next = thread->ring;
        if (next == NULL)
            next = next_of_empty_ring(thread, prev);
        if (next == NULL || next == prev)
            return next;
        if (__builtin_expect(slp_schedule_callback != NULL, 0)) {
            notify(thread, prev, next);
            if (thread->ring == NULL)
                continue;
        }
        (void)SLP_POINT(SWITCH_LEAVE, prev, thread->ring, NULL);
        if (thread->ring != NULL)
            return thread->ring;
    }
}

PyObject *slp_schedule_task(struct slp_thread *thread, slp_tasklet *prev, int *switched)
{
    SLP_REQUIRE(I8, prev, thread->current == prev);
    *switched = 0;
    slp_preempt_restart(&thread->preempt); /* the time since the last switch */
    slp_tasklet *next = slp_schedule_choose(thread, prev);
    int reserved = thread->reserved;
    thread->reserved = 0;
    if (next == NULL) {
        slp_schedule_set_deadlock(prev);
        return NULL;
    }
    /* Chosen again, it stays where it is, but what it wanted released is due. */
    if (next == prev)
        slp_transfer_release(thread);
    else if (slp_transfer(thread, prev, next, reserved) < 0)
        return NULL;
    *switched = 1;
    SLP_REQUIRE(I8, prev, thread->current == prev && thread->ring == prev);
    PyObject *result = slp_mailbox_claim(prev);
    if (SLP_FAULT(RESULT_KEEPS_REFERENCE))
        Py_XINCREF(result);
    (void)SLP_POINT(SWITCH_RESULT, prev, NULL, result);
    return result;
}

/* Pauses the running tasklet.  The ring's reference may be the last one, and the
 * tasklet must survive the switch: it is released after that. */
static void remove_current(struct slp_thread *thread, slp_tasklet *current)
{
    slp_ring_remove(current);
    assert(thread->deferred == NULL);
    thread->deferred = (PyObject *)current;
}

/* The result of the operation that has removed it: NULL, unless it has come back by itself. */
static PyObject *take_back_removal(struct slp_thread *thread, slp_tasklet *current)
{
    int is_back = current->scheduled;

    thread->deferred = NULL;
    slp_schedule_put_back(current);
    if (is_back)
        return slp_schedule_go_on(thread, current);
    Py_DECREF(slp_mailbox_take(current));
    return NULL;
}

/* What a signal handler has raised while t waited takes the place of what has come meanwhile, as
 * if it was thrown at t now. */
static void displace(slp_tasklet *t)
{
    PyObject *bomb = slp_bomb_fetch();

    if (bomb == NULL) {
        PyErr_WriteUnraisable((PyObject *)t);
        return;
    }
    PyObject *mail = slp_mailbox_take(t);
    int received = t->delivered;
    t->delivered = 0;
    if (slp_bomb_check(mail))
        slp_bomb_chain(bomb, mail);
    else if (received)
        slp_tasklet_tell_displaced(t, mail, "had received it and not run since");
    Py_DECREF(mail);
    slp_mailbox_put_back(t, bomb);
}

PyObject *slp_schedule_go_on(struct slp_thread *thread, slp_tasklet *current)
{
    thread->ring = current;
    if (PyErr_ExceptionMatches(PyExc_MemoryError))
        PyErr_Clear(); /* for a switch that need not be made */
    else
        displace(current);
    PyObject *result = slp_mailbox_claim(current);
    (void)SLP_POINT(SWITCH_RESULT, current, NULL, result);
    return result;
}

/* A result that did not go through a mailbox. */
static PyObject *raise_if_bomb(PyObject *retval)
{
    if (!slp_bomb_check(retval))
        return retval;
    slp_bomb_explode(retval);
    return NULL;
}

PyObject *slp_schedule(struct slp_thread *thread, PyObject *retval, int remove)
{
    slp_tasklet *current = thread->current;
    int switched;

    /* Alone: nothing would change.  Unless a soft timeout is due: run() returns then. */
    if (!remove && current->next == current && !thread->preempt.due)
        return raise_if_bomb(retval);
    if (slp_schedule_begin(thread) < 0) {
        Py_DECREF(retval);
        return NULL;
    }
    slp_mailbox_set(current, retval);
    if (remove)
        remove_current(thread, current);
    else
        thread->ring = current->next;
    if (SLP_FAULT(YIELD_GOES_SECOND) && !remove && thread->runcount > 2) {
        slp_ring_remove(current);
        slp_ring_insert_after(thread->ring, current);
    }
    slp_preempt_yield(thread);
    PyObject *result = slp_schedule_task(thread, current, &switched);
    if (result != NULL || switched)
        return result;
    if (remove)
        return take_back_removal(thread, current);
    thread->ring = current;
    Py_DECREF(slp_mailbox_take(current));
    return NULL;
}

PyObject *slp_schedule_switch(struct slp_thread *thread, slp_tasklet *t)
{
    slp_tasklet *current = thread->current;
    int switched;

    /* What can fail comes first, so that t need not be taken out of the ring again. */
    if (slp_schedule_reserve(thread, t) < 0)
        return NULL;
    if (!t->scheduled)
        slp_schedule_insert(t);
    remove_current(thread, current);
    thread->ring = t;
    PyObject *result = slp_schedule_task(thread, current, &switched);
    if (result == NULL && !switched)
        return take_back_removal(thread, current);
    return result;
}

/* Only the outermost run() with a timeout gets it. */
static int begin_timeout(struct slp_thread *thread, slp_tasklet *current, const struct slp_run *how)
{
    struct slp_preempt *preempt = &thread->preempt;

    if (how->timeout <= 0 || preempt->runner != NULL)
        return 0;
    *preempt = (struct slp_preempt){
        .runner = current,
        .timeout = how->timeout,
        .left = how->timeout,
        .soft = how->soft != 0,
        .total = how->totaltimeout != 0,
        .ignore_nesting = how->ignore_nesting != 0,
    };
    if (slp_preempt_arm(thread) == 0)
        return 0;
    preempt->runner = NULL;
    return -1;
}

/* Takes the result of run(), and puts the one who was interrupted in its place.
 * If run() raises instead, that one stays runnable. */
static PyObject *end_timeout(struct slp_thread *thread, PyObject *result)
{
    slp_tasklet *victim = thread->preempt.victim;

    /* Who was interrupted is remembered and not guessed: between the interruption and
     * here anything may have run. */
    if (SLP_FAULT(INTERRUPT_INFERRED_FROM_RUNCOUNT) && victim == NULL && thread->runcount > 1)
        victim = (slp_tasklet *)Py_NewRef((PyObject *)thread->current->next);
    slp_preempt_disarm(thread);
    memset(&thread->preempt, 0, sizeof thread->preempt);
    if (victim == NULL)
        return result;
    if (result == NULL) {
        if (!victim->scheduled && slp_tasklet_alive(victim))
            slp_schedule_insert(victim);
        Py_DECREF(victim);
        return NULL;
    }
    Py_DECREF(result);
    return (PyObject *)victim;
}

PyObject *slp_schedule_run(struct slp_thread *thread, const struct slp_run *how)
{
    slp_tasklet *current = thread->current;
    int switched;

    if (SLP_FAULT(REFUSED_RUN_EMPTIES_MAILBOX))
        slp_mailbox_empty(current);
    if (current->next == current && !how->threadblock)
        Py_RETURN_NONE;
    if (slp_schedule_begin(thread) < 0 || begin_timeout(thread, current, how) < 0)
        return NULL;
    slp_ring_remove(current); /* the ring's reference becomes the stack's */
    watchdog_push(thread, current, how->threadblock);
    PyObject *result = slp_schedule_task(thread, current, &switched);
    if (result == NULL && !switched && current->in_run) {
        slp_schedule_leave_run(current);
        slp_schedule_put_back(current);
    } else if (result == NULL && !switched) {
        result = slp_schedule_go_on(thread, current);
    }
    return thread->preempt.runner == current ? end_timeout(thread, result) : result;
}

int slp_schedule_reserve(struct slp_thread *thread, slp_tasklet *next)
{
    /* Of C stack, from here to slp_stack_switch(): four frames of some hundred bytes, and
     * a schedule callback does not count, since it has returned by then. */
    enum { STILL_TO_COME = 4096 };

    if (slp_transfer_may_save(thread->current, next) &&
        slp_slice_reserve(&thread->current->slice, STILL_TO_COME) == 0) {
        thread->reserved = 1;
        return 0;
    }
    PyErr_NoMemory();
    return -1;
}

int slp_schedule_run_now(struct slp_thread *thread, slp_tasklet *t)
{
    slp_tasklet *current = thread->current;
    int switched;

    assert(t->scheduled && t->thread == thread);
    if (t == current)
        return 0;
    thread->ring = t;
    PyObject *result = slp_schedule_task(thread, current, &switched);
    if (result == NULL && !switched)
        thread->ring = current;
    Py_XDECREF(result);
    return result == NULL ? -1 : 0;
}

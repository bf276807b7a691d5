/* SPDX-License-Identifier: MIT
 *
 * schedule_end.c - a tasklet ends: who gets its exception, and who runs next.
 *
 *   1. In the tasklet, which is whole: the error handler, and what its frames and its
 *      context leave behind.  All of it may run Python code, and switch.
 *   2. From slp_tasklet_mark_ended() on it only seems to run: nobody may switch (in_callback).
 *      The exception goes to whom it concerns.
 *   3. It leaves the ring, and the next one is chosen.  There must be one: with nobody
 *      runnable the innermost run(), or main, is told of a deadlock.
 *   4. Its data stack is given back, its C stack is given up, and the next one releases
 *      the last reference of its own to it: not before, for its frames are run on.
 */
#include "cpython.h"

#include <assert.h>

#include "channel.h"
#include "contract/faults.h"
#include "contract/points.h"
#include "mailbox.h"
#include "preempt.h"
#include "ring.h"
#include "schedule.h"
#include "transfer.h"
#include "value_watch.h"

static int ends_silently(void)
{
    /* sys.exit() ends the process on the initial thread, the tasklet elsewhere. */
    return PyErr_ExceptionMatches(slp_tasklet_exit) ||
           (!slp_cpython_is_main_thread() && PyErr_ExceptionMatches(PyExc_SystemExit));
}

/* Lets the error handler have the exception that is set; afterwards what it has
 * raised is set, or nothing. */
static void handle_error(void)
{
    PyObject *type, *value, *traceback;
    PyObject *handler = Py_NewRef(slp_schedule_error_handler);

    /* As sys.exc_info() would have it: an instance that knows its traceback. */
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    if (traceback != NULL)
        PyException_SetTraceback(value, traceback);
    PyObject *result = PyObject_CallFunctionObjArgs(handler, type, value != NULL ? value : Py_None,
                                                    traceback != NULL ? traceback : Py_None, NULL);
    Py_XDECREF(result);
    Py_DECREF(handler);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
}

/* What becomes of the exception that ended a tasklet: a bomb for the innermost
 * run(), or main; NULL if it ends silently. */
static PyObject *pack_uncaught(void)
{
    if (ends_silently()) {
        PyErr_Clear();
        return NULL;
    }
    if (SLP_FAULT(DEADLOCK_MASKS_ERROR)) {
        PyErr_Clear();
        PyErr_SetString(PyExc_RuntimeError, "Deadlock");
    }
    PyObject *bomb = slp_bomb_fetch();
    if (bomb == NULL)
        PyErr_WriteUnraisable(NULL);
    return bomb;
}

/* Whom the end of a tasklet concerns: the innermost run(), else main. */
static slp_tasklet *target_of_end(const struct slp_thread *thread)
{
    if (SLP_FAULT(BOMB_TO_NEXT_RUNNABLE) && thread->ring != NULL)
        return thread->ring->next;
    return thread->watchdogs != NULL ? thread->watchdogs : thread->main;
}

/* Makes the target, wherever it is, the next to run. */
static void resume_target(struct slp_thread *thread, slp_tasklet *target)
{
    /* Each of the three owns a reference, which becomes the ring's. */
    if (target->in_run) {
        slp_schedule_leave_run(target);
        slp_ring_append(target);
    } else if (target->direction != 0) {
        slp_channel_unlink(target);
        slp_ring_append(target);
    } else if (!target->scheduled) {
        Py_INCREF(target);
        slp_ring_append(target);
    }
    thread->ring = target;
}

/* An exception that t sends, and nobody has received yet; or NULL. */
static PyObject *unsent_bomb(const slp_tasklet *t)
{
    return t->direction == SLP_SEND && slp_bomb_check(t->tempval) ? t->tempval : NULL;
}

/* The mailbox holds what t was handed and has not seen: nothing may take its place. */
static int holds_what_came(const slp_tasklet *t)
{
    if (t->delivered && !SLP_FAULT(BOMB_TO_NEXT_RUNNABLE))
        return 1;
    return slp_bomb_check(t->tempval) && unsent_bomb(t) == NULL;
}

/* Puts the bomb (stolen) into the mailbox of the target, which is the next to run then.
 * Nobody can be told of the exception but sys.unraisablehook if something was handed to
 * the target before.  What schedule() would return, or what it has not sent, is displaced;
 * an exception that it has not sent is told of.  Python code may run here. */
static void deliver(struct slp_thread *thread, PyObject *bomb)
{
    /* Chaining makes instances of both, which is Python code: only then the target is
     * looked for. */
    PyObject *unsent = Py_XNewRef(unsent_bomb(target_of_end(thread)));
    if (unsent != NULL)
        slp_bomb_chain(bomb, unsent);
    slp_tasklet *target = target_of_end(thread);

    (void)SLP_POINT(TASKLET_UNCAUGHT, thread->current, target, bomb);
    if (holds_what_came(target)) {
        slp_bomb_explode(bomb);
        PyErr_WriteUnraisable((PyObject *)target);
    } else {
        PyObject *old = target->tempval;
        if (old != Py_None)
            (void)SLP_VALUE_POINT(MAILBOX_DROP, target, NULL, old);
        target->tempval = bomb;
        resume_target(thread, target);
        if (old == unsent)
            slp_tasklet_tell_displaced(target, ((slp_bomb *)old)->value, "was sending it");
        Py_DECREF(old);
    }
    Py_XDECREF(unsent);
}

/* Nobody can be next.  With an exception, from a signal handler, the target
 * gets that; a target that is paused just goes on; one that waits learns why. */
static void resume_stuck(struct slp_thread *thread)
{
    slp_tasklet *target = target_of_end(thread);

    if (!PyErr_Occurred() && target->direction == 0 && !target->in_run) {
        resume_target(thread, target);
        return;
    }
    if (!PyErr_Occurred() && target->direction != 0)
        PyErr_Format(PyExc_RuntimeError,
                     "Deadlock: the main tasklet is %s, and the last tasklet that could run has "
                     "ended",
                     target->direction > 0 ? "sending" : "receiving");
    slp_schedule_set_deadlock(thread->current);
    PyObject *bomb = slp_bomb_fetch();
    /* Nothing can run, nothing can return, and nobody can be told. */
    if (bomb == NULL)
        Py_FatalError("no memory to report a deadlock");
    deliver(thread, bomb);
}

/* Takes t, which has ended, out of the ring, and decides who is next.  Python
 * code may run here, but it cannot switch. */
static slp_tasklet *next_after_end(struct slp_thread *thread, slp_tasklet *t, PyObject *bomb)
{
    thread->in_callback++;
    if (bomb != NULL)
        deliver(thread, bomb);
    slp_ring_remove(t); /* its reference is released after the switch */
    slp_preempt_yield(thread);
    /* A callback may take the chosen one out of the ring. */
    do {
        while (slp_schedule_choose(thread, t) == NULL)
            resume_stuck(thread);
        slp_tstate_swap_drop(thread->tstate); /* what callbacks have left there */
    } while (thread->ring == NULL);
    thread->in_callback--;
    return thread->ring;
}

/* What was thrown at it as it ended. */
static void tell_too_late(slp_tasklet *t)
{
    if (ends_silently())
        PyErr_Clear();
    else
        PyErr_WriteUnraisable((PyObject *)t);
}

struct slp_stack_back *slp_schedule_end(struct slp_thread *thread, slp_tasklet *t, PyObject *result)
{
    PyObject *bomb = NULL;

    (void)SLP_VALUE_POINT(TASKLET_END, t, NULL, result);
    if (result == NULL) {
        if (slp_schedule_error_handler != NULL && !ends_silently())
            handle_error();
        if (PyErr_Occurred())
            bomb = pack_uncaught();
    } else if (SLP_FAULT(DEAD_MAILBOX)) {
        slp_mailbox_set(t, result);
    } else {
        Py_DECREF(result);
    }
    slp_tstate_swap_drop(thread->tstate);

    /* From here on nobody can put t into a ring again, although it still runs. */
    slp_tasklet_mark_ended(t);
    if (slp_tasklet_raise_thrown(t) < 0)
        tell_too_late(t);
    slp_preempt_restart(&thread->preempt);
    slp_tasklet *next = next_after_end(thread, t, bomb);
    assert(next != t && thread->deferred == NULL);
    if (SLP_FAULT(EARLY_RELEASE_OF_PREV))
        Py_DECREF(t);
    else
        thread->deferred = (PyObject *)t;
    slp_tstate_swap_discard(thread->tstate);
    return slp_transfer_end(thread, next);
}

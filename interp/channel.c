/* SPDX-License-Identifier: MIT
 *
 * channel.c - the operation; the Python type is in channel_type.c.
 *
 *   1. May it begin?  (refuse)  Whoever may have run meanwhile, at a point or in the
 *      callback, can have changed the answer, so it is asked again after each.
 *   2. What is sent goes into the actor's mailbox; None, if it receives.
 *   3. With a counterpart in the queue the two mailboxes are exchanged, and both have
 *      what they wanted; the channel's preference says which of them goes on.
 *      (hand_over)
 *   4. Without one the actor leaves the ring for the queue.  When it goes on somebody
 *      else has done step 3 with it, or has thrown at it.  (wait_in_queue)
 */
#include "cpython.h"

#include "channel.h"

#include <assert.h>
#include <stdlib.h>

#include "contract/faults.h"
#include "gcguard.h"
#include "mailbox.h"
#include "preempt.h"
#include "ring.h"
#include "schedule.h"

PyObject *slp_channel_callback;

/* ---- the queue ---- */

static void queue_append(slp_channel *channel, slp_tasklet *t, enum slp_direction dir)
{
    SLP_REQUIRE(I7, t, t->next == NULL && t->prev == NULL && channel->balance * dir >= 0);
    if (SLP_FAULT(LATE_WAITER_FIRST) && channel->first != NULL) {
        t->next = channel->first;
        channel->first->prev = t;
        channel->first = t;
    } else {
        t->prev = channel->last;
        if (channel->last != NULL)
            channel->last->next = t;
        else
            channel->first = t;
        channel->last = t;
    }
    channel->balance += dir;
    t->channel = channel;
    t->direction = (signed char)dir;
}

static void queue_remove(slp_channel *channel, slp_tasklet *t)
{
    SLP_REQUIRE(I8, t, t->channel == channel && t->direction != 0);
    if (t->prev != NULL)
        t->prev->next = t->next;
    else
        channel->first = t->next;
    if (t->next != NULL)
        t->next->prev = t->prev;
    else
        channel->last = t->prev;
    t->next = t->prev = NULL;
    channel->balance -= t->direction;
    t->channel = NULL;
    t->direction = 0;
}

void slp_channel_unlink(slp_tasklet *t)
{
    slp_channel *channel = t->channel;
    int direction = t->direction;

    if (SLP_FAULT(KILLED_WAITER_POPS_HEAD) && channel->first != t)
        queue_remove(channel, channel->first);
    queue_remove(channel, t);
    if (SLP_FAULT(KILL_KEEPS_BALANCE))
        channel->balance += direction;
}

/* ---- the callback ---- */

static int call_back(struct slp_thread *thread, slp_channel *channel, slp_tasklet *t,
                     enum slp_direction dir, int willblock)
{
    PyObject *callback = Py_NewRef(slp_channel_callback);
    PyObject *sending = dir == SLP_SEND ? Py_True : Py_False;

    /* in_callback forbids to switch: the operation is in the middle of step 2.  The other
     * one is for the points, which tell where Python code runs. */
    thread->in_callback++;
    t->calling_back++;
    PyObject *result = PyObject_CallFunctionObjArgs(callback, channel, t, sending,
                                                    willblock ? Py_True : Py_False, NULL);
    t->calling_back--;
    thread->in_callback--;
    Py_DECREF(callback);
    Py_XDECREF(result);
    if (result == NULL)
        (void)SLP_POINT(CALLBACK_FAILED, t, channel, NULL);
    return result == NULL ? -1 : 0;
}

/* ---- the operation ---- */

static slp_tasklet *counterpart(const slp_channel *channel, enum slp_direction dir)
{
    slp_tasklet *longest = SLP_FAULT(QUEUE_SERVES_LAST) ? channel->last : channel->first;

    return channel->balance * (int)dir < 0 ? longest : NULL;
}

/* Why this operation must not begin: -1 with an exception. */
static int refuse(struct slp_thread *thread, slp_channel *channel, enum slp_direction dir)
{
    slp_tasklet *other = counterpart(channel, dir);

    if (slp_tasklet_raise_thrown(thread->current) < 0)
        return -1;
    if (thread->in_callback && !SLP_FAULT(CHANNEL_CALLBACK_REENTERS)) {
        PyErr_SetString(PyExc_RuntimeError,
                        "a channel cannot be used inside a channel or schedule callback");
        return -1;
    }
    if (other != NULL) {
        /* Only a hand-over on this thread may switch. */
        int stays =
            other->thread != thread || (!channel->schedule_all && dir * channel->preference >= 0);
        return stays ? 0 : slp_schedule_may_switch(thread);
    }
    if (thread->current->block_trap) {
        if (SLP_FAULT(TRAP_COUNTS_FIRST))
            channel->balance += dir;
        PyErr_SetString(PyExc_RuntimeError, "this tasklet does not like to be blocked");
        return -1;
    }
    if (channel->closing) {
        PyErr_SetString(PyExc_ValueError, "send or receive on a closed channel");
        return -1;
    }
    return slp_schedule_may_switch(thread);
}

/* Makes other, which has left the queue, runnable; the queue's reference is the
 * ring's then.  Returns 0 if there is nothing to do: while a point kept this
 * thread waiting, another one has done so already, or has ended it. */
static int make_runnable(slp_tasklet *other, slp_tasklet *place)
{
    if (other->scheduled || !slp_tasklet_alive(other) || other->thread->tstate == NULL) {
        Py_DECREF(other);
        return 0;
    }
    if (place != NULL)
        slp_ring_insert_after(place, other);
    else
        slp_ring_append(other);
    return 1;
}

static void swap_mailboxes(slp_tasklet *a, slp_tasklet *b)
{
    PyObject *value = a->tempval;
    a->tempval = b->tempval;
    b->tempval = value;
}

/* Lets the head of the ring, the counterpart or with schedule_all whoever is next, go on
 * before the actor, which stays in the ring. */
static PyObject *yield(struct slp_thread *thread, slp_tasklet *current)
{
    int switched;

    thread->ring = current->next;
    if (SLP_FAULT(SOFT_TIMEOUT_BREAKS_PREFERENCE))
        slp_preempt_yield(thread);
    PyObject *result = slp_schedule_task(thread, current, &switched);
    if (result != NULL || switched)
        return result;
    /* No memory for the switch: the values have met all the same, so the actor runs on,
     * as with preference 0. */
    PyErr_Clear();
    thread->ring = current;
    return slp_mailbox_claim(current);
}

/* The counterpart is there: both operations succeed, and one of the two runs
 * on.  Returns what the running tasklet's mailbox brings. */
static __attribute__((noinline)) PyObject *hand_over(struct slp_thread *thread,
                                                     slp_channel *channel, slp_tasklet *other,
                                                     enum slp_direction dir)
{
    slp_tasklet *current = thread->current;
    slp_tasklet *sender = dir == SLP_SEND ? current : other;
    slp_tasklet *receiver = dir == SLP_SEND ? other : current;

    queue_remove(channel, other);
    swap_mailboxes(current, other);
    receiver->delivered = 1; /* until it goes on: a throw must not drop the value silently */
    (void)SLP_VALUE_POINT(CHAN_COMPLETE, sender, receiver, receiver->tempval);
    if (other->thread != thread) {
        if (make_runnable(other, NULL))
            slp_thread_wake(other->thread, other);
        return slp_mailbox_claim(current);
    }
    /* Preference 1 is the sender's, as is dir: with different signs the other one goes on. */
    int yields = channel->schedule_all || dir * channel->preference < 0;
    make_runnable(other, channel->schedule_all || !yields ? NULL : current);
    if (!yields || current->next == current)
        return slp_mailbox_claim(current);
    return yield(thread, current);
}

/* The references of a channel that exists in the expression of the call only: the
 * caller's and slp_channel_action()'s. */
enum { KEPT_BY_CALLER = 2 };

/* It could not wait, and an exception is set: all is as before, unless the wait is over already. */
static __attribute__((noinline)) PyObject *undo_wait(struct slp_thread *thread,
                                                     slp_channel *channel, slp_tasklet *current)
{
    if (current->direction == 0 && current->scheduled)
        return slp_schedule_go_on(thread, current);
    if (current->direction != 0 && !SLP_FAULT(FAILED_WAIT_STAYS_QUEUED)) {
        queue_remove(channel, current);
        slp_schedule_put_back(current);
    }
    thread->ring = current;
    PyObject *unsent = slp_mailbox_take(current);
    if (!SLP_FAULT(UNDONE_SEND_KEEPS_REFERENCE))
        Py_DECREF(unsent);
    return NULL;
}

/* Nobody is there: the actor waits in the queue. */
static PyObject *wait_in_queue(struct slp_thread *thread, slp_channel *channel,
                               enum slp_direction dir)
{
    slp_tasklet *current = thread->current;
    int switched;

    slp_ring_remove(current); /* the ring's reference becomes the queue's */
    queue_append(channel, current, dir);
    slp_preempt_yield(thread);
    if (SLP_FAULT(TEMP_CHANNEL_DIES_UNDER_WAITER) && Py_REFCNT(channel) <= KEPT_BY_CALLER) {
        slp_channel_unlink(current);
        Py_DECREF(current);
    }
    (void)SLP_POINT(CHAN_ENQUEUE, current, channel, NULL);
    PyObject *result = slp_schedule_task(thread, current, &switched);
    if (result == NULL && !switched)
        return undo_wait(thread, channel, current);
    return result;
}

/* Calls the channel callback, if there is one, and asks again whether the operation may
 * go on: the callback is Python, and afterwards the world may be another one. */
static __attribute__((noinline)) int ask_callback(struct slp_thread *thread, slp_channel *channel,
                                                  slp_tasklet *current, enum slp_direction dir)
{
    int willblock = counterpart(channel, dir) == NULL;
    if (call_back(thread, channel, current, dir, willblock) < 0 &&
        !SLP_FAULT(CHANNEL_CALLBACK_ERROR_MIGRATES))
        return -1;
    return SLP_FAULT(CALLBACK_TOCTOU) ? 0 : refuse(thread, channel, dir);
}

/* Most of the above is not inlined: what is not on the way to a wait must not make the frame larger
 * that is in the slice of every tasklet which waits. */
static PyObject *generic_channel_action(struct slp_thread *thread, slp_channel *channel,
                                        PyObject *value, enum slp_direction dir)
{
    slp_tasklet *current = thread->current;

    if (dir == SLP_SEND)
        (void)SLP_VALUE_POINT(CHAN_SEND, current, channel, value);
    else
        (void)SLP_VALUE_POINT(CHAN_RECEIVE, current, channel, NULL);
    /* The point may have let other threads run, or the collector. */
    if (SLP_POINT_ACTIVE && refuse(thread, channel, dir) < 0) {
        Py_DECREF(value);
        return NULL;
    }
    slp_mailbox_set(current, value);
    slp_tasklet *decided = counterpart(channel, dir);
    if (slp_channel_callback != NULL && ask_callback(thread, channel, current, dir) < 0) {
        if (!SLP_FAULT(FAILED_OP_KEEPS_VALUE))
            Py_DECREF(slp_mailbox_take(current));
        return NULL;
    }
    slp_tasklet *other = SLP_FAULT(CALLBACK_TOCTOU) ? decided : counterpart(channel, dir);
    if (other != NULL)
        return hand_over(thread, channel, other, dir);
    return wait_in_queue(thread, channel, dir);
}

/* Refused at once: nothing has begun.  Takes the channel's reference. */
static __attribute__((noinline)) PyObject *refused(slp_channel *channel, PyObject *value)
{
    if (!SLP_FAULT(REFUSED_SEND_KEEPS_REFERENCE))
        Py_DECREF(value);
    (void)SLP_POINT(CHAN_TRIED, slp_thread_here()->current, channel, NULL);
    Py_DECREF(channel);
    return NULL;
}

/* CHAN_SEND or CHAN_RECEIVE is out, and here is what has come of it.  Likewise. */
static __attribute__((noinline)) PyObject *over(slp_channel *channel, enum slp_direction dir,
                                                PyObject *result)
{
    struct slp_thread *thread = slp_thread_here(); /* another one in a child of fork() */

    thread->current->delivered = 0;
    if (dir == SLP_SEND)
        (void)SLP_VALUE_POINT(CHAN_SENT, thread->current, channel, result);
    else
        (void)SLP_VALUE_POINT(CHAN_RECEIVED, thread->current, channel, result);
    (void)SLP_POINT(CHAN_TRIED, thread->current, channel, result);
    Py_DECREF(channel);
    return result;
}

PyObject *slp_channel_action(slp_channel *channel, PyObject *value, enum slp_direction dir)
{
    struct slp_thread *thread = slp_thread_here();

    if (thread == NULL) {
        Py_DECREF(value);
        return NULL;
    }
    /* The channel may exist in the caller's expression only. */
    Py_INCREF(channel);
    (void)SLP_POINT(CHAN_TRY, thread->current, channel, value);
    /* Before the value is on its way: what is dropped may be the same object. */
    do {
        if (refuse(thread, channel, dir) < 0)
            return refused(channel, value);
    } while (slp_mailbox_empty(thread->current));
    return over(channel, dir, generic_channel_action(thread, channel, value, dir));
}

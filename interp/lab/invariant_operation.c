/* SPDX-License-Identifier: MIT
 *
 * invariant_operation.c - a send or receive, from the attempt to its answer.
 */
#include "interp/cpython.h"

#include "interp/channel.h"
#include "invariants.h"
#include "contract/points.h"
#include "interp/tasklet.h"
#include "interp/thread.h"

/* ---- what it leaves as it was ---- */

static struct slp_invariant_before before;

void slp_invariant_operation_others_act(void)
{
    before.by = NULL;
    slp_invariant_references_others_act();
}

/* FNV-1a, a word at a time: two states that differ have, almost surely, different numbers,
 * and nothing of them must be stored. */
static uint64_t mix(uint64_t state, uint64_t part)
{
    return (state ^ part) * UINT64_C(0x100000001b3);
}

static uint64_t of_pointer(uint64_t state, const void *pointer)
{
    return mix(state, (uint64_t)(uintptr_t)pointer);
}

/* All that an operation of t on the channel could change before anybody else runs. */
static uint64_t state_of(const slp_tasklet *t, const slp_channel *channel)
{
    const struct slp_thread *here = t->thread;
    /* FNV-1a's offset basis: from 0 on, fields that are 0 would change nothing. */
    uint64_t state = of_pointer(of_pointer(UINT64_C(0xcbf29ce484222325), t->next), t->prev);

    state = of_pointer(of_pointer(state, t->tempval), t->channel);
    state = mix(mix(mix(state, t->scheduled), (uint64_t)t->direction), t->block_trap);
    state = of_pointer(of_pointer(state, channel->first), channel->last);
    state = mix(mix(state, (uint64_t)channel->balance), (uint64_t)channel->preference);
    state = mix(mix(state, channel->closing), channel->schedule_all);
    state = of_pointer(of_pointer(state, here->ring), here->deferred);
    return mix(mix(state, (uint64_t)here->runcount), (uint64_t)here->switch_trap);
}

static void tries(slp_tasklet *t, const slp_channel *channel, PyObject *value)
{
    slp_invariant_references_tries(t, value);
    /* A callback may change everything; and what the program has put into the mailbox is
     * dropped by any operation. */
    before.by = slp_channel_callback == NULL && !t->watch.assigned ? t : NULL;
    before.state = state_of(t, channel);
}

static void has_tried(slp_tasklet *t, slp_channel *channel, const void *result)
{
    /* Only if nobody else ran since it was tried: others may change what they like. */
    int nobody_else = before.by == t;

    slp_invariant_references_has_tried(t, result);
    before.by = NULL;
    if (t->watch.refusing && result != NULL)
        slp_invariants_violated(SLP_I24, t, "its channel callback has raised, and it succeeds");
    t->watch.refusing = 0;
    if (nobody_else && result == NULL && before.state != state_of(t, channel))
        slp_invariants_violated(SLP_I11, channel,
                                "an operation raised, and left it, its tasklet or "
                                "the ring in another state");
}

/* ---- what holds between two ---- */

/* An operation of the current tasklet begins or ends: its own code runs around it. */
static void between_operations(slp_tasklet *t)
{
    struct slp_thread *here = slp_thread_peek();

    if (here == NULL)
        return;
    if (t->thread != here)
        slp_invariants_violated(SLP_I21, t, "it operates on thread %llu, its home is %llu",
                                (unsigned long long)here->id, (unsigned long long)t->thread->id);
    if (here->current != t || t->slice.used > 0)
        slp_invariants_violated(SLP_I8, t, "it operates, and %s",
                                here->current != t ? "another one is current"
                                                   : "its C stack is put away");
    if (here->deferred != NULL)
        slp_invariants_violated(SLP_I13, here->deferred,
                                "it waits for its release while a tasklet operates");
}

static void operation_begins(slp_tasklet *t)
{
    between_operations(t);
    if (t->calling_back > 0)
        slp_invariants_violated(SLP_I37, t, "it operates in the callback of its own operation");
    /* In a callback another operation has begun already, and its value is there. */
    if (t->tempval != Py_None && t->calling_back == 0 && !t->watch.assigned)
        slp_invariants_violated(SLP_I4, t, "an operation begins, and its mailbox is full");
    if (PyErr_Occurred() && t->calling_back == 0 && t->releasing == 0)
        slp_invariants_violated(SLP_I18, t, "an operation begins, and an exception is set");
}

void slp_invariant_operation_assigned(slp_tasklet *t)
{
    t->watch.assigned = 1;
    t->watch.asked = 0;
    slp_invariant_operation_others_act();
}

/* It has what its operation returns. */
void slp_invariant_operation_result(slp_tasklet *t, const void *result)
{
    int set = PyErr_Occurred() != NULL;

    if ((result == NULL) != set)
        slp_invariants_violated(SLP_I18, t, "it %s, and an exception is %s",
                                result == NULL ? "failed" : "succeeded", set ? "set" : "not set");
    if (t->watch.burst && result != NULL)
        slp_invariants_violated(SLP_I19, t, "what was thrown at it was not raised");
    t->watch.burst = t->watch.assigned = 0;
    slp_invariant_references_result(t, result);
}

static void operation_ends(slp_tasklet *t, const void *result)
{
    between_operations(t);
    slp_invariant_operation_result(t, result);
    t->watch.operating = 0;
    if (t->tempval != Py_None)
        slp_invariants_violated(SLP_I4, t, "an operation ends, and its mailbox is full");
    slp_invariant_walk();
}

static void enqueued(slp_tasklet *t, const slp_channel *channel)
{
    slp_invariant_order_enqueued(t, channel);
    t->watch.operating = 1;
    if (t->block_trap)
        slp_invariants_violated(SLP_I26, t, "it blocks, and block_trap is set");
}

/* ---- the points ---- */

void slp_invariant_operation(const struct slp_point_info *info)
{
    slp_tasklet *t = info->subject;

    switch ((int)info->point) {
    case SLP_POINT_CHAN_TRY:
        tries(t, info->object, info->value);
        break;
    case SLP_POINT_CHAN_TRIED:
        has_tried(t, info->object, info->value);
        break;
    case SLP_POINT_CHAN_SEND:
    case SLP_POINT_CHAN_RECEIVE:
        operation_begins(t);
        break;
    case SLP_POINT_CHAN_ENQUEUE:
        enqueued(t, info->object);
        break;
    case SLP_POINT_CHAN_SENT:
    case SLP_POINT_CHAN_RECEIVED:
        operation_ends(t, info->value);
        break;
    case SLP_POINT_CALLBACK_FAILED:
        t->watch.refusing = 1;
        slp_invariant_references_refused(t);
        break;
    }
}

/* SPDX-License-Identifier: MIT
 *
 * invariants.c - from a point to the checks that belong there.
 */
#include "interp/cpython.h"

#include "invariants.h"

#include <stdarg.h>
#include <stdio.h>

#include "interp/channel.h"
#include "contract/points.h"
#include "interp/schedule.h"
#include "interp/tasklet.h"
#include "interp/thread.h"

int slp_invariants_violations;
static slp_invariants_reporter report;
static unsigned char told[SLP_INVARIANT_COUNT];

static const struct {
    const char *id, *name;
} invariants[] = {
#define INVARIANT_NAME(id, name, text) {#id, name},
    SLP_INVARIANTS(INVARIANT_NAME)
#undef INVARIANT_NAME
};

/* ---- telling ---- */

void slp_invariants_set_reporter(slp_invariants_reporter reporter)
{
    report = reporter;
}

void slp_invariants_violated(enum slp_invariant invariant, void *object, const char *format, ...)
{
    char text[256];
    va_list args;

    /* Once each: a state that is wrong stays wrong, and the first report says most. */
    if (told[invariant])
        return;
    told[invariant] = 1;
    slp_invariants_violations++;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (report != NULL)
        report(&(struct slp_violation){invariant, invariants[invariant].id,
                                       invariants[invariant].name, object, text});
    else
        fprintf(stderr, "slpython-lab: invariant %s (%s): %s at %p: %s\n", invariants[invariant].id,
                invariants[invariant].name, object != NULL ? Py_TYPE(object)->tp_name : "nothing",
                object, text);
}

int slp_invariants_exit(int status)
{
    return slp_invariants_violations > 0 && status == 0 ? SLP_INVARIANT_EXIT : status;
}

/* ---- who runs after a hand-over ---- */

static __thread const slp_channel *operates_on; /* what the last operation began on */
static __thread struct {
    slp_tasklet *actor; /* NULL: nothing is expected */
    slp_tasklet *next;
} expected;

/* Who goes on by the channel's preference; NULL: that depends on the ring.  Written from
 * what the documentation says of preference, and not as channel.c computes it. */
static slp_tasklet *preferred(const slp_channel *channel, slp_tasklet *actor, slp_tasklet *sender,
                              slp_tasklet *receiver)
{
    if (channel->schedule_all)
        return NULL;
    if (channel->preference == 0)
        return actor;
    return channel->preference < 0 ? receiver : sender;
}

static void completed(slp_tasklet *sender, slp_tasklet *receiver)
{
    struct slp_thread *here = slp_thread_peek();
    slp_tasklet *actor = here->current, *other = actor == sender ? receiver : sender;

    /* What is expected is checked when the actor goes on or leaves: only then has the
     * operation decided. */
    sender->watch.operating = receiver->watch.operating = 0;
    expected.actor = NULL;
    if (actor != sender && actor != receiver) {
        slp_invariants_violated(SLP_I8, actor, "it completes an operation of two others");
        return;
    }
    if (operates_on != NULL)
        slp_invariant_order_served(other, operates_on);
    slp_invariant_references_handed(receiver);
    /* A counterpart of another thread runs there; a callback may turn the ring. */
    if (other->thread == here && slp_schedule_callback == NULL && operates_on != NULL) {
        expected.next = preferred(operates_on, actor, sender, receiver);
        expected.actor = expected.next != NULL ? actor : NULL;
    }
}

/* The actor is about to leave, for next, or goes on. */
static void check_order(slp_tasklet *actor, slp_tasklet *next)
{
    if (expected.actor != actor)
        return;
    expected.actor = NULL;
    /* Whoever was to go on may have been killed or taken away at a point in between. */
    if (next != expected.next && expected.next->scheduled)
        slp_invariants_violated(SLP_I9, actor,
                                "after a hand-over it goes on with another one than the channel's "
                                "preference says");
}

/* ---- exceptions that nobody catches ---- */

static __thread PyObject *uncaught_type; /* borrowed, only compared */
static __thread int uncaught_is_silent; /* it ends its tasklet, and concerns nobody */

/* TaskletExit, and outside of the initial thread SystemExit. */
static int is_silent(PyObject *type)
{
    return PyErr_GivenExceptionMatches(type, slp_tasklet_exit) ||
           (!slp_cpython_is_main_thread() && PyErr_GivenExceptionMatches(type, PyExc_SystemExit));
}

static void ends(slp_tasklet *t, const void *result)
{
    slp_invariant_ending_ends(t);
    slp_invariant_spill_ends(t);
    slp_invariant_retention(t);
    uncaught_type = result == NULL ? PyErr_Occurred() : NULL;
    uncaught_is_silent = uncaught_type != NULL && is_silent(uncaught_type);
    if (t->watch.burst && result != NULL)
        slp_invariants_violated(SLP_I19, t, "what was thrown at it was not raised");
    if ((result == NULL) != (uncaught_type != NULL))
        slp_invariants_violated(SLP_I18, t, "its callable %s an exception",
                                result == NULL ? "failed without" : "returned with");
}

static void uncaught(slp_tasklet *t, slp_tasklet *target, const slp_bomb *bomb)
{
    /* Found by the rule and not by the code: the innermost run(), else main. */
    const struct slp_thread *here = t->thread;
    const slp_tasklet *right = here->watchdogs != NULL ? here->watchdogs : here->main;

    if (target != right)
        slp_invariants_violated(SLP_I19, t,
                                "its exception goes neither to the innermost run() nor to main");
    /* A handler may raise something else; without one it must be the exception itself. */
    if (uncaught_is_silent && bomb->type == uncaught_type)
        slp_invariants_violated(SLP_I19, t, "it ended with %s, and that is passed on",
                                ((PyTypeObject *)uncaught_type)->tp_name);
    /* After one that is silent it is another one's: that of a deadlock, or of a signal. */
    if (slp_schedule_error_handler == NULL && uncaught_type != NULL && !uncaught_is_silent &&
        bomb->type != uncaught_type)
        slp_invariants_violated(SLP_I19, t, "it ended with %s, and %s is passed on",
                                ((PyTypeObject *)uncaught_type)->tp_name,
                                ((PyTypeObject *)bomb->type)->tp_name);
}

static void deadlock(slp_tasklet *t)
{
    if (t->thread->ring != NULL)
        slp_invariants_violated(SLP_I23, t, "a deadlock is told, and the ring is not empty");
    else if (slp_thread_others_can_run(t->thread->tstate))
        slp_invariants_violated(SLP_I23, t, "a deadlock is told, and other threads can run");
}

/* ---- deaths ---- */

/* By the thread itself.  In the child of a fork another thread abandons what it cannot run. */
static void lost(slp_tasklet *t)
{
    if (t->kills < SLP_KILLS_MAX && !t->thread->gave_up &&
        t->thread->ident == PyThread_get_thread_ident())
        slp_invariants_violated(SLP_I27, t, "its thread has ended without ending it (%d attempts)",
                                t->kills);
}

static void dies(slp_tasklet *t)
{
    if (t->watch.dying)
        slp_invariants_violated(SLP_I15, t, "it is freed twice");
    t->watch.dying = 1;
    /* The state's word and the points': each may be wrong alone. */
    if (t->scheduled || t->direction != 0 || t->in_run || t->watch.in_ring)
        slp_invariants_violated(SLP_I14, t, "it is freed, and %s",
                                t->direction != 0 ? "waits on a channel"
                                : t->in_run       ? "sits in run()"
                                                  : "is in a ring");
    /* The frames that run now would be freed under themselves. */
    if (t->thread->current == t)
        slp_invariants_violated(SLP_I13, t, "it is freed on its own C stack");
    if (t->slice.used > 0 && t->started && !t->ended && t->thread->tstate != NULL &&
        t->kills < SLP_KILLS_MAX)
        slp_invariants_violated(SLP_I15, t, "it is freed in the middle of something");
    if (t->kills > SLP_KILLS_MAX)
        slp_invariants_violated(SLP_I15, t, "it was asked to end %d times", t->kills);
}

/* What is remembered of an earlier life says nothing of this one. */
static void begins(slp_tasklet *t)
{
    t->watch.operating = t->watch.burst = t->watch.refusing = 0;
    t->watch.left = t->watch.assigned = 0;
    slp_invariant_switch_start(t);
}

/* ---- rings ---- */

static void inserted(slp_tasklet *t, const slp_tasklet *place)
{
    slp_invariant_order_enters(t, place);
    if (t->watch.in_ring)
        slp_invariants_violated(SLP_I7, t, "it is put into a ring, and is in one");
    if (t->direction != 0)
        slp_invariants_violated(SLP_I8, t, "it is put into a ring, and waits on a channel");
    if (t->thread->tstate == NULL)
        slp_invariants_violated(SLP_I27, t, "it is put into the ring of a thread that has ended");
    if (t->kills > SLP_KILLS_MAX)
        slp_invariants_violated(SLP_I15, t, "it was asked to end %d times", t->kills);
    t->watch.in_ring = 1;
}

/* The point is reached after the removal, and before anything else. */
static void removed(slp_tasklet *t, slp_tasklet *behind)
{
    slp_invariant_order_leaves(t, behind);
    if (!t->watch.in_ring)
        slp_invariants_violated(SLP_I7, t, "it is taken out of a ring, and is in none");
    if (t->thread->ring == t)
        slp_invariants_violated(SLP_I7, t, "it is taken out of its ring, and is its head");
    t->watch.in_ring = 0;
}

/* ---- callbacks ---- */

void slp_invariants_callback_returned(struct slp_thread *thread)
{
    thread->watch.told = NULL;
}

/* In a channel callback the mailbox has what is being sent. */
static void drops(slp_tasklet *t)
{
    if (t->calling_back > 0 && t->thread->watch.told == NULL && t->thread == slp_thread_peek() &&
        !t->watch.assigned)
        slp_invariants_violated(SLP_I37, t, "its channel callback drops what its operation sends");
}

static void switches(slp_tasklet *t)
{
    if (t->calling_back > 0)
        slp_invariants_violated(SLP_I37, t, "it switches in its callback");
}

/* ---- threads ---- */

/* Whoever makes something runnable for this thread looks for the mark. */
static void waits(void)
{
    const struct slp_thread *here = slp_thread_peek();

    slp_invariant_operation_others_act();
    if (!here->waiting)
        slp_invariants_violated(SLP_I22, here->current,
                                "its thread is going to wait, and is not marked as waiting");
}

/* A frame is about to be evaluated, on the C stack of the current tasklet. */
static void runs_code(void)
{
    const struct slp_thread *here = slp_thread_peek();

    slp_invariant_operation_others_act();
    slp_invariant_references_code_runs();
    if (__builtin_expect(here != NULL && here->current != NULL && here->current->slice.used > 0, 0))
        slp_invariants_violated(SLP_I8, here->current,
                                "code runs as it, and its C stack is put away");
    if (__builtin_expect(here != NULL && here->watch.told != NULL, 0) &&
        here->watch.told != here->current)
        slp_invariants_violated(SLP_I37, here->current,
                                "a schedule callback runs as it, and another one was told of");
}

/* The schedule callback is about to be told that a tasklet stops running. */
static void told_callback(slp_tasklet *t)
{
    slp_invariant_operation_others_act();
    slp_invariant_references_code_runs();
    if (t->thread->current != t)
        slp_invariants_violated(SLP_I24, t, "a schedule callback is told that it runs");
    t->thread->watch.told = t;
}

/* ---- the points ---- */

/* Longer than others: one jump for each visit, of which an operation makes a dozen. */
void slp_invariants_visit(const struct slp_point_info *info)
{
    slp_tasklet *t = info->subject;

    switch ((int)info->point) {
    /* ---- operations ---- */
    case SLP_POINT_CHAN_SEND:
    case SLP_POINT_CHAN_RECEIVE:
        operates_on = info->object;
        slp_invariant_operation(info);
        break;
    case SLP_POINT_CHAN_SENT:
    case SLP_POINT_CHAN_RECEIVED:
        check_order(t, t);
        slp_invariant_operation(info);
        break;
    case SLP_POINT_CHAN_TRY:
    case SLP_POINT_CHAN_TRIED:
    case SLP_POINT_CHAN_ENQUEUE:
    case SLP_POINT_CALLBACK_FAILED:
        slp_invariant_operation(info);
        break;
    case SLP_POINT_CHAN_COMPLETE:
        slp_invariant_operation_others_act();
        completed(t, info->object);
        break;
    case SLP_POINT_MAILBOX_DROP:
        drops(t);
        break;
    case SLP_POINT_MAILBOX_BURST:
        slp_invariant_operation_others_act();
        t->watch.burst = 1;
        t->watch.asked = 0;
        break;
    /* ---- switches ---- */
    case SLP_POINT_SWITCH_LEAVE:
        switches(t);
        check_order(t, info->object);
        slp_invariant_order_switch(t, info->object);
        slp_invariant_switch_leave(t, info->object);
        break;
    case SLP_POINT_SWITCH_ARRIVE:
        slp_invariant_operation_others_act();
        slp_invariant_switch_arrive(t);
        break;
    case SLP_POINT_SWITCH_RELEASE:
        slp_invariant_references_code_runs();
        break;
    case SLP_POINT_SWITCH_RESULT:
        slp_invariant_operation_result(t, info->value);
        break;
    case SLP_POINT_SPILL_SAVE:
        slp_invariant_spill_begins();
        break;
    case SLP_POINT_SPILL_RUN:
        slp_invariant_spill_runs(t);
        break;
    case SLP_POINT_SPILL_RESTORE:
        slp_invariant_spill_returns(t);
        break;
    case SLP_POINT_RING_INSERT:
        inserted(t, info->object);
        break;
    case SLP_POINT_RING_REMOVE:
        removed(t, info->object);
        break;
    case SLP_POINT_DEADLOCK:
        deadlock(t);
        break;
    case SLP_POINT_THREAD_WAIT:
        waits();
        break;
    /* ---- code ---- */
    case SLP_POINT_CALLBACK_TELLS:
        told_callback(t);
        break;
    case SLP_POINT_EVAL_ENTER:
    case SLP_POINT_RELEASE_ENTER:
    case SLP_POINT_CALLBACK_ENTER:
        runs_code();
        break;
    /* ---- lives ---- */
    case SLP_POINT_TASKLET_NEW:
        slp_invariant_walk_tasklet_new(t);
        break;
    case SLP_POINT_TASKLET_START:
        slp_invariant_operation_others_act();
        slp_invariant_references_code_runs();
        begins(t);
        break;
    case SLP_POINT_TASKLET_END:
        ends(t, info->value);
        break;
    case SLP_POINT_TASKLET_UNCAUGHT:
        uncaught(t, info->object, info->value);
        break;
    case SLP_POINT_TASKLET_LOST:
        lost(t);
        break;
    case SLP_POINT_TASKLET_DEALLOC:
        dies(t);
        break;
    case SLP_POINT_CHAN_NEW:
        slp_invariant_walk_channel_new(info->subject);
        break;
    case SLP_POINT_CHAN_DEALLOC:
        slp_invariant_walk_channel_gone(info->subject);
        break;
    }
}

uint64_t slp_invariants_points(void)
{
#define BIT(id) (UINT64_C(1) << SLP_POINT_##id)
    return BIT(TASKLET_NEW) | BIT(TASKLET_DEALLOC) | BIT(CHAN_NEW) | BIT(CHAN_DEALLOC) |
           BIT(CHAN_TRY) | BIT(CHAN_TRIED) | BIT(CHAN_SEND) | BIT(CHAN_RECEIVE) |
           BIT(CHAN_ENQUEUE) | BIT(CHAN_COMPLETE) | BIT(CHAN_SENT) | BIT(CHAN_RECEIVED) |
           BIT(RING_INSERT) | BIT(RING_REMOVE) | BIT(MAILBOX_BURST) | BIT(SWITCH_LEAVE) |
           BIT(SWITCH_ARRIVE) | BIT(SWITCH_RELEASE) | BIT(SWITCH_RESULT) | BIT(SPILL_SAVE) |
           BIT(SPILL_RESTORE) | BIT(MAILBOX_DROP) | BIT(SPILL_RUN) | BIT(TASKLET_START) |
           BIT(TASKLET_END) | BIT(TASKLET_UNCAUGHT) | BIT(TASKLET_LOST) | BIT(DEADLOCK) |
           BIT(CALLBACK_TELLS) | BIT(CALLBACK_FAILED) | BIT(THREAD_WAIT) | BIT(EVAL_ENTER) |
           BIT(RELEASE_ENTER) | BIT(CALLBACK_ENTER);
#undef BIT
}

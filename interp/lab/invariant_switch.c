/* SPDX-License-Identifier: MIT
 *
 * invariant_switch.c - what must be the same on both sides of a switch.
 */
#include "interp/cpython.h"

#include "interp/atomic.h"
#include "interp/cstack.h"
#include "interp/datastack.h"
#include "invariants.h"
#include "interp/tasklet.h"
#include "interp/thread.h"

/* May this thread switch, to that one? */
static void check_departure(slp_tasklet *t, slp_tasklet *next)
{
    const struct slp_thread *here = slp_thread_peek();

    /* One that ends cannot stay. */
    if (here->switch_trap > 0 && !t->ended)
        slp_invariants_violated(SLP_I26, t, "its thread switches with a switch trap of %d",
                                here->switch_trap);
    if (next->thread != here)
        slp_invariants_violated(SLP_I21, next, "it is to run on thread %llu, its home is %llu",
                                (unsigned long long)here->id, (unsigned long long)next->thread->id);
    if (next->ended || (!next->ready && !next->started))
        slp_invariants_violated(SLP_I8, next, "it is to run, and has %s",
                                next->ended ? "ended" : "nothing to run");
    if (PyErr_Occurred())
        slp_invariants_violated(SLP_I18, t, "it is left with an exception set");
}

void slp_invariant_switch_leave(slp_tasklet *t, slp_tasklet *next)
{
    PyThreadState *tstate = slp_cpython_tstate();

    check_departure(t, next);
    /* One that has ended is left for good: nothing must be the same. */
    if (t->ended)
        return;
    t->watch.left = 1;
    t->watch.depth = slp_cpython_depth(tstate);
    t->watch.trash_nesting = slp_cpython_trash_nesting(tstate);
    t->watch.context = *slp_cpython_context(tstate);
    t->watch.context_version = slp_cpython_context_version(tstate);
    t->watch.exception = slp_cpython_handled_value(tstate);
    t->watch.chunk = slp_cpython_chunk_of(tstate);
    slp_invariant_tracing_leave(t, tstate);
    t->watch.segment_low = slp_cstack.segment_low;
    t->watch.segment_exit = slp_cstack.segment_exit;
}

/* Who runs is the head, on its own thread, and the waiters for the GIL know
 * whether it is atomic. */
static void check_arrival(slp_tasklet *t)
{
    const struct slp_thread *here = slp_thread_peek();

    if (t->thread != here)
        slp_invariants_violated(SLP_I21, t, "it runs on thread %llu, its home is %llu",
                                (unsigned long long)here->id, (unsigned long long)t->thread->id);
    if (t->slice.used > 0)
        slp_invariants_violated(SLP_I8, t, "it runs, and its C stack is put away");
    if (t->direction != 0 || !t->scheduled || here->ring != t || here->current != t)
        slp_invariants_violated(SLP_I8, t, "it runs, and %s",
                                t->direction != 0 ? "waits on a channel"
                                                  : "is not the ring's head");
    if (t->atomic && !slp_atomic_is_published(here))
        slp_invariants_violated(SLP_I25, t,
                                "it is atomic, and its thread may be asked for the GIL");
}

void slp_invariant_switch_arrive(slp_tasklet *t)
{
    PyThreadState *tstate = slp_cpython_tstate();

    check_arrival(t);
    if (!t->watch.left)
        return;
    t->watch.left = 0;
    /* All of these are values of the thread state, which others have used meanwhile. */
    if (t->watch.exception != slp_cpython_handled_value(tstate))
        slp_invariants_violated(SLP_I17, t, "the exception that it handles is another one");
    if (t->watch.depth != slp_cpython_depth(tstate))
        slp_invariants_violated(SLP_I20, t, "its depth was %d and is %d", t->watch.depth,
                                slp_cpython_depth(tstate));
    if (t->watch.trash_nesting != slp_cpython_trash_nesting(tstate))
        slp_invariants_violated(SLP_I20, t, "its nesting of deallocations was %d and is %d",
                                t->watch.trash_nesting, slp_cpython_trash_nesting(tstate));
    if (t->watch.chunk != slp_cpython_chunk_of(tstate))
        slp_invariants_violated(SLP_I20, t, "its data stack is another one");
    /* Of the context itself the version is enough: it must be another one each time. */
    if (t->watch.context_version == slp_cpython_context_version(tstate))
        slp_invariants_violated(SLP_I20, t, "the cache of context variables was not told");
    slp_invariant_tracing_arrive(t, tstate);
    if (t->watch.segment_low != slp_cstack.segment_low ||
        t->watch.segment_exit != slp_cstack.segment_exit)
        slp_invariants_violated(SLP_I36, t, "it goes on, and its stack is taken for another one");
}

/* A new tasklet begins with nothing. */
void slp_invariant_switch_start(slp_tasklet *t)
{
    PyThreadState *tstate = slp_cpython_tstate();

    if (slp_cpython_handled_value(tstate) != NULL)
        slp_invariants_violated(SLP_I17, t, "it begins and handles an exception");
    if (slp_cpython_depth(tstate) != 0)
        slp_invariants_violated(SLP_I20, t, "it begins at depth %d", slp_cpython_depth(tstate));
    if (slp_cpython_trash_nesting(tstate) != 0)
        slp_invariants_violated(SLP_I20, t, "it begins with a nesting of deallocations of %d",
                                slp_cpython_trash_nesting(tstate));
    slp_invariant_tracing_arrive(t, tstate);
    slp_invariant_spill_start(t);
}

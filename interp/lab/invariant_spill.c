/* SPDX-License-Identifier: MIT
 *
 * invariant_spill.c - a spill changes nothing, is counted, and is one tasklet's.
 *
 * Where the stack is, the thread's own or a second one, is said in a variable (cstack.h, segment_low)
 * that belongs to the tasklet which runs: one that begins is on the thread's own, one that goes on
 * is where it was (invariant_switch.c).
 */
#include "interp/cpython.h"

#include "interp/cstack.h"
#include "invariants.h"
#include "interp/spill.h"
#include "interp/tasklet.h"

/* From the point before the stack is saved to the one on the empty stack: nothing runs in
 * between, so one of each thread is enough, though spills nest. */
static __thread struct {
    int depth, error;
} spilled;
static unsigned long restored; /* as the points told */

void slp_invariant_spill_begins(void)
{
    const PyThreadState *tstate = slp_cpython_tstate();

    spilled.depth = slp_cpython_depth(tstate);
    spilled.error = slp_cpython_error_is_set(tstate);
}

void slp_invariant_spill_runs(slp_tasklet *t)
{
    const PyThreadState *tstate = slp_cpython_tstate();

    if (spilled.depth != slp_cpython_depth(tstate) ||
        spilled.error != slp_cpython_error_is_set(tstate))
        slp_invariants_violated(SLP_I20, t, "a spill has changed its depth or its exception");
    slp_invariant_tracing_seen(t, tstate);
    if (t != NULL)
        t->watch.spills++;
}

void slp_invariant_spill_returns(slp_tasklet *t)
{
    slp_invariant_tracing_seen(t, slp_cpython_tstate());
    if (slp_spill_count != ++restored)
        slp_invariants_violated(SLP_I36, t, "%lu spills are counted, and %lu have come back",
                                slp_spill_count, restored);
    restored = slp_spill_count;
    /* One that a thread has begun before it had tasklets is nobody's. */
    if (t != NULL && t->watch.spills > 0)
        t->watch.spills--;
}

void slp_invariant_spill_start(slp_tasklet *t)
{
    t->watch.spills = 0;
    if (slp_cstack.segment_low != NULL)
        slp_invariants_violated(SLP_I36, t, "it begins, and its stack is taken for a second one");
}

void slp_invariant_spill_ends(slp_tasklet *t)
{
    if (t->watch.spills != 0)
        slp_invariants_violated(SLP_I36, t, "it ends in the middle of %d spills", t->watch.spills);
}

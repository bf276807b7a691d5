/* SPDX-License-Identifier: MIT
 *
 * invariant_tracing.c - trace and profile functions are a tasklet's own.
 *
 * The loop calls them where use_tracing of its cframe says so, and that is right or wrong by itself:
 * it is set if there is a function to call and none of them runs.
 */
#include "interp/cpython.h"

#include "invariants.h"
#include "interp/tasklet.h"

static void remember(slp_tasklet *t, const struct slp_cpython_tracing *tracing)
{
    t->watch.trace = tracing->trace;
    t->watch.profile = tracing->profile;
    t->watch.trace_object = tracing->trace_object;
    t->watch.profile_object = tracing->profile_object;
    t->watch.tracing_depth = tracing->depth;
}

static void tell(slp_tasklet *t, const struct slp_cpython_tracing *now)
{
    if (t->watch.trace != now->trace || t->watch.trace_object != now->trace_object)
        slp_invariants_violated(SLP_I35, t, "its trace function is another one");
    if (t->watch.profile != now->profile || t->watch.profile_object != now->profile_object)
        slp_invariants_violated(SLP_I35, t, "its profile function is another one");
    if (t->watch.tracing_depth != now->depth)
        slp_invariants_violated(SLP_I35, t, "it was %d deep in trace functions and is %d",
                                t->watch.tracing_depth, now->depth);
}

void slp_invariant_tracing_seen(slp_tasklet *t, const PyThreadState *tstate)
{
    if (!slp_cpython_tracing_is_seen(tstate))
        slp_invariants_violated(SLP_I35, t, "the loop does not know whether it is traced");
}

void slp_invariant_tracing_leave(slp_tasklet *t, const PyThreadState *tstate)
{
    struct slp_cpython_tracing now;

    slp_cpython_save_tracing(&now, tstate);
    remember(t, &now);
}

void slp_invariant_tracing_arrive(slp_tasklet *t, const PyThreadState *tstate)
{
    struct slp_cpython_tracing now;

    slp_cpython_save_tracing(&now, tstate);
    if (t->watch.trace != now.trace || t->watch.trace_object != now.trace_object ||
        t->watch.profile != now.profile || t->watch.profile_object != now.profile_object ||
        t->watch.tracing_depth != now.depth)
        tell(t, &now);
    slp_invariant_tracing_seen(t, tstate);
}

void slp_invariant_tracing_set(slp_tasklet *t)
{
    remember(t, &t->state.tracing);
}

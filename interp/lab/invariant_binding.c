/* SPDX-License-Identifier: MIT
 *
 * invariant_binding.c - who is set up, moved or given up may be so, and looks like it.
 */
#include "interp/cpython.h"

#include "invariants.h"
#include "interp/tasklet.h"
#include "interp/thread.h"

/* ---- binding, from whatever thread ---- */

/* What is bound to a function or to a thread has nothing of an earlier life. */
static void check_idle(slp_tasklet *t, const char *what)
{
    if (t->slice.used > 0)
        slp_invariants_violated(SLP_I38, t, "it is %s, and has a C stack", what);
    if (t->scheduled || t->direction != 0 || t->in_run)
        slp_invariants_violated(SLP_I38, t, "it is %s, and %s", what,
                                t->direction != 0 ? "waits on a channel"
                                : t->in_run       ? "sits in run()"
                                                  : "is in a ring");
}

void slp_invariant_binding_home(slp_tasklet *t)
{
    if (t->watch.home != t->thread)
        slp_invariants_violated(SLP_I38, t, "its home is thread %llu, and nobody has moved it",
                                (unsigned long long)t->thread->id);
}

void slp_invariant_binding_set_up(slp_tasklet *t)
{
    check_idle(t, "set up");
    slp_invariant_binding_home(t);
    if (!slp_tasklet_alive(t) || t->lost)
        slp_invariants_violated(SLP_I39, t, "it is set up, and looks dead");
}

void slp_invariant_binding_moves(slp_tasklet *t, struct slp_thread *thread)
{
    check_idle(t, "moved to another thread");
    slp_invariant_binding_home(t);
    t->watch.home = thread;
}

/* ---- the end of a thread ---- */

void slp_invariant_binding_ended(slp_tasklet *t)
{
    if (slp_tasklet_alive(t))
        slp_invariants_violated(SLP_I39, t, "it was killed, its thread has ended, and it is alive");
}

void slp_invariant_binding_abandoned(const struct slp_thread *thread)
{
    for (slp_tasklet *t = slp_invariant_walk_first(); t != NULL; t = t->watch.next)
        if (t->thread == thread && t->started && slp_tasklet_alive(t))
            slp_invariants_violated(SLP_I39, t, "its thread has ended, and it is alive");
}

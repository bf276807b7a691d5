/* SPDX-License-Identifier: MIT
 *
 * invariant_ending.c - what is thrown at a tasklet reaches it: so a kill ends it.
 *
 * An exception that is accepted is at one of two places until it is raised: in the mailbox of one
 * that is in its ring, or beside one that runs (tasklet.h, thrown).
 */
#include "interp/cpython.h"

#include "interp/bomb.h"
#include "invariants.h"
#include "interp/tasklet.h"

void slp_invariant_ending_asked(slp_tasklet *t)
{
    t->watch.asked = 1;
}

void slp_invariant_ending_refused(slp_tasklet *t)
{
    t->watch.asked = 0;
}

void slp_invariant_ending_delivered(slp_tasklet *t)
{
    if (!t->scheduled)
        slp_invariants_violated(SLP_I34, t, "it was thrown at, and is not made runnable");
}

int slp_invariant_ending_thrown(slp_tasklet *t, int failed)
{
    /* It has gone on and raised it, or has ended; or it will. */
    if (failed == 0 && t->watch.asked && !t->ended && t->thrown == NULL &&
        !slp_bomb_check(t->tempval))
        slp_invariants_violated(SLP_I34, t, "it was thrown at, and the exception is nowhere");
    if (t->thrown != NULL)
        t->watch.asked = 0; /* raised without a mailbox */
    return failed;
}

void slp_invariant_ending_ends(slp_tasklet *t)
{
    if (t->watch.asked)
        slp_invariants_violated(SLP_I34, t, "it was thrown at, and ends without having raised it");
    t->watch.asked = 0;
}

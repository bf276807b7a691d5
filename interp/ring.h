/* SPDX-License-Identifier: MIT
 *
 * ring.h - the runnable tasklets of a thread, linked in a circle.
 *
 * Order, ring written from its head (S acts, T is moved, A and B are others):
 *   slp_ring_append(T)             S A B    ->  S A B T
 *   slp_ring_insert_after(S, T)    S A B    ->  S T A B
 *   slp_ring_remove(S)             S A B    ->  A B
 * A tasklet in a ring is owned by it: appending takes over the caller's
 * reference, removing hands it to the caller.  The ring is that of the tasklet's
 * home, whichever thread calls; all calls need the GIL.
 *
 * The collector does not know of one that is in a ring and has not begun: it is no garbage, since
 * the ring has it, and what it refers to is alive, as something unknown refers to that.  Else each
 * collection would go through all of a million that are to begin.
 */
#ifndef SLP_RING_H
#define SLP_RING_H

#include <Python.h>

#include "tasklet.h"
#include "thread.h"

void slp_ring_append(slp_tasklet *t);
void slp_ring_insert_after(slp_tasklet *place, slp_tasklet *t);
void slp_ring_remove(slp_tasklet *t);

/* One in a ring that has begun is known to the collector again. */
static inline void slp_ring_show(slp_tasklet *t)
{
    if (!PyObject_GC_IsTracked((PyObject *)t))
        PyObject_GC_Track(t);
}

#endif

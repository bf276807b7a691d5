/* SPDX-License-Identifier: MIT */
#include "cpython.h"

#include "ring.h"

#include <assert.h>

#include "contract/faults.h"
#include "contract/points.h"

/* Before the head is the end of the ring. */
static void link_before(slp_tasklet *place, slp_tasklet *t)
{
    t->next = place;
    t->prev = place->prev;
    place->prev->next = t;
    place->prev = t;
}

/* place: whom it goes behind; NULL: the end. */
static void enter(slp_tasklet *t, slp_tasklet *place)
{
    SLP_REQUIRE(I8, t, t->next == NULL && !t->scheduled && t->direction == 0);
    t->scheduled = 1;
    t->thread->runcount++;
    if (!t->started)
        PyObject_GC_UnTrack(t);
    (void)SLP_POINT(RING_INSERT, t, place, NULL);
    (void)place;
}

void slp_ring_append(slp_tasklet *t)
{
    struct slp_thread *thread = t->thread;

    enter(t, NULL);
    if (thread->ring == NULL) {
        t->next = t->prev = t;
        thread->ring = t;
    } else {
        link_before(thread->ring, t);
    }
}

void slp_ring_insert_after(slp_tasklet *place, slp_tasklet *t)
{
    assert(place->scheduled && place->thread == t->thread);
    enter(t, place);
    link_before(place->next, t);
}

void slp_ring_remove(slp_tasklet *t)
{
    struct slp_thread *thread = t->thread;
    slp_tasklet *behind = t->next;

    SLP_REQUIRE(I7, t, t->scheduled && thread->runcount > 0);
    /* With an empty ring the thread looks elsewhere (schedule.c), and may have to wait. */
    if (t->next == t) {
        thread->ring = NULL;
    } else {
        t->prev->next = t->next;
        t->next->prev = t->prev;
        if (thread->ring == t && !SLP_FAULT(RING_KEEPS_OLD_HEAD))
            thread->ring = t->next;
    }
    /* Both NULL: it is in nothing, neither a ring nor a queue, which use the same links. */
    t->next = t->prev = NULL;
    t->scheduled = 0;
    slp_ring_show(t);
    if (SLP_FAULT(OP_ON_CALLERS_RING) && slp_thread_peek() != NULL)
        slp_thread_peek()->runcount--;
    else if (!(t->ended && SLP_FAULT(KILL_KEEPS_RUNCOUNT)))
        thread->runcount--;
    (void)SLP_POINT(RING_REMOVE, t, behind, NULL);
    (void)behind;
}

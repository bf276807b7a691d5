/* SPDX-License-Identifier: MIT
 *
 * trace.h - a schedule as a sequence of operations on shared objects.
 *
 * At grain "access" (access.h) each thread says what it is about to do before it
 * does it, and waits until it is chosen; the event is then that operation, and all
 * that the thread does until it says the next one.  An event stands in the trace
 * whether there was a choice or not.  With it stand the candidates: the threads
 * that could have been chosen instead, and what each would have done.
 *
 * What makes one event possible only after another, beside the objects, is in
 * `after`: the thread was made, or woken from a wait that is nobody's operation
 * (a descriptor), while that event was the last, or has joined a thread that ended in it.
 * Time goes on where nobody can run, so who it wakes comes after all that was before.
 *
 * The end of the test is an event, too, of the thread that ran it, as soon as there
 * was another: UNKNOWN, since nothing is done behind it.  What the others stand
 * before then is in blocked_first, and so is who waits for a lock at a deadlock.
 */
#ifndef SW_TRACE_H
#define SW_TRACE_H

#include <stdint.h>

#include "decision.h"

enum { SW_TRACE_EVENTS_MAX = 1 << 17, SW_TRACE_POOL_MAX = 1 << 20, SW_TRACE_REFUSED = 256 };

struct sw_trace_candidate {
    uint32_t thread; /* ordinal */
    struct sw_pending pending;
};

struct sw_trace_event {
    uint32_t thread;
    struct sw_pending did;
    uint32_t after; /* 1 + index of an event; 0: none */
    /* Time was up for the thread when nobody could run, and the event is after all up to `after`:
     * 1: it slept, or so; 2: that is the end of acquiring a lock for a time. */
    uint32_t timed;
    uint32_t first; /* of its candidates, in the pool; it is one of them */
    uint32_t count;
    uint32_t objects; /* that were in sight before it: those with ordinals up to this */
};

struct sw_trace {
    uint32_t count;
    uint32_t pool_used;
    uint32_t blocked_first; /* in the pool: who stands before an operation at the end */
    uint32_t blocked_count;
    uint32_t lost; /* 1: the trace did not fit, and says nothing of the rest */
    char refused[SW_TRACE_REFUSED]; /* where something was done that no operation can say; "" */
    struct sw_trace_event events[SW_TRACE_EVENTS_MAX];
    struct sw_trace_candidate pool[SW_TRACE_POOL_MAX];
};

#endif

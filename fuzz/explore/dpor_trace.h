/* SPDX-License-Identifier: MIT
 *
 * dpor_trace.h - for dpor.c: one trace, what happens before what in it, and which events race.
 *
 * Event a HAPPENS BEFORE b if a comes first in every schedule that is equivalent to this one: both
 * are of one thread, or they are dependent (sw_decision_depends()), or b became possible through a
 * (struct sw_trace_event.after); and what follows from those.  It is kept as a vector clock for
 * each event: of each thread, how many events happen before it.
 *
 * A lock that is acquired was held before, by the last who took it (ACQUIRE, TAKE), until it was given
 * back.  Whatever was done meanwhile cannot come behind the acquisition without that taking coming
 * behind it, too: so an acquisition races with the last taking, and with what follows the release.
 *
 * Threads that wait for a lock at a deadlock have no event.  They are added behind the real ones,
 * as if the acquisition that each waits for came next, so that its races are seen, too.
 */
#ifndef SW_DPOR_TRACE_H
#define SW_DPOR_TRACE_H

#include <stddef.h>
#include <stdint.h>

#include "contract/trace.h"

enum { SW_DPOR_THREADS_MAX = 256 }; /* ordinals below it */

/* All zero: none.  Filled anew for each trace; the memory is kept. */
struct sw_dpor_trace {
    const struct sw_trace *trace; /* borrowed */
    uint32_t count; /* of the events, those that wait at a deadlock among them */
    struct sw_trace_event *events;
    uint32_t threads;
    uint32_t *clocks; /* [count][threads]: how many events of each happen before it, and itself */
    uint32_t *pre_clocks; /* the same without what only the lock that it takes brings */
    /* [count]: of an acquisition, 1 + the last taking of its lock, and 1 + the last event of that
     * hold; 0: none. */
    uint32_t *taken, *given;
    uint32_t *numbers; /* [count]: its number among its thread's, from 1 */
    size_t room; /* cells that there is memory for */
};

/* NULL, or why the trace cannot be used: it did not fit, is damaged, or there is no memory. */
const char *sw_dpor_trace_take(struct sw_dpor_trace *view, const struct sw_trace *trace);
void sw_dpor_trace_free(struct sw_dpor_trace *view);

/* What the thread would have done at that event, where it was a candidate; NULL: it was none. */
const struct sw_pending *sw_dpor_trace_pending(const struct sw_trace *trace, uint32_t at,
                                               uint32_t thread);
/* Does event a happen before event b, which is behind it? */
int sw_dpor_trace_is_before(const struct sw_dpor_trace *view, uint32_t a, uint32_t b);
/* Is event a what made b possible, or before that? */
int sw_dpor_trace_is_cause(const struct sw_dpor_trace *view, uint32_t a, uint32_t b);
/* Are events i < j a race that can be reversed: adjacent in the order of what happens before what,
 * of two threads, and both possible in the other order? */
int sw_dpor_trace_is_race(const struct sw_dpor_trace *view, uint32_t i, uint32_t j);

#endif

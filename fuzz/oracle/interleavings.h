/* SPDX-License-Identifier: MIT
 *
 * interleavings.h - all interleavings of a program's operations, one after the other.
 *
 * Depth first over which thread does the next operation, by running each prefix again and choosing
 * another candidate behind it.  It knows nothing of what depends on what: two orders of operations
 * that have nothing to do with each other are two interleavings.  So it shares no thought, and no
 * code, with dpor.h, which it is the measure of; only the child's driver, "prefix", is the same.
 *
 * Most programs have too many.  BY CLASS it tries every candidate at every step, too, but for those
 * that sleep (Godefroid's sleep sets): whose operation has been tried there already, with nothing
 * since that depends on it (trace_class.h).  It looks for no races, keeps no trees and compares no
 * two traces; it runs some more schedules than there are classes.
 */
#ifndef SW_INTERLEAVINGS_H
#define SW_INTERLEAVINGS_H

#include "contract/error.h"
#include "harness/runner/session.h"

/* Borrows all. */
struct sw_interleavings_order {
    struct sw_session *session; /* at grain access */
    uint64_t schedules_max;
    uint32_t preemptions_max; /* how often a thread may be left that could go on */
    int by_class;
    /* Called for each. */
    void (*on_run)(void *context, const struct sw_batch_result *result,
                   const struct sw_control_shm *shm);
    void *context;
};

struct sw_interleavings {
    int complete; /* all within the bound of preemptions were run */
    int whole; /* and there are none beyond it */
    const char *why_not; /* valid if not */
    int differs; /* a schedule did not do what it had done before */
    uint64_t schedules;
};

/* 0, or -1 with *e: nothing could be run. */
int sw_interleavings_run(const struct sw_interleavings_order *order,
                         struct sw_interleavings *result, struct sw_error *e);

#endif

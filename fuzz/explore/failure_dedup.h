/* SPDX-License-Identifier: MIT
 *
 * failure_dedup.h - a failing schedule, kept under its cause.
 *
 * Schedules fail by thousands, for few reasons.  A cause is how it ends (without the numbers of
 * threads and locks, which are others in another schedule) and the critical pair: both are the same
 * in every process.  The first of its cause is kept, in a folder that several processes share:
 *
 *      1f0c2a9b77d3.sched      as it was found
 *      1f0c2a9b77d3.min.sched  minimised
 *      1f0c2a9b77d3.json       outcome, pair, seed, what was proven; written last
 */
#ifndef SW_FAILURE_DEDUP_H
#define SW_FAILURE_DEDUP_H

#include "harness/report/trial.h"

enum { SW_FAILURE_CAUSE_KEY = 12 + 1, SW_FAILURE_CAUSE_TEXT = 2048, SW_CAUSES_MAX = 256 };

/* Borrows all. */
struct sw_failure_cause_order {
    const char *folder;
    struct sw_trial_order trial; /* of the seed that fails */
    uint64_t budget;             /* of the minimiser: minimise.h */
};

struct sw_failure_cause {
    char key[SW_FAILURE_CAUSE_KEY];
    char outcome[SW_FAILURE_CAUSE_TEXT]; /* as the .sched has it */
    char pair
        [SW_FAILURE_CAUSE_TEXT]; /* as sw_critical_pair_print_name() has it; "" if there is none */
    char proof[SW_FAILURE_CAUSE_TEXT];   /* of the fewest preemptions */
    uint64_t seed;
    uint64_t deviations; /* of the minimised one */
};

/* Runs it in a process of its own, minimises it, and keeps it, if it is the first of its cause.
 * 1: it is new; 0: it is not; -1 with *e: something could not be run or written, or (unstable is
 * set then) in a process of its own it does not fail. */
int sw_failure_dedup_keep(const struct sw_failure_cause_order *order,
                          struct sw_failure_cause *cause, int *unstable, struct sw_error *e);
/* All of a folder, ordered by their keys; none if there is no such folder.  Returns how many, or -1
 * with *e: a file is damaged. */
int sw_failure_dedup_read_all(const char *folder, struct sw_failure_cause *causes, int room,
                              struct sw_error *e);

/* Without what differs from one schedule to the next: "T3" becomes "T", "lock#310" "lock#".
 * Returns buf. */
char *sw_failure_dedup_normalise(const char *outcome, char *buf, size_t size);

#endif

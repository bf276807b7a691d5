/* SPDX-License-Identifier: MIT
 *
 * failure_dedup.h - keeps one failing schedule for each cause of failures.
 *
 * Schedules fail by thousands, for few reasons.  Two failures have the same CAUSE if they end alike
 * (leaving out the numbers of threads and locks, which differ between schedules) and are explained
 * alike: by kind, object and sentence (harness/report/explanation.h), whatever else their schedules
 * deviate in.  Of a failure whose kind is not known it is the critical pair.  All of it is the same in
 * every process, and names no folder, so that it is the same in every checkout.  The first of each
 * cause is kept, in a folder that several processes share:
 *
 *      1f0c2a9b77d3.sched      as it was found
 *      1f0c2a9b77d3.min.sched  minimised
 *      1f0c2a9b77d3.json       outcome, pair, seed, what was proven; written last, so that a cause
 *                              whose process was killed before counts as not kept
 */
#ifndef SW_FAILURE_DEDUP_H
#define SW_FAILURE_DEDUP_H

#include <json-c/json.h>

#include "harness/report/trial.h"

enum { SW_FAILURE_CAUSE_KEY = 12 + 1, SW_FAILURE_CAUSE_TEXT = 2048, SW_CAUSES_MAX = 256 };

/* Borrows all. */
struct sw_failure_cause_order {
    const char *folder;
    struct sw_trial_order trial; /* of the seed that fails */
    uint64_t budget; /* of the minimiser: minimise.h */
};

struct sw_failure_cause {
    char key[SW_FAILURE_CAUSE_KEY];
    char outcome[SW_FAILURE_CAUSE_TEXT]; /* as the .sched has it */
    char pair
        [SW_FAILURE_CAUSE_TEXT]; /* as sw_critical_pair_print_name() has it; "" if there is none */
    /* Of the minimised one, as explained.h has them; "" where nothing was explained. */
    char kind[SW_EXPLAINED_KIND], object[SW_EXPLAINED_OBJECT], lines[SW_EXPLAINED_PAIR];
    char sentence[SW_EXPLANATION_TEXT];
    char proof[SW_FAILURE_CAUSE_TEXT]; /* of the fewest preemptions */
    uint64_t seed;
    uint64_t deviations; /* of the minimised one */
};

/* Runs the seed in a process of its own, minimises its schedule, and keeps it if it is the first of
 * its cause.  1: it is new; 0: it is not; -1 with *e: something could not be run or written, or,
 * with *unstable set, it does not fail in a process of its own. */
int sw_failure_dedup_keep(const struct sw_failure_cause_order *order,
                          struct sw_failure_cause *cause, int *unstable, struct sw_error *e);
/* As FOLDER/KEY.json has it, and merge; the caller's to put. */
json_object *sw_failure_dedup_make_json(const struct sw_failure_cause *cause);
/* Reads the causes in a folder, ordered by their keys; none if there is no such folder.  Returns
 * how many, or -1 with *e: a file is damaged. */
int sw_failure_dedup_read_all(const char *folder, struct sw_failure_cause *causes, int room,
                              struct sw_error *e);

/* An outcome without what differs between schedules: "T3" becomes "T", "lock#310" becomes "lock#".
 * Returns buf. */
char *sw_failure_dedup_normalise(const char *outcome, char *buf, size_t size);

/* What tells it from others that end alike: kind, object and sentence of a failure that was
 * explained, without numbers that differ between schedules; else the critical pair.  Returns buf. */
char *sw_failure_dedup_describe(const struct sw_failure_cause *cause, char *buf, size_t size);

#endif

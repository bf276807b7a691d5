/* SPDX-License-Identifier: MIT
 *
 * target_run.h - runs tests of Python files, and recorded runs, and reports each: target.h.
 *
 * Each has a process of its own (trial.h, sched_test.h), one after the other.
 */
#ifndef SW_TARGET_RUN_H
#define SW_TARGET_RUN_H

#include <stdint.h>

#include "harness/formats/sched/settings.h"

/* Texts are borrowed. */
struct sw_target_run_order {
    char *const *paths; /* targets, all of them */
    int path_count; /* at least 1 */
    const char *interp; /* of tests */
    const char *sched_interp; /* of a .sched; NULL: the one that it names */
    int random; /* under random walks; else under the default schedule */
    int engine; /* enum sw_control_shm_engine */
    uint64_t seed; /* of the first random walk */
    uint64_t schedules; /* random walks at most, until one fails; at least 1 */
    int watchdog_s; /* 0: the default */
    int tap; /* a TAP report, instead of lines for people */
    int explain; /* a failure is explained in full */
    int unexplained; /* or not at all: what fails is no order of operations */
    const char *junit, *json; /* files to write; NULL: none */
    const struct sw_settings *setting; /* of tests; a .sched has its own */
};

/* Returns the exit status that "spillway run --help" documents. */
int sw_target_run(const struct sw_target_run_order *order);

#endif

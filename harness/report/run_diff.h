/* SPDX-License-Identifier: MIT
 *
 * run_diff.h - where two recorded runs part, and what each does from there to its end.
 *
 * Up to the first decision that they answer differently two runs of one program are one run: the
 * schedules alone say which that is.  What each does then comes from a replay that notes it
 * (timeline.h).
 */
#ifndef SW_RUN_DIFF_H
#define SW_RUN_DIFF_H

#include <stdint.h>

struct sw_run_diff_order {
    const char *paths[2]; /* .sched files; borrowed */
    uint64_t rows; /* at most so many of each are shown */
    int json;
};

/* Returns the exit status: 0 it is the same run; 1 they part; 2 a usage or harness error. */
int sw_run_diff_run(const struct sw_run_diff_order *order);

#endif

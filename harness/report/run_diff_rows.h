/* SPDX-License-Identifier: MIT
 *
 * run_diff_rows.h - what a run does from a step on, a row for each line of the program that a thread
 * comes to.
 *
 * Left out is what Python's own library does, unless it is how the run ends.
 */
#ifndef SW_RUN_DIFF_ROWS_H
#define SW_RUN_DIFF_ROWS_H

#include "timeline.h"

enum { SW_RUN_DIFF_TEXT = 400 };
#define SW_RUN_DIFF_BETWEEN "; "

struct sw_run_diff_row {
    uint64_t step;
    char thread[16]; /* "T1" */
    const char *file; /* "" for what has no line; borrowed from the timeline */
    const char *function;
    uint32_t line;
    char source[160];
    char done[SW_RUN_DIFF_TEXT]; /* "reads Account.balance (100)", with BETWEEN in between */
};

struct sw_run_diff_rows {
    uint32_t count;
    uint64_t left_out; /* beyond most */
    struct sw_run_diff_row *list; /* owned */
};

/* The rows from that step on, at most so many.  0, or -1 without memory. */
int sw_run_diff_rows_make(struct sw_run_diff_rows *rows, const struct sw_timeline *timeline,
                          uint64_t from, uint64_t most);
void sw_run_diff_rows_free(struct sw_run_diff_rows *rows);

#endif

/* SPDX-License-Identifier: MIT
 *
 * fewest.h - are there schedules with fewer preemptions that fail in the same way?
 *
 * All schedules with fewer than the best has are run (bounded.h), those with the fewest first, as
 * far as the budget goes; and of those with one more none, if it is known beforehand that it will
 * not do for all of them.  The first that fails so becomes the best.  Only if all of those with
 * fewer than it were run, none of them failed so, each came to its end, and all of it was under
 * control, is its number proven to be the least.  Else it is said what was run and what was not.
 */
#ifndef SW_FEWEST_H
#define SW_FEWEST_H

#include "reduce.h"

enum { SW_FEWEST_TEXT = 1024 };

struct sw_fewest {
    uint64_t budget; /* schedules */
    int proven;
    uint32_t preemptions; /* of the best when it was proven, or not */
    char tried[SW_FEWEST_TEXT]; /* "schedules with fewer: 12, all run" */
};

/* Some seconds' worth of schedules like the best: what that is follows from how many decisions they
 * make and where they begin, and from no clock. */
uint64_t sw_fewest_budget(const struct sw_reduce *reduce);
/* 0; or -1 as sw_reduce_run() does, and then `tried` is valid, too. */
int sw_fewest_run(struct sw_fewest *fewest, struct sw_reduce *reduce, struct sw_error *e);
/* "2 preemptions, proven least (...)", of a best which may have fewer by now.  Returns buf. */
char *sw_fewest_print(const struct sw_fewest *fewest, const struct sw_relative_schedule *best,
                      char *buf, size_t size);

#endif

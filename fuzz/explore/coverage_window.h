/* SPDX-License-Identifier: MIT
 *
 * coverage_window.h - schedules of strategy coverage that have ended, and wait for their turn.
 *
 * What is kept decides what is tried next.  Jobs end in any order, so that what a schedule has shown
 * counts in the order of the numbers, and only from a certain number on:
 *
 *      number         1  2  3  4  5 ...  100 ...  1000
 *      knows up to    -  1  2  2  3 ...   74 ...   937
 *
 * So every choice follows from the seed, whatever the number of jobs is; and up to SW_COVERAGE_WINDOW
 * schedules can be under way at a time.  At first there are fewer: what the first ones show matters
 * most, and is soon known.
 */
#ifndef SW_COVERAGE_WINDOW_H
#define SW_COVERAGE_WINDOW_H

#include "coverage.h"
#include "harness/runner/run_end.h"
#include "schedule_mutate.h"

enum { SW_COVERAGE_WINDOW = 64 };

/* Owns all that it points to. */
struct sw_coverage_ended {
    int has_ended;
    struct sw_end end;
    struct sw_coverage *coverage; /* with room for its own features only; NULL: there was no memory */
    struct sw_seed *seed; /* if it had something new when it ended; or NULL */
    struct sw_thread_profile *profile; /* of one to learn from; or NULL */
    struct sw_control_shm_list *list;  /* if it failed; or NULL */
};

/* By their numbers, modulo the size.  All zero: empty. */
struct sw_coverage_window {
    struct sw_coverage_ended ended[SW_COVERAGE_WINDOW];
};

/* The last one that counts for the choice of this one, from 1. */
uint64_t sw_coverage_window_known(uint64_t number);
/* The place of that number. */
struct sw_coverage_ended *sw_coverage_window_at(struct sw_coverage_window *window, uint64_t number);
/* Frees what it owns; the place is empty then. */
void sw_coverage_window_clear(struct sw_coverage_ended *ended);
void sw_coverage_window_free(struct sw_coverage_window *window);

/* A copy of the features, to be freed by free(); NULL: no memory. */
struct sw_coverage *sw_coverage_window_copy(const struct sw_coverage *coverage);

#endif

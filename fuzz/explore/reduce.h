/* SPDX-License-Identifier: MIT
 *
 * reduce.h - leaves out what a failing schedule does not need.
 *
 * A schedule is its deviations from the default, counted by thread (relative_schedule.h), so that
 * any subset of them is a schedule.  What is tried, from the largest step to the smallest:
 *
 *      all            the default schedule
 *      rules          where there are many actions: each taken wherever it can be, instead of all
 *                     of its kind.  To leave out one of many actions moves those behind it, and
 *                     they miss what they met; of those that are everywhere one is always there
 *                     then the end of what they did, by halving: what comes behind the last that
 *                     matters.  What is before it is not touched, and goes as it went
 *      kinds          all of a kind, at a place
 *      sets           halves, quarters, and so on down to single ones (delta debugging: Zeller and
 *                     Hildebrandt's ddmin), from the end to the beginning
 *
 * At the end no single deviation can be left out: the schedule is 1-minimal.
 */
#ifndef SW_REDUCE_H
#define SW_REDUCE_H

#include "reproduce.h"

struct sw_reduce {
    struct sw_reproduce *reproducer; /* borrowed */
    struct sw_relative_schedule best; /* fails in the wanted way; owned */
    struct sw_control_shm_list *exact; /* its decisions by their numbers; owned */
    uint64_t decision_count; /* of its run */
    int is_cold; /* which began in a process of its own */
    /* Called after each run.  May be NULL. */
    void (*on_run)(void *context);
    void *context;
};

/* All of these return -1 as sw_reproduce_run() does: it is over, or else *e.
 *
 * 0: no memory. */
int sw_reduce_open(struct sw_reduce *reduce, struct sw_reproduce *reproducer);
void sw_reduce_close(struct sw_reduce *reduce);
/* What the last run decided becomes the best.  0, or -1. */
int sw_reduce_keep(struct sw_reduce *reduce, struct sw_error *e);
/* Runs a schedule, and calls on_run().  As sw_reproduce_run(). */
int sw_reduce_try(struct sw_reduce *reduce, const struct sw_relative_schedule *schedule,
                  const unsigned char *left_out, struct sw_error *e);
/* Leaves out what can be left out of the best.  0, or -1; the best is valid either way. */
int sw_reduce_run(struct sw_reduce *reduce, struct sw_error *e);

#endif

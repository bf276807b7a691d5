/* SPDX-License-Identifier: MIT
 *
 * relative_schedule.h - a schedule whose deviations are counted by thread, so that any subset of
 * them is a schedule, too: see harness/control/drivers/relative_driver.c, which runs it.
 */
#ifndef SW_RELATIVE_SCHEDULE_H
#define SW_RELATIVE_SCHEDULE_H

#include "harness/runner/schedule_order.h"
#include "contract/control_shm.h"

/* In the order in which the deviations come.  Of each the list has the choice, the thread, the kind
 * and the place; its index is how often that thread was asked for that kind before. */
struct sw_relative_schedule {
    uint32_t count, room;
    struct sw_deviation *list; /* owned */
    unsigned char *preempts;   /* owned: does it stop a thread that could go on? */
    uint64_t *decisions; /* owned: the decision's number among all, in the run it comes from */
    struct sw_deviation *sorted; /* owned: of the last order that was made of it */
};

void sw_relative_schedule_free(struct sw_relative_schedule *schedule);
/* Room for one more.  0, or -1: no memory. */
int sw_relative_schedule_reserve(struct sw_relative_schedule *schedule);
/* Adds a deviation that no run has shown yet: preempts and decisions are 0 until it is run.  0, or
 * -1: no memory. */
int sw_relative_schedule_append(struct sw_relative_schedule *schedule,
                                const struct sw_deviation *deviation);
/* 0, or -1: no memory. */
int sw_relative_schedule_copy(struct sw_relative_schedule *to,
                              const struct sw_relative_schedule *from);
/* A deviation's choice, wherever in its place it can be taken (contract/decision.h,
 * SW_EVERY_THREAD). */
struct sw_deviation sw_relative_schedule_rule(const struct sw_deviation *deviation);
/* Takes the deviations of a run whose log, from decision 0 on, is in the control memory.  0, or -1:
 * no memory, or the log is not whole. */
int sw_relative_schedule_take(struct sw_relative_schedule *schedule,
                              const struct sw_control_shm *shm);
/* An order that runs the deviations, without those whose bytes in left_out are 1 (NULL: with all).
 * It borrows schedule->sorted, until the next such order. */
struct sw_schedule_order sw_relative_schedule_order(const struct sw_relative_schedule *schedule,
                                                    const unsigned char *left_out);
/* How many of them preempt. */
uint32_t sw_relative_schedule_preemptions(const struct sw_relative_schedule *schedule);

#endif

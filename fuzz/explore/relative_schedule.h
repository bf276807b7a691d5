/* SPDX-License-Identifier: MIT
 *
 * relative_schedule.h - deviations by each thread's own time: see
 * harness/control/drivers/relative_driver.c.
 */
#ifndef SW_RELATIVE_SCHEDULE_H
#define SW_RELATIVE_SCHEDULE_H

#include "harness/runner/schedule_order.h"
#include "contract/control_shm.h"

/* In the order in which they come; index: how often that thread was asked for that kind before. */
struct sw_relative_schedule {
    uint32_t count, room;
    struct sw_deviation *list; /* owned; choice, thread, kind, place, index */
    unsigned char *preempts;   /* owned: does it stop a thread that could go on? */
    uint64_t *decisions; /* owned: the decision's number among all, in the run it comes from */
    struct sw_deviation *sorted; /* owned: of the last order that was made of it */
};

void sw_relative_schedule_free(struct sw_relative_schedule *guided);
/* Room for one more.  0, or -1: no memory. */
int sw_relative_schedule_reserve(struct sw_relative_schedule *guided);
/* Those of a run whose log, from 0 on, and taken list are in the control memory.  0, or -1: no
 * memory, or the log is not whole. */
int sw_relative_schedule_take(struct sw_relative_schedule *guided,
                              const struct sw_control_shm *shm);
/* As an order for the strategy, without those whose bytes in left_out are 1 (NULL: with all).  It
 * borrows guided->sorted, until the next such order. */
struct sw_schedule_order sw_relative_schedule_order(const struct sw_relative_schedule *guided,
                                                    const unsigned char *left_out);
uint32_t sw_relative_schedule_preemptions(const struct sw_relative_schedule *guided);

#endif

/* SPDX-License-Identifier: MIT
 *
 * replay_driver.h - the driver that repeats a schedule: its deviations, else the default.
 *
 * It follows strictly: where a deviation is due, the asking thread, the place,
 * the kind and the whole set of candidates must be what the schedule says.
 */
#ifndef SW_REPLAY_DRIVER_H
#define SW_REPLAY_DRIVER_H

#include "contract/decision.h"

struct sw_replay_driver {
    struct sw_driver driver; /* first: a driver is its follower */
    const struct sw_deviation *deviations; /* ascending index; borrowed */
    uint32_t count;
    const uint32_t *pool; /* the deviations' candidates; borrowed */
    uint32_t next;
    const char *why; /* it does not fit; valid once choose() has returned -1 */
};

/* Is something of that kind, which nobody is asked, next at that index?  Then
 * *choice is what it was, and follow->next is to be counted on once it has
 * happened.  Otherwise 0; and -1, with why, if something else should be decided
 * at that index. */
int sw_replay_driver_due(struct sw_replay_driver *follow, uint64_t index,
                         enum sw_decision_kind kind, uint32_t *choice);

struct sw_driver *sw_replay_driver_start(struct sw_replay_driver *follow,
                                         const struct sw_deviation *deviations, uint32_t count,
                                         const uint32_t *pool);

#endif

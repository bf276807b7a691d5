/* SPDX-License-Identifier: MIT
 *
 * replay_driver.h - the driver that repeats a recorded schedule: its deviations, else the default.
 *
 * It is strict: where a deviation is due, the asking thread, the place, the kind and the whole set
 * of candidates must be what was recorded.  A replay that goes on after a mismatch would show
 * another run than the one that was recorded.
 */
#ifndef SW_REPLAY_DRIVER_H
#define SW_REPLAY_DRIVER_H

#include "contract/decision.h"

struct sw_replay_driver {
    struct sw_driver driver; /* first, so that the driver that is asked is this struct */
    const struct sw_deviation *deviations; /* ascending index; borrowed */
    uint32_t count;
    const uint32_t *pool; /* the deviations' candidates; borrowed */
    uint32_t next; /* deviations that have been repeated */
    const char *why; /* the mismatch; valid once choose() has returned -1 */
};

/* For decisions of a kind that nobody is asked about: was one recorded at that index?  Then 1, and
 * *choice is what it was; the caller adds 1 to replay->next once it has happened again.  0: none
 * was.  -1, with why: a decision of another kind was recorded there. */
int sw_replay_driver_due(struct sw_replay_driver *replay, uint64_t index,
                         enum sw_decision_kind kind, uint32_t *choice);

/* Fills replay. */
struct sw_driver *sw_replay_driver_start(struct sw_replay_driver *replay,
                                         const struct sw_deviation *deviations, uint32_t count,
                                         const uint32_t *pool);

#endif

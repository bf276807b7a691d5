/* SPDX-License-Identifier: MIT
 *
 * schedule_mutate.h - changes a schedule a little, for coverage-guided search.
 *
 * The deviations are counted by thread (relative_schedule.h), so each change leaves the rest of the
 * schedule nearly as it was: one deviation is added where a decision was seen, one is left out, one
 * is moved, or those of one thread are taken from a second schedule.
 */
#ifndef SW_SCHEDULE_MUTATE_H
#define SW_SCHEDULE_MUTATE_H

#include "relative_schedule.h"

enum { SW_SPOTS_MAX = 512, SW_SPOT_CANDIDATES = 16 };

/* A decision that was seen in a run: where a deviation can be added. */
struct sw_spot {
    uint32_t thread, number; /* how often the thread was asked for that kind before */
    uint16_t kind, count;
    uint32_t candidates[SW_SPOT_CANDIDATES]; /* without what was chosen there */
};

/* A schedule that has been run. */
struct sw_seed {
    struct sw_relative_schedule plan; /* owned */
    uint32_t spot_count;
    struct sw_spot spots[SW_SPOTS_MAX]; /* of a longer run a uniform sample */
};

/* Of the control memory's log and list.  0, or -1: no memory, or the log is not whole.  random: the
 * state of sw_decision_random(). */
int sw_schedule_mutate_take(struct sw_seed *seed, const struct sw_control_shm *shm,
                            uint64_t *random);
void sw_schedule_mutate_free(struct sw_seed *seed);
/* other: a second one, or the same.  0, or -1: no memory. */
int sw_schedule_mutate(const struct sw_seed *seed, const struct sw_seed *other,
                       struct sw_relative_schedule *plan, uint64_t *random);

#endif

/* SPDX-License-Identifier: MIT
 *
 * coverage.h - the features of a schedule, and how many schedules have had each of them.
 *
 * A FEATURE is a hash of something that happened, in names that are the same in every schedule: a
 * thread's ordinal, and the number of the operation among the thread's own.
 *
 *      grain access   which write each read has read from, and which thread had a lock before
 *      grain call     where one thread was stopped, and where the one that ran next went on
 *      points         which send met which receive, if the interpreter has points (--points): the
 *                     sends and receives of two threads, in the order in which they came
 *
 * The map counts how many schedules had each feature; a schedule with a feature that few others had
 * is worth more.
 */
#ifndef SW_COVERAGE_H
#define SW_COVERAGE_H

#include <stddef.h>
#include <stdint.h>

#include "contract/control_shm.h"

enum { SW_COVERAGE_FEATURES_MAX = 1 << 16 }; /* of one schedule */

/* The features of one schedule, each once, ascending. */
struct sw_coverage {
    uint32_t count;
    uint64_t features[SW_COVERAGE_FEATURES_MAX];
};

/* Of the schedule whose trace (at grain access) or log (at grain call) is in the control memory, in
 * which a crashing program may have left anything. */
void sw_coverage_take(struct sw_coverage *coverage, const struct sw_control_shm *shm);

/* All zero: empty. */
struct sw_coverage_map {
    uint64_t *keys;   /* owned; 0: a free slot */
    uint32_t *counts; /* owned; schedules that had it */
    size_t room, count;
};

/* Has it a feature that none had? */
int sw_coverage_has_new(const struct sw_coverage_map *map, const struct sw_coverage *coverage);
/* Counts its features.  Returns how many were new, or -1: no memory. */
long sw_coverage_add(struct sw_coverage_map *map, const struct sw_coverage *coverage);
/* Of its features the rarest, and how many schedules had that; 0: the coverage is empty. */
uint32_t sw_coverage_rarest(const struct sw_coverage_map *map, const struct sw_coverage *coverage,
                            uint64_t *feature);
uint32_t sw_coverage_count(const struct sw_coverage_map *map, uint64_t feature);
void sw_coverage_free(struct sw_coverage_map *map);

#endif

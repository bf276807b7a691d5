/* SPDX-License-Identifier: MIT
 *
 * coverage.h - what a schedule has shown that others may not have.
 *
 * A feature is a hash of something that happened, in names that are the same in every schedule: a
 * thread's ordinal, and the so manyeth of its own operations (from the 33rd on, only about).
 *
 *      grain access   which write each read has read from, and who had a lock before whom
 *      grain call     at which place one thread stopped, and at which another went on: and who came
 *                     from where into which of its places
 *      points         which send met which receive, where the interpreter has points (--points):
 *                     sends and receives of two threads in the order in which they came
 *
 * The map counts how many schedules had each feature; those that few had are worth more.
 */
#ifndef SW_COVERAGE_H
#define SW_COVERAGE_H

#include <stddef.h>
#include <stdint.h>

#include "contract/control_shm.h"

enum { SW_COVERAGE_FEATURES_MAX = 1 << 16 }; /* of one schedule */

/* Of one schedule, each once, ascending. */
struct sw_coverage {
    uint32_t count;
    uint64_t features[SW_COVERAGE_FEATURES_MAX];
};

/* Of the schedule whose trace (at grain access) or whose log is in the control memory.  The control
 * memory may be nonsense: the child may have written there. */
void sw_coverage_take(struct sw_coverage *coverage, const struct sw_control_shm *shm);

/* All zero: empty. */
struct sw_coverage_map {
    uint64_t *keys;   /* owned; 0: a free slot */
    uint32_t *counts; /* owned; schedules that had it */
    size_t room, count;
};

/* How many of its features are new; and counts them all.  -1: no memory. */
long sw_coverage_add(struct sw_coverage_map *map, const struct sw_coverage *coverage);
/* How many schedules had the rarest of them; 0: the coverage is empty. */
uint32_t sw_coverage_rarest(const struct sw_coverage_map *map, const struct sw_coverage *coverage,
                            uint64_t *feature);
uint32_t sw_coverage_count(const struct sw_coverage_map *map, uint64_t feature);
void sw_coverage_free(struct sw_coverage_map *map);

#endif

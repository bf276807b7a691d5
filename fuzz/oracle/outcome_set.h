/* SPDX-License-Identifier: MIT
 *
 * outcome_set.h - in which ways the schedules of a program end.
 */
#ifndef SW_OUTCOME_SET_H
#define SW_OUTCOME_SET_H

#include "harness/runner/batch.h"

enum { SW_OUTCOME_SET_MAX = 4096 };

/* All zero: empty. */
struct sw_outcome_set {
    uint64_t list[SW_OUTCOME_SET_MAX]; /* how it ended, and below it the number of what was left */
    uint32_t count;
    int lost; /* there were more */
};

void sw_outcome_set_add(struct sw_outcome_set *set, const struct sw_batch_result *result,
                        const struct sw_control_shm *shm);
/* Any number. */
void sw_outcome_set_put(struct sw_outcome_set *set, uint64_t number);
/* The first of a set that the other has not; NULL: it has all. */
const uint64_t *sw_outcome_set_lacks(const struct sw_outcome_set *set,
                                     const struct sw_outcome_set *other);
/* Of a program that came to its end: the number of its outcome, else 0. */
uint32_t sw_outcome_set_number(uint64_t outcome);
/* "deadlock", "crashed"; of a program that came to its end "passed" or "failed". */
const char *sw_outcome_set_word(uint64_t outcome);

#endif

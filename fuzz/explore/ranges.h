/* SPDX-License-Identifier: MIT
 *
 * ranges.h - a set of numbers, as ascending ranges with gaps in between.
 */
#ifndef SW_RANGES_H
#define SW_RANGES_H

#include <stddef.h>
#include <stdint.h>

struct sw_range {
    uint64_t first, last; /* both are in it */
};

/* All zero: the empty set. */
struct sw_ranges {
    struct sw_range *list; /* owned */
    size_t count, room;
};

void sw_ranges_free(struct sw_ranges *ranges);
/* Adds the numbers of the range.  *fresh (or NULL): how many of them are new.  0, or -1: no
 * memory. */
int sw_ranges_add(struct sw_ranges *ranges, struct sw_range range, uint64_t *fresh);
uint64_t sw_ranges_count(const struct sw_ranges *ranges);
/* The lowest gap: from the first number that is not in the set to the last before the next one that
 * is, or UINT64_MAX. */
struct sw_range sw_ranges_gap(const struct sw_ranges *ranges);

#endif

/* SPDX-License-Identifier: MIT
 *
 * ranges.h - a set of numbers, as ascending ranges with gaps in between.
 */
#ifndef SW_RANGES_H
#define SW_RANGES_H

#include <stddef.h>
#include <stdint.h>

struct sw_range {
    uint64_t first, last; /* both are of it */
};

/* All zero: the empty set. */
struct sw_ranges {
    struct sw_range *list; /* owned */
    size_t count, room;
};

void sw_ranges_free(struct sw_ranges *ranges);
/* Adds them; those that are there stay.  *fresh (or NULL): how many were not.  0, or -1: no
 * memory. */
int sw_ranges_add(struct sw_ranges *ranges, struct sw_range range, uint64_t *fresh);
uint64_t sw_ranges_count(const struct sw_ranges *ranges);
/* The lowest number that is not in it, and how many more behind it are not (at most UINT64_MAX). */
struct sw_range sw_ranges_gap(const struct sw_ranges *ranges);

#endif

/* SPDX-License-Identifier: MIT */
#include "ranges.h"

#include <stdlib.h>
#include <string.h>

void sw_ranges_free(struct sw_ranges *ranges)
{
    free(ranges->list);
    *ranges = (struct sw_ranges){0};
}

uint64_t sw_ranges_count(const struct sw_ranges *ranges)
{
    uint64_t count = 0;

    for (size_t i = 0; i < ranges->count; i++)
        count += ranges->list[i].last - ranges->list[i].first + 1;
    return count;
}

/* Is a behind b, with a gap in between?  By a difference, since last + 1 may be 0. */
static int is_behind(struct sw_range a, struct sw_range b)
{
    return a.first > b.last && a.first - b.last > 1;
}

static int reserve(struct sw_ranges *ranges)
{
    if (ranges->count < ranges->room)
        return 0;
    size_t room = ranges->room > 0 ? 2 * ranges->room : 16;
    struct sw_range *list = realloc(ranges->list, room * sizeof *list);
    if (list == NULL)
        return -1;
    ranges->list = list;
    ranges->room = room;
    return 0;
}

/* The ranges stay ascending, with gaps in between: so a shard that was run in order is one range,
 * however many processes had their parts, and a walk along the list is cheap. */
int sw_ranges_add(struct sw_ranges *ranges, struct sw_range range, uint64_t *fresh)
{
    uint64_t before = sw_ranges_count(ranges);
    size_t from = 0;

    if (reserve(ranges) < 0)
        return -1;
    while (from < ranges->count && is_behind(range, ranges->list[from]))
        from++;
    size_t to = from; /* those from `from` up to here touch it, and become one with it */
    for (; to < ranges->count && !is_behind(ranges->list[to], range); to++) {
        if (ranges->list[to].first < range.first)
            range.first = ranges->list[to].first;
        if (ranges->list[to].last > range.last)
            range.last = ranges->list[to].last;
    }
    memmove(&ranges->list[from + 1], &ranges->list[to],
            (ranges->count - to) * sizeof *ranges->list);
    ranges->list[from] = range;
    ranges->count = ranges->count - (to - from) + 1;
    if (fresh != NULL)
        *fresh = sw_ranges_count(ranges) - before;
    return 0;
}

struct sw_range sw_ranges_gap(const struct sw_ranges *ranges)
{
    const struct sw_range *list = ranges->list;

    if (ranges->count == 0)
        return (struct sw_range){0, UINT64_MAX};
    if (list[0].first > 0)
        return (struct sw_range){0, list[0].first - 1};
    return (struct sw_range){list[0].last + 1, ranges->count > 1 ? list[1].first - 1 : UINT64_MAX};
}

/* SPDX-License-Identifier: MIT */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "segment.h"

#include <string.h>
#include <sys/mman.h>

enum { GUARD_BYTES = 4096 };

static char *kept[SLP_SEGMENTS_KEPT_MAX];
static int kept_count;

char *slp_segment_take(void)
{
    if (kept_count > 0)
        return kept[--kept_count];
    char *map = mmap(NULL, SLP_SEGMENT_BYTES, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (map == MAP_FAILED)
        return NULL;
    if (mprotect(map, GUARD_BYTES, PROT_NONE) < 0) {
        munmap(map, SLP_SEGMENT_BYTES);
        return NULL;
    }
    return map + GUARD_BYTES;
}

void slp_segment_give(char *low)
{
    if (kept_count < SLP_SEGMENTS_KEPT_MAX)
        kept[kept_count++] = low;
    else
        munmap(low - GUARD_BYTES, SLP_SEGMENT_BYTES);
}

char *slp_segment_top(char *low)
{
    return low - GUARD_BYTES + SLP_SEGMENT_BYTES;
}

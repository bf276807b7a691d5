/* SPDX-License-Identifier: MIT */
#include "segment.h"

#include <sys/mman.h>

#include "valgrind_stack.h"

/* A page that cannot be touched, below; the last 16 bytes, above, keep the top aligned
 * and hold valgrind's number. */
enum { GUARD_BYTES = 4096, LAST_BYTES = 16 };

static char *kept[SLP_SEGMENTS_KEPT_MAX];
static int kept_count;

static unsigned *last_word(char *low)
{
    return (unsigned *)slp_segment_top(low);
}

char *slp_segment_take(void)
{
    if (kept_count > 0)
        return kept[--kept_count];
    /* Pages come when they are touched: 1 MiB of address space, a few KiB of memory. */
    char *map = mmap(NULL, SLP_SEGMENT_BYTES, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (map == MAP_FAILED)
        return NULL;
    if (mprotect(map, GUARD_BYTES, PROT_NONE) < 0) {
        munmap(map, SLP_SEGMENT_BYTES);
        return NULL;
    }
    char *low = map + GUARD_BYTES;
    /* Its number is in the segment's last word, above what is used as a stack. */
    *last_word(low) = SLP_VALGRIND_STACK_ADD(low, map + SLP_SEGMENT_BYTES);
    return low;
}

void slp_segment_give(char *low)
{
    if (kept_count < SLP_SEGMENTS_KEPT_MAX) {
        kept[kept_count++] = low;
        return;
    }
    SLP_VALGRIND_STACK_DROP(*last_word(low));
    munmap(low - GUARD_BYTES, SLP_SEGMENT_BYTES);
}

char *slp_segment_top(char *low)
{
    return low - GUARD_BYTES + SLP_SEGMENT_BYTES - LAST_BYTES;
}

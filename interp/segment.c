/* SPDX-License-Identifier: MIT */
#include "segment.h"

#include <stdint.h>
#include <sys/mman.h>

#include "valgrind_stack.h"

/* A page that cannot be touched is below, a struct last above. */
enum { GUARD_BYTES = 4096, MARK_WORDS = 32 };

/* 16 bytes, so that the top is aligned. */
struct last {
    char *next; /* of those that are kept */
    unsigned valgrind_number;
};

static struct list {
    char *first;
    int count;
} whole, shallow; /* with all of their pages; without the deep ones */
static int in_use;

static struct last *last_of(char *low)
{
    return (struct last *)slp_segment_top(low);
}

/* ---- how deep it was used ---- */

/* Where a stack passes that is deeper than what is kept.  Nothing of ours is written there: it is 0
 * until then, as all memory is that nobody has touched. */
static uint64_t *mark_of(char *low)
{
    return (uint64_t *)(slp_segment_top(low) - SLP_SEGMENT_KEPT_BYTES);
}

/* One frame that spans the mark and leaves all of it alone is missed, and so keeps its pages. */
static int was_used_deeply(char *low)
{
    const uint64_t *mark = mark_of(low);
    uint64_t any = 0;

    SLP_VALGRIND_STACK_LOOK(mark, MARK_WORDS * sizeof *mark);
    for (int i = 0; i < MARK_WORDS; i++)
        any |= mark[i];
    return any != 0;
}

static void drop_deep_pages(char *low)
{
    uintptr_t end =
        ((uintptr_t)(mark_of(low) + MARK_WORDS) + GUARD_BYTES - 1) & ~(uintptr_t)(GUARD_BYTES - 1);

    madvise(low, end - (uintptr_t)low, MADV_DONTNEED);
}

/* ---- taking and giving ---- */

static char *make(void)
{
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
    last_of(low)->valgrind_number = SLP_VALGRIND_STACK_ADD(low, map + SLP_SEGMENT_BYTES);
    return low;
}

static char *take_from(struct list *list)
{
    char *low = list->first;

    list->first = last_of(low)->next;
    list->count--;
    return low;
}

static void keep_in(struct list *list, char *low)
{
    last_of(low)->next = list->first;
    list->first = low;
    list->count++;
}

char *slp_segment_take(void)
{
    /* Whole ones first, or a recursion would not find those that the last one has filled. */
    struct list *kept = whole.count > 0 ? &whole : &shallow;
    char *low = kept->count > 0 ? take_from(kept) : make();

    in_use += low != NULL;
    return low;
}

int slp_segment_in_use(void)
{
    return in_use;
}

void slp_segment_give(char *low)
{
    in_use--;
    if (whole.count + shallow.count == SLP_SEGMENTS_KEPT_MAX) {
        SLP_VALGRIND_STACK_DROP(last_of(low)->valgrind_number);
        munmap(low - GUARD_BYTES, SLP_SEGMENT_BYTES);
        return;
    }
    int is_deep = was_used_deeply(low);
    if (is_deep && whole.count < SLP_SEGMENTS_WHOLE_MAX) {
        keep_in(&whole, low);
        return;
    }
    if (is_deep)
        drop_deep_pages(low);
    keep_in(&shallow, low);
}

/* Not at the same place of each one's last page: a thousand stacks would have eight lines of the
 * first cache for themselves. */
char *slp_segment_top(char *low)
{
    enum { LINES = 64, LINE_BYTES = 64 };
    uintptr_t line = (uintptr_t)low / GUARD_BYTES % LINES;

    return low - GUARD_BYTES + SLP_SEGMENT_BYTES - sizeof(struct last) - line * LINE_BYTES;
}

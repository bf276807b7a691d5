/* SPDX-License-Identifier: MIT
 *
 * written_pages.h - which pages have been written, as the kernel knows it.
 *
 * To compare a page with a copy takes 0.09 us, and a small program has 2,500 of them: more than its
 * schedule takes.  Since Linux 6.7 the kernel can mark pages, and lists those that have no mark in
 * 6 us for 8 MiB (userfaultfd's asynchronous write protection, and the PAGEMAP_SCAN of
 * /proc/PID/pagemap).  The first write to a marked page takes a fault, some 13 us, which removes the
 * mark.  It is not marked again: who has written there is likely to do so in the next schedule, too,
 * and to compare it is cheaper than another fault.
 *
 * Nothing is missed.  The mark is the page's own: one that is unmapped, given back with madvise() or
 * mapped anew has none, and neither has one that another process writes, or a system call.  What
 * is not watched counts as written.
 *
 * Older kernels, and sandboxes that forbid userfaultfd(), have no marks; then all has to be compared.
 */
#ifndef SW_WRITTEN_PAGES_H
#define SW_WRITTEN_PAGES_H

#include <stdint.h>

struct sw_written_pages {
    int list; /* /proc/self/pagemap */
    int marks; /* a userfaultfd; all marks are gone when it is closed.  -1: none can be made */
};

/* Neighbours of one kind.  As the kernel writes it. */
struct sw_written_region {
    uint64_t start, end;
    uint64_t kind; /* sw_written_pages_are_there() */
};

/* Both descriptors are the caller's, to keep open or to move.  0; -1: there is no list. */
int sw_written_pages_open(struct sw_written_pages *pages);
/* Where there are marks: a range of the map, whose pages have none yet.  Where it cannot they will
 * have none. */
void sw_written_pages_watch(const struct sw_written_pages *pages, uintptr_t start, uintptr_t end);
/* Marks pages of such a range, each of which is there. */
void sw_written_pages_mark(const struct sw_written_pages *pages, uintptr_t start, uintptr_t end);
/* Where there are marks: the next regions of unmarked pages, ascending, between *at and end: those
 * that are there, and those that are not.  How many, up to max, and *at behind the last that has been
 * looked at; -1: the kernel does not say. */
int sw_written_pages_list(const struct sw_written_pages *pages, uintptr_t *at, uintptr_t end,
                          struct sw_written_region *regions, int max);
/* Its pages have a content: they are in memory, or swapped out.  Else nobody has touched them since
 * they were mapped. */
int sw_written_pages_are_there(const struct sw_written_region *region);

#endif

/* SPDX-License-Identifier: MIT
 *
 * segment.h - memory for C stacks beside the thread's own.
 *
 * Needs no Python.  A segment has a guard page at its low end.  Up to SLP_SEGMENTS_KEPT_MAX are kept
 * when they are given back, as many as tasklets may wait in a spill, since to map one anew costs a
 * hundred times as much as to spill.  Of those that were used deeply a few keep their memory, for the
 * next recursion: as much as an initial thread's own stack has, which gives none back.  Of the others
 * it goes, but for SLP_SEGMENT_KEPT_BYTES.  All calls need the GIL.
 */
#ifndef SLP_SEGMENT_H
#define SLP_SEGMENT_H

#include <stddef.h>

enum {
    /* One page more, so that neighbours have other places in the tables of pages. */
    SLP_SEGMENT_BYTES = (1 << 20) + 4096,
    /* Left free when the next one is taken, for C code that has no frame to spill at: a
     * quarter, so that three quarters of each segment are used. */
    SLP_SEGMENT_RESERVE = 256 << 10,
    SLP_SEGMENT_KEPT_BYTES = 48 << 10,
    SLP_SEGMENTS_KEPT_MAX = 1024, /* 1 GiB of address space at the most, for the process */
    SLP_SEGMENTS_WHOLE_MAX = 8,   /* of these; 8 MiB of memory */
};

/* The lowest usable byte of a segment, or NULL without memory. */
char *slp_segment_take(void);
void slp_segment_give(char *low);
/* How many are taken, and not given back. */
int slp_segment_in_use(void);
/* The first byte above it, 16-aligned. */
char *slp_segment_top(char *low);

#endif

/* SPDX-License-Identifier: MIT
 *
 * segment.h - memory for C stacks beside the thread's own.
 *
 * Needs no Python.  A segment has a guard page at its low end.  Up to
 * SLP_SEGMENTS_KEPT_MAX are kept when they are given back.  All calls need the
 * GIL.
 */
#ifndef SLP_SEGMENT_H
#define SLP_SEGMENT_H

#include <stddef.h>

enum {
    SLP_SEGMENT_BYTES = 1 << 20,
    /* Left free when the next one is taken, for C code that has no frame to spill at: a
     * quarter, so that three quarters of each segment are used. */
    SLP_SEGMENT_RESERVE = 256 << 10,
    SLP_SEGMENTS_KEPT_MAX = 8, /* 8 MiB of address space at the most, for the process */
};

/* The lowest usable byte of a segment, or NULL without memory. */
char *slp_segment_take(void);
void slp_segment_give(char *low);
/* The first byte above it, 16-aligned. */
char *slp_segment_top(char *low);

#endif

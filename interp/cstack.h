/* SPDX-License-Identifier: MIT
 *
 * cstack.h - the C stack of the running OS thread: where it is, and how much may be used.
 *
 * Needs no Python.  Everything about the running thread is thread-local and
 * set once (base.h), except for the limit, and for a base that is raised.
 */
#ifndef SLP_CSTACK_H
#define SLP_CSTACK_H

#include <stddef.h>
#include <stdint.h>

#include "segment.h"

/* The running thread's stack.  While base is NULL the thread cannot switch or
 * spill; in slpython that is one that was not started through us. */
struct slp_cstack {
    char *base; /* slices are [sp, base) */
    char *low;  /* no stack pointer on this stack is below it */
    char *segment_low;  /* not NULL: running on this segment (segment.h), not below base */
    char *segment_exit; /* valid then: the sp at which the thread's own stack was left */
};
extern __thread struct slp_cstack slp_cstack;

/* C code that is about to evaluate a frame at or below this address goes to eval.c
 * first.  0: never; UINTPTR_MAX: always. */
extern __thread uintptr_t slp_spill_limit;

/* The bounds of the running thread's stack: low leaves room below it for what a switch
 * and a signal need, high is above everything on it.  A guess if the C library does not
 * know them.  Returns whether it is the stack on which the process began. */
int slp_cstack_bounds(char **low, char **high);

/* Whether here is an address on the running thread's stack, or on the segment
 * that it runs on: not on some stack that others have made. */
static inline int slp_cstack_is_ours(const char *here)
{
    if (__builtin_expect(slp_cstack.segment_low != NULL, 0))
        return here >= slp_cstack.segment_low && here < slp_segment_top(slp_cstack.segment_low);
    return here >= slp_cstack.low && here < slp_cstack.base;
}

#endif

/* SPDX-License-Identifier: MIT
 *
 * cstack.h - the C stack of an OS thread, and copies of parts of it.
 *
 * Needs no Python.  Everything about the running thread is thread-local and
 * set once (base.h), except for the limit, and for a base that is raised.
 */
#ifndef SLP_OWN_CSTACK_H
#define SLP_OWN_CSTACK_H

#include <stddef.h>
#include <stdint.h>

#include "segment.h"
#include "switch.h"
#include "valgrind_stack.h"

/* The running thread's stack.  While base is NULL the thread cannot switch or
 * spill; in slpython that is one that was not started through us. */
struct slp_cstack {
    char *base; /* slices are [sp, base) */
    char *low;  /* no stack pointer on this stack is below it */
    char *segment_low;  /* not NULL: running on this segment (segment.h), not below base */
    char *segment_exit; /* valid then: the sp at which the thread's own stack was left */
};
extern __thread struct slp_cstack slp_cstack;

/* C code that is about to evaluate a frame at or below this address asks
 * spill.c first.  0: never; UINTPTR_MAX: always. */
extern __thread uintptr_t slp_spill_limit;

/* The bounds of the running thread's stack: low with room for what a switch and
 * a signal need, high above everything on it.  Without knowledge: a guess.
 * Returns whether it is the stack that the process has begun on. */
int slp_cstack_bounds(char **low, char **high);

/* base_enter.c: calls fn(arg) with the base of the running thread set to just here, and
 * forgets it afterwards.  For the main thread and for a thread's start. */
void *slp_cstack_enter(void *(*fn)(void *), void *arg);

/* A copy of a part of a C stack, or the memory for one.
 *
 * used is 0 while the slice holds nothing.  While it holds something, it owns
 * bytes [0, used), the contents of [start, start + used), and resume is where
 * to go on: start itself, or an address on the segment that was being run on. */
struct slp_slice {
    char *bytes;
    size_t capacity;
    size_t used;
    char *start;
    char *resume;
    char *segment_low;
    char *segment_exit;
};

/* Whether here is an address on the running thread's stack, or on the segment
 * that it runs on: not on some stack that others have made. */
static inline int slp_cstack_is_ours(const char *here)
{
    if (__builtin_expect(slp_cstack.segment_low != NULL, 0))
        return here >= slp_cstack.segment_low && here < slp_segment_top(slp_cstack.segment_low);
    return here >= slp_cstack.low && here < slp_cstack.base;
}

/* Gets the memory for slp_slice_save() with an sp that is at most this many
 * bytes below the caller's, which will not fail then.  0, or -1. */
int slp_slice_reserve(struct slp_slice *slice, size_t below);
/* Copies what the running thread has on its stack, sp upwards.  0, or -1
 * without memory. */
int slp_slice_save(struct slp_slice *slice, char *sp);
/* Where to go on with what the slice holds: for a save function to return. */
static inline char *slp_slice_resume(const struct slp_slice *slice)
{
    if (__builtin_expect(slp_cstack.segment_low != NULL, 0))
        SLP_VALGRIND_STACK_GROWS(slice->start - SLP_SWITCH_CALL_BYTES,
                                 slice->used + SLP_SWITCH_CALL_BYTES);
    return slice->resume;
}
/* Puts the bytes back where they were and makes the slice empty; it keeps the
 * memory for the next time.  The caller runs below slice->start. */
void slp_slice_restore(struct slp_slice *slice);
void slp_slice_free(struct slp_slice *slice);
/* Where the bytes of that address are now: in the slice, if it holds them, else
 * where they always were. */
static inline const void *slp_slice_find(const struct slp_slice *slice, const void *address)
{
    const char *at = address;

    if (at >= slice->start && at < slice->start + slice->used)
        return slice->bytes + (at - slice->start);
    return address;
}

#endif

/* SPDX-License-Identifier: MIT
 *
 * slice.h - a copy of what a tasklet, or a spilled call, has on the C stack.
 *
 * Needs no Python.  All but slp_slice_find() and slp_slice_free() are about the
 * stack of the running thread (cstack.h), and called on it.
 */
#ifndef SLP_SLICE_H
#define SLP_SLICE_H

#include <stddef.h>

#include "cstack.h"
#include "arch/switch.h"
#include "valgrind_stack.h"

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

/* Gets the memory for an slp_slice_save() whose sp is at most this many bytes below the
 * caller's: it will not fail then.  0, or -1. */
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

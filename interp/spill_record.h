/* SPDX-License-Identifier: MIT
 *
 * spill_record.h - what one spill remembers; shared by the entries (eval_entry.h),
 * eval.c and spill.c.
 *
 * A record lives from its spill to the return of that, and spills nest: a few are in use at a
 * time, or, in a deep recursion, thousands.  Those that are kept (frames.h) have their slices
 * still, so that a spill in a loop allocates nothing.
 */
#ifndef SLP_SPILL_RECORD_H
#define SLP_SPILL_RECORD_H

#include "cpython.h"
#include <stddef.h>

#include "arch/switch.h"
#include "frames.h"
#include "slice.h"

/* A call of one of the interpreter's three functions that begin to evaluate a frame.
 * The references are borrowed from the caller.  So is args, which may be on the stack
 * that is spilled: slp_spill_call() makes a copy where that stack is moved. */
struct slp_spill_call {
    enum { SLP_CALL_VECTOR, SLP_CALL_FRAME, SLP_CALL_CODE, SLP_CALL_NOTHING } kind;
    PyThreadState *tstate;
    union {
        struct {
            PyFunctionObject *func;
            PyObject *locals;
            PyObject *const *args;
            size_t argcount;
            PyObject *kwnames;
        } vector;
        struct {
            slp_cpython_frame *frame;
            int throwflag;
        } frame;
        struct {
            PyObject *co;
            PyObject *globals;
            PyObject *locals;
        } code;
    } of;
};

enum { SLP_SPILL_ARGS_MAX = 8 }; /* more than nearly all calls have */

struct slp_frames_zombie;

struct slp_spill_record {
    struct slp_frames_piece piece;  /* first; valid while nobody uses it */
    struct slp_frames_zombie *home; /* of the call's code, or NULL: frames_zombie.h */
    struct slp_spill_call call;
    PyObject *result; /* valid once evaluated; NULL with an exception set */
    slp_cpython_cframe proxy;
    slp_cpython_cframe end;   /* behind proxy; known by being its own previous */
    slp_cpython_cframe *real; /* for which proxy stands: an address on the stack that was spilled */
    struct slp_stack_back back; /* valid at the return to it */
    char *segment; /* policy segment: not NULL, and the four belong to it */
    char *sp;
    char *outer_low;
    char *outer_exit;
    /* Policy copy, and so last: what a thousand nested segments touch stays in the cache. */
    struct slp_slice slice;
    PyObject **more_args;               /* call.of.vector.args, from PyMem_RawMalloc(); or NULL */
    PyObject *args[SLP_SPILL_ARGS_MAX]; /* the same, when they fit */
};

/* The record whose end this is.  NULL: it is a cframe of the interpreter. */
static inline const struct slp_spill_record *slp_spill_record_of(const slp_cpython_cframe *cframe)
{
    if (cframe == NULL || slp_cpython_cframe_previous(cframe) != cframe)
        return NULL;
    return (const struct slp_spill_record *)((const char *)cframe -
                                             offsetof(struct slp_spill_record, end));
}

/* One for that call, with whatever the last spill has left in it; NULL without memory. */
struct slp_spill_record *slp_spill_record_take(const struct slp_spill_call *call);
void slp_spill_record_give(struct slp_spill_record *record);
/* Of frames.h: frees one that nobody uses. */
void slp_spill_record_free(struct slp_frames_piece *piece);

/* eval.c: the current tasklet, or NULL where there is none; for the points. */
void *slp_eval_current(void);

/* spill.c: the call with the stack spilled.  0 and *result, or -1: a spill is
 * not possible and nothing has happened. */
int slp_spill_call(PyThreadState *tstate, const struct slp_spill_call *call, PyObject **result);

#endif

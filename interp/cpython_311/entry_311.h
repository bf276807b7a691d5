/* SPDX-License-Identifier: MIT
 *
 * entry_311.h - where a function begins that is traced or profiled.
 *
 * Elsewhere the evaluation loop looks at its eval breaker once, does what it is asked
 * for, and goes on.  In front of a traced function's first instruction, RESUME, 3.11
 * looks, does it, and looks again, until nobody asks.  Only then is the trace function
 * told of the call; and then RESUME is run, which looks once more, as it does in a
 * function that is not traced.
 */
#ifndef SLP_ENTRY_311_H
#define SLP_ENTRY_311_H

#include "interp/cpython.h"

#include <opcode.h>

#include "frames_311.h"

/* At a check: the frame that is traced and begins here, or goes on behind a yield; NULL:
 * there is none, or a trace function is what runs. */
static inline slp_cpython_frame *slp_cpython_traced_entry(const PyThreadState *tstate)
{
    slp_cpython_frame *frame = tstate->cframe->current_frame;

    if (!tstate->cframe->use_tracing || tstate->tracing > 0 || frame == NULL)
        return NULL;
    int opcode = _Py_OPCODE(*frame->prev_instr);
    /* The arguments of RESUME from 2 on are of an await, where nobody looks. */
    return (opcode == RESUME || opcode == RESUME_QUICK) && _Py_OPARG(*frame->prev_instr) < 2 ? frame
                                                                                             : NULL;
}

static inline int slp_cpython_in_trace_function(const PyThreadState *tstate)
{
    return tstate->tracing > 0;
}

/* The one that is told of a call first; NULL: nobody is. */
static inline Py_tracefunc *slp_cpython_first_told(PyThreadState *tstate)
{
    if (tstate->c_tracefunc != NULL)
        return &tstate->c_tracefunc;
    return tstate->c_profilefunc != NULL ? &tstate->c_profilefunc : NULL;
}

/* Wherever the one is, the other takes its place. */
static inline void slp_cpython_replace_told(PyThreadState *tstate, Py_tracefunc one,
                                            Py_tracefunc other)
{
    if (tstate->c_tracefunc == one)
        tstate->c_tracefunc = other;
    if (tstate->c_profilefunc == one)
        tstate->c_profilefunc = other;
}

#endif

/* SPDX-License-Identifier: MIT
 *
 * gcguard.h - no stack may move while a garbage collection is on it.
 *
 * gc_collect_main() keeps the heads of its object lists in C variables, so heap
 * objects point into the C stack while finalisers and weakref callbacks run.  A
 * switch or a spill would move that memory: a switch is refused with
 * RuntimeError, a spill silently (the frame is evaluated in place).
 *
 * The interpreter says that a collection is under way, but not on which thread.  A
 * function in gc.callbacks counts that.  It is put there when the first tasklet is
 * made or the first spill is wanted: a program that has neither pays nothing.
 */
#ifndef SLP_GCGUARD_H
#define SLP_GCGUARD_H

#include "cpython.h"

/* Whether the function has been put into gc.callbacks. */
extern int slp_gcguard_installed;

/* Puts it there, once, in the main interpreter.  0, or -1 with an exception. */
int slp_gcguard_install(void);

/* A collection is under way: is it on this thread's stack?  Also true if nobody can
 * tell. */
int slp_gcguard_is_here(PyInterpreterState *interp);

/* Whether a collection is on this thread's C stack. */
static inline int slp_gcguard_active(void)
{
    PyInterpreterState *interp = slp_cpython_interp(slp_cpython_tstate());
    if (__builtin_expect(!slp_cpython_is_collecting(interp), 1))
        return 0;
    return slp_gcguard_is_here(interp);
}

#endif

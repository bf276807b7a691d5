/* SPDX-License-Identifier: MIT
 *
 * base.h - whether what runs here may be moved, and where its slices end.
 *
 * A thread's C stack can be sliced between its stack pointer and its base; the
 * base is above every frame that a switch must be able to return to.  Where it is
 * has two answers, one for each kind of program; both have the prefix of this header:
 *   program/base_enter.c     slpython: a thread starts inside slp_base_enter()
 *   extension/base_thread.c  the extension module: found when it is first needed
 *
 * A stack that somebody else manages cannot be sliced.  If it is not the thread's
 * own, its address shows that.  A greenlet runs on the thread's own stack, and the
 * greenlet module keeps copies of parts of it that we know nothing of.  So only the
 * thread's main greenlet may switch tasklets or spill: whenever it runs, the whole
 * stack is in its place.  Any other greenlet has a data stack of its own, and that
 * shows: the data stacks of tasklets, main tasklets included, are marked
 * (datastack.h).
 */
#ifndef SLP_BASE_H
#define SLP_BASE_H

#include "cpython.h"

#include "cstack.h"
#include "datastack.h"

/* Whether the running thread has been found ready to switch or spill at here, an
 * address on its C stack.  If not, ask slp_base_refuse(). */
static inline int slp_base_is_ready(const PyThreadState *tstate, const char *here)
{
    return slp_cstack_is_ours(here) && slp_datastack_is_home(slp_cpython_chunk_of(tstate));
}

/* Tries to make it ready.  NULL: it is; else why not, as the text of a RuntimeError.
 * An exception that is set stays set. */
const char *slp_base_refuse(PyThreadState *tstate, const char *here);

/* Whether the greenlet module has been imported.  It assumes that all stack pointers
 * of a thread are addresses on one stack, so nothing may run on a segment then. */
int slp_base_greenlets(const PyInterpreterState *interp);

/* base_enter.c only: calls fn(arg) with the base of the running thread set to just here, and
 * forgets it afterwards.  For the main thread and for a thread's start. */
void *slp_base_enter(void *(*fn)(void *), void *arg);

/* Both files: here is not between low and base; sets slp_cstack so that it is.
 * 0, or -1: it is an address on some other stack. */
int slp_base_find(const char *here);

#endif

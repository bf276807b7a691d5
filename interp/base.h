/* SPDX-License-Identifier: MIT
 *
 * base.h - whether what runs here may be moved, and where its slices end.
 *
 * A thread's C stack can be sliced between its stack pointer and its base; the
 * base is above every frame that a switch must be able to return to.  Two files
 * say where it is:
 *   base_enter.c             slpython: a thread starts inside slp_base_enter()
 *   extension/base_thread.c  the extension module: it is looked for at first use
 *
 * What others have made cannot be sliced.  A C stack that is not the thread's
 * own is known by its address.  A greenlet runs on the thread's own stack, of
 * which it has copies elsewhere that nobody tells us of: so only the thread's
 * main greenlet, which has the whole stack whenever it runs, may switch tasklets
 * or spill.  A greenlet other than that has a data stack of its own, and thereby
 * it is known: the data stacks of tasklets, main tasklets included, are marked
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

/* Makes it ready.  NULL, or what a RuntimeError should say.  Leaves an exception
 * that is set alone. */
const char *slp_base_refuse(PyThreadState *tstate, const char *here);

/* Whether the greenlet module has been imported.  It takes all stack pointers of
 * a thread for addresses on one stack, so nothing may run on a segment then. */
int slp_base_greenlets(const PyInterpreterState *interp);

/* base_enter.c only: calls fn(arg) with the base of the running thread set to just here, and
 * forgets it afterwards.  For the main thread and for a thread's start. */
void *slp_base_enter(void *(*fn)(void *), void *arg);

/* Of the two files: sets slp_cstack so that here, which is not, is between low
 * and base.  0, or -1: that is another stack. */
int slp_base_find(const char *here);

#endif

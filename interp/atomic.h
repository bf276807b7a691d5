/* SPDX-License-Identifier: MIT
 *
 * atomic.h - a tasklet that does not hand the GIL over.
 *
 * A thread that wants the GIL waits for it with a time-out.  When the time is up it
 * asks the holder to drop the GIL, which the holder does at its next check.  While the
 * holder runs an atomic tasklet the time is never up: the interpreter's own call of
 * pthread_cond_timedwait() comes here (gilwait.h), and the wait begins again.
 * A blocking C call still drops the GIL.  Signal handlers and pending calls still
 * run at the checks: the evaluation loop is the stock one.
 */
#ifndef SLP_ATOMIC_H
#define SLP_ATOMIC_H

#include <Python.h>

#include "tasklet.h"
#include "thread.h"

/* How many threads can have an atomic tasklet running at one time; on more threads than
 * that it is not atomic.  Only one thread has the GIL, so the others are in blocking C
 * calls, or want it back. */
enum { SLP_ATOMIC_THREADS_MAX = 64 };

void slp_atomic_publish(struct slp_thread *thread, int on);

/* Call it when another tasklet runs on this thread, or when its flag has changed. */
static inline void slp_atomic_follow(struct slp_thread *thread)
{
    if (__builtin_expect(thread->atomic != thread->current->atomic, 0))
        slp_atomic_publish(thread, thread->current->atomic);
}

/* Whether the waiters for the GIL have been told that this thread keeps it. */
int slp_atomic_is_published(const struct slp_thread *thread);

/* Sets t->atomic.  Returns what it was. */
int slp_atomic_set(slp_tasklet *t, int on);

/* Adds the context manager class stackless.atomic to the module.  0 or -1. */
int slp_atomic_add_type(PyObject *module);

#endif

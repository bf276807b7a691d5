/* SPDX-License-Identifier: MIT
 *
 * tasklet_introspect.h - what can be seen, and set, of a tasklet from outside: its frame, its
 * depth, its tracing, its context.
 *
 * While a tasklet runs these are in its thread's PyThreadState; while it is
 * switched out they are in its state and on its slice; before its first run it
 * has a context only.  All calls need the GIL.
 */
#ifndef SLP_TASKLET_INTROSPECT_H
#define SLP_TASKLET_INTROSPECT_H

#include <Python.h>

#include "tasklet.h"

enum slp_tasklet_introspect_hook { SLP_TASKLET_INTROSPECT_TRACE, SLP_TASKLET_INTROSPECT_PROFILE };

/* The innermost frame; None for one that has none.  New reference, or NULL with MemoryError. */
PyObject *slp_tasklet_introspect_frame(const slp_tasklet *t);
/* How many Python calls are nested in it, as sys.setrecursionlimit() counts them. */
int slp_tasklet_introspect_recursion_depth(const slp_tasklet *t);
/* How many times C code has called Python in it, beyond its first call; a
 * spilled stack counts as one. */
int slp_tasklet_introspect_nesting_level(const slp_tasklet *t);

/* For the traversal of one that is switched out: what its frames own, and the exception that it
 * handles. */
int slp_tasklet_introspect_visit(const slp_tasklet *t, visitproc visit, void *arg);

/* As sys.gettrace() and sys.getprofile() would answer in it.  New reference. */
PyObject *slp_tasklet_introspect_get_hook(const slp_tasklet *t,
                                          enum slp_tasklet_introspect_hook hook);
/* Sets it as sys.settrace() or sys.setprofile() would in t; NULL or None: no hook.
 * 0, or -1 with RuntimeError: t is not alive, or runs on another thread. */
int slp_tasklet_introspect_set_hook(slp_tasklet *t, enum slp_tasklet_introspect_hook hook,
                                    PyObject *function);

/* Of a tasklet that has not begun: forgets the hooks that it would begin with.  reset
 * leaves their references alone, drop gives them back. */
void slp_tasklet_introspect_reset_hooks(slp_tasklet *t);
void slp_tasklet_introspect_drop_hooks(slp_tasklet *t);
/* The tasklet begins: moves its hooks to the running thread's state. */
void slp_tasklet_introspect_begin_hooks(slp_tasklet *t);

/* Calls function(*args, **kwargs) in t's context: what it sets there t will see.
 * New reference, or NULL with what it raises. */
PyObject *slp_tasklet_introspect_context_run(slp_tasklet *t, PyObject *function, PyObject *args,
                               PyObject *kwargs);
/* From now on t has this contextvars.Context.  0, or -1: TypeError; RuntimeError
 * if t is running, or has ended. */
int slp_tasklet_introspect_set_context(slp_tasklet *t, PyObject *context);

#endif

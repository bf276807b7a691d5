/* SPDX-License-Identifier: MIT
 *
 * thread_object.h - what threading itself looks up, in a Thread and in its module.
 *
 * Its bytecodes are not looked at (thread_book.h), so that nothing is announced where it reads the
 * body of a thread, say, or the hooks that a new thread begins with.
 */
#ifndef SW_TRACER_THREAD_OBJECT_H
#define SW_TRACER_THREAD_OBJECT_H

#include <Python.h>

#include "contract/decision.h"

/* An attribute of a Thread that is set, or, of those that can be changed themselves, taken.  owner:
 * any. */
int sw_thread_object_hides(PyObject *owner, PyObject *name, enum sw_op op);
/* A global of module threading of that kind. */
int sw_thread_object_hides_global(PyObject *namespace, PyObject *name);
/* Why what a new thread does would not be seen, or not all of it; NULL: it will be. */
const char *sw_thread_object_is_unseen(void);

#endif

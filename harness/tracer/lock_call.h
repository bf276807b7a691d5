/* SPDX-License-Identifier: MIT
 *
 * lock_call.h - what a method of a lock is about to do: take it, for ever, for a time or at once,
 * give it back, or look at it.
 */
#ifndef SW_TRACER_LOCK_CALL_H
#define SW_TRACER_LOCK_CALL_H

#include "call.h"

int sw_lock_call_is_lock(PyObject *object);
/* name: of the method; first: which of the arguments comes behind self.  *operation as with
 * sw_call_operation(). */
void sw_lock_call_operation(const struct call *call, PyObject *self, const char *name,
                            Py_ssize_t first, struct operation *operation);

#endif

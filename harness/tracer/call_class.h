/* SPDX-License-Identifier: MIT
 *
 * call_class.h - what the call of a class is about to do: a new object is nobody else's yet, so that it
 * is what its arguments are read for.
 *
 * A class is known by the name of the class of C code that makes its objects.
 */
#ifndef SW_TRACER_CALL_CLASS_H
#define SW_TRACER_CALL_CLASS_H

#include "call.h"

/* As sw_call_operation(), for a class. */
void sw_call_class_operation(const struct call *call, PyTypeObject *type,
                             struct operation *operation);

#endif

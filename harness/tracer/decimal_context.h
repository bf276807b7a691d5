/* SPDX-License-Identifier: MIT
 *
 * decimal_context.h - a context of module decimal, which each calculation reads and marks.
 *
 * A calculation is no operation, since most threads calculate with a context of their own.  So where a
 * context is one that others may have, an attribute of it is more than can be said.
 */
#ifndef SW_TRACER_DECIMAL_CONTEXT_H
#define SW_TRACER_DECIMAL_CONTEXT_H

#include <Python.h>

/* object: any. */
int sw_decimal_context_is_shared(PyObject *object);

#endif

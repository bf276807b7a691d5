/* SPDX-License-Identifier: MIT
 *
 * pyobject_text.h - looks at Python objects without running Python.
 *
 * Everything here is called with the GIL held and leaves a pending exception
 * as it was.  No function keeps a reference, calls back into Python code, or
 * makes an object that the collector counts; so none changes anything that a
 * program could notice.
 *
 * Python.h must come first.
 */
#ifndef SW_AGENT_PYOBJECT_TEXT_H
#define SW_AGENT_PYOBJECT_TEXT_H

#include <Python.h>

#include "contract/event_shm.h"

/* repr() of an exact str, bytes, int, float, bool or None, cut at 60
 * characters; the exception type's name for an exception in transit; else
 * "<TypeName #k>" with k = ordinal, or "<TypeName>" for 0.  NULL is "nothing". */
sw_text sw_pyobject_text_describe(void *object, uint32_t ordinal);
/* A channel, or of a class that is derived from it. */
int sw_pyobject_text_is_channel(void *object);
/* The type's name without its module. */
sw_text sw_pyobject_text_type_name(PyTypeObject *type);
/* Is the caller's reference, seen from the outside, the only one? */
int sw_pyobject_text_is_last(void *object);

/* The variable that is bound to the object: in the namespace if one was given,
 * else in __main__.  0 if there is none. */
sw_text sw_pyobject_text_find_name(void *object);
/* Keeps a reference for the life of the process. */
void sw_pyobject_text_set_namespace(PyObject *dict);

/* str() of an exception, cut; this one does run Python. */
sw_text sw_pyobject_text_exception_text(PyObject *exception);

#endif

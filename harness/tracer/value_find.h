/* SPDX-License-Identifier: MIT
 *
 * value_find.h - the value that a name has now, without running any Python or making a dict.
 */
#ifndef SW_VALUE_FIND_H
#define SW_VALUE_FIND_H

#include <Python.h>

/* Borrowed; NULL: there is none, or it cannot be known without running something (a property). */
PyObject *sw_value_find_attribute(PyObject *owner, PyObject *name);
/* Is it one of __slots__? */
int sw_value_find_is_slot(PyObject *owner, PyObject *name);
/* Of a dict with keys that are text or numbers, or a list. */
PyObject *sw_value_find_item(PyObject *container, PyObject *key);

#endif

/* SPDX-License-Identifier: MIT
 *
 * value_find.h - the value that a name has now, without running any Python or making a dict.
 *
 * Whoever looks a key up compares it, and a class of the program's may do that in Python.  So such a
 * key is found only where it is itself in the container, as a member of an Enum is.
 */
#ifndef SW_VALUE_FIND_H
#define SW_VALUE_FIND_H

#include <Python.h>

/* Both: a new reference; NULL: there is none, or it cannot be known without running something (a
 * property). */
PyObject *sw_value_find_attribute(PyObject *owner, PyObject *name);
/* Of a dict; or by a number, of a list, deque, bytearray or array. */
PyObject *sw_value_find_item(PyObject *container, PyObject *key);
/* 1: the set has it; 0: it has not; -1: that cannot be known. */
int sw_value_find_in_set(PyObject *set, PyObject *key);
/* Is it one of __slots__? */
int sw_value_find_is_slot(PyObject *owner, PyObject *name);

#endif

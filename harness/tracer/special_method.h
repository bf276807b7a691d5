/* SPDX-License-Identifier: MIT
 *
 * special_method.h - methods of a class in Python that are C code: no bytecode tells of what they do.
 *
 *      __len__ = waiting.__len__           len(o) looks at the list `waiting`
 *      __getattr__ = dict.__getitem__      o.x looks at an item
 *      size = property(len)                o.size looks at the length
 *
 * The interpreter calls these for what is no call in the source.  Whoever does that to an object of
 * such a class does anything.
 */
#ifndef SW_TRACER_SPECIAL_METHOD_H
#define SW_TRACER_SPECIAL_METHOD_H

#include <Python.h>

/* Is that the name of one, as __len__ is?  name: any object. */
int sw_special_method_is_name(PyObject *name);
/* Has it, or a class in Python that it is below, a special method of C code that looks at more than
 * its arguments?  Kept by the version of the class. */
int sw_special_method_is_unseen(PyTypeObject *type);
/* What an attribute is found as in a class: does C code give its value, or take it?  found: borrowed,
 * or NULL. */
int sw_special_method_gives_unseen(PyObject *found);

#endif

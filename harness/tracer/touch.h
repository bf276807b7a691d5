/* SPDX-License-Identifier: MIT
 *
 * touch.h - what C code touches when it gets an object, summed up to one operation.
 *
 * An announcement names one object.  An operation begins as NONE; what is added to it makes it that
 * object's, or, with a second object, UNKNOWN: dependent with everything.  So does an object of a
 * type that is not known here.  What is known:
 *
 *      nothing      what cannot change: numbers, text, code; and an instance of a class that is
 *                   written in Python all the way up, whose methods' bytecodes are seen
 *      the object   a list, dict, set, bytearray, deque, array
 *      another      a view of a dict or a proxy: the dict; a memoryview: its buffer; an iterator
 *                   that only its frame has: what it goes over
 *
 * SHALLOW is what looks at the object alone (its length, which elements it has); DEEP also at its
 * elements (text of it, a comparison).
 */
#ifndef SW_TOUCH_H
#define SW_TOUCH_H

#include "operation.h"

void sw_touch_nothing(struct operation *operation);
void sw_touch_anything(struct operation *operation);
/* It changes, or depends on, what is looked at without an operation: the search proves nothing. */
void sw_touch_refuse(struct operation *operation, const char *what);
/* What it refers to goes away with its last reference, which is no operation: refused. */
void sw_touch_weak(struct operation *operation);
/* While it lives what it looks at can be neither longer nor shorter, and its end is no operation:
 * refused. */
void sw_touch_keeps(struct operation *operation);
/* op: READ or WRITE. */
void sw_touch_add(struct operation *operation, enum sw_op op, const void *address, uint64_t part);
void sw_touch_shallow(struct operation *operation, enum sw_op op, PyObject *object);
void sw_touch_deep(struct operation *operation, enum sw_op op, PyObject *object);
/* It is iterated over, to the end; or, an iterator, asked for its next element.  held: how many
 * references the frame itself has to it; with more it may be another thread's, too. */
void sw_touch_iterated(struct operation *operation, PyObject *object, Py_ssize_t held);

/* It is raised, or asked what is known of that: one thing, its traceback, context and cause. */
void sw_touch_raised(struct operation *operation, enum sw_op op, PyObject *exception);
/* Its text, and what C code keeps in it that the text is made of: one thing as well. */
void sw_touch_told(struct operation *operation, enum sw_op op, PyObject *exception);

/* Behind a view or a proxy: what it shows; else the object itself.  Borrowed. */
PyObject *sw_touch_behind(PyObject *object);
/* Nothing about it can change. */
int sw_touch_is_plain(PyObject *object);
/* An instance of a class in Python all the way up. */
int sw_touch_is_in_python(PyObject *object);
/* The type of C code that it is, or is a class in Python over. */
const PyTypeObject *sw_touch_base_of(PyObject *object);
/* Is a method of that name written in Python, so that its bytecodes come?  Looked up as the
 * interpreter does, along the type's bases, and without running anything. */
int sw_touch_has_in_python(PyTypeObject *type, const char *method);
/* A class statement made it, and not C code by a spec. */
int sw_touch_is_a_class(const PyTypeObject *type);
/* A defaultdict: to ask it for an item that it has not makes one. */
int sw_touch_makes_items(PyObject *object);
/* By C code that looks at more than that dict. */
int sw_touch_makes_items_unseen(PyObject *object);
/* A dict that is the namespace of a module, or may be that of an object. */
int sw_touch_is_namespace(PyObject *dict);
/* A name of a namespace: a global, or of a class body. */
void sw_touch_name(struct operation *operation, enum sw_op op, PyObject *namespace, PyObject *name);

#endif

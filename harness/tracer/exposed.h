/* SPDX-License-Identifier: MIT
 *
 * exposed.h - dicts that are the attributes of an object, or the names of a module, as well.
 *
 * Such a dict is a second way to what an attribute is: vars(o)["x"] and o.x are one.  An operation
 * names an attribute by its object, so what is done to the dict must be known to have to do with
 * it.  Whoever gets the dict of an object gets it by __dict__, and whoever gives it another one
 * assigns it there.  From the tracer's start on this is noted, also while there is one thread only:
 * an alias may be made long before the threads that use it.
 *
 * A dict of arguments that are not given (__kwdefaults__) is a third kind: each call of its function
 * reads it, also one by C code, which no bytecode tells of.
 *
 * What is noted lasts as long as the dict does.
 */
#ifndef SW_TRACER_EXPOSED_H
#define SW_TRACER_EXPOSED_H

#include <Python.h>

enum sw_exposed {
    SW_EXPOSED_NOT,
    SW_EXPOSED_OBJECT, /* its attributes are named by the object */
    SW_EXPOSED_MODULE, /* its names are parts of the dict */
    SW_EXPOSED_DEFAULTS, /* of a function's arguments */
};

/* Once, with the GIL.  -1: with an exception set. */
int sw_exposed_begin(void);
/* A module of C code has come, whose classes may give dicts away. */
void sw_exposed_module(PyObject *module);
enum sw_exposed sw_exposed_kind(PyObject *dict);
/* Whose attributes they are, as far as somebody has got them in this schedule; else NULL.
 * Borrowed, and for reports only. */
PyObject *sw_exposed_owner(PyObject *dict);

#endif

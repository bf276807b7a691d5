/* SPDX-License-Identifier: MIT
 *
 * call.h - what a call is about to do, by what is called and with what.
 *
 * Whoever is called is known by name: a function of C code by its module, a method by the type of
 * its object, a class by the class of C code that makes its objects.  What is not listed is
 * UNKNOWN: dependent with everything.
 */
#ifndef SW_TRACER_CALL_H
#define SW_TRACER_CALL_H

#include "operation.h"

/* What arguments there are, the self of a method first; names: of the last ones, as keywords. */
struct call {
    PyObject *callable;
    PyObject *const *arguments;
    Py_ssize_t count;
    PyObject *names; /* a tuple; NULL: none */
    const _PyInterpreterFrame *frame; /* that calls */
    int unseen; /* 1: there are arguments that are not in the list (a star) */
};

/* As sw_operation_find(); *operation is NONE, or has what is touched already. */
int sw_call_operation(const struct call *call, struct operation *operation);
/* An argument behind self by its place, or by its name; NULL: it is not given.  Borrowed. */
PyObject *sw_call_argument(const struct call *call, Py_ssize_t place, const char *name);

#endif

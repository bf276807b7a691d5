/* SPDX-License-Identifier: MIT
 *
 * call.h - what a call is about to do, by what is called and with what.
 */
#ifndef SW_TRACER_CALL_H
#define SW_TRACER_CALL_H

#include "operation.h"

/* What arguments there are, the self of a method first; names: of how many of the
 * last ones, as keywords. */
struct call {
    PyObject *callable;
    PyObject *const *arguments;
    Py_ssize_t count;
    Py_ssize_t keywords;
    int unseen; /* 1: there are arguments that are not in the list (a star) */
};

/* As sw_operation_find(). */
int sw_call_operation(const struct call *call, struct operation *operation);

/* Can it change, and is it not an instance of a class in Python, whose methods are
 * traced themselves?  Then C code that gets it may look into it. */
int sw_call_can_change(PyObject *object);
/* What iterating over it reads; NULL: nothing that can change. */
PyObject *sw_call_iterated(PyObject *object);

/* Its next element is wanted. */
int sw_call_next_operation(PyObject *iterator, struct operation *operation);
int sw_call_is_lock(PyObject *object);

int sw_call_set(struct operation *operation, enum sw_op op, const void *address, uint64_t part);

#endif

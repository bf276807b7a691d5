/* SPDX-License-Identifier: MIT
 *
 * argument.h - what C code does to the arguments that it gets.
 */
#ifndef SW_TRACER_ARGUMENT_H
#define SW_TRACER_ARGUMENT_H

#include "call.h"

/* Adds to the operation what is done to the object, which is one of the call's arguments. */
typedef void sw_argument_touch(const struct call *call, PyObject *object,
                               struct operation *operation);

/* To all arguments from that one on; those that are not seen can be anything. */
void sw_argument_all(const struct call *call, Py_ssize_t first, sw_argument_touch *touch,
                     struct operation *operation);

sw_argument_touch sw_argument_read_deep, sw_argument_read_shallow;
/* The same of one that others have, too. */
sw_argument_touch sw_argument_read_shared;
/* It is gone over, and its elements are taken as they are. */
sw_argument_touch sw_argument_iterate;
/* It is gone over, and so is each of its elements: a dict is made of it. */
sw_argument_touch sw_argument_iterate_pairs;
/* It is gone over, and its elements are looked at. */
sw_argument_touch sw_argument_read_elements;
/* It is asked what it is, or a class is made below it. */
sw_argument_touch sw_argument_is_class;
/* An exception is raised. */
sw_argument_touch sw_argument_raise;

#endif

/* SPDX-License-Identifier: MIT
 *
 * attribute.h - what it is to look an attribute up, or to set one.
 *
 * Most are named by the object and the name.  What C code keeps in the object itself is the whole of
 * it; what a super() finds there is its object's; what C code computes can be anything.
 */
#ifndef SW_TRACER_ATTRIBUTE_H
#define SW_TRACER_ATTRIBUTE_H

#include "operation.h"

/* op: READ or WRITE.  SHALLOW, as its value is only taken. */
void sw_attribute_touch(struct operation *operation, enum sw_op op, PyObject *owner,
                        PyObject *name);

#endif

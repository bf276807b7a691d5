/* SPDX-License-Identifier: MIT
 *
 * last_reference.h - what is done when an object goes away that others can see.
 *
 * A destructor runs where the last reference is dropped, which no bytecode tells of.  So whoever
 * replaces one says what it is about to do.
 */
#ifndef SW_TRACER_LAST_REFERENCE_H
#define SW_TRACER_LAST_REFERENCE_H

#include "operation.h"

/* announce: how.  Once, with the GIL. */
void sw_last_reference_begin(int (*announce)(const struct operation *operation));
/* From a destructor: the operation is announced, if this thread is traced.  1: somebody has got hold
 * of the object meanwhile, so that it lives on; 0. */
int sw_last_reference_announce(PyObject *object, const struct operation *operation);

#endif

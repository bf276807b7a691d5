/* SPDX-License-Identifier: MIT
 *
 * announce.h - says to libspillway what this thread is about to do.
 */
#ifndef SW_ANNOUNCE_H
#define SW_ANNOUNCE_H

#include <Python.h>
#include <stdint.h>

#include "operation.h"

/* Before it is done: another thread may be chosen instead, and then it is not 0.  Lets the GIL go. */
int sw_announce(const struct operation *operation);
int sw_announce_of(enum sw_op op, const void *address, uint64_t part);
/* What the frame does now ("starts ...") is none of the operations: the verdict is UNSURE. */
void sw_announce_refuse(PyFrameObject *frame, const char *what);

#endif

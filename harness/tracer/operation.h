/* SPDX-License-Identifier: MIT
 *
 * operation.h - what a bytecode of CPython 3.11 is about to do to something that threads share.
 *
 *      global x, LOAD_NAME          the namespace and the name
 *      object.x                     the object and the name
 *      a variable of a closure      its cell
 *      a list, dict, set, ...       the whole of it, whatever the key
 *      a lock, `with lock`          the lock
 *      a call of C code             the object whose method it is, or the one
 *                                   argument that can change; more than one, or a
 *                                   function of which nothing is known: anything
 *
 * What a thread does to local variables and to what cannot change is nothing.  A
 * call of a Python function is nothing in itself, its own bytecodes come.  Where
 * this does not know what is touched it says so (SW_OP_UNKNOWN), and never too
 * little; but it takes for granted
 *   - that nobody reaches an instance's attributes by way of its __dict__,
 *   - that functions and methods are not replaced by assignment to a class while
 *     threads run (an assignment to a class is UNKNOWN),
 *   - that a C function that is asked for an element (a sort, say) and what it
 *     calls back are one step, but for the Python code that it calls.
 */
#ifndef SW_TRACER_OPERATION_H
#define SW_TRACER_OPERATION_H

#include <Python.h>
#include <internal/pycore_frame.h>

#include "contract/decision.h"

struct operation {
    unsigned op; /* enum sw_op */
    const void *address;
    uint64_t part;
    const void *semaphore; /* ACQUIRE only */
};

/* Of the bytecode that the frame is about to run, its value stack valid.  1, or 0
 * when it does nothing that another thread could see.  Runs no Python code. */
int sw_operation_find(const _PyInterpreterFrame *frame, struct operation *operation);

#endif

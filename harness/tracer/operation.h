/* SPDX-License-Identifier: MIT
 *
 * operation.h - what a bytecode of CPython 3.11 is about to do to something that threads share.
 *
 *      global x, LOAD_NAME          the namespace and the name
 *      a builtin                    nothing: to replace one is refused (touch.h)
 *      object.x                     the object and the name
 *      a variable of a closure      its cell
 *      a list, dict, set, ...       the whole of it, whatever the key
 *      a lock, `with lock`          the lock
 *      a call of C code             what that touches (call.h, touch.h)
 *
 * What a thread does to local variables and to what cannot change is nothing.  A
 * call of a Python function is nothing in itself, its own bytecodes come.  What is
 * not known exactly is UNKNOWN, dependent with everything: a second object, an
 * object of a type that is not listed, a function of C code that is not, a bytecode
 * that is not.
 *
 * C code that calls Python code goes on when that returns, and looks at its object
 * again: the tracer announces its operation a second time (tracer.c).
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
    const void *semaphore; /* of a lock that is acquired, tried or given back */
    uint64_t timeout_ns; /* of one that is acquired, for how long; 0: for ever */
    const char *refused; /* what it does that no operation can say; NULL: nothing */
};

/* Of the bytecode that the frame is about to run, its value stack valid.  1, or 0
 * when it does nothing that another thread could see.  Runs no Python code. */
int sw_operation_find(const _PyInterpreterFrame *frame, struct operation *operation);
/* How many references to the object the frame itself has. */
Py_ssize_t sw_operation_held(const _PyInterpreterFrame *frame, PyObject *object);
/* What the compiler wrote there, behind its EXTENDED_ARGs; and its argument. */
int sw_operation_decode(const _PyInterpreterFrame *frame, int *argument);
int sw_operation_opcode(const _PyInterpreterFrame *frame);
/* Does the bytecode leave the frame? */
int sw_operation_ends(const _PyInterpreterFrame *frame);

/* Of an object, by that name: never 0, which is the whole of it. */
uint64_t sw_operation_part(PyObject *name);

#endif

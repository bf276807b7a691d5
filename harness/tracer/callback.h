/* SPDX-License-Identifier: MIT
 *
 * callback.h - does a callable do something that no bytecode tells of?
 *
 * C code that gets a function calls it: sorted() its key=, functools.reduce() what it folds with.  If
 * that is Python code, its bytecodes come.  If it is C code, nobody hears of what it does, and so
 * whoever passes it does anything.  Not so if it looks at what it gets and at nothing else: that is
 * looked at already by who calls it.
 */
#ifndef SW_TRACER_CALLBACK_H
#define SW_TRACER_CALLBACK_H

#include <Python.h>

int sw_callback_is_unseen(PyObject *callable);

#endif

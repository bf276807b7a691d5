/* SPDX-License-Identifier: MIT
 *
 * code_kind.h - whose a piece of code is: the program's, a library's, or the harness's own.
 *
 * It follows from the file that the code is of, and for threading.py from the function's name.  It is
 * kept in the code object.
 */
#ifndef SW_TRACER_CODE_KIND_H
#define SW_TRACER_CODE_KIND_H

#include <Python.h>

enum sw_code_kind {
    SW_CODE_PROGRAM,
    SW_CODE_LIBRARY, /* traced as well */
    SW_CODE_RUN, /* Thread.run(): its call of the body is traced, what it looks up before is its own */
    SW_CODE_MUTED, /* with all that it calls, but for the body of a thread */
    SW_CODE_STARTER, /* the same, but for the program */
    SW_CODE_FORGETS, /* a WeakSet's, when an object has died; threading has such a set of threads */
};

/* Once, with the GIL.  starter: the path of what finds, calls and judges a test.  -1: with an
 * exception set. */
int sw_code_kind_begin(PyObject *starter);
enum sw_code_kind sw_code_kind_of(PyCodeObject *code);
/* Is it of threading.py? */
int sw_code_kind_is_in_threading(const PyCodeObject *code);
/* Is it what imports? */
int sw_code_kind_is_of_import(const PyCodeObject *code);
/* Is it of threading's book-keeping? */
int sw_code_kind_is_threadings(const PyCodeObject *code);

#endif

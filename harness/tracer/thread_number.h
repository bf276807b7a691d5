/* SPDX-License-Identifier: MIT
 *
 * thread_number.h - threading.get_ident(): a number that a thread shares with those before it.
 *
 * When a thread has ended the next one may get its number, which no operation tells of.  So where two
 * threads of the program ask for their own, it may have been one number or two.  The first thread is
 * there all the time.
 */
#ifndef SW_TRACER_THREAD_NUMBER_H
#define SW_TRACER_THREAD_NUMBER_H

#include <Python.h>

extern const char sw_thread_number_text[]; /* why it is refused */

/* This thread asks for its number, in that code; or for that of a Thread.  1: another's has been asked
 * for, and it matters.  What a library asks for it is taken to know. */
int sw_thread_number_varies(PyCodeObject *code);
int sw_thread_number_varies_of(PyCodeObject *code, PyObject *thread);

#endif

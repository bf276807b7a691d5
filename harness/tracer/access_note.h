/* SPDX-License-Identifier: MIT
 *
 * access_note.h - notes what a bytecode does to something shared, by name and value, in a run that
 * is to be explained (contract/explain_log.h).
 *
 * It is called when the bytecode is the next thing that its thread does, and looks at values as
 * they are then: a read's value, and before and after of a store.  What C code makes of an object
 * (list.append) is seen in what is noted of it next.  Functions, classes and modules that are only
 * read are left out: programs read them at every line, and change them hardly ever.
 */
#ifndef SW_ACCESS_NOTE_H
#define SW_ACCESS_NOTE_H

#include "operation.h"

/* Is the run to be explained, and is there more than one thread? */
int sw_access_note_is_on(void);
/* Of the bytecode that the frame is about to run. */
void sw_access_note_bytecode(PyFrameObject *frame);
/* An exception is raised there; argument: of a trace function.  What only goes on outwards is not
 * noted again. */
void sw_access_note_exception(PyFrameObject *frame, PyObject *argument);
/* It leaves the body of a thread, or the test. */
void sw_access_note_escape(PyFrameObject *frame);
/* The body of a thread begins; thread: its Thread. */
void sw_access_note_begin(PyFrameObject *frame, PyObject *thread);
/* A function of threading.py's begins: of conditions and events, waits and notifications. */
void sw_access_note_threading(PyFrameObject *frame);

#endif

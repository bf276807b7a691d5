/* SPDX-License-Identifier: MIT
 *
 * frame_object.h - does an attribute of a frame tell how far another thread has come?
 *
 * What a thread does to its local variables is no operation, and nor is each of its lines.  Whoever
 * has its frame can see both.
 */
#ifndef SW_TRACER_FRAME_OBJECT_H
#define SW_TRACER_FRAME_OBJECT_H

#include <Python.h>

/* object: any.  Not of the frames that the thread is in.  That a frame has ended is no operation
 * either, so one that has is no exception. */
int sw_frame_object_tells(PyObject *object, PyObject *name);
/* A frame of another thread's: its text tells the line that it is in. */
int sw_frame_object_is_told(PyObject *object);
/* Variables that other functions have as well are among those that it shows. */
int sw_frame_object_shows_cells(PyObject *object, PyObject *name);
/* What is set there says of which of its bytecodes the tracer hears. */
int sw_frame_object_sets_trace(PyObject *object, PyObject *name);

#endif

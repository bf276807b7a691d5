/* SPDX-License-Identifier: MIT
 *
 * view_object.h - a memoryview: while there is one, a bytearray can be neither longer nor shorter.
 *
 * So to make one and to let go of it are operations on what it shows.
 */
#ifndef SW_TRACER_VIEW_OBJECT_H
#define SW_TRACER_VIEW_OBJECT_H

#include <Python.h>

/* What it shows, borrowed; NULL: nothing, or it has let go of it, or it is no view. */
PyObject *sw_view_object_shows(PyObject *object);
/* From now on a view whose last reference goes away is announced. */
void sw_view_object_begin(void);

#endif

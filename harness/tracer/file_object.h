/* SPDX-License-Identifier: MIT
 *
 * file_object.h - a file of module _io, named by what it is open on: two objects can be one file.
 */
#ifndef SW_FILE_OBJECT_H
#define SW_FILE_OBJECT_H

#include "operation.h"

/* A FileIO, a buffered or a text file of C code. */
int sw_file_object_is(PyObject *object);
/* It is read, written, flushed, or closed: a WRITE of its regular file; anything, if that is a
 * pipe or the like, whose other end has another name, or if it is closed. */
void sw_file_object_touch(PyObject *file, struct operation *operation);

/* From now on a file that is written to, and whose last reference goes away, is announced, since what
 * it still has in its buffer is written then.  0; or -1 with an exception. */
int sw_file_object_begin(void);

#endif

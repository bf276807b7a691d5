/* SPDX-License-Identifier: MIT
 *
 * tasklet_type.h - the Python side of a tasklet; tasklet.c builds the class.
 */
#ifndef SLP_TASKLET_TYPE_H
#define SLP_TASKLET_TYPE_H

#include <Python.h>
#include <structmember.h>

PyObject *slp_tasklet_type_new(PyTypeObject *type, PyObject *args, PyObject *kwargs);
int slp_tasklet_type_init(PyObject *self, PyObject *args, PyObject *kwargs);
/* As those two, for the class itself: tasklet(func) needs no tuple. */
PyObject *slp_tasklet_type_vectorcall(PyObject *type, PyObject *const *args, size_t nargsf,
                                      PyObject *kwnames);
PyObject *slp_tasklet_type_call(PyObject *self, PyObject *args, PyObject *kwargs);

extern PyMethodDef slp_tasklet_methods[];
extern PyMemberDef slp_tasklet_members[];
extern PyGetSetDef slp_tasklet_getset[];

#endif

/* SPDX-License-Identifier: MIT
 *
 * module.h - the built-in module stackless.
 */
#ifndef SLP_SPILLWAY_MODULE_H
#define SLP_SPILLWAY_MODULE_H

#include <Python.h>

/* For PyImport_AppendInittab("stackless", ...). */
PyObject *slp_module_init(void);

/* Its parts, each in a file of its own. */
extern PyMethodDef slp_module_callback_methods[]; /* module_callbacks.c */
extern PyMethodDef slp_module_frames_methods[];   /* module_frames.c */
extern PyMethodDef slp_module_info_methods[];     /* module_info.c */
extern PyMethodDef slp_module_spill_methods[];    /* module_spill.c */
/* Gives the module the attributes that are looked up each time: current, main,
 * runcount, threads.  0 or -1. */
int slp_module_info_add_attributes(PyObject *module);

#endif

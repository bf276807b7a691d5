/* SPDX-License-Identifier: MIT
 *
 * module.h - the built-in module stackless.
 */
#ifndef SLP_MODULE_H
#define SLP_MODULE_H

#include <Python.h>

/* For PyImport_AppendInittab("stackless", ...). */
PyObject *slp_module_init(void);

#endif

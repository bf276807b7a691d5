/* SPDX-License-Identifier: MIT
 *
 * module.h - _spillway, the builtin module by which driver.py runs the plan.
 *
 * The functions are documented in the module (module.c); they are for driver.py
 * alone.  What they are given is trusted: the runner has checked the plan.
 *
 * Python.h must come first.
 */
#ifndef SW_AGENT_MODULE_H
#define SW_AGENT_MODULE_H

#include <Python.h>

PyMODINIT_FUNC sw_module_init(void);

#endif

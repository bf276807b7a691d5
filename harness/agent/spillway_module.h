/* SPDX-License-Identifier: MIT
 *
 * spillway_module.h - _spillway, the builtin module by which driver.py runs the plan.
 *
 * The functions are documented in the module (spillway_module.c); they are for driver.py
 * alone.  What they are given is trusted: the runner has checked the plan.
 *
 * Python.h must come first.
 */
#ifndef SW_AGENT_SPILLWAY_MODULE_H
#define SW_AGENT_SPILLWAY_MODULE_H

#include <Python.h>

PyMODINIT_FUNC sw_spillway_module_init(void);

#endif

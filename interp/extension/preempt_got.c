/* SPDX-License-Identifier: MIT */
#define Py_BUILD_CORE 1
#include <Python.h>

#include "preempt.h"

void slp_preempt_attract(struct slp_thread *thread)
{
    (void)thread;
}

void slp_preempt_calm(struct slp_thread *thread)
{
    (void)thread;
}

int slp_preempt_arm(struct slp_thread *thread)
{
    (void)thread;
    PyErr_SetString(PyExc_NotImplementedError, "run(timeout): not in the extension module");
    return -1;
}

void slp_preempt_disarm(struct slp_thread *thread)
{
    (void)thread;
}

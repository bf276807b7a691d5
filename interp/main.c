/* SPDX-License-Identifier: MIT
 *
 * main.c - slpython: a Python whose every thread has a base.
 */
#define Py_BUILD_CORE 1
#include <Python.h>

#include "cstack.h"
#include "faults.h"
#include "invariants.h"
#include "module.h"
#include "spill.h"

struct command_line {
    int argc;
    char **argv;
    int status;
};

static PyStatus configure(const struct command_line *line)
{
    PyConfig config;

    PyConfig_InitPythonConfig(&config);
    PyStatus status = PyConfig_SetBytesArgv(&config, line->argc, line->argv);
    if (!PyStatus_Exception(status))
        status = Py_InitializeFromConfig(&config);
    PyConfig_Clear(&config);
    return status;
}

static void *run_python(void *arg)
{
    struct command_line *line = arg;

    if (slp_spill_init() < 0) {
        line->status = 2;
        return NULL;
    }
    if (PyImport_AppendInittab("stackless", slp_module_init) < 0) {
        line->status = 1;
        return NULL;
    }
    PyStatus status = configure(line);
    if (PyStatus_Exception(status)) {
        if (!PyStatus_IsExit(status))
            Py_ExitStatusException(status);
        line->status = status.exitcode;
        return NULL;
    }
    line->status = Py_RunMain();
    return NULL;
}

int main(int argc, char **argv)
{
    struct command_line line = {argc, argv, 1};

#ifdef SLP_LAB
    if (slp_fault_init() < 0)
        return 2;
#endif
    slp_cstack_enter(run_python, &line);
#ifdef SLP_LAB
    if (slp_invariant_violations > 0 && line.status == 0)
        return SLP_INVARIANT_EXIT;
#endif
    return line.status;
}

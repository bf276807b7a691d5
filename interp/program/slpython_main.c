/* SPDX-License-Identifier: MIT
 *
 * slpython_main.c - slpython: a Python whose every thread has a base.
 */
#include "interp/cpython.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "interp/base.h"
#include "contract/faults.h"
#include "interp/frames.h"
#include "interp/lab/invariants.h"
#include "interp/module.h"
#include "interp/spill.h"

struct command_line {
    int argc;
    char **argv;
    int status;
};

/* Where our Python modules are, seen from above the program's directory: built, installed. */
static const char *const module_directories[] = {"lib/python", "lib/python3.11/dist-packages"};

static int append_to_path(const char *directory)
{
    PyObject *path = PySys_GetObject("path");
    PyObject *entry = PyUnicode_DecodeFSDefault(directory);
    int status = -1;

    if (path != NULL && entry != NULL) {
        status = PySequence_Contains(path, entry);
        if (status == 0)
            status = PyList_Append(path, entry);
    }
    Py_XDECREF(entry);
    return status < 0 ? -1 : 0;
}

/* Makes slplib importable, from wherever the program is; the last resort, after all that Python
 * finds by itself. */
static int find_modules(void)
{
    char program[PATH_MAX], directory[PATH_MAX + 64], package[PATH_MAX + 96];
    ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);

    if (length <= 0)
        return 0;
    program[length] = '\0';
    for (int levels = 2; levels > 0 && strrchr(program, '/') != NULL; levels--)
        *strrchr(program, '/') = '\0';
    for (size_t i = 0; i < Py_ARRAY_LENGTH(module_directories); i++) {
        snprintf(directory, sizeof(directory), "%s/%s", program, module_directories[i]);
        snprintf(package, sizeof(package), "%s/slplib/__init__.py", directory);
        if (access(package, R_OK) == 0)
            return append_to_path(directory);
    }
    return 0;
}

static PyStatus configure(const struct command_line *line)
{
    PyConfig config;

    PyConfig_InitPythonConfig(&config);
    PyStatus status = PyConfig_SetBytesArgv(&config, line->argc, line->argv);
    if (!PyStatus_Exception(status))
        status = Py_InitializeFromConfig(&config);
    PyConfig_Clear(&config);
    if (!PyStatus_Exception(status) && find_modules() < 0)
        return PyStatus_Error("cannot extend sys.path");
    return status;
}

static int init_frames(void)
{
    const char *refused;

    if (slp_frames_init(&refused) == 0)
        return 0;
    fprintf(stderr, "slpython: SLP_FRAMES: '%s' " SLP_FRAMES_REFUSED "\n", refused);
    return -1;
}

static void *run_python(void *arg)
{
    struct command_line *line = arg;

    if (slp_spill_init() < 0 || init_frames() < 0) {
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

    if (slp_fault_init() < 0)
        return 2;
    slp_base_enter(run_python, &line);
    return slp_invariants_exit(line.status);
}

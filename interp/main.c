/* SPDX-License-Identifier: MIT
 *
 * main.c - slpython: a Python whose every thread has a base.
 *
 * The executable defines pthread_create(), so that each thread, whoever starts
 * it, runs its function through slp_cstack_enter().
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#define Py_BUILD_CORE 1
#include <Python.h>

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>

#include "cstack.h"
#include "faults.h"
#include "module.h"
#include "spill.h"

/* ---- threads ---- */

struct start {
    void *(*function)(void *);
    void *arg;
};

static void *run_start(void *arg)
{
    struct start start = *(struct start *)arg;

    free(arg);
    slp_spill_update_limit();
    return start.function(start.arg);
}

static void *enter_thread(void *arg)
{
    return slp_cstack_enter(run_start, arg);
}

typedef int create_function(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

__attribute__((visibility("default"))) int pthread_create(pthread_t *thread,
                                                          const pthread_attr_t *attr,
                                                          void *(*function)(void *), void *arg)
{
    static create_function *real;

    if (real == NULL)
        real = (create_function *)dlsym(RTLD_NEXT, "pthread_create");
    struct start *start = malloc(sizeof *start);
    if (start == NULL)
        return EAGAIN;
    start->function = function;
    start->arg = arg;
    int status = real(thread, attr, enter_thread, start);
    if (status != 0)
        free(start);
    return status;
}

/* ---- the program ---- */

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
    return line.status;
}

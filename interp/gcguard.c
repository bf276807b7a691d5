/* SPDX-License-Identifier: MIT */
#define Py_BUILD_CORE 1
#include <Python.h>

#include "gcguard.h"

__thread int slp_gcguard_depth;
int slp_gcguard_installed;

static PyObject *count(PyObject *self, PyObject *const *args, Py_ssize_t count_of_args)
{
    (void)self;
    if (count_of_args >= 1 && PyUnicode_Check(args[0])) {
        if (PyUnicode_CompareWithASCIIString(args[0], "start") == 0)
            slp_gcguard_depth++;
        else if (slp_gcguard_depth > 0)
            slp_gcguard_depth--;
    }
    Py_RETURN_NONE;
}

static PyMethodDef count_def = {
    "stackless_gc_guard", (PyCFunction)(void (*)(void))count, METH_FASTCALL,
    "Tells the tasklet scheduler on which thread a collection runs."};

int slp_gcguard_install(void)
{
    PyInterpreterState *interp = PyInterpreterState_Get();

    if (slp_gcguard_installed)
        return 0;
    /* In the middle of a collection its start would be missed. */
    if (interp->gc.collecting)
        return 0;
    PyObject *function = PyCFunction_New(&count_def, NULL);
    if (function == NULL)
        return -1;
    PyObject *callbacks = interp->gc.callbacks;
    int failed = callbacks == NULL ? 0 : PyList_Append(callbacks, function);
    Py_DECREF(function);
    if (!failed && callbacks != NULL)
        slp_gcguard_installed = 1;
    return failed;
}

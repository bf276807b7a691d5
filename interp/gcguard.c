/* SPDX-License-Identifier: MIT */
#include "cpython.h"

#include "gcguard.h"

/* How many collections are on this thread's stack, as the callback counts them. */
static __thread int depth;
/* Kept for good, so that nothing else can have its address. */
static PyObject *function;
int slp_gcguard_installed;

/* gc.callbacks call it as (phase, info), "start" and then "stop", on the thread whose stack
 * has the collection.  It may be put there in the middle of one, so a "stop" can come
 * without its "start". */
static PyObject *count(PyObject *self, PyObject *const *args, Py_ssize_t count_of_args)
{
    (void)self;
    if (count_of_args >= 1 && PyUnicode_Check(args[0])) {
        if (PyUnicode_CompareWithASCIIString(args[0], "start") == 0)
            depth++;
        else if (depth > 0)
            depth--;
    }
    Py_RETURN_NONE;
}

static PyMethodDef count_def = {"stackless_gc_guard", (PyCFunction)(void (*)(void))count,
                                METH_FASTCALL,
                                "Tells the tasklet scheduler on which thread a collection runs."};

/* Anybody may have taken the function out of gc.callbacks again. */
static int is_in_callbacks(PyInterpreterState *interp)
{
    PyObject *callbacks = slp_cpython_gc_callbacks(interp);

    if (callbacks == NULL || function == NULL)
        return 0;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(callbacks); i++)
        if (PyList_GET_ITEM(callbacks, i) == function)
            return 1;
    return 0;
}

int slp_gcguard_is_here(PyInterpreterState *interp)
{
    if (depth > 0)
        return 1;
    /* Not counted, as far as we know.  But the last collections, at the interpreter's end,
     * call nobody back: with one of them under way nothing moves, on any thread. */
    if (slp_cpython_is_finalizing())
        return 1;
    /* And without the function nobody counts: then each collection may be here. */
    return !is_in_callbacks(interp);
}

int slp_gcguard_install(void)
{
    PyInterpreterState *interp = PyInterpreterState_Get();

    if (slp_gcguard_installed || interp != PyInterpreterState_Main())
        return 0;
    /* In the middle of a collection its start would be missed; there will be another call. */
    if (slp_cpython_is_collecting(interp) || slp_cpython_gc_callbacks(interp) == NULL)
        return 0;
    if (function == NULL && (function = PyCFunction_New(&count_def, NULL)) == NULL)
        return -1;
    if (PyList_Append(slp_cpython_gc_callbacks(interp), function) < 0)
        return -1;
    slp_gcguard_installed = 1;
    return 0;
}

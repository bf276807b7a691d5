/* SPDX-License-Identifier: MIT */
#define Py_BUILD_CORE 1
#include "decimal_context.h"

#include <internal/pycore_frame.h>
#include <string.h>

static int is_own(PyObject *context)
{
    PyObject *decimal = PyImport_ImportModule("_decimal"), *own = NULL;

    if (decimal != NULL)
        own = PyObject_CallMethod(decimal, "getcontext", NULL);
    int is = own == context;
    PyErr_Clear();
    Py_XDECREF(own);
    Py_XDECREF(decimal);
    return is;
}

/* What localcontext() gives to a with, whose __exit__ lies on the value stack.  The layout of 3.11. */
struct manager {
    PyObject_HEAD
    PyObject *local, *global;
};

static Py_ssize_t held_by(PyObject *item, PyObject *context)
{
    PyObject *self = item != NULL && PyCFunction_Check(item) ? PyCFunction_GET_SELF(item) : NULL;
    const struct manager *manager = (const struct manager *)self;

    if (self == NULL || strcmp(Py_TYPE(self)->tp_name, "decimal.ContextManager") != 0)
        return item == context;
    return (manager->local == context) + (manager->global == context);
}

/* References that lie in this thread's frames. */
static Py_ssize_t count_held(PyObject *context)
{
    const _PyInterpreterFrame *frame = PyThreadState_Get()->cframe->current_frame;
    Py_ssize_t count = 0;

    for (; frame != NULL; frame = frame->previous)
        for (int i = 0; i < frame->stacktop; i++)
            count += held_by(frame->localsplus[i], context);
    return count;
}

int sw_decimal_context_is_shared(PyObject *object)
{
    if (strcmp(Py_TYPE(object)->tp_name, "decimal.Context") != 0)
        return 0;
    /* One that it calculates with is in a variable of its context. */
    return Py_REFCNT(object) - count_held(object) > is_own(object);
}

/* SPDX-License-Identifier: MIT
 *
 * module_callbacks.c - the functions that an application gives the scheduler.
 */
#include <Python.h>

#include "channel.h"
#include "module.h"
#include "scheduling.h"

static PyObject *set_callback(PyObject **slot, PyObject *callback)
{
    PyObject *old = *slot;

    if (callback != Py_None && !PyCallable_Check(callback)) {
        PyErr_SetString(PyExc_TypeError, "a callback must be callable, or None");
        return NULL;
    }
    *slot = callback == Py_None ? NULL : Py_NewRef(callback);
    return old != NULL ? old : Py_NewRef(Py_None);
}

static PyObject *module_set_channel_callback(PyObject *self, PyObject *callback)
{
    (void)self;
    return set_callback(&slp_channel_callback, callback);
}

static PyObject *module_set_schedule_callback(PyObject *self, PyObject *callback)
{
    (void)self;
    return set_callback(&slp_schedule_callback, callback);
}

static PyObject *module_set_error_handler(PyObject *self, PyObject *callback)
{
    (void)self;
    return set_callback(&slp_schedule_error_handler, callback);
}

static PyObject *module_set_displaced_callback(PyObject *self, PyObject *callback)
{
    (void)self;
    return set_callback(&slp_tasklet_displaced_callback, callback);
}

static PyObject *get_callback(PyObject *callback)
{
    return Py_NewRef(callback != NULL ? callback : Py_None);
}

static PyObject *module_get_channel_callback(PyObject *self, PyObject *unused)
{
    (void)self, (void)unused;
    return get_callback(slp_channel_callback);
}

static PyObject *module_get_schedule_callback(PyObject *self, PyObject *unused)
{
    (void)self, (void)unused;
    return get_callback(slp_schedule_callback);
}

PyMethodDef slp_module_callback_methods[] = {
    {"set_channel_callback", (PyCFunction)module_set_channel_callback, METH_O,
     "set_channel_callback(callback) -> previous callback or None\n\ncallback(channel, tasklet, "
     "sending, willblock) is called before every channel\noperation; it must not use channels "
     "or switch.  An exception from it is the operation's."},
    {"set_schedule_callback", (PyCFunction)module_set_schedule_callback, METH_O,
     "set_schedule_callback(callback) -> previous callback or None\n\ncallback(prev, next) is "
     "called before every switch; an exception from it is\nreported as unraisable."},
    {"get_channel_callback", (PyCFunction)module_get_channel_callback, METH_NOARGS,
     "get_channel_callback() -> callback or None"},
    {"get_schedule_callback", (PyCFunction)module_get_schedule_callback, METH_NOARGS,
     "get_schedule_callback() -> callback or None"},
    {"set_error_handler", (PyCFunction)module_set_error_handler, METH_O,
     "set_error_handler(handler) -> previous handler or None\n\nhandler(type, value, traceback) "
     "is called in a tasklet that nobody's except has kept\nfrom ending with an exception; if "
     "it returns, the tasklet ends silently; what it\nraises, or the exception if there is no "
     "handler, goes to run() or the main tasklet."},
    {"set_displaced_callback", (PyCFunction)module_set_displaced_callback, METH_O,
     "set_displaced_callback(callback) -> previous callback or None\n\ncallback(tasklet, value) "
     "is called after an exception was thrown at a tasklet that had\nreceived value and not run "
     "since: its sender believes that it arrived, and nobody\nhas it.  Without a callback a "
     "RuntimeWarning tells of it.  An exception from it is\nreported as unraisable."},
    {0},
};

/* SPDX-License-Identifier: MIT
 *
 * module_callbacks.c - the functions that an application gives the scheduler.
 */
#include "cpython.h"

#include "channel.h"
#include "module.h"
#include "schedule.h"

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
     "set_channel_callback($module, callback, /)\n--\n\n"
     "callback(channel, tasklet, sending, willblock) is called before every channel\n"
     "operation of every thread, on that thread; tasklet is the one that acts, its\n"
     "tempval what it sends; sending and willblock are bools.  It must not use channels\n"
     "or switch (RuntimeError).  What it raises the operation raises, and does nothing.\n"
     "None: no callback.  Returns the one before, or None.  TypeError: not callable."},
    {"set_schedule_callback", (PyCFunction)module_set_schedule_callback, METH_O,
     "set_schedule_callback($module, callback, /)\n--\n\n"
     "callback(prev, next) is called before every switch of every thread, on that thread:\n"
     "two tasklets; getcurrent() is prev.  It must not use channels or switch\n"
     "(RuntimeError).  What it raises is reported as unraisable, and the switch goes on.\n"
     "None: no callback.  Returns the one before, or None.  TypeError: not callable."},
    {"get_channel_callback", (PyCFunction)module_get_channel_callback, METH_NOARGS,
     "get_channel_callback($module, /)\n--\n\nThe callback of set_channel_callback(), or None."},
    {"get_schedule_callback", (PyCFunction)module_get_schedule_callback, METH_NOARGS,
     "get_schedule_callback($module, /)\n--\n\nThe callback of set_schedule_callback(), or None."},
    {"set_error_handler", (PyCFunction)module_set_error_handler, METH_O,
     "set_error_handler($module, handler, /)\n--\n\n"
     "handler(type, value, traceback) is called in a tasklet, not a main one, that ends\n"
     "with an exception; not with TaskletExit, and with SystemExit on the initial thread\n"
     "only.  If it returns, the tasklet ends silently; what it raises, or the\n"
     "exception if there is no handler, is raised by the innermost run() of the thread\n"
     "or in its main tasklet.  For all threads.  None: no handler.  Returns the one\n"
     "before, or None.  TypeError: not callable."},
    {"set_displaced_callback", (PyCFunction)module_set_displaced_callback, METH_O,
     "set_displaced_callback($module, callback, /)\n--\n\n"
     "callback(tasklet, value) is called after an exception was thrown at a tasklet that\n"
     "had received value and not run since: its sender believes that it arrived, and\n"
     "nobody has it.  It is called on the thread that threw.  Without a callback a\n"
     "RuntimeWarning tells of the value.  What it raises is reported as unraisable.\n"
     "None: no callback.  Returns the one before, or None.  TypeError: not callable."},
    {0},
};

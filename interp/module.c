/* SPDX-License-Identifier: MIT
 *
 * module.c - the built-in module stackless.
 */
#define Py_BUILD_CORE 1
#include <Python.h>

#include "module.h"

#include "atomic.h"
#include "channel.h"
#include "gcguard.h"
#include "scheduling.h"
#include "tasklet.h"

/* ---- scheduling ---- */

static PyObject *schedule(PyObject *const *args, Py_ssize_t count, PyObject *kwnames, int remove)
{
    struct slp_thread *thread = slp_thread_here();
    PyObject *retval;

    if (thread == NULL)
        return NULL;
    if (count + (kwnames != NULL ? PyTuple_GET_SIZE(kwnames) : 0) > 1 ||
        (kwnames != NULL && PyTuple_GET_SIZE(kwnames) == 1 &&
         PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(kwnames, 0), "retval") != 0)) {
        PyErr_Format(PyExc_TypeError, "%s() takes at most one argument, retval",
                     remove ? "schedule_remove" : "schedule");
        return NULL;
    }
    int given = count > 0 || (kwnames != NULL && PyTuple_GET_SIZE(kwnames) > 0);
    retval = given ? args[0] : (PyObject *)thread->current;
    return slp_schedule(thread, Py_NewRef(retval), remove);
}

static PyObject *module_schedule(PyObject *self, PyObject *const *args, Py_ssize_t count,
                                 PyObject *kwnames)
{
    (void)self;
    return schedule(args, count, kwnames, 0);
}

static PyObject *module_schedule_remove(PyObject *self, PyObject *const *args, Py_ssize_t count,
                                        PyObject *kwnames)
{
    (void)self;
    return schedule(args, count, kwnames, 1);
}

static PyObject *module_run(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"timeout",        "threadblock",  "soft",
                            "ignore_nesting", "totaltimeout", NULL};
    struct slp_thread *thread = slp_thread_here();
    struct slp_run how = {0};

    (void)self;
    if (thread == NULL || !PyArg_ParseTupleAndKeywords(args, kwargs, "|lpppp:run", names,
                                                       &how.timeout, &how.threadblock, &how.soft,
                                                       &how.ignore_nesting, &how.totaltimeout))
        return NULL;
    return slp_schedule_run(thread, &how);
}

static PyObject *module_switch_trap(PyObject *self, PyObject *change)
{
    struct slp_thread *thread = slp_thread_here();

    (void)self;
    if (thread == NULL)
        return NULL;
    int old = thread->switch_trap;
    long by = PyLong_AsLong(change);
    if (by == -1 && PyErr_Occurred())
        return NULL;
    thread->switch_trap += (int)by;
    return PyLong_FromLong(old);
}

/* ---- the end of the interpreter ---- */

static PyObject *module_at_exit(PyObject *self, PyObject *unused)
{
    (void)self, (void)unused;
    slp_thread_kill_all();
    Py_RETURN_NONE;
}

/* Tasklets that still stand in the middle of something get a TaskletExit while
 * the interpreter is whole. */
static int register_at_exit(PyObject *module)
{
    PyObject *atexit = PyImport_ImportModule("atexit");
    PyObject *function = atexit ? PyObject_GetAttrString(module, "_at_exit") : NULL;
    PyObject *result = function ? PyObject_CallMethod(atexit, "register", "O", function) : NULL;

    Py_XDECREF(function);
    Py_XDECREF(atexit);
    Py_XDECREF(result);
    return result == NULL ? -1 : 0;
}

/* ---- the module ---- */

#define FAST(function) (PyCFunction)(void (*)(void))(function), METH_FASTCALL | METH_KEYWORDS
#define KEYWORDS(function) (PyCFunction)(void (*)(void))(function), METH_VARARGS | METH_KEYWORDS

static PyMethodDef module_methods[] = {
    {"schedule", FAST(module_schedule),
     "schedule(retval=<the current tasklet>) -> retval\n\nLets the next runnable tasklet run; "
     "the caller goes to the end of the ring."},
    {"schedule_remove", FAST(module_schedule_remove),
     "schedule_remove(retval=<the current tasklet>) -> retval\n\nThe same, but the caller leaves "
     "the ring: paused, until somebody insert()s it."},
    {"run", KEYWORDS(module_run),
     "run(timeout=0, threadblock=False, soft=False, ignore_nesting=False, totaltimeout=False)\n"
     "    -> None or tasklet\n\n"
     "Runs the other tasklets of this thread until none is runnable; with threadblock\n"
     "it waits for other threads then.  An exception that nobody catches in a tasklet\n"
     "is raised here.\n\n"
     "timeout: a tasklet that has run for so many instructions since the last switch\n"
     "(totaltimeout: since run() began) is interrupted, taken out of the ring, and\n"
     "returned; soft: run() returns None when it would have switched by itself.  The\n"
     "count is taken at loops and calls and is the same in every run.  Inside a call\n"
     "from C nobody is interrupted, unless ignore_nesting is given.  Only the outermost\n"
     "run() with a timeout has one."},
    {"switch_trap", (PyCFunction)module_switch_trap, METH_O,
     "switch_trap(change) -> int\n\nAdds to this thread's trap; while it is above 0 any switch "
     "raises RuntimeError.\nReturns what it was."},
    {"_at_exit", (PyCFunction)module_at_exit, METH_NOARGS, NULL},
    {0},
};

static struct PyModuleDef module_def = {
    PyModuleDef_HEAD_INIT,
    .m_name = "stackless",
    .m_doc = "Tasklets and channels: many calls in progress on one thread, switched in C.",
    .m_size = -1,
    .m_methods = module_methods,
};

static int add_types(PyObject *module)
{
    if (PyType_Ready(&slp_bomb_type) < 0 || PyModule_AddType(module, &slp_tasklet_type) < 0 ||
        PyModule_AddType(module, &slp_channel_type) < 0)
        return -1;
    if (slp_tasklet_exit == NULL)
        slp_tasklet_exit = PyErr_NewExceptionWithDoc(
            "stackless.TaskletExit", "Ends a tasklet silently.", PyExc_SystemExit, NULL);
    if (slp_tasklet_exit == NULL)
        return -1;
    /* Programs written for Stackless know it as a built-in. */
    PyObject *builtins = PyEval_GetBuiltins();
    if (builtins != NULL && PyDict_SetItemString(builtins, "TaskletExit", slp_tasklet_exit) < 0)
        return -1;
    return PyModule_AddObjectRef(module, "TaskletExit", slp_tasklet_exit);
}

PyObject *slp_module_init(void)
{
    PyObject *module = PyModule_Create(&module_def);

    if (module == NULL)
        return NULL;
    if (PyModule_AddFunctions(module, slp_module_callback_methods) < 0 ||
        PyModule_AddFunctions(module, slp_module_spill_methods) < 0 ||
        PyModule_AddFunctions(module, slp_module_info_methods) < 0 ||
        slp_module_add_attributes(module) < 0 || add_types(module) < 0 ||
        slp_atomic_add_type(module) < 0 || register_at_exit(module) < 0) {
        Py_DECREF(module);
        return NULL;
    }
    return module;
}

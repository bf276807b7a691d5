/* SPDX-License-Identifier: MIT
 *
 * module.c - the built-in module stackless.
 */
#include "cpython.h"

#include "module.h"

#include "atomic.h"
#include "channel.h"
#include "gcguard.h"
#include "schedule.h"
#include "tasklet.h"
#include "value_watch.h"

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
 * the interpreter is whole: atexit comes before modules are taken apart. */
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

/* The text in front of "--" becomes __text_signature__; retval=... stands for a
 * default that cannot be written. */
static PyMethodDef module_methods[] = {
    {"schedule", FAST(module_schedule),
     "schedule($module, /, retval=...)\n--\n\n"
     "Lets the next runnable tasklet of this thread run; the caller goes to the end of\n"
     "the ring.  Returns retval, by default the calling tasklet, unless somebody sets\n"
     "its tempval meanwhile.  Alone in the ring it returns at once.\n\n"
     "RuntimeError: no switch may happen here.  Raises what is thrown at the caller."},
    {"schedule_remove", FAST(module_schedule_remove),
     "schedule_remove($module, /, retval=...)\n--\n\n"
     "As schedule(), but the caller leaves the ring: it is paused until somebody\n"
     "insert()s, run()s or throws at it.\n\n"
     "RuntimeError: no switch may happen here, or a deadlock: nothing else could run,\n"
     "on any thread.  Then the caller stays in the ring."},
    {"run", KEYWORDS(module_run),
     "run($module, /, timeout=0, threadblock=False, soft=False,\n"
     "    ignore_nesting=False, totaltimeout=False)\n--\n\n"
     "Runs the other tasklets of this thread until none is runnable and returns None;\n"
     "with threadblock it waits then for what other threads make runnable.  The caller\n"
     "is in no ring meanwhile; main may call it, and any other tasklet.\n\n"
     "timeout: instructions, 0 for no limit.  A tasklet that has run for so many since\n"
     "the last switch (totaltimeout: since run() began) is interrupted, taken out of\n"
     "the ring and returned; insert() lets it go on.  soft: nobody is interrupted;\n"
     "run() returns None at the next switch that a tasklet makes by itself.  The count\n"
     "is taken at loops and calls, 10 instructions a check, and is the same in every\n"
     "run.  Who is atomic or, without ignore_nesting, inside a call from C is\n"
     "interrupted later.  Only the outermost run() with a timeout has one.\n\n"
     "Raises what no tasklet caught.  RuntimeError: no switch may happen here, or with\n"
     "threadblock a deadlock on a thread other than the initial one."},
    {"switch_trap", (PyCFunction)module_switch_trap, METH_O,
     "switch_trap($module, change, /)\n--\n\n"
     "Adds change to this thread's trap and returns what it was: an int.  While the\n"
     "trap is above 0 every switch on this thread raises RuntimeError, and a timeout\n"
     "waits.  OverflowError, TypeError: change is no small int."},
    {"_at_exit", (PyCFunction)module_at_exit, METH_NOARGS,
     "_at_exit($module, /)\n--\n\n"
     "For atexit: ends the tasklets of this thread, and threads that wait in a switch."},
    {0},
};

static struct PyModuleDef module_def = {
    PyModuleDef_HEAD_INIT,
    .m_name = "stackless",
    .m_doc = "Tasklets and channels: many calls in progress on one thread, switched in C.\n\n"
             "Each thread has a ring of runnable tasklets; the first is the one that runs, the\n"
             "thread's own call is its main tasklet.  Functions and attributes are about the\n"
             "calling thread unless they say otherwise.  Tasklets and channels may be used on\n"
             "every thread; a tasklet runs on its home only (thread_id).\n\n"
             "No switch may happen, and RuntimeError is raised, while switch_trap() is above 0,\n"
             "in a channel or schedule callback, in a signal handler that runs while the thread\n"
             "waits, in a garbage collection, in a greenlet, and on a C stack that is not the\n"
             "thread's own.  A step that cannot be done is undone.",
    .m_size = -1,
    .m_methods = module_methods,
};

static int add_types(PyObject *module)
{
    if (PyModule_AddType(module, &slp_tasklet_type) < 0 ||
        PyModule_AddType(module, &slp_channel_type) < 0 ||
        PyModule_AddType(module, &slp_bomb_type) < 0)
        return -1;
    if (slp_tasklet_exit == NULL)
        slp_tasklet_exit = PyErr_NewExceptionWithDoc(
            "stackless.TaskletExit",
            "Ends a tasklet silently; kill() raises it.  A main tasklet does not keep it back.",
            PyExc_SystemExit, NULL);
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
    if (slp_value_watch_init() < 0 ||
        PyModule_AddFunctions(module, slp_module_callback_methods) < 0 ||
        PyModule_AddFunctions(module, slp_module_spill_methods) < 0 ||
        PyModule_AddFunctions(module, slp_module_frames_methods) < 0 ||
        PyModule_AddFunctions(module, slp_module_info_methods) < 0 ||
        slp_module_info_add_attributes(module) < 0 || add_types(module) < 0 ||
        slp_atomic_add_type(module) < 0 || register_at_exit(module) < 0) {
        Py_DECREF(module);
        return NULL;
    }
    return module;
}

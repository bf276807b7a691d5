/* SPDX-License-Identifier: MIT
 *
 * module_info.c - what the scheduler is doing: functions, and the module's attributes.
 */
#include "cpython.h"

#include "module.h"
#include "tasklet.h"
#include "thread.h"

static PyObject *module_getcurrent(PyObject *self, PyObject *unused)
{
    struct slp_thread *thread = slp_thread_here();

    (void)self, (void)unused;
    return thread == NULL ? NULL : Py_NewRef((PyObject *)thread->current);
}

static PyObject *module_getcurrentid(PyObject *self, PyObject *unused)
{
    struct slp_thread *thread = slp_thread_here();

    (void)self, (void)unused;
    return thread == NULL ? NULL : PyLong_FromVoidPtr(thread->current);
}

static PyObject *module_getmain(PyObject *self, PyObject *unused)
{
    struct slp_thread *thread = slp_thread_here();

    (void)self, (void)unused;
    return thread == NULL ? NULL : Py_NewRef((PyObject *)thread->main);
}

static PyObject *module_getruncount(PyObject *self, PyObject *unused)
{
    struct slp_thread *thread = slp_thread_here();

    (void)self, (void)unused;
    return thread == NULL ? NULL : PyLong_FromLong(thread->runcount);
}

/* The list of threads has the newest first. */
static PyObject *module_getthreads(PyObject *self, PyObject *unused)
{
    struct slp_thread *thread = slp_thread_here();
    PyObject *list = thread == NULL ? NULL : PyList_New(0);

    (void)self, (void)unused;
    if (list == NULL)
        return NULL;
    for (thread = slp_thread_first(); thread != NULL; thread = thread->next) {
        PyObject *ident = PyLong_FromUnsignedLong(thread->ident);
        int failed = ident == NULL || PyList_Append(list, ident) < 0;
        Py_XDECREF(ident);
        if (failed) {
            Py_DECREF(list);
            return NULL;
        }
    }
    if (PyList_Reverse(list) < 0)
        Py_CLEAR(list);
    return list;
}

static PyObject *module_get_thread_info(PyObject *self, PyObject *args)
{
    struct slp_thread *thread = slp_thread_here();
    PyObject *ident = NULL;

    (void)self;
    if (thread == NULL || !PyArg_ParseTuple(args, "|O!:get_thread_info", &PyLong_Type, &ident))
        return NULL;
    if (ident != NULL && (thread = slp_thread_of_ident(ident, PyExc_RuntimeError)) == NULL)
        return NULL;
    PyObject *current = thread->current != NULL ? (PyObject *)thread->current : Py_None;
    return Py_BuildValue("(OOi)", thread->main, current, thread->runcount);
}

static PyObject *module_getdebug(PyObject *self, PyObject *unused)
{
    (void)self, (void)unused;
#ifdef Py_DEBUG
    Py_RETURN_TRUE;
#else
    Py_RETURN_FALSE;
#endif
}

static PyObject *module_getuncollectables(PyObject *self, PyObject *unused)
{
    (void)self, (void)unused;
    return PyList_New(0);
}

static PyObject *module_enable_softswitch(PyObject *self, PyObject *flag)
{
    int on = flag == Py_None ? 0 : PyObject_IsTrue(flag);

    (void)self;
    if (on < 0)
        return NULL;
    Py_RETURN_FALSE;
}

PyMethodDef slp_module_info_methods[] = {
    {"getcurrent", (PyCFunction)module_getcurrent, METH_NOARGS,
     "getcurrent($module, /)\n--\n\nThe tasklet that runs on this thread."},
    {"getcurrentid", (PyCFunction)module_getcurrentid, METH_NOARGS,
     "getcurrentid($module, /)\n--\n\nid(getcurrent()): an int."},
    {"getmain", (PyCFunction)module_getmain, METH_NOARGS,
     "getmain($module, /)\n--\n\nThe main tasklet of this thread: one object until the thread "
     "ends."},
    {"getruncount", (PyCFunction)module_getruncount, METH_NOARGS,
     "getruncount($module, /)\n--\n\nHow many tasklets are runnable on this thread, the caller "
     "included: an int."},
    {"getthreads", (PyCFunction)module_getthreads, METH_NOARGS,
     "getthreads($module, /)\n--\n\nThe threads that have used tasklets and have not ended, as "
     "threading.get_ident():\na list of int, the oldest first."},
    {"get_thread_info", (PyCFunction)module_get_thread_info, METH_VARARGS,
     "get_thread_info($module, thread_id=..., /)\n--\n\n"
     "A tuple (main, current, runcount) of that thread, by threading.get_ident(); of this\n"
     "one by default.  Two tasklets (current is None while it ends), and how many are\n"
     "runnable there.  RuntimeError: there is no such thread."},
    {"getdebug", (PyCFunction)module_getdebug, METH_NOARGS,
     "getdebug($module, /)\n--\n\nWhether this is a debug build of Python: a bool."},
    {"getuncollectables", (PyCFunction)module_getuncollectables, METH_NOARGS,
     "getuncollectables($module, /)\n--\n\n"
     "An empty list: no tasklet keeps others from being collected."},
    {"enable_softswitch", (PyCFunction)module_enable_softswitch, METH_O,
     "enable_softswitch($module, flag, /)\n--\n\n"
     "False: there is no soft switching, every switch moves the C stack.  The flag\n"
     "changes nothing."},
    {0},
};

/* ---- attributes ---- */

#define ATTRIBUTE(name, function) \
    static PyObject *get_##name(PyObject *module, void *unused) \
    { \
        (void)unused; \
        return function(module, NULL); \
    }

ATTRIBUTE(current, module_getcurrent)
ATTRIBUTE(main, module_getmain)
ATTRIBUTE(runcount, module_getruncount)
ATTRIBUTE(threads, module_getthreads)
ATTRIBUTE(debug, module_getdebug)
ATTRIBUTE(uncollectables, module_getuncollectables)

static PyGetSetDef attributes[] = {
    {"current", get_current, NULL, "The tasklet that runs on this thread, as getcurrent().", NULL},
    {"main", get_main, NULL, "This thread's main tasklet, as getmain().", NULL},
    {"runcount", get_runcount, NULL,
     "How many tasklets are runnable on this thread, as getruncount().", NULL},
    {"threads", get_threads, NULL, "The threads that have used tasklets, as getthreads().", NULL},
    {"debug", get_debug, NULL, "Whether this is a debug build of Python, as getdebug().", NULL},
    {"uncollectables", get_uncollectables, NULL, "An empty list, as getuncollectables().", NULL},
    {0},
};

/* dir() of a module is of its dict alone. */
static PyObject *module_dir(PyObject *module, PyObject *unused)
{
    PyObject *names = PyDict_Keys(PyModule_GetDict(module));

    (void)unused;
    for (const PyGetSetDef *attribute = attributes; names != NULL && attribute->name; attribute++) {
        PyObject *name = PyUnicode_FromString(attribute->name);
        if (name == NULL || PyList_Append(names, name) < 0)
            Py_CLEAR(names);
        Py_XDECREF(name);
    }
    return names;
}

static PyMethodDef module_type_methods[] = {
    {"__dir__", (PyCFunction)module_dir, METH_NOARGS,
     "__dir__($self, /)\n--\n\nAll names, those that are looked up each time, too."},
    {0},
};

static PyTypeObject module_type = {
    .ob_base = {PyObject_HEAD_INIT(NULL) 0},
    .tp_name = "stackless.module",
    .tp_doc = "The type of the module: it has attributes that are looked up each time.",
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_getset = attributes,
    .tp_methods = module_type_methods,
};

int slp_module_info_add_attributes(PyObject *module)
{
    module_type.tp_base = &PyModule_Type;
    if (PyType_Ready(&module_type) < 0)
        return -1;
    return PyObject_SetAttrString(module, "__class__", (PyObject *)&module_type);
}

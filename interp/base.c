/* SPDX-License-Identifier: MIT */
#include "cpython.h"

#include "base.h"

/* Whose outermost chunk was marked last on this OS thread: PyThreadState.id. */
static __thread uint64_t claimed;

/* The greenlet module: borrowed, or NULL, without an exception if it is not in
 * this process.  It is not imported for this, and not waited for where somebody
 * is importing it: no Python code runs here. */
static PyObject *greenlet_module(const PyInterpreterState *interp)
{
    static PyObject *name;

    if (name == NULL && (name = PyUnicode_InternFromString("greenlet")) == NULL)
        return NULL;
    PyObject *modules = slp_cpython_modules(interp);
    return modules != NULL ? PyDict_GetItemWithError(modules, name) : NULL;
}

/* Asked at each spill by segment, so it must cost nothing: nobody can import a module
 * without changing sys.modules, and a dict that was changed has another version. */
int slp_base_greenlets(const PyInterpreterState *interp)
{
    static int found;
    static uint64_t seen; /* the version of sys.modules in which there was none */

    PyObject *modules = slp_cpython_modules(interp);

    if (found || modules == NULL)
        return found;
    uint64_t version = slp_cpython_dict_version(modules);
    if (version == seen)
        return 0;
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    found = greenlet_module(interp) != NULL;
    PyErr_Restore(type, value, traceback);
    seen = version;
    return found;
}

/* The running greenlet's parent; NULL without an exception where there are none. */
static PyObject *parent_of_greenlet(const PyInterpreterState *interp)
{
    PyObject *module = greenlet_module(interp);

    if (module == NULL)
        return NULL;
    Py_INCREF(module);
    PyObject *greenlet = PyObject_CallMethod(module, "getcurrent", NULL);
    PyObject *parent = greenlet != NULL ? PyObject_GetAttrString(greenlet, "parent") : NULL;
    Py_XDECREF(greenlet);
    Py_DECREF(module);
    /* Somebody has only begun to import it. */
    if (PyErr_Occurred() && PyErr_ExceptionMatches(PyExc_AttributeError))
        PyErr_Clear();
    return parent;
}

/* Whether some greenlet runs that is not its thread's main one; that has no parent. */
static int in_greenlet(const PyInterpreterState *interp)
{
    PyObject *type, *value, *traceback;

    PyErr_Fetch(&type, &value, &traceback);
    PyObject *parent = parent_of_greenlet(interp);
    int inside = parent != NULL ? parent != Py_None : PyErr_Occurred() != NULL;
    Py_XDECREF(parent);
    PyErr_Restore(type, value, traceback);
    return inside;
}

/* C code may come here before it has evaluated a single frame.  There is nothing to mark
 * then, and what the loop made later would have no mark. */
static int has_chunk(PyThreadState *tstate)
{
    if (slp_cpython_chunk_of(tstate) != NULL)
        return 1;
    return slp_datastack_begin_for_interpreter(tstate) == 0;
}

/* Marks the data stack that is in use as the running thread's own.  Once for each thread
 * state: a second data stack without a mark is somebody else's, a greenlet's. */
static int claim_datastack(PyThreadState *tstate)
{
    if (slp_cpython_id(tstate) == claimed || in_greenlet(slp_cpython_interp(tstate)) ||
        !has_chunk(tstate))
        return -1;
    slp_datastack_mark_home(slp_cpython_chunk_of(tstate));
    claimed = slp_cpython_id(tstate);
    return 0;
}

const char *slp_base_refuse(PyThreadState *tstate, const char *here)
{
    if (!slp_cstack_is_ours(here) && slp_base_find(here) < 0)
        return "cannot switch: this C stack was not made by the interpreter";
    if (!slp_datastack_is_home(slp_cpython_chunk_of(tstate)) && claim_datastack(tstate) < 0)
        return "cannot switch: a greenlet runs that is not the main one of its thread";
    return NULL;
}

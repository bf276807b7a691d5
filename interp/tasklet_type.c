/* SPDX-License-Identifier: MIT */
#define Py_BUILD_CORE 1
#include <Python.h>

#include "tasklet_type.h"

#include "atomic.h"
#include "faults.h"
#include "gcguard.h"
#include "look.h"
#include "scheduling.h"
#include "tasklet.h"

/* ---- making, binding ---- */

PyObject *slp_tasklet_type_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    struct slp_thread *thread = slp_thread_here();

    (void)args, (void)kwargs;
    if (thread == NULL || slp_gcguard_install() < 0)
        return NULL;
    return (PyObject *)slp_tasklet_new(type, thread, NULL);
}

/* May it get another function, or other arguments? */
static int require_idle(slp_tasklet *t)
{
    const char *why = NULL;

    if (t == t->thread->current)
        why = "the current tasklet is alive and cannot be bound again";
    else if (t->scheduled || t->direction != 0)
        why = "the tasklet is alive and scheduled, it cannot be bound again";
    else if (t->lost || (t->started && !t->ended))
        why = "the tasklet is alive: the tasklet has C state on its stack";
    if (why == NULL)
        return 0;
    PyErr_SetString(PyExc_RuntimeError, why);
    return -1;
}

static int bind_func(slp_tasklet *t, PyObject *func)
{
    if (func != Py_None && !PyCallable_Check(func)) {
        PyErr_SetString(PyExc_TypeError, "a tasklet's function must be callable");
        return -1;
    }
    if (require_idle(t) < 0)
        return -1;
    if (func != Py_None)
        Py_XSETREF(t->func, Py_NewRef(func));
    return 0;
}

/* bind(None): it is as if it had never been bound. */
static int unbind(slp_tasklet *t)
{
    if (require_idle(t) < 0)
        return -1;
    t->ready = 0;
    slp_tasklet_forget(t);
    return 0;
}

/* Gives it its arguments; from then on it is alive.  The context it will run in
 * is a copy of the one it is set up in, as a task's. */
static int set_up(slp_tasklet *t, PyObject *args, PyObject *kwargs)
{
    if (require_idle(t) < 0)
        return -1;
    if (t->func == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "the tasklet is unbound; bind a function first");
        return -1;
    }
    if (t->thread->tstate == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "the tasklet has no thread: it has ended");
        return -1;
    }
    PyObject *context = PyThreadState_Get()->context != NULL ? PyContext_CopyCurrent() : NULL;
    if (PyErr_Occurred())
        return -1;
    PyObject *old_args = t->args, *old_kwargs = t->kwargs, *old_context = t->context;
    t->args = Py_NewRef(args);
    t->kwargs = Py_XNewRef(kwargs);
    t->context = context;
    t->ready = 1;
    t->started = t->ended = t->kills = 0;
    slp_look_reset_hooks(t);
    Py_XDECREF(old_args); /* Python code may run, and even run t */
    Py_XDECREF(old_kwargs);
    Py_XDECREF(old_context);
    return 0;
}

/* Optional args and kwargs, as bind() and the constructor take them. */
static int set_up_optional(slp_tasklet *t, PyObject *args, PyObject *kwargs)
{
    int failed;

    if (args == Py_None && kwargs == Py_None)
        return 0;
    args = args == Py_None ? PyTuple_New(0) : PySequence_Tuple(args);
    if (args == NULL)
        return -1;
    if (kwargs != Py_None && !PyDict_Check(kwargs)) {
        PyErr_SetString(PyExc_TypeError, "a tasklet's keyword arguments must be a dict");
        failed = -1;
    } else {
        failed = set_up(t, args, kwargs == Py_None ? NULL : kwargs);
    }
    Py_DECREF(args);
    return failed;
}

static char *bind_names[] = {"func", "args", "kwargs", NULL};

int slp_tasklet_type_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    slp_tasklet *t = (slp_tasklet *)self;
    PyObject *func = Py_None, *a = Py_None, *k = Py_None;

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|OOO:tasklet", bind_names, &func, &a, &k))
        return -1;
    return bind_func(t, func) < 0 ? -1 : set_up_optional(t, a, k);
}

static PyObject *tasklet_bind(PyObject *self, PyObject *args, PyObject *kwargs)
{
    slp_tasklet *t = (slp_tasklet *)self;
    PyObject *func = Py_None, *a = Py_None, *k = Py_None;

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|OOO:bind", bind_names, &func, &a, &k))
        return NULL;
    int failed = func == Py_None && a == Py_None && k == Py_None
                     ? unbind(t)
                     : bind_func(t, func) < 0 || set_up_optional(t, a, k) < 0;
    if (failed)
        return NULL;
    return Py_NewRef(self);
}

PyObject *slp_tasklet_type_call(PyObject *self, PyObject *args, PyObject *kwargs)
{
    slp_tasklet *t = (slp_tasklet *)self;

    if (set_up(t, args, kwargs) < 0)
        return NULL;
    if (t->ready && !t->started && !t->scheduled)
        slp_schedule_insert(t);
    return Py_NewRef(self);
}

/* ---- running ---- */

static int require_runnable(slp_tasklet *t)
{
    const char *why = NULL;

    if (t->direction != 0)
        why = "the tasklet is blocked on a channel";
    else if (!slp_tasklet_alive(t))
        why = "the tasklet is dead or unbound; bind it and set it up first";
    else if (t->thread->tstate == NULL)
        why = "the tasklet has no thread: it has ended";
    if (why == NULL)
        return 0;
    PyErr_SetString(PyExc_RuntimeError, why);
    return -1;
}

static PyObject *tasklet_insert(slp_tasklet *t, PyObject *unused)
{
    (void)unused;
    if (require_runnable(t) < 0)
        return NULL;
    if (SLP_FAULT(DOUBLE_SCHEDULE) && t->scheduled)
        t->next = NULL, t->scheduled = 0; /* it is linked in a second time */
    if (!t->scheduled)
        slp_schedule_insert(t);
    Py_RETURN_NONE;
}

static PyObject *tasklet_run(slp_tasklet *t, PyObject *unused)
{
    struct slp_thread *here = slp_thread_here();

    (void)unused;
    if (here == NULL || require_runnable(t) < 0)
        return NULL;
    if (t->thread != here) {
        slp_schedule_run_next(t);
        Py_RETURN_NONE;
    }
    if (slp_schedule_may_switch(here) < 0 || slp_schedule_reserve(here) < 0)
        return NULL;
    if (!t->scheduled)
        slp_schedule_insert(t);
    if (slp_schedule_run_now(here, t) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *tasklet_switch(slp_tasklet *t, PyObject *unused)
{
    struct slp_thread *here = slp_thread_here();

    (void)unused;
    if (here == NULL)
        return NULL;
    if (t == here->current)
        Py_RETURN_NONE;
    if (require_runnable(t) < 0)
        return NULL;
    if (t->thread != here) {
        PyErr_SetString(PyExc_RuntimeError, "the tasklet belongs to a different thread");
        return NULL;
    }
    return slp_schedule_switch(here, t);
}

static PyObject *tasklet_remove(slp_tasklet *t, PyObject *unused)
{
    (void)unused;
    if (t->direction != 0) {
        PyErr_SetString(PyExc_RuntimeError, "a blocked tasklet cannot be removed");
        return NULL;
    }
    if (t == t->thread->current) {
        PyErr_SetString(PyExc_RuntimeError,
                        "the current tasklet cannot be removed; use schedule_remove()");
        return NULL;
    }
    if (t->scheduled) {
        slp_ring_remove(t);
        Py_DECREF(t); /* the caller has a reference of its own */
    }
    Py_RETURN_NONE;
}

/* ---- exceptions ---- */

static PyObject *tasklet_throw(slp_tasklet *t, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"exc", "val", "tb", "pending", NULL};
    PyObject *type, *value = NULL, *traceback = NULL;
    int pending = 0;

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|OOp:throw", names, &type, &value, &traceback,
                                     &pending))
        return NULL;
    PyObject *bomb = slp_bomb_throw(type, value, traceback);
    if (bomb == NULL || slp_tasklet_throw(t, bomb, pending) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *tasklet_raise_exception(slp_tasklet *t, PyObject *args)
{
    if (PyTuple_GET_SIZE(args) < 1) {
        PyErr_SetString(PyExc_TypeError, "raise_exception() needs an exception class");
        return NULL;
    }
    PyObject *rest = PyTuple_GetSlice(args, 1, PyTuple_GET_SIZE(args));
    PyObject *bomb = rest == NULL ? NULL : slp_bomb_new(PyTuple_GET_ITEM(args, 0), rest);
    Py_XDECREF(rest);
    if (bomb == NULL || slp_tasklet_throw(t, bomb, 0) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *tasklet_kill(slp_tasklet *t, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"pending", NULL};
    int pending = 0;

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|p:kill", names, &pending) ||
        slp_tasklet_kill(t, pending) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *tasklet_set_atomic(slp_tasklet *t, PyObject *value)
{
    int on = PyObject_IsTrue(value);

    if (on < 0)
        return NULL;
    return PyBool_FromLong(slp_atomic_set(t, on));
}

static PyObject *tasklet_set_ignore_nesting(slp_tasklet *t, PyObject *value)
{
    int on = PyObject_IsTrue(value), old = t->ignore_nesting;

    if (on < 0)
        return NULL;
    t->ignore_nesting = on != 0;
    return PyBool_FromLong(old);
}

/* ---- moving to another thread ---- */

static struct slp_thread *thread_of_ident(PyObject *ident)
{
    unsigned long wanted = PyLong_AsUnsignedLong(ident);

    if (wanted == (unsigned long)-1 && PyErr_Occurred())
        return NULL;
    struct slp_thread *thread = slp_thread_of_ident(wanted);
    if (thread == NULL)
        PyErr_Format(PyExc_ValueError, "no thread %lu that has used tasklets", wanted);
    return thread;
}

static PyObject *tasklet_bind_thread(slp_tasklet *t, PyObject *args)
{
    struct slp_thread *thread = slp_thread_here();
    const char *why = NULL;
    PyObject *ident = NULL;

    if (thread == NULL || !PyArg_ParseTuple(args, "|O!:bind_thread", &PyLong_Type, &ident))
        return NULL;
    if (ident != NULL && (thread = thread_of_ident(ident)) == NULL)
        return NULL;
    if (t->is_main)
        why = "a main tasklet belongs to its thread";
    else if (t->scheduled)
        why = "a runnable tasklet cannot be bound to another thread; remove() it first";
    else if (t->lost || (t->started && !t->ended))
        why = "the tasklet has C state on its stack";
    if (why != NULL) {
        PyErr_SetString(PyExc_RuntimeError, why);
        return NULL;
    }
    slp_tasklet_move(t, thread);
    Py_RETURN_NONE;
}

/* ---- context ---- */

static PyObject *tasklet_context_run(slp_tasklet *t, PyObject *args, PyObject *kwargs)
{
    if (PyTuple_GET_SIZE(args) < 1) {
        PyErr_SetString(PyExc_TypeError, "context_run() needs a callable");
        return NULL;
    }
    PyObject *rest = PyTuple_GetSlice(args, 1, PyTuple_GET_SIZE(args));
    if (rest == NULL)
        return NULL;
    PyObject *result = slp_look_context_run(t, PyTuple_GET_ITEM(args, 0), rest, kwargs);
    Py_DECREF(rest);
    return result;
}

static PyObject *tasklet_set_context(slp_tasklet *t, PyObject *context)
{
    return slp_look_set_context(t, context) < 0 ? NULL : Py_NewRef((PyObject *)t);
}

static PyObject *tasklet_reduce(slp_tasklet *t, PyObject *unused)
{
    (void)unused;
    PyErr_Format(PyExc_TypeError, "cannot pickle '%s': its C stack stays in this process",
                 Py_TYPE(t)->tp_name);
    return NULL;
}

static PyObject *tasklet_setup(PyObject *self, PyObject *args, PyObject *kwargs)
{
    return slp_tasklet_type_call(self, args, kwargs);
}

#define KEYWORDS(function) (PyCFunction)(void (*)(void))(function), METH_VARARGS | METH_KEYWORDS

PyMethodDef slp_tasklet_methods[] = {
    {"bind", KEYWORDS(tasklet_bind),
     "bind(func=None, args=None, kwargs=None) -> self\n\nGives it a function; with arguments it "
     "is set up too, but not made runnable.\nbind(None) unbinds it.  RuntimeError: it is current, "
     "scheduled, or has a C stack."},
    {"setup", KEYWORDS(tasklet_setup),
     "setup(*args, **kwargs) -> self\n\nGives it its arguments and makes it runnable, as calling "
     "it does."},
    {"insert", (PyCFunction)tasklet_insert, METH_NOARGS,
     "insert() -> None\n\nMakes it runnable, at the end of its thread's ring."},
    {"run", (PyCFunction)tasklet_run, METH_NOARGS,
     "run() -> None\n\nRuns it now, the caller right after it; on another thread: makes it "
     "the next one there."},
    {"remove", (PyCFunction)tasklet_remove, METH_NOARGS,
     "remove() -> None\n\nTakes it out of its ring: paused."},
    {"throw", KEYWORDS(tasklet_throw),
     "throw(exc, val=None, tb=None, pending=False) -> None\n\nRaises exc in it, now or when it "
     "is run next."},
    {"raise_exception", (PyCFunction)tasklet_raise_exception, METH_VARARGS,
     "raise_exception(type, *args) -> None\n\nRaises type(*args) in it, now."},
    {"kill", KEYWORDS(tasklet_kill), "kill(pending=False) -> None\n\nRaises TaskletExit in it."},
    {"set_atomic", (PyCFunction)tasklet_set_atomic, METH_O,
     "set_atomic(flag) -> bool\n\nSets atomic; returns what it was."},
    {"set_ignore_nesting", (PyCFunction)tasklet_set_ignore_nesting, METH_O,
     "set_ignore_nesting(flag) -> bool\n\nSets ignore_nesting; returns what it was."},
    {"switch", (PyCFunction)tasklet_switch, METH_NOARGS,
     "switch() -> None\n\nRuns it now and pauses the caller, which leaves the ring.\n"
     "RuntimeError: it is not runnable, or of another thread."},
    {"bind_thread", (PyCFunction)tasklet_bind_thread, METH_VARARGS,
     "bind_thread(thread_id=<this thread>) -> None\n\nGives it another home, by "
     "threading.get_ident().\nRuntimeError: it is runnable, or has a C stack; ValueError: no "
     "such thread."},
    {"context_run", KEYWORDS(tasklet_context_run),
     "context_run(callable, *args, **kwargs) -> what callable returns\n\nCalls it in this "
     "tasklet's contextvars context."},
    {"set_context", (PyCFunction)tasklet_set_context, METH_O,
     "set_context(context) -> self\n\nGives it another contextvars.Context.  RuntimeError: it "
     "runs, or has ended."},
    {"__reduce__", (PyCFunction)tasklet_reduce, METH_NOARGS,
     "TypeError: a tasklet cannot be pickled."},
    {0},
};

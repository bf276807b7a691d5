/* SPDX-License-Identifier: MIT */
#include "cpython.h"

#include "tasklet_type.h"

#include "atomic.h"
#include "contract/faults.h"
#include "gcguard.h"
#include "mailbox.h"
#include "tasklet_introspect.h"
#include "ring.h"
#include "schedule.h"
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

/* Of what is lost, nothing else is worth saying. */
static const char has_no_thread[] = "the tasklet has no thread: it has ended";
/* But that it still has the stack of that thread, which nobody can unwind. */
static const char is_stranded[] =
    "the tasklet has no thread: it has ended; the tasklet has C state on its stack";

/* May it get another function, or other arguments? */
static int require_idle(slp_tasklet *t)
{
    const char *why = NULL;

    if (t == t->thread->current)
        why = "the current tasklet is alive and cannot be bound again";
    else if (t->scheduled || t->direction != 0)
        why = "the tasklet is alive and scheduled, it cannot be bound again";
    else if (t->lost)
        why = is_stranded;
    else if (t->started && !t->ended && !SLP_FAULT(BIND_IGNORES_STACK))
        why = "the tasklet is alive: the tasklet has C state on its stack";
    if (why == NULL)
        return 0;
    PyErr_SetString(PyExc_RuntimeError, why);
    return -1;
}

static int check_callable(PyObject *func)
{
    if (func == Py_None || PyCallable_Check(func))
        return 0;
    PyErr_SetString(PyExc_TypeError, "a tasklet's function must be callable");
    return -1;
}

/* As if it had just been made, with that function; None: with none. */
static int bind_func(slp_tasklet *t, PyObject *func)
{
    if (check_callable(func) < 0 || require_idle(t) < 0)
        return -1;
    if (t->ready) {
        t->ready = 0;
        slp_tasklet_forget(t);
    }
    Py_XSETREF(t->func,
               func != Py_None ? Py_NewRef(func) : NULL); /* what was dropped may bind it */
    return 0;
}

/* Gives it its arguments, and a function unless that is NULL; from then on it is alive.  The
 * context it will run in is a copy of the one it is set up in, as a task's. */
static int set_up(slp_tasklet *t, PyObject *func, PyObject *args, PyObject *kwargs)
{
    if (require_idle(t) < 0)
        return -1;
    if (func == NULL && t->func == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "the tasklet is unbound; bind a function first");
        return -1;
    }
    if (t->thread->tstate == NULL) {
        PyErr_SetString(PyExc_RuntimeError, has_no_thread);
        return -1;
    }
    if (SLP_FAULT(SETUP_MOVES_HOME) && slp_thread_here() != NULL) {
        t->thread->references--;
        t->thread = slp_thread_here();
        t->thread->references++;
    }
    PyObject *context =
        *slp_cpython_context(slp_cpython_tstate()) != NULL ? PyContext_CopyCurrent() : NULL;
    if (PyErr_Occurred())
        return -1;
    /* The caller's alone, so nobody else has it: of a million tasklets that are to begin, each
     * collection visits one object less, which t's traversal sees through. */
    if (Py_REFCNT(args) == 1)
        PyObject_GC_UnTrack(args);
    /* All of the new state first, and only then the old one is dropped. */
    PyObject *old_func = func != NULL ? t->func : NULL;
    PyObject *old_args = t->args, *old_kwargs = t->kwargs, *old_context = t->context;
    if (func != NULL)
        t->func = Py_NewRef(func);
    t->args = Py_NewRef(args);
    t->kwargs = Py_XNewRef(kwargs);
    t->context = context;
    t->ready = 1;
    if (!SLP_FAULT(SETUP_KEEPS_ENDED))
        t->ended = 0;
    t->started = t->kills = t->delivered = t->interrupt_due = 0;
    slp_tasklet_introspect_reset_hooks(t);
    slp_invariant_tracing_set(t);
    slp_invariant_binding_set_up(t);
    slp_invariant_ending_refused(t);
    slp_mailbox_empty(t);
    Py_XDECREF(old_func); /* Python code may run, and even run t */
    Py_XDECREF(old_args);
    Py_XDECREF(old_kwargs);
    Py_XDECREF(old_context);
    return 0;
}

/* As bind() and the constructor take them.  Who is refused stays as he is. */
static int bind(slp_tasklet *t, PyObject *func, PyObject *args, PyObject *kwargs)
{
    int failed = -1;

    if (args == Py_None && kwargs == Py_None)
        return bind_func(t, func);
    if (check_callable(func) < 0)
        return -1;
    if (kwargs != Py_None && !PyDict_Check(kwargs)) {
        PyErr_SetString(PyExc_TypeError, "a tasklet's keyword arguments must be a dict");
        return -1;
    }
    args = args == Py_None ? PyTuple_New(0) : PySequence_Tuple(args);
    if (args != NULL)
        failed = set_up(t, func == Py_None ? NULL : func, args, kwargs == Py_None ? NULL : kwargs);
    Py_XDECREF(args);
    return failed;
}

static char *bind_names[] = {"func", "args", "kwargs", NULL};

int slp_tasklet_type_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    slp_tasklet *t = (slp_tasklet *)self;
    PyObject *func = Py_None, *a = Py_None, *k = Py_None;

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|OOO:tasklet", bind_names, &func, &a, &k))
        return -1;
    if (func == Py_None && a == Py_None && k == Py_None)
        return require_idle(t);
    return bind(t, func, a, k);
}

/* As any class is called; kwnames are those of the arguments behind the first count. */
static PyObject *call_with_tuple(PyObject *type, PyObject *const *args, Py_ssize_t count,
                                 PyObject *kwnames)
{
    PyObject *tuple = PyTuple_New(count), *kwargs = kwnames != NULL ? PyDict_New() : NULL;
    int failed = tuple == NULL || (kwnames != NULL && kwargs == NULL);

    for (Py_ssize_t i = 0; !failed && i < count; i++)
        PyTuple_SET_ITEM(tuple, i, Py_NewRef(args[i]));
    for (Py_ssize_t i = 0; !failed && kwnames != NULL && i < PyTuple_GET_SIZE(kwnames); i++)
        failed = PyDict_SetItem(kwargs, PyTuple_GET_ITEM(kwnames, i), args[count + i]) < 0;
    PyObject *made = failed ? NULL : PyType_Type.tp_call(type, tuple, kwargs);
    Py_XDECREF(kwargs);
    Py_XDECREF(tuple);
    return made;
}

PyObject *slp_tasklet_type_vectorcall(PyObject *type, PyObject *const *args, size_t nargsf,
                                      PyObject *kwnames)
{
    Py_ssize_t count = PyVectorcall_NARGS(nargsf);

    if (kwnames != NULL || count != 1)
        return call_with_tuple(type, args, count, kwnames);
    PyObject *self = slp_tasklet_type_new((PyTypeObject *)type, NULL, NULL);
    if (self != NULL && bind_func((slp_tasklet *)self, args[0]) < 0)
        Py_CLEAR(self);
    return self;
}

static PyObject *tasklet_bind(PyObject *self, PyObject *args, PyObject *kwargs)
{
    slp_tasklet *t = (slp_tasklet *)self;
    PyObject *func = Py_None, *a = Py_None, *k = Py_None;

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|OOO:bind", bind_names, &func, &a, &k))
        return NULL;
    return bind(t, func, a, k) < 0 ? NULL : Py_NewRef(self);
}

PyObject *slp_tasklet_type_call(PyObject *self, PyObject *args, PyObject *kwargs)
{
    slp_tasklet *t = (slp_tasklet *)self;

    if (set_up(t, NULL, args, kwargs) < 0)
        return NULL;
    /* What set_up() dropped may have run it already. */
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
    else if (t->lost)
        why = has_no_thread;
    else if (!slp_tasklet_alive(t))
        why = "the tasklet is dead or unbound; bind it and set it up first";
    else if (t->thread->tstate == NULL)
        why = has_no_thread;
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
    return Py_NewRef(t);
}

static PyObject *tasklet_run(slp_tasklet *t, PyObject *unused)
{
    struct slp_thread *here = slp_thread_here();

    (void)unused;
    if (here == NULL)
        return NULL;
    if (require_runnable(t) < 0 || (t->thread == here && slp_schedule_begin(here) < 0) ||
        require_runnable(t) < 0) /* again: it may be another one */
        return NULL;
    if (t->thread != here) {
        slp_schedule_run_next(t);
        Py_RETURN_NONE;
    }
    if (t != here->current && slp_schedule_reserve(here, t) < 0)
        return NULL;
    if (!t->scheduled)
        slp_schedule_insert(t);
    if (slp_schedule_run_now(here, t) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static int require_runnable_here(const struct slp_thread *here, slp_tasklet *t)
{
    if (require_runnable(t) < 0)
        return -1;
    if (t->thread == here)
        return 0;
    PyErr_SetString(PyExc_RuntimeError, "the tasklet belongs to a different thread");
    return -1;
}

static PyObject *tasklet_switch(slp_tasklet *t, PyObject *unused)
{
    struct slp_thread *here = slp_thread_here();

    (void)unused;
    if (here == NULL)
        return NULL;
    if (t == here->current)
        Py_RETURN_NONE;
    if (require_runnable_here(here, t) < 0 || slp_schedule_begin(here) < 0 ||
        require_runnable_here(here, t) < 0) /* again: it may be another one */
        return NULL;
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
    return Py_NewRef(t);
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

static PyObject *tasklet_bind_thread(slp_tasklet *t, PyObject *args)
{
    struct slp_thread *thread = slp_thread_here();
    const char *why = NULL;
    PyObject *ident = NULL;

    if (thread == NULL || !PyArg_ParseTuple(args, "|O!:bind_thread", &PyLong_Type, &ident))
        return NULL;
    if (ident != NULL && (thread = slp_thread_of_ident(ident, PyExc_ValueError)) == NULL)
        return NULL;
    if (t->is_main)
        why = "a main tasklet belongs to its thread";
    else if (t->scheduled && !SLP_FAULT(RUNNABLE_MAY_BE_MOVED))
        why = "a runnable tasklet cannot be bound to another thread; remove() it first";
    else if (t == t->thread->current) /* in a callback of its last switch, for one */
        why = "the tasklet still ends on its thread";
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
    PyObject *result =
        slp_tasklet_introspect_context_run(t, PyTuple_GET_ITEM(args, 0), rest, kwargs);
    Py_DECREF(rest);
    return result;
}

static PyObject *tasklet_set_context(slp_tasklet *t, PyObject *context)
{
    return slp_tasklet_introspect_set_context(t, context) < 0 ? NULL : Py_NewRef((PyObject *)t);
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
     "bind($self, /, func=None, args=None, kwargs=None)\n--\n\n"
     "Gives it a function; with args (a sequence) or kwargs (a dict) it is set up, too,\n"
     "but not made runnable: paused.  Without these, arguments that it had are dropped;\n"
     "without any it is unbound.  Returns self.\n\n"
     "RuntimeError: it is current, runnable, blocked, or has a C stack; TypeError: func is\n"
     "not callable, kwargs no dict."},
    {"setup", KEYWORDS(tasklet_setup),
     "setup($self, /, *args, **kwargs)\n--\n\n"
     "Gives it its arguments and makes it runnable, at the end of its thread's ring, as\n"
     "calling it does.  Its context is a copy of the caller's.  Returns self.\n\n"
     "RuntimeError: it is unbound, or as bind(), or its thread has ended."},
    {"insert", (PyCFunction)tasklet_insert, METH_NOARGS,
     "insert($self, /)\n--\n\n"
     "Makes it runnable, at the end of its thread's ring, and wakes that thread if it\n"
     "waits; nothing if it is runnable.  One that sits in run() returns from it.\n"
     "Returns the tasklet.\n\n"
     "RuntimeError: it is blocked, dead or unbound, or its thread has ended."},
    {"run", (PyCFunction)tasklet_run, METH_NOARGS,
     "run($self, /)\n--\n\n"
     "Runs it now, the caller right after it.  One of another thread becomes the next\n"
     "there, and the caller goes on.\n\n"
     "RuntimeError: as insert(), or no switch may happen here.  Raises what is thrown at\n"
     "the caller."},
    {"remove", (PyCFunction)tasklet_remove, METH_NOARGS,
     "remove($self, /)\n--\n\n"
     "Takes it out of its ring, on any thread: paused.  Nothing if it is in none.\n"
     "Returns the tasklet.\n\n"
     "RuntimeError: it is blocked, or current."},
    {"throw", KEYWORDS(tasklet_throw),
     "throw($self, /, exc, val=None, tb=None, pending=False)\n--\n\n"
     "Raises exc in it as the raise statement would: a class, which val is given to, or\n"
     "an instance; tb is the traceback it comes from.  It runs now, the caller right\n"
     "after it; with pending, or on another thread, it raises when it runs next, and the\n"
     "caller goes on.  A tasklet that waits on a channel leaves the queue.  A value that\n"
     "it had received goes to the callback of set_displaced_callback().\n\n"
     "RuntimeError: it is dead or unbound (TaskletExit is ignored then), its thread has\n"
     "ended, or no switch may happen here; TypeError: no exception."},
    {"raise_exception", (PyCFunction)tasklet_raise_exception, METH_VARARGS,
     "raise_exception($self, exc, /, *args)\n--\n\n"
     "Raises exc(*args) in it, as throw().  TypeError: exc is no exception class."},
    {"kill", KEYWORDS(tasklet_kill),
     "kill($self, /, pending=False)\n--\n\n"
     "Raises TaskletExit in it, as throw(); nothing if it has ended.  It may catch that,\n"
     "and live on."},
    {"set_atomic", (PyCFunction)tasklet_set_atomic, METH_O,
     "set_atomic($self, flag, /)\n--\n\nSets atomic; returns what it was: a bool."},
    {"set_ignore_nesting", (PyCFunction)tasklet_set_ignore_nesting, METH_O,
     "set_ignore_nesting($self, flag, /)\n--\n\n"
     "Sets ignore_nesting; returns what it was: a bool."},
    {"switch", (PyCFunction)tasklet_switch, METH_NOARGS,
     "switch($self, /)\n--\n\n"
     "Runs it now and pauses the caller, which leaves the ring.  Returns None, or what\n"
     "the caller's tempval is set to meanwhile.\n\n"
     "RuntimeError: as insert(), it belongs to another thread, or no switch may happen\n"
     "here.  Raises what is thrown at the caller."},
    {"bind_thread", (PyCFunction)tasklet_bind_thread, METH_VARARGS,
     "bind_thread($self, thread_id=..., /)\n--\n\n"
     "Gives it another home, by threading.get_ident(); this thread by default.\n\n"
     "RuntimeError: it is a main tasklet, runnable, or has a C stack; ValueError: no such\n"
     "thread has used tasklets."},
    {"context_run", KEYWORDS(tasklet_context_run),
     "context_run($self, callable, /, *args, **kwargs)\n--\n\n"
     "Calls callable(*args, **kwargs) here, in this tasklet's contextvars context, and\n"
     "returns what it returns: what it sets there the tasklet will see."},
    {"set_context", (PyCFunction)tasklet_set_context, METH_O,
     "set_context($self, context, /)\n--\n\n"
     "Gives it another contextvars.Context; returns self.  TypeError: no Context;\n"
     "RuntimeError: it is current on its thread, or has ended."},
    {"__reduce__", (PyCFunction)tasklet_reduce, METH_NOARGS,
     "__reduce__($self, /)\n--\n\nTypeError: a tasklet cannot be pickled."},
    {0},
};

/* SPDX-License-Identifier: MIT
 *
 * tasklet_attributes.c - what can be read, and set, of a tasklet.
 */
#include "cpython.h"

#include "mailbox.h"
#include "tasklet_introspect.h"
#include "tasklet.h"
#include "tasklet_type.h"

#define FLAG_GETTER(name, expression) \
    static PyObject *tasklet_get_##name(slp_tasklet *t, void *unused) \
    { \
        (void)unused; \
        return PyBool_FromLong(expression); \
    }

FLAG_GETTER(alive, slp_tasklet_alive(t) && t->thread->tstate != NULL)
FLAG_GETTER(blocked, t->direction != 0)
FLAG_GETTER(scheduled, t->scheduled || t->direction != 0)
FLAG_GETTER(paused,
            slp_tasklet_alive(t) && t->thread->tstate != NULL && !t->scheduled && t->direction == 0)
FLAG_GETTER(is_main, t->is_main)
FLAG_GETTER(restorable, (!t->started || t->ended) && !t->lost)
FLAG_GETTER(is_current, t->thread->current == t)

static PyObject *tasklet_get_thread_id(slp_tasklet *t, void *unused)
{
    (void)unused;
    if (t->thread->tstate == NULL)
        return PyLong_FromLong(-1);
    return PyLong_FromUnsignedLong(t->thread->ident);
}

static PyObject *tasklet_get_tempval(slp_tasklet *t, void *unused)
{
    (void)unused;
    return Py_NewRef(t->tempval);
}

static int tasklet_set_tempval(slp_tasklet *t, PyObject *value, void *unused)
{
    (void)unused;
    if (value == NULL)
        value = Py_None;
    (void)SLP_VALUE_POINT(MAILBOX_ASSIGN, t, NULL, value);
    Py_SETREF(t->tempval, Py_NewRef(value));
    slp_invariant_operation_assigned(t);
    return 0;
}

static PyObject *tasklet_get_next(slp_tasklet *t, void *unused)
{
    (void)unused;
    return Py_NewRef(t->next != NULL ? (PyObject *)t->next : Py_None);
}

static PyObject *tasklet_get_prev(slp_tasklet *t, void *unused)
{
    (void)unused;
    return Py_NewRef(t->prev != NULL ? (PyObject *)t->prev : Py_None);
}

static PyObject *tasklet_get_channel(slp_tasklet *t, void *unused)
{
    (void)unused;
    return Py_NewRef(t->channel != NULL ? (PyObject *)t->channel : Py_None);
}

static PyObject *tasklet_get_frame(slp_tasklet *t, void *unused)
{
    (void)unused;
    return slp_tasklet_introspect_frame(t);
}

static PyObject *tasklet_get_recursion_depth(slp_tasklet *t, void *unused)
{
    (void)unused;
    return PyLong_FromLong(slp_tasklet_introspect_recursion_depth(t));
}

static PyObject *tasklet_get_nesting_level(slp_tasklet *t, void *unused)
{
    (void)unused;
    return PyLong_FromLong(slp_tasklet_introspect_nesting_level(t));
}

static PyObject *tasklet_get_trace_function(slp_tasklet *t, void *unused)
{
    (void)unused;
    return slp_tasklet_introspect_get_hook(t, SLP_TASKLET_INTROSPECT_TRACE);
}

static int tasklet_set_trace_function(slp_tasklet *t, PyObject *function, void *unused)
{
    (void)unused;
    return slp_tasklet_introspect_set_hook(t, SLP_TASKLET_INTROSPECT_TRACE, function);
}

static PyObject *tasklet_get_profile_function(slp_tasklet *t, void *unused)
{
    (void)unused;
    return slp_tasklet_introspect_get_hook(t, SLP_TASKLET_INTROSPECT_PROFILE);
}

static int tasklet_set_profile_function(slp_tasklet *t, PyObject *function, void *unused)
{
    (void)unused;
    return slp_tasklet_introspect_set_hook(t, SLP_TASKLET_INTROSPECT_PROFILE, function);
}

PyGetSetDef slp_tasklet_getset[] = {
    {"alive", (getter)tasklet_get_alive, NULL,
     "Whether it is set up or has begun, has not ended, and its thread has not.", NULL},
    {"blocked", (getter)tasklet_get_blocked, NULL, "Whether it waits on a channel.", NULL},
    {"scheduled", (getter)tasklet_get_scheduled, NULL,
     "Whether it is runnable, or waits on a channel.", NULL},
    {"paused", (getter)tasklet_get_paused, NULL,
     "Whether it is alive, not runnable, and does not wait on a channel; so is one that\n"
     "sits in run().",
     NULL},
    {"is_main", (getter)tasklet_get_is_main, NULL, "Whether it is its thread's main tasklet.",
     NULL},
    {"is_current", (getter)tasklet_get_is_current, NULL,
     "Whether it is the one that runs on its thread.", NULL},
    {"thread_id", (getter)tasklet_get_thread_id, NULL,
     "Its home, as threading.get_ident(); -1 when that thread has ended.", NULL},
    {"tempval", (getter)tasklet_get_tempval, (setter)tasklet_set_tempval,
     "Its mailbox: what its operation will return when it runs again; None while it runs.\n"
     "Deleting it sets None.",
     NULL},
    {"next", (getter)tasklet_get_next, NULL, "The tasklet behind it in its ring or queue, or None.",
     NULL},
    {"prev", (getter)tasklet_get_prev, NULL,
     "The tasklet in front of it in its ring or queue, or None.", NULL},
    {"frame", (getter)tasklet_get_frame, NULL,
     "Its innermost Python frame; None before it begins and after it has ended.", NULL},
    {"recursion_depth", (getter)tasklet_get_recursion_depth, NULL,
     "How many calls are nested in it now, as sys.setrecursionlimit() counts; 0 before it\n"
     "begins.",
     NULL},
    {"nesting_level", (getter)tasklet_get_nesting_level, NULL,
     "How many times C code has called Python in it, beyond its first call; a spilled\n"
     "stack counts as one.",
     NULL},
    {"restorable", (getter)tasklet_get_restorable, NULL,
     "Whether nothing of it is on a C stack: it has not begun, or has ended.", NULL},
    {"trace_function", (getter)tasklet_get_trace_function, (setter)tasklet_set_trace_function,
     "As sys.gettrace() and sys.settrace() in it, or None.  RuntimeError when set on one\n"
     "that is not alive, or runs on another thread.",
     NULL},
    {"profile_function", (getter)tasklet_get_profile_function, (setter)tasklet_set_profile_function,
     "As sys.getprofile() and sys.setprofile() in it, or None.  RuntimeError as\n"
     "trace_function.",
     NULL},
    {"_channel", (getter)tasklet_get_channel, NULL, "The channel that it waits on, or None.", NULL},
    {0},
};

PyMemberDef slp_tasklet_members[] = {
    {"block_trap", T_BOOL, offsetof(slp_tasklet, block_trap), 0,
     "A bool.  When true, an operation of it that would wait raises RuntimeError."},
    {"atomic", T_BOOL, offsetof(slp_tasklet, atomic), READONLY,
     "A bool, see set_atomic().  When true, no timeout interrupts it, and while it runs its\n"
     "thread does not hand the GIL over between bytecodes."},
    {"ignore_nesting", T_BOOL, offsetof(slp_tasklet, ignore_nesting), READONLY,
     "A bool, see set_ignore_nesting().  When true, run(timeout) may interrupt it inside\n"
     "calls from C, too."},
    {0},
};

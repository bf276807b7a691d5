/* SPDX-License-Identifier: MIT */
#define Py_BUILD_CORE 1
#include <Python.h>

#include "tasklet_introspect.h"

#include <assert.h>
#include <internal/pycore_frame.h>
#include <internal/pycore_pystate.h>

#include "spill_record.h"

/* ---- frames ---- */

/* The PyThreadState that holds its values now; NULL: they are in t->state. */
static PyThreadState *running_in(const slp_tasklet *t)
{
    return t->thread->current == t ? t->thread->tstate : NULL;
}

static int is_switched_out(const slp_tasklet *t)
{
    return t->slice.used > 0;
}

static const _PyCFrame *first_cframe(const slp_tasklet *t)
{
    const PyThreadState *tstate = running_in(t);

    if (tstate != NULL)
        return tstate->cframe;
    return is_switched_out(t) ? slp_slice_find(&t->slice, t->state.cframe) : NULL;
}

/* The public way to a frame object leads through a thread state, so the running
 * one pretends for a moment to be there.  Nothing is run meanwhile. */
static PyObject *frame_object(_PyInterpreterFrame *frame)
{
    PyThreadState *tstate = _PyThreadState_GET();
    _PyCFrame *real = tstate->cframe;
    _PyCFrame pretended = {.current_frame = frame, .previous = real};

    tstate->cframe = &pretended;
    PyObject *object = (PyObject *)PyThreadState_GetFrame(tstate);
    tstate->cframe = real;
    if (object == NULL && !PyErr_Occurred())
        object = Py_NewRef(Py_None);
    return object;
}

PyObject *slp_tasklet_introspect_frame(const slp_tasklet *t)
{
    const _PyCFrame *cframe = first_cframe(t);

    if (cframe == NULL || cframe->current_frame == NULL)
        Py_RETURN_NONE;
    return frame_object(cframe->current_frame);
}

int slp_tasklet_introspect_recursion_depth(const slp_tasklet *t)
{
    const PyThreadState *tstate = running_in(t);

    if (tstate != NULL)
        return tstate->recursion_limit - tstate->recursion_remaining;
    return is_switched_out(t) ? t->state.recursion_depth : 0;
}

/* The cframe at that address; *holder is the slice that has what is on the C
 * stack, NULL while that is in its place.  Below a spill it is the record's, or
 * the same again if the spill left everything where it was. */
static const _PyCFrame *find_cframe(const struct slp_slice **holder, const _PyCFrame *at)
{
    const struct slp_spill_record *record;

    if (at != NULL && *holder != NULL)
        at = slp_slice_find(*holder, at);
    while ((record = slp_spill_record_of(at)) != NULL) {
        if (record->slice.used > 0)
            *holder = &record->slice;
        at = record->real; /* counted: the proxy stands for it */
        if (*holder != NULL)
            at = slp_slice_find(*holder, at);
        at = at->previous;
        if (at != NULL && *holder != NULL)
            at = slp_slice_find(*holder, at);
    }
    return at;
}

int slp_tasklet_introspect_nesting_level(const slp_tasklet *t)
{
    const struct slp_slice *holder = running_in(t) == NULL ? &t->slice : NULL;
    int count = 0;

    for (const _PyCFrame *cframe = first_cframe(t); cframe != NULL && cframe->current_frame != NULL;
         cframe = find_cframe(&holder, cframe->previous))
        count++;
    return count > 0 ? count - 1 : 0;
}

/* ---- tracing ---- */

/* Whether they are in its state: also of one that is set up and has not begun. */
static int keeps_hooks(const slp_tasklet *t)
{
    return is_switched_out(t) || (t->ready && !t->started && !t->ended);
}

PyObject *slp_tasklet_introspect_get_hook(const slp_tasklet *t,
                                          enum slp_tasklet_introspect_hook hook)
{
    const PyThreadState *tstate = running_in(t);
    PyObject *function = NULL;

    if (tstate != NULL)
        function = hook == SLP_TASKLET_INTROSPECT_TRACE ? tstate->c_traceobj : tstate->c_profileobj;
    else if (keeps_hooks(t))
        function =
            hook == SLP_TASKLET_INTROSPECT_TRACE ? t->state.c_traceobj : t->state.c_profileobj;
    return Py_NewRef(function != NULL ? function : Py_None);
}

static int call_sys(enum slp_tasklet_introspect_hook hook, PyObject *function)
{
    PyObject *setter =
        PySys_GetObject(hook == SLP_TASKLET_INTROSPECT_TRACE ? "settrace" : "setprofile");

    if (setter == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "there is no sys.settrace() any more");
        return -1;
    }
    PyObject *result = PyObject_CallOneArg(setter, function);
    Py_XDECREF(result);
    return result == NULL ? -1 : 0;
}

static void swap_hooks(struct slp_tstate_swap *state, PyThreadState *tstate)
{
    Py_tracefunc trace = tstate->c_tracefunc, profile = tstate->c_profilefunc;
    PyObject *trace_object = tstate->c_traceobj, *profile_object = tstate->c_profileobj;

    tstate->c_tracefunc = state->c_tracefunc;
    tstate->c_traceobj = state->c_traceobj;
    tstate->c_profilefunc = state->c_profilefunc;
    tstate->c_profileobj = state->c_profileobj;
    state->c_tracefunc = trace;
    state->c_traceobj = trace_object;
    state->c_profilefunc = profile;
    state->c_profileobj = profile_object;
}

int slp_tasklet_introspect_set_hook(slp_tasklet *t, enum slp_tasklet_introspect_hook hook,
                                    PyObject *function)
{
    PyThreadState *tstate = _PyThreadState_GET();

    if (function == NULL)
        function = Py_None;
    if (running_in(t) == tstate)
        return call_sys(hook, function);
    if (running_in(t) != NULL || !keeps_hooks(t) || t->lost) {
        PyErr_SetString(PyExc_RuntimeError, running_in(t) != NULL
                                                ? "the tasklet runs on another thread"
                                                : "the tasklet is not alive");
        return -1;
    }
    /* Only sys knows the C functions that call a Python one: it sets them here,
     * as if t ran. */
    swap_hooks(&t->state, tstate);
    int failed = call_sys(hook, function);
    swap_hooks(&t->state, tstate);
    slp_tstate_swap_update_tracing(tstate);
    return failed;
}

void slp_tasklet_introspect_reset_hooks(slp_tasklet *t)
{
    t->state.c_tracefunc = t->state.c_profilefunc = NULL;
    t->state.c_traceobj = t->state.c_profileobj = NULL;
}

void slp_tasklet_introspect_drop_hooks(slp_tasklet *t)
{
    PyObject *trace = t->state.c_traceobj, *profile = t->state.c_profileobj;

    slp_tasklet_introspect_reset_hooks(t);
    Py_XDECREF(trace);
    Py_XDECREF(profile);
}

void slp_tasklet_introspect_begin_hooks(slp_tasklet *t)
{
    PyThreadState *tstate = _PyThreadState_GET();

    swap_hooks(&t->state, tstate);
    slp_tasklet_introspect_reset_hooks(t);
    slp_tstate_swap_update_tracing(tstate);
}

/* ---- context ---- */

static PyObject **context_slot(slp_tasklet *t)
{
    PyThreadState *tstate = running_in(t);

    if (tstate != NULL)
        return &tstate->context;
    return is_switched_out(t) ? &t->state.context : &t->context;
}

PyObject *slp_tasklet_introspect_context_run(slp_tasklet *t, PyObject *function, PyObject *args,
                                             PyObject *kwargs)
{
    PyThreadState *tstate = _PyThreadState_GET();

    if (running_in(t) == tstate)
        return PyObject_Call(function, args, kwargs);
    PyObject **slot = context_slot(t);
    if (*slot == NULL && (*slot = PyContext_New()) == NULL)
        return NULL;
    PyObject *ours = tstate->context, *theirs = Py_NewRef(*slot);
    tstate->context = theirs;
    tstate->context_ver++;
    PyObject *result = PyObject_Call(function, args, kwargs);
    assert(tstate->context == theirs);
    tstate->context = ours;
    tstate->context_ver++;
    Py_DECREF(theirs);
    return result;
}

int slp_tasklet_introspect_set_context(slp_tasklet *t, PyObject *context)
{
    const char *why = NULL;

    if (!PyContext_CheckExact(context)) {
        PyErr_Format(PyExc_TypeError,
                     "a tasklet's context must be a contextvars.Context, not %.200s",
                     Py_TYPE(context)->tp_name);
        return -1;
    }
    if (running_in(t) != NULL)
        why = "a running tasklet's context cannot be replaced; use contextvars.Context.run()";
    else if (t->ended)
        why = "the tasklet has ended";
    if (why != NULL) {
        PyErr_SetString(PyExc_RuntimeError, why);
        return -1;
    }
    Py_XSETREF(*context_slot(t), Py_NewRef(context));
    return 0;
}

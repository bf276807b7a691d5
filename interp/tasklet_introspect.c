/* SPDX-License-Identifier: MIT */
#include "cpython.h"

#include "tasklet_introspect.h"

#include "spill_record.h"

/* ---- frames ----
 *
 * A tasklet's cframes are on its C stack.  While it is switched out that is in its slice,
 * and what points to it still names the place where it was: each such address must be
 * looked up (slp_slice_find).  The frames that hang on them are on the data stack or in
 * the heap, and stay where they are. */

/* The PyThreadState that holds its values now; NULL: they are in t->state. */
static PyThreadState *running_in(const slp_tasklet *t)
{
    return t->thread->current == t ? t->thread->tstate : NULL;
}

/* A slice that holds something: neither running, nor new, nor ended. */
static int is_switched_out(const slp_tasklet *t)
{
    return t->slice.used > 0;
}

static const slp_cpython_cframe *first_cframe(const slp_tasklet *t)
{
    const PyThreadState *tstate = running_in(t);

    if (tstate != NULL)
        return slp_cpython_cframe_of(tstate);
    return is_switched_out(t) ? slp_slice_find(&t->slice, t->state.cframe) : NULL;
}

PyObject *slp_tasklet_introspect_frame(const slp_tasklet *t)
{
    const slp_cpython_cframe *cframe = first_cframe(t);

    if (cframe == NULL || slp_cpython_cframe_frame(cframe) == NULL)
        Py_RETURN_NONE;
    return slp_cpython_frame_object(slp_cpython_cframe_frame(cframe));
}

int slp_tasklet_introspect_visit(const slp_tasklet *t, visitproc visit, void *arg)
{
    const slp_cpython_frame *frame = slp_cpython_cframe_frame(first_cframe(t));

    for (; frame != NULL; frame = slp_cpython_frame_previous(frame)) {
        int stop = slp_cpython_frame_visit(frame, visit, arg);
        if (stop)
            return stop;
    }
    Py_VISIT(t->state.handled.value);
    Py_VISIT(t->state.tracing.trace_object);
    Py_VISIT(t->state.tracing.profile_object);
    return 0;
}

int slp_tasklet_introspect_recursion_depth(const slp_tasklet *t)
{
    const PyThreadState *tstate = running_in(t);

    if (tstate != NULL)
        return slp_cpython_depth(tstate);
    return is_switched_out(t) ? t->state.recursion.depth : 0;
}

/* The cframe at that address; *holder is the slice that has what is on the C
 * stack, NULL while that is in its place.  Below a spill it is the record's, or
 * the same again if the spill left everything where it was. */
static const slp_cpython_cframe *find_cframe(const struct slp_slice **holder,
                                             const slp_cpython_cframe *at)
{
    const struct slp_spill_record *record;

    if (at != NULL && *holder != NULL)
        at = slp_slice_find(*holder, at);
    while ((record = slp_spill_record_of(at)) != NULL) {
        /* What is below a spill by copy is in that record, not in the tasklet's slice. */
        if (record->slice.used > 0)
            *holder = &record->slice;
        at = record->real; /* counted: the proxy stands for it */
        if (*holder != NULL)
            at = slp_slice_find(*holder, at);
        at = slp_cpython_cframe_previous(at);
        if (at != NULL && *holder != NULL)
            at = slp_slice_find(*holder, at);
    }
    return at;
}

int slp_tasklet_introspect_nesting_level(const slp_tasklet *t)
{
    const struct slp_slice *holder = running_in(t) == NULL ? &t->slice : NULL;
    int count = 0;

    for (const slp_cpython_cframe *cframe = first_cframe(t);
         cframe != NULL && slp_cpython_cframe_frame(cframe) != NULL;
         cframe = find_cframe(&holder, slp_cpython_cframe_previous(cframe)))
        count++;
    return count > 0 ? count - 1 : 0; /* the first is the tasklet's own call */
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
        function = hook == SLP_TASKLET_INTROSPECT_TRACE ? slp_cpython_trace_object(tstate)
                                                        : slp_cpython_profile_object(tstate);
    else if (keeps_hooks(t))
        function = hook == SLP_TASKLET_INTROSPECT_TRACE ? t->state.tracing.trace_object
                                                        : t->state.tracing.profile_object;
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

int slp_tasklet_introspect_set_hook(slp_tasklet *t, enum slp_tasklet_introspect_hook hook,
                                    PyObject *function)
{
    PyThreadState *tstate = slp_cpython_tstate();

    if (function == NULL)
        function = Py_None;
    /* Its own thread's sys.settrace() is the one that it sees. */
    if (running_in(t) == tstate)
        return call_sys(hook, function);
    if (running_in(t) != NULL || !keeps_hooks(t) || t->lost) {
        PyErr_SetString(PyExc_RuntimeError, running_in(t) != NULL
                                                ? "the tasklet runs on another thread"
                                                : "the tasklet is not alive");
        return -1;
    }
    /* Only sys knows the C functions that call a Python one: it sets them here, as if t ran.
     * Debuggers put a function of their own in the place of sys.settrace(), and that one must not
     * seem to be traced while nobody is told: its begin would never be over (trace_begin.h). */
    slp_cpython_swap_tracing(&t->state.tracing, tstate);
    slp_cpython_update_tracing(tstate);
    int failed = call_sys(hook, function);
    slp_cpython_swap_tracing(&t->state.tracing, tstate);
    slp_cpython_update_tracing(tstate);
    slp_invariant_tracing_set(t);
    return failed;
}

void slp_tasklet_introspect_reset_hooks(slp_tasklet *t)
{
    t->state.tracing = (struct slp_cpython_tracing){0};
}

void slp_tasklet_introspect_drop_hooks(slp_tasklet *t)
{
    PyObject *trace = t->state.tracing.trace_object;
    PyObject *profile = t->state.tracing.profile_object;

    slp_tasklet_introspect_reset_hooks(t);
    Py_XDECREF(trace);
    Py_XDECREF(profile);
}

void slp_tasklet_introspect_begin_hooks(slp_tasklet *t)
{
    PyThreadState *tstate = slp_cpython_tstate();

    slp_cpython_swap_tracing(&t->state.tracing, tstate);
    slp_tasklet_introspect_reset_hooks(t);
    slp_cpython_update_tracing(tstate);
}

/* ---- context ---- */

static PyObject **context_slot(slp_tasklet *t)
{
    PyThreadState *tstate = running_in(t);

    if (tstate != NULL)
        return slp_cpython_context(tstate);
    return is_switched_out(t) ? &t->state.context : &t->context;
}

/* The thread state has theirs from here on; returns what it had, with the reference. */
static PyObject *enter_context(PyThreadState *tstate, PyObject *theirs)
{
    PyObject **current = slp_cpython_context(tstate), *ours = *current;

    *current = Py_NewRef(theirs);
    slp_cpython_count_context(tstate);
    return ours;
}

/* Gives the thread state ours (stolen) back.  It may have another one than theirs: whoever
 * ran meanwhile has given this tasklet a new context (set_context).  That one stays, and
 * nobody can go back from it: -1 with the error of contextvars.Context.run(), or with what
 * was raised before. */
static int leave_context(PyThreadState *tstate, PyObject *theirs, PyObject *ours)
{
    PyObject **current = slp_cpython_context(tstate);

    if (*current == theirs) {
        *current = ours;
        slp_cpython_count_context(tstate);
        Py_DECREF(theirs);
        return 0;
    }
    Py_XDECREF(ours);
    if (!PyErr_Occurred())
        PyErr_SetString(PyExc_RuntimeError,
                        "cannot exit context: thread state references a different context object");
    return -1;
}

PyObject *slp_tasklet_introspect_context_run(slp_tasklet *t, PyObject *function, PyObject *args,
                                             PyObject *kwargs)
{
    PyThreadState *tstate = slp_cpython_tstate();

    /* In its own context already. */
    if (running_in(t) == tstate)
        return PyObject_Call(function, args, kwargs);
    PyObject **slot = context_slot(t);
    if (*slot == NULL && (*slot = PyContext_New()) == NULL)
        return NULL;
    PyObject *theirs = Py_NewRef(*slot), *ours = enter_context(tstate, theirs);
    /* What is called may switch; then the context that is borrowed here goes with the
     * caller, and comes back with it. */
    PyObject *result = PyObject_Call(function, args, kwargs);
    int failed = leave_context(tstate, theirs, ours);
    Py_DECREF(theirs);
    if (failed)
        Py_CLEAR(result);
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

/* SPDX-License-Identifier: MIT
 *
 * tasklet_311.h - what of a thread state belongs to a tasklet, beside its frames.
 *
 * Tracing, recursion, the trashcan, the handled exception, the context: a struct
 * each for a tasklet that is switched out, with save, load and drop.
 */
#ifndef SLP_TASKLET_311_H
#define SLP_TASKLET_311_H

#include "interp/cpython.h"

/* ---- tracing ----
 *
 * A C function and its object each for sys.settrace() and sys.setprofile(); tracing
 * counts how deep the running thread is in such a function, so that it is not
 * traced itself.  The loop looks at none of these but at use_tracing of its
 * cframe, or'ed into each opcode: 255 if there is anything to call, else 0. */

struct slp_cpython_tracing {
    int depth;
    int event; /* that is being traced */
    Py_tracefunc profile;
    Py_tracefunc trace;
    PyObject *profile_object; /* owned, may be NULL */
    PyObject *trace_object;   /* owned, may be NULL */
};

static inline void slp_cpython_update_tracing(PyThreadState *tstate)
{
    int on = tstate->tracing == 0 && (tstate->c_tracefunc || tstate->c_profilefunc);

    tstate->cframe->use_tracing = on ? 255 : 0;
}

/* Whether the loop knows what that says. */
static inline int slp_cpython_tracing_is_seen(const PyThreadState *tstate)
{
    int on = tstate->tracing == 0 && (tstate->c_tracefunc || tstate->c_profilefunc);

    return (tstate->cframe->use_tracing != 0) == on;
}

static inline void slp_cpython_save_tracing(struct slp_cpython_tracing *to,
                                            const PyThreadState *tstate)
{
    to->depth = tstate->tracing;
    to->event = tstate->tracing_what;
    to->profile = tstate->c_profilefunc;
    to->trace = tstate->c_tracefunc;
    to->profile_object = tstate->c_profileobj;
    to->trace_object = tstate->c_traceobj;
}

static inline void slp_cpython_load_tracing(PyThreadState *tstate,
                                            const struct slp_cpython_tracing *from)
{
    tstate->tracing = from->depth;
    tstate->tracing_what = from->event;
    tstate->c_profilefunc = from->profile;
    tstate->c_tracefunc = from->trace;
    tstate->c_profileobj = from->profile_object;
    tstate->c_traceobj = from->trace_object;
}

/* Exchanges the functions and their objects, and leaves the depth. */
static inline void slp_cpython_swap_tracing(struct slp_cpython_tracing *with,
                                            PyThreadState *tstate)
{
    struct slp_cpython_tracing old;

    slp_cpython_save_tracing(&old, tstate);
    tstate->c_profilefunc = with->profile;
    tstate->c_tracefunc = with->trace;
    tstate->c_profileobj = with->profile_object;
    tstate->c_traceobj = with->trace_object;
    with->profile = old.profile;
    with->trace = old.trace;
    with->profile_object = old.profile_object;
    with->trace_object = old.trace_object;
}

static inline void slp_cpython_drop_tracing(PyThreadState *tstate)
{
    /* The functions first: what the objects' end runs is not traced by them. */
    tstate->c_tracefunc = NULL;
    tstate->c_profilefunc = NULL;
    slp_cpython_update_tracing(tstate);
    Py_CLEAR(tstate->c_traceobj);
    Py_CLEAR(tstate->c_profileobj);
}

/* Borrowed, or NULL. */
static inline PyObject *slp_cpython_trace_object(const PyThreadState *tstate)
{
    return tstate->c_traceobj;
}

static inline PyObject *slp_cpython_profile_object(const PyThreadState *tstate)
{
    return tstate->c_profileobj;
}

/* ---- recursion ----
 *
 * 3.11 counts down: remaining is the limit minus the calls in progress, those from
 * Python to Python included.  A tasklet keeps the difference, its depth, so that
 * sys.setrecursionlimit() applies to all.  headroom is not 0 while an overflow is
 * being handled, which may use 50 calls more. */

struct slp_cpython_recursion {
    int depth;
    int headroom;
};

static inline int slp_cpython_depth(const PyThreadState *tstate)
{
    return tstate->recursion_limit - tstate->recursion_remaining;
}

static inline void slp_cpython_set_depth(PyThreadState *tstate, int depth)
{
    tstate->recursion_remaining = tstate->recursion_limit - depth;
}

static inline int slp_cpython_depth_max(const PyThreadState *tstate)
{
    return tstate->recursion_limit;
}

static inline void slp_cpython_save_recursion(struct slp_cpython_recursion *to,
                                              const PyThreadState *tstate)
{
    to->depth = slp_cpython_depth(tstate);
    to->headroom = tstate->recursion_headroom;
}

static inline void slp_cpython_load_recursion(PyThreadState *tstate,
                                              const struct slp_cpython_recursion *from)
{
    slp_cpython_set_depth(tstate, from->depth);
    tstate->recursion_headroom = from->headroom;
}

/* ---- the trashcan ----
 *
 * Deallocations of containers nest in each other; past 50 levels the rest is put
 * on a list, which the outermost of them works off.  That one stands on a
 * tasklet's C stack, so the count and the list are that tasklet's. */

struct slp_cpython_trash {
    int nesting;
    PyObject *later; /* an owned chain */
};

static inline int slp_cpython_trash_nesting(const PyThreadState *tstate)
{
    return tstate->trash_delete_nesting;
}

static inline void slp_cpython_save_trash(struct slp_cpython_trash *to,
                                          const PyThreadState *tstate)
{
    to->nesting = tstate->trash_delete_nesting;
    to->later = tstate->trash_delete_later;
}

static inline void slp_cpython_load_trash(PyThreadState *tstate,
                                          const struct slp_cpython_trash *from)
{
    tstate->trash_delete_nesting = from->nesting;
    tstate->trash_delete_later = from->later;
}

/* ---- the exception that is being handled ----
 *
 * What sys.exc_info() returns: a stack of items, one for the thread, which is in
 * its thread state (exc_state), and one for each generator that runs.  exc_info
 * points to the topmost.  Since 3.11 an item is the exception alone, without type
 * and traceback.  The exception that is set (PyErr_Occurred()) is another thing. */

struct slp_cpython_handled {
    _PyErr_StackItem *top; /* exc_state of the thread state, or a generator's */
    PyObject *value;       /* of exc_state: owned, may be NULL */
};

static inline void slp_cpython_save_handled(struct slp_cpython_handled *to,
                                            const PyThreadState *tstate)
{
    to->top = tstate->exc_info;
    to->value = tstate->exc_state.exc_value;
}

static inline void slp_cpython_load_handled(PyThreadState *tstate,
                                            const struct slp_cpython_handled *from)
{
    tstate->exc_info = from->top;
    tstate->exc_state.exc_value = from->value;
}

/* Of the thread's own item: borrowed, may be NULL. */
static inline PyObject *slp_cpython_handled_at_base(const PyThreadState *tstate)
{
    return tstate->exc_state.exc_value;
}

static inline void slp_cpython_begin_handled(PyThreadState *tstate, PyObject *value)
{
    tstate->exc_info = &tstate->exc_state;
    tstate->exc_state.exc_value = value;
    tstate->exc_state.previous_item = NULL;
}

static inline void slp_cpython_drop_handled(PyThreadState *tstate)
{
    Py_CLEAR(tstate->exc_state.exc_value);
}

/* Is no generator in the middle of something? */
static inline int slp_cpython_handled_is_base(const PyThreadState *tstate)
{
    return tstate->exc_info == &tstate->exc_state;
}

/* Borrowed, or NULL; the end of an except block leaves a None there. */
static inline PyObject *slp_cpython_handled_value(const PyThreadState *tstate)
{
    PyObject *value = tstate->exc_info->exc_value;

    return value == Py_None ? NULL : value;
}

/* As PyErr_Occurred(), of any thread state. */
static inline int slp_cpython_error_is_set(const PyThreadState *tstate)
{
    return tstate->curexc_type != NULL;
}

/* ---- the context ----
 *
 * contextvars' current one: owned, and NULL until it is first asked for.  Each
 * variable caches its value with the version of the context that it is from, so a
 * change that is not counted is not seen. */

/* Where it is; who writes there says so by slp_cpython_count_context(). */
static inline PyObject **slp_cpython_context(PyThreadState *tstate)
{
    return &tstate->context;
}

static inline void slp_cpython_count_context(PyThreadState *tstate)
{
    tstate->context_ver++;
}

static inline uint64_t slp_cpython_context_version(const PyThreadState *tstate)
{
    return tstate->context_ver;
}

#endif

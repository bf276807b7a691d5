/* SPDX-License-Identifier: MIT */
#include "cpython.h"

#include "tstate_swap.h"

#include <assert.h>

#include "contract/faults.h"
#include "datastack.h"

void slp_tstate_swap_save(struct slp_tstate_swap *state, PyThreadState *tstate)
{
    /* The exception that is set is not among them: it would belong to nobody. */
    assert(!slp_cpython_error_is_set(tstate));
    state->cframe = slp_cpython_cframe_of(tstate);
    slp_cpython_save_tracing(&state->tracing, tstate);
    slp_cpython_save_recursion(&state->recursion, tstate);
    slp_cpython_save_trash(&state->trash, tstate);
    slp_cpython_save_handled(&state->handled, tstate);
    if (SLP_FAULT(EXC_STATE_LEAKS))
        Py_XINCREF(state->handled.value);
    state->context = *slp_cpython_context(tstate);
    slp_cpython_save_datastack(&state->datastack, tstate);
    /* This tasklet's cframe is on the stack that is being left.  faulthandler looks
     * at any time, from a signal handler and without the GIL. */
    slp_cpython_set_no_cframe(tstate);
}

/* A variable's cache is good for one version of the thread's context; it does not
 * look which context that is. */
static void set_context(PyThreadState *tstate, PyObject *context)
{
    *slp_cpython_context(tstate) = context;
    if (!SLP_FAULT(CONTEXT_STAYS_CACHED))
        slp_cpython_count_context(tstate);
}

/* Own, but for the faults: then some of it is of the one that was left. */
static struct slp_cpython_tracing tracing_to_load(struct slp_cpython_tracing own,
                                                  const PyThreadState *tstate)
{
    struct slp_cpython_tracing left;

    slp_cpython_save_tracing(&left, tstate);
    if (SLP_FAULT(TRACING_DEPTH_SHARED))
        own.depth = left.depth;
    left.depth = own.depth;
    if (!SLP_FAULT(TRACE_FUNCTION_SHARED))
        return own;
    Py_XINCREF(left.trace_object);
    Py_XINCREF(left.profile_object);
    return left;
}

void slp_tstate_swap_load(struct slp_tstate_swap *state, PyThreadState *tstate)
{
    state->tracing = tracing_to_load(state->tracing, tstate);
    slp_cpython_load_tracing(tstate, &state->tracing);
    slp_cpython_load_recursion(tstate, &state->recursion);
    if (SLP_FAULT(TRASH_NESTING_SHARED))
        state->trash.nesting = slp_cpython_trash_nesting(tstate);
    slp_cpython_load_trash(tstate, &state->trash);
    if (SLP_FAULT(EXC_STATE_LEAKS)) {
        Py_XDECREF(state->handled.value);
        state->handled.value = slp_cpython_handled_at_base(tstate);
    }
    slp_cpython_load_handled(tstate, &state->handled);
    set_context(tstate, state->context);
    slp_cpython_load_datastack(tstate, &state->datastack);
    /* Last: what hangs on it must be in place for whoever looks. */
    slp_cpython_set_cframe(tstate, state->cframe);
    /* trace_function may have been set while it was switched out, and its cframe,
     * which was a part of a slice then, was not told. */
    if (!SLP_FAULT(USE_TRACING_STALE))
        slp_cpython_update_tracing(tstate);
}

void slp_tstate_swap_fresh(PyThreadState *tstate, slp_cpython_cframe *root, PyObject *func,
                           PyObject *context)
{
    struct slp_cpython_tracing not_traced = {0};
    struct slp_cpython_recursion recursion = {0};
    struct slp_cpython_trash trash = {0};

    slp_cpython_begin_cframe(root, tstate);
    not_traced = tracing_to_load(not_traced, tstate);
    slp_cpython_load_tracing(tstate, &not_traced);
    if (SLP_FAULT(RECURSION_DEPTH_SHARED))
        recursion.depth = slp_cpython_depth(tstate);
    slp_cpython_load_recursion(tstate, &recursion);
    if (SLP_FAULT(TRASH_NESTING_SHARED))
        trash.nesting = slp_cpython_trash_nesting(tstate);
    slp_cpython_load_trash(tstate, &trash);
    slp_cpython_begin_handled(
        tstate, SLP_FAULT(EXC_STATE_LEAKS) ? slp_cpython_handled_at_base(tstate) : NULL);
    set_context(tstate, context);
    slp_datastack_begin(tstate, func);
    slp_cpython_set_cframe(tstate, root);
}

void slp_tstate_swap_drop(PyThreadState *tstate)
{
    slp_cpython_drop_tracing(tstate);
    slp_cpython_drop_handled(tstate);
    PyObject **context = slp_cpython_context(tstate);
    if (*context != NULL) {
        Py_CLEAR(*context);
        slp_cpython_count_context(tstate);
    }
}

void slp_tstate_swap_discard(PyThreadState *tstate)
{
    slp_cpython_chunk *chunk = slp_cpython_chunk_of(tstate);

    assert(slp_cpython_handled_is_base(tstate));
    slp_cpython_set_no_cframe(tstate);
    if (chunk != NULL && !SLP_FAULT(DATA_STACK_LEAKS))
        slp_datastack_give(chunk);
    slp_cpython_begin_datastack(tstate, NULL, 1);
}

/* SPDX-License-Identifier: MIT */
#define Py_BUILD_CORE 1
#include <Python.h>

#include "tstate_swap.h"

#include <assert.h>
#include <string.h>

#include "datastack.h"
#include "contract/faults.h"

void slp_tstate_swap_update_tracing(PyThreadState *tstate)
{
    int on = tstate->tracing == 0 && (tstate->c_tracefunc || tstate->c_profilefunc);
    tstate->cframe->use_tracing = on ? 255 : 0;
}

void slp_tstate_swap_save(struct slp_tstate_swap *state, PyThreadState *tstate)
{
    assert(tstate->curexc_type == NULL);
    state->cframe = tstate->cframe;
    state->tracing = tstate->tracing;
    state->tracing_what = tstate->tracing_what;
    state->c_profilefunc = tstate->c_profilefunc;
    state->c_tracefunc = tstate->c_tracefunc;
    state->c_profileobj = tstate->c_profileobj;
    state->c_traceobj = tstate->c_traceobj;
    state->recursion_depth = tstate->recursion_limit - tstate->recursion_remaining;
    state->recursion_headroom = tstate->recursion_headroom;
    state->trash_delete_nesting = tstate->trash_delete_nesting;
    state->trash_delete_later = tstate->trash_delete_later;
    state->exc_info = tstate->exc_info;
    state->exc_value = SLP_FAULT(EXC_STATE_LEAKS) ? Py_XNewRef(tstate->exc_state.exc_value)
                                                  : tstate->exc_state.exc_value;
    state->context = tstate->context;
    state->datastack_chunk = tstate->datastack_chunk;
    state->datastack_top = tstate->datastack_top;
    state->datastack_limit = tstate->datastack_limit;
    /* faulthandler reads this without the GIL */
    tstate->cframe = &tstate->root_cframe;
}

void slp_tstate_swap_load(struct slp_tstate_swap *state, PyThreadState *tstate)
{
    tstate->tracing = state->tracing;
    tstate->tracing_what = state->tracing_what;
    tstate->c_profilefunc = state->c_profilefunc;
    tstate->c_tracefunc = state->c_tracefunc;
    tstate->c_profileobj = state->c_profileobj;
    tstate->c_traceobj = state->c_traceobj;
    tstate->recursion_remaining = tstate->recursion_limit - state->recursion_depth;
    tstate->recursion_headroom = state->recursion_headroom;
    if (!SLP_FAULT(TRASH_NESTING_SHARED))
        tstate->trash_delete_nesting = state->trash_delete_nesting;
    tstate->trash_delete_later = state->trash_delete_later;
    tstate->exc_info = state->exc_info;
    if (SLP_FAULT(EXC_STATE_LEAKS))
        Py_XDECREF(state->exc_value);
    else
        tstate->exc_state.exc_value = state->exc_value;
    tstate->context = state->context;
    tstate->context_ver += !SLP_FAULT(CONTEXT_STAYS_CACHED);
    tstate->datastack_chunk = state->datastack_chunk;
    tstate->datastack_top = state->datastack_top;
    tstate->datastack_limit = state->datastack_limit;
    tstate->cframe = state->cframe;
    slp_tstate_swap_update_tracing(tstate);
}

void slp_tstate_swap_fresh(PyThreadState *tstate, _PyCFrame *root, PyObject *context)
{
    root->use_tracing = 0;
    root->current_frame = NULL;
    root->previous = &tstate->root_cframe;
    tstate->tracing = 0;
    tstate->tracing_what = 0;
    tstate->c_profilefunc = NULL;
    tstate->c_tracefunc = NULL;
    tstate->c_profileobj = NULL;
    tstate->c_traceobj = NULL;
    if (!SLP_FAULT(RECURSION_DEPTH_SHARED))
        tstate->recursion_remaining = tstate->recursion_limit;
    tstate->recursion_headroom = 0;
    if (!SLP_FAULT(TRASH_NESTING_SHARED))
        tstate->trash_delete_nesting = 0;
    tstate->trash_delete_later = NULL;
    tstate->exc_info = &tstate->exc_state;
    if (!SLP_FAULT(EXC_STATE_LEAKS))
        tstate->exc_state.exc_value = NULL;
    tstate->exc_state.previous_item = NULL;
    tstate->context = context;
    tstate->context_ver += !SLP_FAULT(CONTEXT_STAYS_CACHED);
    tstate->datastack_chunk = slp_datastack_take();
    if (tstate->datastack_chunk != NULL) {
        /* a root chunk's first slot stays empty, so that it is never popped */
        tstate->datastack_top = &tstate->datastack_chunk->data[1];
        tstate->datastack_limit = slp_datastack_limit(tstate->datastack_chunk);
    } else {
        tstate->datastack_top = NULL;
        tstate->datastack_limit = NULL;
    }
    tstate->cframe = root;
}

void slp_tstate_swap_drop(PyThreadState *tstate)
{
    tstate->c_tracefunc = NULL;
    tstate->c_profilefunc = NULL;
    slp_tstate_swap_update_tracing(tstate);
    Py_CLEAR(tstate->c_traceobj);
    Py_CLEAR(tstate->c_profileobj);
    Py_CLEAR(tstate->exc_state.exc_value);
    if (tstate->context != NULL) {
        Py_CLEAR(tstate->context);
        tstate->context_ver++;
    }
}

void slp_tstate_swap_discard(PyThreadState *tstate)
{
    assert(tstate->exc_info == &tstate->exc_state);
    tstate->cframe = &tstate->root_cframe;
    if (tstate->datastack_chunk != NULL && !SLP_FAULT(DATA_STACK_LEAKS))
        slp_datastack_give(tstate->datastack_chunk);
    tstate->datastack_chunk = NULL;
    tstate->datastack_top = NULL;
    tstate->datastack_limit = NULL;
}

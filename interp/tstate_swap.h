/* SPDX-License-Identifier: MIT
 *
 * tstate_swap.h - what of a PyThreadState belongs to a tasklet.
 *
 * While a tasklet runs these values are in the PyThreadState; while it is
 * switched out they are here, and so are the references.  A tasklet that was
 * never run, or has ended, has none.
 *
 * Python.h with Py_BUILD_CORE must come first.
 */
#ifndef SLP_TSTATE_SWAP_H
#define SLP_TSTATE_SWAP_H

#include <Python.h>

struct slp_tstate_swap {
    _PyCFrame *cframe; /* on the tasklet's own C stack (or a spill's proxy) */
    int tracing;
    int tracing_what;
    Py_tracefunc c_profilefunc;
    Py_tracefunc c_tracefunc;
    PyObject *c_profileobj; /* owned, may be NULL */
    PyObject *c_traceobj;   /* owned, may be NULL */
    int recursion_depth;    /* limit - remaining, so that a new limit applies to all */
    int recursion_headroom;
    int trash_delete_nesting;
    PyObject *trash_delete_later; /* owned chain, as the trashcan keeps it */
    _PyErr_StackItem *exc_info;   /* &tstate->exc_state, or a generator's */
    PyObject *exc_value;          /* owned: the value of exc_state */
    PyObject *context;            /* owned, may be NULL */
    _PyStackChunk *datastack_chunk;
    PyObject **datastack_top;
    PyObject **datastack_limit;
};

/* Moves the running tasklet's values out of tstate into *state; tstate is then
 * in the state that only slp_tstate_swap_load() and slp_tstate_swap_fresh() may follow, and
 * no Python code may run in between. */
void slp_tstate_swap_save(struct slp_tstate_swap *state, PyThreadState *tstate);
/* Moves them back. */
void slp_tstate_swap_load(struct slp_tstate_swap *state, PyThreadState *tstate);

/* The values of a new tasklet: nothing traced, depth 0, no exception; *root is
 * its outermost cframe, on its C stack.  context: stolen, may be NULL. */
void slp_tstate_swap_fresh(PyThreadState *tstate, _PyCFrame *root, PyObject *context);
/* Ends what slp_tstate_swap_fresh() began: drops context, exception and trace
 * objects; that can run Python code, so the tasklet must still be in order. */
void slp_tstate_swap_drop(PyThreadState *tstate);
/* Makes the evaluation loop see whether anything is traced or profiled. */
void slp_tstate_swap_update_tracing(PyThreadState *tstate);
/* The last step, runs nothing: hands the data stack back (datastack.h). */
void slp_tstate_swap_discard(PyThreadState *tstate);

#endif

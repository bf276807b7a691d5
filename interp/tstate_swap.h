/* SPDX-License-Identifier: MIT
 *
 * tstate_swap.h - what of a PyThreadState belongs to a tasklet.
 *
 * While a tasklet runs these values are in the PyThreadState; while it is
 * switched out they are here, and so are the references.  A tasklet that was
 * never run, or has ended, has none.
 */
#ifndef SLP_TSTATE_SWAP_H
#define SLP_TSTATE_SWAP_H

#include "cpython.h"

struct slp_tstate_swap {
    slp_cpython_cframe *cframe; /* on the tasklet's own C stack (or a spill's proxy) */
    struct slp_cpython_tracing tracing;
    struct slp_cpython_recursion recursion;
    struct slp_cpython_trash trash;
    struct slp_cpython_handled handled;
    PyObject *context; /* owned, may be NULL */
    struct slp_cpython_datastack datastack;
};

/* Moves the running tasklet's values out of tstate into *state; tstate is then
 * in the state that only slp_tstate_swap_load() and slp_tstate_swap_fresh() may follow, and
 * no Python code may run in between. */
void slp_tstate_swap_save(struct slp_tstate_swap *state, PyThreadState *tstate);
/* Moves them back. */
void slp_tstate_swap_load(struct slp_tstate_swap *state, PyThreadState *tstate);

/* The values of a new tasklet: nothing traced, depth 0, no exception; *root is
 * its outermost cframe, on its C stack, and func what it will call.  context: stolen,
 * may be NULL. */
void slp_tstate_swap_fresh(PyThreadState *tstate, slp_cpython_cframe *root, PyObject *func,
                           PyObject *context);
/* Ends what slp_tstate_swap_fresh() began: drops context, exception and trace
 * objects; that can run Python code, so the tasklet must still be in order. */
void slp_tstate_swap_drop(PyThreadState *tstate);
/* The last step, runs nothing: hands the data stack back (datastack.h). */
void slp_tstate_swap_discard(PyThreadState *tstate);

#endif

/* SPDX-License-Identifier: MIT
 *
 * gil_311.h - the GIL, and the checks at which the evaluation loop gives it away.
 */
#ifndef SLP_GIL_311_H
#define SLP_GIL_311_H

#include "interp/cpython.h"

#include <internal/pycore_ceval.h>
#include <internal/pycore_interp.h>
#include <internal/pycore_pystate.h>
#include <internal/pycore_runtime.h>
#include <pthread.h>

/* ---- the GIL ----
 *
 * One for the process.  mutex protects what is said here of it; who wants the GIL
 * waits for cond with a time-out, after which it asks the holder to drop it; who
 * has dropped it on request waits for switch_cond until another one has had it. */

static inline pthread_mutex_t *slp_cpython_gil_mutex(void)
{
    return &_PyRuntime.ceval.gil.mutex;
}

static inline pthread_cond_t *slp_cpython_gil_cond(void)
{
    return &_PyRuntime.ceval.gil.cond;
}

static inline pthread_cond_t *slp_cpython_gil_switch_cond(void)
{
    return &_PyRuntime.ceval.gil.switch_cond;
}

/* Needs no GIL. */
static inline int slp_cpython_gil_is_held(void)
{
    return _Py_atomic_load_relaxed(&_PyRuntime.ceval.gil.locked);
}

/* The thread state that holds it, or that held it last; 0: none has yet.  Needs no
 * GIL: a number, since what it stands for may be gone. */
static inline uintptr_t slp_cpython_gil_last_holder(void)
{
    return _Py_atomic_load_relaxed(&_PyRuntime.ceval.gil.last_holder);
}

/* How often it has changed hands. */
static inline unsigned long slp_cpython_gil_switches(void)
{
    return _PyRuntime.ceval.gil.switch_number;
}

/* With the mutex: as if the GIL had changed hands.  Then whose time is up does not
 * ask for it, and begins another wait. */
static inline void slp_cpython_gil_count_switch(void)
{
    _PyRuntime.ceval.gil.switch_number++;
}

/* ---- the evaluation loop's checks ----
 *
 * At the begin of a function, after a call and at each turn of a loop it looks at
 * eval_breaker, one flag for all of: drop the GIL, run signal handlers, raise
 * what another thread has sent (async_exc, a class). */

/* The loop drops the GIL at its next check, and takes it again. */
static inline void slp_cpython_ask_for_gil(PyInterpreterState *interp)
{
    _Py_atomic_store_relaxed(&interp->ceval.gil_drop_request, 1);
    _Py_atomic_store_relaxed(&interp->ceval.eval_breaker, 1);
}

/* Does the next check find anything to do? */
static inline int slp_cpython_is_asked(const PyInterpreterState *interp)
{
    return _Py_atomic_load_relaxed(&interp->ceval.eval_breaker);
}

/* Sets the breaker to what the requests say.  A loop that finds it set and nothing to do
 * does not clear it, and in front of a traced function looks again for ever.  A signal
 * may come in the middle: it sets the breaker itself, and so 0 comes first. */
static inline void slp_cpython_count_requests(PyInterpreterState *interp)
{
    struct _ceval_state *ceval = &interp->ceval;

    _Py_atomic_store_relaxed(&ceval->eval_breaker, 0);
    if (_Py_atomic_load_relaxed(&ceval->gil_drop_request) || ceval->pending.async_exc ||
        (_Py_atomic_load_relaxed(&ceval->pending.calls_to_do) &&
         _Py_ThreadCanHandlePendingCalls()) ||
        (_Py_atomic_load_relaxed(&_PyRuntime.ceval.signals_pending) &&
         _Py_ThreadCanHandleSignals(interp)))
        _Py_atomic_store_relaxed(&ceval->eval_breaker, 1);
}

/* Nobody has asked for the GIL. */
static inline void slp_cpython_forget_gil_request(PyInterpreterState *interp)
{
    _Py_atomic_store_relaxed(&interp->ceval.gil_drop_request, 0);
    slp_cpython_count_requests(interp);
}

/* Where the class is that the loop will raise in that thread: owned, may be NULL. */
static inline PyObject **slp_cpython_async_exception(PyThreadState *tstate)
{
    return &tstate->async_exc;
}

/* The loop is to look there.  Who takes the GIL does this for itself, if its own is set. */
static inline void slp_cpython_signal_async_exception(PyThreadState *tstate)
{
    _PyEval_SignalAsyncExc(tstate->interp);
}

/* One request for all threads: it stays when a thread that has something to raise drops
 * the GIL in C, and when what was to be raised is taken back; then whoever runs is asked
 * for nothing. */
static inline int slp_cpython_is_asked_in_vain(const PyThreadState *tstate)
{
    return tstate->interp->ceval.pending.async_exc && tstate->async_exc == NULL;
}

static inline void slp_cpython_forget_async_request(PyInterpreterState *interp)
{
    interp->ceval.pending.async_exc = 0;
    slp_cpython_count_requests(interp);
}

/* What _PyThreadState_Swap(), which the linker leads to us, takes first. */
typedef struct _gilstate_runtime_state slp_cpython_gilstate;

/* Says who runs, with the GIL, where the loop has not done so yet; NULL takes it
 * back. */
static inline void slp_cpython_set_tstate(PyThreadState *tstate)
{
    _Py_atomic_store_relaxed(&_PyRuntime.gilstate.tstate_current, (uintptr_t)tstate);
}

/* Is this the C library's key under which each thread has its thread state? */
static inline int slp_cpython_is_tstate_key(pthread_key_t key)
{
    const Py_tss_t *states = &_PyRuntime.gilstate.autoTSSkey;

    return states->_is_initialized && key == states->_key;
}

#endif

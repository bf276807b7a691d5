/* SPDX-License-Identifier: MIT
 *
 * cpython_311.h - what the core touches of CPython 3.11's own structures.
 *
 * Included by cpython.h only, which says what a header like this is for.  All of
 * it needs the GIL unless it says otherwise, and none of it runs Python code but
 * for what is dropped by a function with "drop" in its name.
 *
 *   here            the thread state, modules, the collector, the runtime
 *   frames_311.h    cframes, frames, the data stack
 *   tasklet_311.h   tracing, recursion, trashcan, handled exception, context
 *   gil_311.h       the GIL, the evaluation loop's checks
 *   entry_311.h     the check where a traced function begins
 */
#ifndef SLP_CPYTHON_311_H
#define SLP_CPYTHON_311_H

#include "interp/cpython.h"

#include <internal/pycore_interp.h>
#include <internal/pycore_pystate.h>
#include <internal/pycore_runtime.h>
#include <internal/pycore_traceback.h>

#include "entry_311.h"
#include "frames_311.h"
#include "gil_311.h"
#include "tasklet_311.h"

/* ---- the thread state ---- */

/* The running thread's, from a global variable: 3.11 has one GIL, and so one
 * current thread state.  NULL without the GIL. */
static inline PyThreadState *slp_cpython_tstate(void)
{
    return _PyThreadState_GET();
}

static inline PyInterpreterState *slp_cpython_interp(const PyThreadState *tstate)
{
    return tstate->interp;
}

static inline int slp_cpython_in_main_interp(const PyThreadState *tstate)
{
    return tstate->interp == PyInterpreterState_Main();
}

/* Counted up from 1, for the life of the process: unlike an address or an ident it
 * never comes again. */
static inline uint64_t slp_cpython_id(const PyThreadState *tstate)
{
    return tstate->id;
}

/* threading.get_ident() of its thread. */
static inline unsigned long slp_cpython_ident(const PyThreadState *tstate)
{
    return tstate->thread_id;
}

/* What PyThreadState_GetDict() returns, of any thread state.  Borrowed, or NULL
 * with an exception. */
static inline PyObject *slp_cpython_dict(PyThreadState *tstate)
{
    if (tstate->dict == NULL)
        tstate->dict = PyDict_New();
    return tstate->dict;
}

/* How many threads of this interpreter have a thread state, beside this one.  The
 * list changes under a mutex of its own and not under the GIL: a thread that ends
 * takes itself out of it after it has given the GIL back. */
static inline int slp_cpython_count_others(const PyThreadState *self)
{
    PyThread_type_lock mutex = _PyRuntime.interpreters.mutex;
    int others = 0;

    PyThread_acquire_lock(mutex, 1);
    for (PyThreadState *tstate = self->interp->threads.head; tstate != NULL; tstate = tstate->next)
        others += tstate != self;
    PyThread_release_lock(mutex);
    return others;
}

/* Does the thread run on which the interpreter was initialised? */
static inline int slp_cpython_is_main_thread(void)
{
    return _Py_IsMainThread();
}

/* ---- modules ---- */

/* sys.modules, without asking sys for it.  Borrowed; NULL: there is none, or it is
 * no plain dict. */
static inline PyObject *slp_cpython_modules(const PyInterpreterState *interp)
{
    PyObject *modules = interp->modules;

    return modules != NULL && PyDict_CheckExact(modules) ? modules : NULL;
}

/* Another number after each change, of any dict of the process; never 0. */
static inline uint64_t slp_cpython_dict_version(PyObject *dict)
{
    return ((PyDictObject *)dict)->ma_version_tag;
}

/* ---- the collector ---- */

/* Is a collection under way, on whichever thread? */
static inline int slp_cpython_is_collecting(const PyInterpreterState *interp)
{
    return interp->gc.collecting;
}

/* gc.callbacks: borrowed; NULL before there is a module gc, and at the end. */
static inline PyObject *slp_cpython_gc_callbacks(const PyInterpreterState *interp)
{
    return interp->gc.callbacks;
}

/* ---- the runtime ---- */

/* Has the interpreter begun to end? */
static inline int slp_cpython_is_finalizing(void)
{
    return _PyRuntimeState_GetFinalizing(&_PyRuntime) != NULL;
}

/* The global state, which contains the main interpreter and the first thread's
 * state: where it is, and how large this header takes it to be. */
static inline const void *slp_cpython_runtime(void)
{
    return &_PyRuntime;
}

enum { SLP_CPYTHON_RUNTIME_BYTES = sizeof(_PyRuntimeState) };

#endif

/* SPDX-License-Identifier: MIT
 *
 * thread_end_got.c - the end of threads that may never have used a tasklet.
 *
 * Others may have counted on such a thread (slp_thread_wake_stuck).  When a
 * PyThreadState is deleted by its own thread the interpreter forgets it in the
 * thread-specific data of the C library, with the GIL still held.
 */
#define Py_BUILD_CORE 1
#include <Python.h>

#include "thread_end.h"

#include <internal/pycore_pystate.h>
#include <internal/pycore_runtime.h>
#include <pthread.h>

#include "got.h"
#include "interp/thread.h"

static int (*real)(pthread_key_t, const void *);

static int set_specific(pthread_key_t key, const void *value)
{
    const Py_tss_t *states = &_PyRuntime.gilstate.autoTSSkey;

    if (value == NULL && states->_is_initialized && key == states->_key &&
        _PyThreadState_GET() != NULL)
        slp_thread_wake_stuck();
    return real(key, value);
}

void slp_thread_end_watch(void)
{
    (void)slp_got_replace("pthread_setspecific", (slp_got_function)set_specific,
                          (slp_got_function *)&real);
}

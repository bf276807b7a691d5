/* SPDX-License-Identifier: MIT
 *
 * thread_end_got.c - the end of threads that may never have used a tasklet.
 *
 * Others may have counted on such a thread (slp_thread_wake_stuck).  When a
 * PyThreadState is deleted by its own thread the interpreter forgets it in the
 * thread-specific data of the C library, with the GIL still held.
 */
#include "interp/cpython.h"

#include "thread_end.h"

#include <pthread.h>

#include "got.h"
#include "interp/thread.h"

static int (*real)(pthread_key_t, const void *);

static int set_specific(pthread_key_t key, const void *value)
{
    if (value == NULL && slp_cpython_is_tstate_key(key) && slp_cpython_tstate() != NULL)
        slp_thread_wake_stuck();
    return real(key, value);
}

void slp_thread_end_watch(void)
{
    (void)slp_got_replace("pthread_setspecific", (slp_got_function)set_specific,
                          (slp_got_function *)&real);
}

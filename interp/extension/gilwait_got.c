/* SPDX-License-Identifier: MIT
 *
 * gilwait_got.c - see gilwait.h: the dynamic linker's way (got.h).
 */
#define Py_BUILD_CORE 1
#include <Python.h>

#include "interp/gilwait.h"

#include <internal/pycore_runtime.h>

#include "got.h"

static slp_gilwait_function *real;

static int wait_for_gil(pthread_cond_t *cond, pthread_mutex_t *mutex,
                        const struct timespec *deadline)
{
    return slp_atomic_wait(real, cond, mutex, deadline);
}

/* Whose time is up in a wait that began before must begin another one, too. */
static void make_waiters_begin_again(void)
{
    struct _gil_runtime_state *gil = &_PyRuntime.ceval.gil;

    pthread_mutex_lock(&gil->mutex);
    gil->switch_number++;
    pthread_mutex_unlock(&gil->mutex);
}

void slp_gilwait_install(void)
{
    static int tried;

    if (tried)
        return;
    tried = 1;
    if (slp_got_replace("pthread_cond_timedwait", (slp_got_function)wait_for_gil,
                        (slp_got_function *)&real) == 0)
        make_waiters_begin_again();
}

/* SPDX-License-Identifier: MIT
 *
 * gilwait_got.c - see gilwait.h: the dynamic linker's way (got.h).
 */
#include "interp/cpython.h"

#include "interp/gilwait.h"

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
    pthread_mutex_lock(slp_cpython_gil_mutex());
    slp_cpython_gil_count_switch();
    pthread_mutex_unlock(slp_cpython_gil_mutex());
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

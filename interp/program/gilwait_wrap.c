/* SPDX-License-Identifier: MIT
 *
 * gilwait_wrap.c - see gilwait.h: the linker's way (--wrap).
 */
#include "interp/gilwait.h"

int __real_pthread_cond_timedwait(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
int __wrap_pthread_cond_timedwait(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);

int __wrap_pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex,
                                  const struct timespec *deadline)
{
    return slp_atomic_wait(__real_pthread_cond_timedwait, cond, mutex, deadline);
}

void slp_gilwait_install(void)
{
}

/* SPDX-License-Identifier: MIT */
#include "sigmask.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>

#include "engine.h"
#include "engine_state.h"
#include "real.h"

static int masks_differ; /* some thread has changed its own */

void sw_sigmask_inherit(struct sw_thread *thread, const struct sw_thread *creator)
{
    thread->blocked_signals = creator->blocked_signals;
}

void sw_sigmask_switch(const struct sw_thread *from, const struct sw_thread *to)
{
    if (masks_differ && from->blocked_signals != to->blocked_signals)
        SW_REAL(syscall)
    (SYS_rt_sigprocmask, SIG_SETMASK, &to->blocked_signals, NULL, sizeof to->blocked_signals);
}

SW_EXPORT int pthread_sigmask(int how, const sigset_t *set, sigset_t *old)
{
    struct sw_thread *self = sw_engine_self();
    sigset_t now;
    int failed = SW_REAL(pthread_sigmask)(how, set, old);

    if (failed != 0 || self == NULL || set == NULL)
        return failed;
    SW_REAL(pthread_sigmask)(SIG_BLOCK, NULL, &now);
    self->blocked_signals = *(const uint64_t *)&now;
    masks_differ = 1;
    return 0;
}

SW_EXPORT int sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
    int failed = pthread_sigmask(how, set, old);

    if (failed != 0)
        errno = failed;
    return failed != 0 ? -1 : 0;
}

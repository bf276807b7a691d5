/* SPDX-License-Identifier: MIT
 *
 * sigwait.c - sigwait and its like: for signals that all threads block, which a descriptor shows.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>

#include "harness/control/checkpoint/checkpoint.h"
#include "harness/control/engine/cancel.h"
#include "harness/control/engine/engine.h"
#include "harness/control/io/fds.h"
#include "harness/control/io/readiness.h"
#include "harness/control/engine/real.h"
#include "pid.h"
#include "harness/control/time/vtime.h"

/* The number; -1 and EAGAIN after the deadline, or EINTR. */
static int wait_for(const sigset_t *set, siginfo_t *info, uint64_t deadline_ns)
{
    static const struct timespec now = {0, 0};

    sw_cancel_point(); /* before there is a descriptor to be left open */
    int fd = SW_REAL(signalfd)(-1, set, SFD_CLOEXEC | SFD_NONBLOCK);
    struct pollfd one = {.fd = fd, .events = POLLIN};
    int number = -1, ready = 1;

    if (fd < 0)
        return -1;
    sw_fds_add(fd, SW_FD_OTHER, NULL);
    while (ready > 0 && number < 0) {
        ready = sw_readiness_wait(&one, 1, deadline_ns);
        number = ready > 0 ? SW_REAL(sigtimedwait)(set, info, &now) : -1;
    }
    if (number > 0 && info != NULL)
        sw_pid_show_sender(info);
    int saved = ready == 0 ? EAGAIN : errno;
    sw_fds_forget(fd);
    SW_REAL(close)(fd);
    sw_cancel_after(number);
    errno = saved;
    return number;
}

SW_EXPORT int sigwaitinfo(const sigset_t *restrict set, siginfo_t *restrict info)
{
    return sw_engine_self() == NULL ? SW_REAL(sigwaitinfo)(set, info) : wait_for(set, info, 0);
}

SW_EXPORT int sigtimedwait(const sigset_t *restrict set, siginfo_t *restrict info,
                           const struct timespec *restrict timeout)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(sigtimedwait)(set, info, timeout);
    if (timeout != NULL && (timeout->tv_sec < 0 || !sw_vtime_is_valid(timeout))) {
        errno = EINVAL;
        return -1;
    }
    return wait_for(set, info,
                    timeout != NULL ? sw_vtime_relative(sw_vtime_of_timespec(timeout)) : 0);
}

SW_EXPORT int sigwait(const sigset_t *restrict set, int *restrict number)
{
    int got, saved = errno;

    if (sw_engine_self() == NULL)
        return SW_REAL(sigwait)(set, number);
    do
        got = wait_for(set, NULL, 0);
    while (got < 0 && errno == EINTR);
    int failed = got < 0 ? errno : 0;
    errno = saved;
    if (failed != 0)
        return failed;
    *number = got;
    return 0;
}

SW_EXPORT int signalfd(int fd, const sigset_t *set, int flags)
{
    sw_checkpoint_before_outside("its first signal descriptor");
    int got = SW_REAL(signalfd)(fd, set, flags);

    if (got >= 0 && fd < 0)
        sw_fds_add(got, SW_FD_OTHER, NULL);
    return got;
}

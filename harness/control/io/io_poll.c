/* SPDX-License-Identifier: MIT
 *
 * io_poll.c - poll and select, with deadlines in virtual time.
 */
#include <errno.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/select.h>

#include "harness/control/engine/cancel.h"
#include "harness/control/engine/engine.h"
#include "fds.h"
#include "readiness.h"
#include "harness/control/engine/real.h"
#include "harness/control/time/vtime.h"

int __poll_chk(struct pollfd *fds, nfds_t count, int timeout_ms, size_t room);
int __ppoll_chk(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
                const sigset_t *mask, size_t room);

#define FOREVER UINT64_MAX

static int refuse(void)
{
    errno = EINVAL;
    return -1;
}

static int is_no_timeout(const struct timespec *timeout)
{
    return timeout != NULL && (timeout->tv_sec < 0 || !sw_vtime_is_valid(timeout));
}

/* The kernel looks at the number first, and at what is there only then. */
static int is_too_many(nfds_t count)
{
    struct rlimit limit;

    return count > FD_SETSIZE && getrlimit(RLIMIT_NOFILE, &limit) == 0 && count > limit.rlim_cur;
}

/* The mask is the thread's as long as it waits. */
static void enter(const sigset_t *mask, sigset_t *old)
{
    if (mask != NULL)
        pthread_sigmask(SIG_SETMASK, mask, old);
}

static void leave(const sigset_t *mask, const sigset_t *old, int result)
{
    int saved = errno;

    if (mask != NULL)
        pthread_sigmask(SIG_SETMASK, old, NULL);
    sw_cancel_after(result);
    errno = saved;
}

static int wait_for(struct pollfd *fds, nfds_t count, uint64_t timeout_ns)
{
    uint64_t deadline_ns = timeout_ns == FOREVER ? 0 : sw_vtime_relative(timeout_ns);

    if (timeout_ns == 0)
        return sw_readiness_observe(fds, count);
    if (count > 0 || timeout_ns == FOREVER)
        return sw_readiness_wait(fds, count, deadline_ns);
    int failed = sw_engine_sleep(SW_AT_SLEEP, deadline_ns);
    if (failed != EINTR)
        return 0;
    errno = EINTR;
    return -1;
}

/* ---- poll ---- */

SW_EXPORT int poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(poll)(fds, count, timeout_ms);
    if (is_too_many(count))
        return refuse();
    sw_cancel_point();
    return sw_cancel_after(
        wait_for(fds, count, timeout_ms < 0 ? FOREVER : (uint64_t)timeout_ms * 1000000));
}

SW_EXPORT int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
                    const sigset_t *mask)
{
    sigset_t old;

    if (sw_engine_self() == NULL)
        return SW_REAL(ppoll)(fds, count, timeout, mask);
    if (is_too_many(count) || is_no_timeout(timeout))
        return refuse();
    sw_cancel_point();
    enter(mask, &old);
    int ready = wait_for(fds, count, timeout != NULL ? sw_vtime_of_timespec(timeout) : FOREVER);
    leave(mask, &old, ready);
    return ready;
}

SW_EXPORT int __poll_chk(struct pollfd *fds, nfds_t count, int timeout_ms, size_t room)
{
    return poll(fds, count <= room / sizeof *fds ? count : room / sizeof *fds, timeout_ms);
}

SW_EXPORT int __ppoll_chk(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
                          const sigset_t *mask, size_t room)
{
    return ppoll(fds, count <= room / sizeof *fds ? count : room / sizeof *fds, timeout, mask);
}

/* ---- select ---- */

static const struct {
    short wanted, got;
} events[3] = {
    {POLLIN, POLLIN | POLLHUP | POLLERR}, {POLLOUT, POLLOUT | POLLERR}, {POLLPRI, POLLPRI}};

static nfds_t fds_of_sets(int n, fd_set *const sets[3], struct pollfd *fds)
{
    nfds_t count = 0;

    for (int fd = 0; fd < n && fd < FD_SETSIZE; fd++) {
        short wanted = 0;
        for (int i = 0; i < 3; i++)
            if (sets[i] != NULL && FD_ISSET(fd, sets[i]))
                wanted |= events[i].wanted;
        if (wanted != 0)
            fds[count++] = (struct pollfd){.fd = fd, .events = wanted};
    }
    return count;
}

/* How many bits are set, of those that were; -1: one is no descriptor. */
static int sets_of_fds(const struct pollfd *fds, nfds_t count, fd_set *const sets[3])
{
    int bits = 0;

    for (nfds_t k = 0; k < count; k++)
        if ((fds[k].revents & POLLNVAL) != 0) {
            errno = EBADF;
            return -1;
        }
    for (nfds_t k = 0; k < count; k++)
        for (int i = 0; i < 3; i++) {
            if (sets[i] == NULL || !FD_ISSET(fds[k].fd, sets[i]))
                continue;
            if ((fds[k].revents & events[i].got) != 0)
                bits++;
            else
                FD_CLR(fds[k].fd, sets[i]);
        }
    return bits;
}

static int select_ns(int n, fd_set *const sets[3], uint64_t timeout_ns)
{
    struct pollfd fds[FD_SETSIZE];
    nfds_t count = fds_of_sets(n, sets, fds);

    return wait_for(fds, count, timeout_ns) < 0 ? -1 : sets_of_fds(fds, count, sets);
}

SW_EXPORT int select(int n, fd_set *restrict in, fd_set *restrict out, fd_set *restrict bad,
                     struct timeval *restrict timeout)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(select)(n, in, out, bad, timeout);
    if (n < 0 || (timeout != NULL && (timeout->tv_sec < 0 || timeout->tv_usec < 0)))
        return refuse();
    uint64_t timeout_ns = timeout == NULL ? FOREVER
                                          : (uint64_t)timeout->tv_sec * 1000000000u +
                                                (uint64_t)timeout->tv_usec * 1000;
    sw_cancel_point();
    return sw_cancel_after(select_ns(n, (fd_set *const[3]){in, out, bad}, timeout_ns));
}

SW_EXPORT int pselect(int n, fd_set *restrict in, fd_set *restrict out, fd_set *restrict bad,
                      const struct timespec *restrict timeout, const sigset_t *restrict mask)
{
    sigset_t old;

    if (sw_engine_self() == NULL)
        return SW_REAL(pselect)(n, in, out, bad, timeout, mask);
    if (n < 0 || is_no_timeout(timeout))
        return refuse();
    sw_cancel_point();
    enter(mask, &old);
    int bits = select_ns(n, (fd_set *const[3]){in, out, bad},
                         timeout != NULL ? sw_vtime_of_timespec(timeout) : FOREVER);
    leave(mask, &old, bits);
    return bits;
}

/* SPDX-License-Identifier: MIT */
#include "io.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "harness/control/engine/cancel.h"
#include "harness/control/engine/engine.h"
#include "fds.h"
#include "readiness.h"
#include "harness/control/engine/real.h"
#include "harness/control/time/vtime.h"

static int never_blocks(enum sw_fd_kind kind)
{
    return kind == SW_FD_UNSEEN || kind == SW_FD_FILE || kind == SW_FD_RANDOM;
}

/* A socket's own time limit.  0: none. */
static uint64_t find_deadline(int fd, short events)
{
    struct timeval limit = {0, 0};
    socklen_t size = sizeof limit;

    if (SW_REAL(getsockopt)(fd, SOL_SOCKET, events == POLLIN ? SO_RCVTIMEO : SO_SNDTIMEO, &limit,
                            &size) != 0 ||
        (limit.tv_sec == 0 && limit.tv_usec == 0))
        return 0;
    return sw_vtime_relative((uint64_t)limit.tv_sec * 1000000000u + (uint64_t)limit.tv_usec * 1000);
}

static int wait_for(int fd, short events, int blocks)
{
    struct pollfd one = {.fd = fd, .events = events};
    /* First a look: what is ready is no wait, and no decision. */
    int ready = sw_readiness_observe(&one, 1);

    if (ready == 0 && blocks)
        ready = sw_readiness_wait(&one, 1, find_deadline(fd, events));
    if (ready == 0)
        errno = EAGAIN;
    return ready > 0;
}

int sw_io_before(int fd, short events, int flags)
{
    struct sw_thread *self = sw_engine_self();

    if (self == NULL)
        return 0;
    int saved = errno;
    sw_cancel_point_of(self);
    /* The common cases first, which cost no system call. */
    if (never_blocks(sw_fds_kind(fd)) || (sw_fds_is_standard(fd) && events == POLLOUT))
        return 0;
    int blocks = (flags & MSG_DONTWAIT) == 0 && sw_fds_is_blocking(fd);
    /* It fails with EAGAIN by itself if it has to, at the same step of every run. */
    if (!blocks && !sw_fds_is_outside(fd))
        return 0;
    if (events == POLLIN)
        sw_fds_report(fd);
    if (!sw_fds_can(fd, events == POLLOUT))
        return 0; /* it fails at once */
    int ready = wait_for(fd, events, blocks);
    if (!ready)
        sw_cancel_point_of(self);
    errno = ready ? saved : errno;
    return ready ? 0 : -1;
}

ssize_t sw_io_after(ssize_t result)
{
    if (sw_engine_self() != NULL)
        sw_readiness_io_done();
    return result;
}

int sw_io_may_block(int fd, int flags)
{
    return sw_engine_self() != NULL && (flags & MSG_DONTWAIT) == 0 && !sw_fds_is_standard(fd) &&
           !never_blocks(sw_fds_kind(fd)) && sw_fds_is_blocking(fd);
}

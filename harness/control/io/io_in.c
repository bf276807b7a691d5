/* SPDX-License-Identifier: MIT
 *
 * io_in.c - read, recv and their like.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "harness/control/time/random_bytes.h"
#include "harness/control/engine/engine.h"
#include "fds.h"
#include "io.h"
#include "harness/control/net/net.h"
#include "readiness.h"
#include "harness/control/engine/real.h"

/* What -D_FORTIFY_SOURCE makes of the functions below. */
ssize_t __read_chk(int fd, void *buf, size_t size, size_t room);
ssize_t __recv_chk(int fd, void *buf, size_t size, size_t room, int flags);
ssize_t __recvfrom_chk(int fd, void *restrict buf, size_t size, size_t room, int flags,
                       struct sockaddr *restrict address, socklen_t *restrict length);

static int is_random(int fd)
{
    return sw_engine_self() != NULL && sw_fds_kind(fd) == SW_FD_RANDOM;
}

/* From a stream whose other end is not ours, as much as there was when this was recorded. */
static ssize_t read_outside(int fd, void *buf, size_t size, int flags, int is_socket)
{
    size_t some = sw_readiness_before_read(fd, size);
    ssize_t got = is_socket ? SW_REAL(recv)(fd, buf, some, flags) : SW_REAL(read)(fd, buf, some);
    int saved = errno;

    sw_readiness_after_read(size, got);
    errno = saved;
    return got;
}

static int is_outside_stream(int fd)
{
    int type = SOCK_STREAM;
    socklen_t size = sizeof type;

    return sw_engine_self() != NULL && sw_fds_is_outside(fd) &&
           (SW_REAL(getsockopt)(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 ? type == SOCK_STREAM
                                                                            : errno == ENOTSOCK);
}

SW_EXPORT ssize_t read(int fd, void *buf, size_t size)
{
    if (is_random(fd))
        return sw_random_bytes_fill(buf, size);
    if (sw_io_before(fd, POLLIN, 0) < 0)
        return -1;
    if (is_outside_stream(fd))
        return sw_io_after(sw_net_in(fd, read_outside(fd, buf, size, 0, 0)));
    return sw_io_after(sw_net_in(fd, SW_REAL(read)(fd, buf, size)));
}

SW_EXPORT int eventfd_read(int fd, eventfd_t *value)
{
    return read(fd, value, sizeof *value) == sizeof *value ? 0 : -1;
}

SW_EXPORT ssize_t readv(int fd, const struct iovec *parts, int count)
{
    if (is_random(fd) && count > 0)
        return sw_random_bytes_fill(parts[0].iov_base, parts[0].iov_len);
    if (sw_io_before(fd, POLLIN, 0) < 0)
        return -1;
    return sw_io_after(sw_net_in(fd, SW_REAL(readv)(fd, parts, count)));
}

/* With MSG_WAITALL the kernel would block for the rest. */
static ssize_t receive_all(int fd, char *buf, size_t size, int flags)
{
    /* Each piece is waited for where the engine sees it. */
    size_t got = 0;

    while (got < size) {
        if (sw_io_before(fd, POLLIN, flags) < 0)
            return got > 0 ? (ssize_t)got : -1;
        ssize_t n = sw_io_after(sw_net_in(
            fd, SW_REAL(recv)(fd, buf + got, size - got, (flags & ~MSG_WAITALL) | MSG_DONTWAIT)));
        if (n < 0 && errno == EAGAIN)
            continue;
        if (n <= 0)
            return got > 0 ? (ssize_t)got : n;
        got += (size_t)n;
    }
    return (ssize_t)got;
}

static ssize_t receive(int fd, void *buf, size_t size, int flags)
{
    if ((flags & MSG_WAITALL) != 0 && (flags & MSG_PEEK) == 0 && sw_io_may_block(fd, flags))
        return receive_all(fd, buf, size, flags);
    if (sw_io_before(fd, POLLIN, flags) < 0)
        return -1;
    if ((flags & (MSG_PEEK | MSG_OOB)) == 0 && is_outside_stream(fd))
        return sw_io_after(sw_net_in(fd, read_outside(fd, buf, size, flags, 1)));
    return sw_io_after(sw_net_in(fd, SW_REAL(recv)(fd, buf, size, flags)));
}

SW_EXPORT ssize_t recv(int fd, void *buf, size_t size, int flags)
{
    return receive(fd, buf, size, flags);
}

/* Of a TCP socket nobody learns an address this way. */
SW_EXPORT ssize_t recvfrom(int fd, void *restrict buf, size_t size, int flags,
                           struct sockaddr *restrict address, socklen_t *restrict length)
{
    if (sw_net_is_mapped(fd)) {
        if (address != NULL && length != NULL)
            *length = 0;
        return receive(fd, buf, size, flags);
    }
    if (address == NULL)
        return receive(fd, buf, size, flags);
    if (sw_io_before(fd, POLLIN, flags) < 0)
        return -1;
    return sw_io_after(SW_REAL(recvfrom)(fd, buf, size, flags, address, length));
}

SW_EXPORT ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
    struct msghdr nameless = *message;

    if (sw_io_before(fd, POLLIN, flags) < 0)
        return -1;
    if (!sw_net_is_mapped(fd))
        return sw_io_after(SW_REAL(recvmsg)(fd, message, flags));
    nameless.msg_name = NULL;
    nameless.msg_namelen = 0;
    ssize_t got = sw_io_after(sw_net_in(fd, SW_REAL(recvmsg)(fd, &nameless, flags)));
    message->msg_namelen = 0;
    message->msg_controllen = nameless.msg_controllen;
    message->msg_flags = nameless.msg_flags;
    return got;
}

/* One at a time; the time limit is looked at between two of them only, as the kernel does. */
SW_EXPORT int recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags,
                       struct timespec *timeout)
{
    unsigned got = 0;

    if (sw_engine_self() == NULL)
        return SW_REAL(recvmmsg)(fd, messages, count, flags, timeout);
    while (got < count) {
        int dont_wait = got > 0 && (flags & MSG_WAITFORONE) != 0 ? MSG_DONTWAIT : 0;
        ssize_t n = recvmsg(fd, &messages[got].msg_hdr, (flags & ~MSG_WAITFORONE) | dont_wait);
        if (n < 0)
            break;
        messages[got++].msg_len = (unsigned)n;
    }
    return got > 0 || count == 0 ? (int)got : -1;
}

SW_EXPORT ssize_t __read_chk(int fd, void *buf, size_t size, size_t room)
{
    return read(fd, buf, size <= room ? size : room);
}

SW_EXPORT ssize_t __recv_chk(int fd, void *buf, size_t size, size_t room, int flags)
{
    return recv(fd, buf, size <= room ? size : room, flags);
}

SW_EXPORT ssize_t __recvfrom_chk(int fd, void *restrict buf, size_t size, size_t room, int flags,
                                 struct sockaddr *restrict address, socklen_t *restrict length)
{
    return recvfrom(fd, buf, size <= room ? size : room, flags, address, length);
}

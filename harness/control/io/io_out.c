/* SPDX-License-Identifier: MIT
 *
 * io_out.c - write, send and their like: in pieces that the kernel takes without blocking.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/control/engine/engine.h"
#include "fds.h"
#include "file_changes.h"
#include "io.h"
#include "harness/control/net/net.h"
#include "owed.h"
#include "printed.h"
#include "harness/control/engine/real.h"

enum {
    PIECE = 4096, /* PIPE_BUF: a ready pipe takes so much at once */
    FILE_PIECE = 65536,
};

static int is_pipe(int fd)
{
    struct stat status;

    return SW_REAL(fstat)(fd, &status) == 0 && S_ISFIFO(status.st_mode);
}

static int is_socket(int fd)
{
    struct stat status;

    return SW_REAL(fstat)(fd, &status) == 0 && S_ISSOCK(status.st_mode);
}

/* So much has been written to it. */
static void changed(int fd, ssize_t n)
{
    if (n >= 0 && sw_fds_kind(fd) == SW_FD_FILE)
        sw_file_changes_written(fd);
}

/* ---- pipes ---- */

/* A pipe may take a part and block for the rest, with the reader waiting for us.  Up to PIPE_BUF
 * bytes a pipe that polls as writable takes all at once: so no piece ever blocks. */
static ssize_t write_pieces(int fd, const char *buf, size_t size)
{
    size_t written = 0;

    while (written < size) {
        size_t piece = size - written < PIECE ? size - written : PIECE;
        if (sw_io_before(fd, POLLOUT, 0) < 0)
            return -1;
        ssize_t n = sw_io_after(sw_owed_write(fd, buf + written, piece));
        if (n < 0)
            return written > 0 ? (ssize_t)written : n;
        written += (size_t)n;
    }
    return (ssize_t)written;
}

static int is_stream(int fd)
{
    int type = 0;
    socklen_t size = sizeof type;

    return SW_REAL(getsockopt)(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
}

/* What does not block may take a part only, and how much there is room for is up to the child: so
 * it is a piece, for which there is room or not. */
static size_t limit(int fd, size_t size)
{
    int is_childs = size > PIECE && sw_engine_self() != NULL && sw_owed_is_to_a_child(fd);

    return is_childs && (is_pipe(fd) || is_stream(fd)) ? PIECE : size;
}

/* ---- stream sockets ---- */

/* The socket's buffer may take a part and block for the rest.  How much it takes depends on
 * others if they read from it, so that they get pieces of one size. */
static ssize_t send_pieces(int fd, const char *buf, size_t size, int flags)
{
    /* INSIDE, how much fits depends on this process only, and one call may take what it can.
     * OUTSIDE it would differ from run to run. */
    size_t sent = 0, most = sw_fds_is_outside(fd) ? PIECE : size;

    do {
        size_t piece = size - sent < most ? size - sent : most;
        if (most < size && sw_io_before(fd, POLLOUT, flags) < 0)
            return sent > 0 ? (ssize_t)sent : -1;
        ssize_t n = sw_io_after(sw_net_out(
            fd, flags, piece,
            SW_REAL(send)(fd, buf + sent, piece, sw_net_flags(fd, flags | MSG_DONTWAIT))));
        if (n >= 0)
            sent += (size_t)n;
        else if (errno != EAGAIN || sw_io_before(fd, POLLOUT, flags) < 0)
            return sent > 0 ? (ssize_t)sent : -1;
    } while (sent < size);
    return (ssize_t)sent;
}

static ssize_t send_once(int fd, const void *buf, size_t size, int flags)
{
    if (sw_io_before(fd, POLLOUT, flags) < 0)
        return -1;
    return sw_io_after(
        sw_net_out(fd, flags, size, SW_REAL(send)(fd, buf, size, sw_net_flags(fd, flags))));
}

SW_EXPORT ssize_t send(int fd, const void *buf, size_t size, int flags)
{
    if (sw_io_may_block(fd, flags) && is_stream(fd))
        return send_pieces(fd, buf, size, flags);
    return send_once(fd, buf, size, flags);
}

static ssize_t write_any(int fd, const void *buf, size_t size)
{
    int may_block = sw_io_may_block(fd, 0);

    if (may_block && size > PIECE && is_pipe(fd))
        return write_pieces(fd, buf, size);
    if (sw_net_is_mapped(fd) || (may_block && is_socket(fd)))
        return send(fd, buf, size, 0);
    if (sw_io_before(fd, POLLOUT, 0) < 0)
        return -1;
    ssize_t n = sw_io_after(sw_owed_write(fd, buf, limit(fd, size)));
    changed(fd, n);
    return n;
}

SW_EXPORT ssize_t write(int fd, const void *buf, size_t size)
{
    return sw_printed_add(fd, buf, write_any(fd, buf, size));
}

SW_EXPORT int eventfd_write(int fd, eventfd_t value)
{
    return write(fd, &value, sizeof value) == sizeof value ? 0 : -1;
}

SW_EXPORT ssize_t sendto(int fd, const void *buf, size_t size, int flags,
                         const struct sockaddr *address, socklen_t length)
{
    if (address == NULL || sw_net_is_mapped(fd)) /* TCP ignores the address */
        return send(fd, buf, size, flags);
    if (sw_io_before(fd, POLLOUT, flags) < 0)
        return -1;
    return sw_io_after(SW_REAL(sendto)(fd, buf, size, flags, address, length));
}

/* ---- parts and messages ---- */

/* The next part that is not empty, and how much of it there is still. */
struct cursor {
    const struct iovec *parts;
    size_t count;
    size_t used; /* of the first */
};

static size_t gather_piece(struct cursor *cursor, char *piece)
{
    size_t size = 0;

    while (cursor->count > 0 && size < PIECE) {
        size_t left = cursor->parts->iov_len - cursor->used;
        size_t n = left < PIECE - size ? left : PIECE - size;
        memcpy(piece + size, (const char *)cursor->parts->iov_base + cursor->used, n);
        size += n;
        cursor->used += n;
        if (cursor->used < cursor->parts->iov_len)
            break;
        cursor->parts++;
        cursor->count--;
        cursor->used = 0;
    }
    return size;
}

/* What would block on its way: through a buffer, a piece at a time. */
static ssize_t write_parts(int fd, const struct iovec *parts, size_t count, int flags)
{
    struct cursor cursor = {parts, count, 0};
    char piece[PIECE];
    ssize_t written = 0;
    size_t size;

    while ((size = gather_piece(&cursor, piece)) > 0) {
        ssize_t n = is_socket(fd) ? send(fd, piece, size, flags) : write(fd, piece, size);
        if (n < 0)
            return written > 0 ? written : n;
        written += n;
        if ((size_t)n < size)
            break;
    }
    return written;
}

static size_t total(const struct iovec *parts, size_t count)
{
    size_t size = 0;

    for (size_t i = 0; i < count; i++)
        size += parts[i].iov_len;
    return size;
}

SW_EXPORT ssize_t writev(int fd, const struct iovec *parts, int count)
{
    struct msghdr message = {.msg_iov = (struct iovec *)parts, .msg_iovlen = (size_t)count};

    if (count > 0 && sw_io_may_block(fd, 0) && total(parts, (size_t)count) > 0)
        return write_parts(fd, parts, (size_t)count, 0);
    if (count > 0 && sw_net_is_mapped(fd))
        return sendmsg(fd, &message, 0);
    if (sw_io_before(fd, POLLOUT, 0) < 0)
        return -1;
    ssize_t n = sw_io_after(SW_REAL(writev)(fd, parts, count));
    changed(fd, n);
    return n;
}

/* Another process may be about to have the other end of what we have. */
static void see_rights(int fd, const struct msghdr *message)
{
    if (sw_engine_self() == NULL || message->msg_controllen == 0 || !sw_fds_is_outside(fd))
        return;
    for (const struct cmsghdr *at = CMSG_FIRSTHDR(message); at != NULL;
         at = CMSG_NXTHDR((struct msghdr *)message, (struct cmsghdr *)at))
        if (at->cmsg_level == SOL_SOCKET && at->cmsg_type == SCM_RIGHTS)
            sw_fds_share();
}

SW_EXPORT ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    struct msghdr nameless = *message;

    see_rights(fd, message);
    if (message->msg_controllen == 0 && total(message->msg_iov, message->msg_iovlen) > 0 &&
        sw_io_may_block(fd, flags) && is_stream(fd))
        return write_parts(fd, message->msg_iov, message->msg_iovlen, flags);
    if (sw_io_before(fd, POLLOUT, flags) < 0)
        return -1;
    if (sw_net_is_mapped(fd)) {
        nameless.msg_name = NULL;
        nameless.msg_namelen = 0;
    }
    return sw_io_after(sw_net_out(fd, flags, total(message->msg_iov, message->msg_iovlen),
                                  SW_REAL(sendmsg)(fd, &nameless, sw_net_flags(fd, flags))));
}

SW_EXPORT int sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags)
{
    unsigned sent = 0;

    if (sw_engine_self() == NULL)
        return SW_REAL(sendmmsg)(fd, messages, count, flags);
    while (sent < count) {
        ssize_t n = sendmsg(fd, &messages[sent].msg_hdr, flags);
        if (n < 0)
            break;
        messages[sent++].msg_len = (unsigned)n;
    }
    return sent > 0 || count == 0 ? (int)sent : -1;
}

/* ---- from descriptor to descriptor ---- */

/* As if it were not blocking, and again when there is room. */
static ssize_t send_file(int out, int in, off_t *offset, size_t count)
{
    size_t sent = 0;
    int flags = SW_REAL(fcntl)(out, F_GETFL);

    while (sent < count) {
        size_t piece = count - sent < FILE_PIECE ? count - sent : FILE_PIECE;
        if (sw_io_before(out, POLLOUT, 0) < 0)
            return sent > 0 ? (ssize_t)sent : -1;
        /* sendfile() has no flag of its own not to block. */
        SW_REAL(fcntl)(out, F_SETFL, flags | O_NONBLOCK);
        ssize_t n = sw_io_after(SW_REAL(sendfile)(out, in, offset, piece));
        int saved = errno;
        SW_REAL(fcntl)(out, F_SETFL, flags);
        errno = saved;
        if (n < 0 && errno == EAGAIN)
            continue;
        if (n <= 0)
            return sent > 0 ? (ssize_t)sent : n;
        sent += (size_t)n;
    }
    return (ssize_t)sent;
}

static ssize_t send_any_file(int out, int in, off_t *offset, size_t count)
{
    if (sw_io_may_block(out, 0))
        return send_file(out, in, offset, count);
    if (sw_io_before(out, POLLOUT, 0) < 0)
        return -1;
    ssize_t n = sw_io_after(SW_REAL(sendfile)(out, in, offset, count));
    changed(out, n);
    return n;
}

SW_EXPORT ssize_t sendfile(int out, int in, off_t *offset, size_t count)
{
    return send_any_file(out, in, offset, count);
}

SW_EXPORT ssize_t sendfile64(int out, int in, off_t *offset, size_t count)
{
    return send_any_file(out, in, offset, count);
}

SW_EXPORT ssize_t splice(int in, off64_t *in_offset, int out, off64_t *out_offset, size_t size,
                         unsigned flags)
{
    if (sw_io_before(in, POLLIN, 0) < 0 || sw_io_before(out, POLLOUT, 0) < 0)
        return -1;
    return sw_io_after(
        SW_REAL(splice)(in, in_offset, out, out_offset, size,
                        sw_engine_self() != NULL ? flags | SPLICE_F_NONBLOCK : flags));
}

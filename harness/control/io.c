/* SPDX-License-Identifier: MIT
 *
 * io.c - what may block in the kernel: never with the baton in hand.
 *
 * A thread that would block waits for its descriptors where the engine sees it;
 * whether they are ready is looked at after the I/O of other threads, and when
 * nothing else can run.  What does not block passes straight through.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "engine.h"
#include "real.h"
#include "vtime.h"

enum { PIECE = 4096 }; /* PIPE_BUF: a ready pipe takes so much at once */

/* Waits until one of the descriptors is ready.  0, or ETIMEDOUT. */
static int wait_for(struct pollfd *fds, nfds_t count, uint64_t deadline_ns)
{
    if (SW_REAL(poll)(fds, count, 0) != 0)
        return 0;
    return sw_engine_block(&(struct sw_wait){.kind = SW_WAIT_IO,
                                             .place = SW_AT_IO_WAIT,
                                             .fds = fds,
                                             .fd_count = count,
                                             .deadline_ns = deadline_ns});
}

static int is_blocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    return flags >= 0 && (flags & O_NONBLOCK) == 0;
}

/* Before an operation that would block on the descriptor. */
static void wait_before(int fd, short events, int flags)
{
    int saved = errno;
    struct pollfd one = {.fd = fd, .events = events};

    if (sw_engine_self() != NULL && (flags & MSG_DONTWAIT) == 0 && is_blocking(fd))
        wait_for(&one, 1, 0);
    errno = saved;
}

static ssize_t done(ssize_t result)
{
    if (sw_engine_self() != NULL)
        sw_engine_io_done();
    return result;
}

/* ---- in ---- */

SW_EXPORT ssize_t read(int fd, void *buf, size_t size)
{
    wait_before(fd, POLLIN, 0);
    return done(SW_REAL(read)(fd, buf, size));
}

SW_EXPORT ssize_t recv(int fd, void *buf, size_t size, int flags)
{
    wait_before(fd, POLLIN, flags);
    return done(SW_REAL(recv)(fd, buf, size, flags));
}

SW_EXPORT ssize_t recvfrom(int fd, void *restrict buf, size_t size, int flags,
                           struct sockaddr *restrict address, socklen_t *restrict length)
{
    wait_before(fd, POLLIN, flags);
    return done(SW_REAL(recvfrom)(fd, buf, size, flags, address, length));
}

SW_EXPORT ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
    wait_before(fd, POLLIN, flags);
    return done(SW_REAL(recvmsg)(fd, message, flags));
}

SW_EXPORT int accept(int fd, struct sockaddr *restrict address, socklen_t *restrict length)
{
    wait_before(fd, POLLIN, 0);
    return (int)done(SW_REAL(accept)(fd, address, length));
}

SW_EXPORT int accept4(int fd, struct sockaddr *restrict address, socklen_t *restrict length,
                      int flags)
{
    wait_before(fd, POLLIN, 0);
    return (int)done(SW_REAL(accept4)(fd, address, length, flags));
}

/* ---- out ---- */

static int is_pipe(int fd)
{
    struct stat status;

    return fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode);
}

/* A pipe may take a part and block for the rest, with the reader waiting for us. */
static ssize_t write_pieces(int fd, const char *buf, size_t size)
{
    size_t written = 0;

    while (written < size) {
        wait_before(fd, POLLOUT, 0);
        size_t piece = size - written < PIECE ? size - written : PIECE;
        ssize_t n = done(SW_REAL(write)(fd, buf + written, piece));
        if (n < 0)
            return written > 0 ? (ssize_t)written : n;
        written += (size_t)n;
    }
    return (ssize_t)written;
}

SW_EXPORT ssize_t write(int fd, const void *buf, size_t size)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(write)(fd, buf, size);
    if (size > PIECE && is_pipe(fd) && is_blocking(fd))
        return write_pieces(fd, buf, size);
    wait_before(fd, POLLOUT, 0);
    return done(SW_REAL(write)(fd, buf, size));
}

/* The socket's buffer may take a part and block for the rest. */
static ssize_t send_pieces(int fd, const char *buf, size_t size, int flags)
{
    size_t sent = 0;

    while (sent < size || size == 0) {
        ssize_t n = done(SW_REAL(send)(fd, buf + sent, size - sent, flags | MSG_DONTWAIT));
        if (n >= 0)
            sent += (size_t)n;
        else if (errno == EAGAIN)
            wait_before(fd, POLLOUT, 0);
        else
            return sent > 0 ? (ssize_t)sent : n;
        if (size == 0)
            return n;
    }
    return (ssize_t)sent;
}

SW_EXPORT ssize_t send(int fd, const void *buf, size_t size, int flags)
{
    if (sw_engine_self() == NULL || (flags & MSG_DONTWAIT) != 0 || !is_blocking(fd))
        return done(SW_REAL(send)(fd, buf, size, flags));
    return send_pieces(fd, buf, size, flags);
}

SW_EXPORT ssize_t sendto(int fd, const void *buf, size_t size, int flags,
                         const struct sockaddr *address, socklen_t length)
{
    wait_before(fd, POLLOUT, flags);
    return done(SW_REAL(sendto)(fd, buf, size, flags, address, length));
}

SW_EXPORT ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    wait_before(fd, POLLOUT, flags);
    return done(SW_REAL(sendmsg)(fd, message, flags));
}

/* Begun without blocking; what became of it is told when the socket is writable. */
SW_EXPORT int connect(int fd, const struct sockaddr *address, socklen_t length)
{
    if (sw_engine_self() == NULL || !is_blocking(fd))
        return (int)done(SW_REAL(connect)(fd, address, length));
    int flags = fcntl(fd, F_GETFL), error = 0;
    socklen_t size = sizeof error;
    fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    int failed = (int)done(SW_REAL(connect)(fd, address, length));
    int saved = errno;
    fcntl(fd, F_SETFL, flags);
    if (failed == 0 || saved != EINPROGRESS) {
        errno = saved;
        return failed;
    }
    wait_before(fd, POLLOUT, 0);
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
    errno = error;
    return error != 0 ? -1 : 0;
}

/* ---- many at once ---- */

static uint64_t deadline_of_ms(int timeout_ms)
{
    return timeout_ms < 0 ? 0 : sw_vtime_relative((uint64_t)timeout_ms * 1000000);
}

SW_EXPORT int poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(poll)(fds, count, timeout_ms);
    if (timeout_ms != 0)
        wait_for(fds, count, deadline_of_ms(timeout_ms));
    return SW_REAL(poll)(fds, count, 0);
}

SW_EXPORT int epoll_wait(int fd, struct epoll_event *events, int max, int timeout_ms)
{
    struct pollfd one = {.fd = fd, .events = POLLIN};

    if (sw_engine_self() == NULL)
        return SW_REAL(epoll_wait)(fd, events, max, timeout_ms);
    if (timeout_ms != 0)
        wait_for(&one, 1, deadline_of_ms(timeout_ms));
    return SW_REAL(epoll_wait)(fd, events, max, 0);
}

static nfds_t fds_of_sets(int n, fd_set *const sets[3], struct pollfd *fds)
{
    static const short events[3] = {POLLIN, POLLOUT, POLLPRI};
    nfds_t count = 0;

    for (int fd = 0; fd < n && fd < FD_SETSIZE; fd++) {
        short wanted = 0;
        for (int i = 0; i < 3; i++)
            if (sets[i] != NULL && FD_ISSET(fd, sets[i]))
                wanted |= events[i];
        if (wanted != 0)
            fds[count++] = (struct pollfd){.fd = fd, .events = wanted};
    }
    return count;
}

SW_EXPORT int select(int n, fd_set *restrict in, fd_set *restrict out, fd_set *restrict bad,
                     struct timeval *restrict timeout)
{
    struct pollfd fds[FD_SETSIZE];
    struct timeval none = {0, 0};
    uint64_t deadline_ns = 0;

    if (sw_engine_self() == NULL)
        return SW_REAL(select)(n, in, out, bad, timeout);
    if (timeout != NULL)
        deadline_ns = sw_vtime_relative((uint64_t)timeout->tv_sec * 1000000000u +
                                        (uint64_t)timeout->tv_usec * 1000);
    nfds_t count = fds_of_sets(n, (fd_set *const[3]){in, out, bad}, fds);
    if (count == 0 && deadline_ns != 0)
        sw_engine_block(&(struct sw_wait){
            .kind = SW_WAIT_SLEEP, .place = SW_AT_SLEEP, .deadline_ns = deadline_ns});
    else
        wait_for(fds, count, deadline_ns);
    return SW_REAL(select)(n, in, out, bad, &none);
}

/* ---- children ---- */

SW_EXPORT pid_t waitpid(pid_t pid, int *status, int options)
{
    if (sw_engine_self() == NULL || pid <= 0 || (options & WNOHANG) != 0)
        return SW_REAL(waitpid)(pid, status, options);
    pid_t ended = SW_REAL(waitpid)(pid, status, options | WNOHANG);
    int fd = ended == 0 ? (int)SW_REAL(syscall)(SYS_pidfd_open, pid, 0) : -1;
    if (fd >= 0) {
        struct pollfd one = {.fd = fd, .events = POLLIN};
        wait_for(&one, 1, 0);
        close(fd);
    }
    return ended != 0 ? ended : SW_REAL(waitpid)(pid, status, options);
}

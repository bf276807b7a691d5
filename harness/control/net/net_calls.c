/* SPDX-License-Identifier: MIT
 *
 * net_calls.c - socket, bind, listen, connect, accept, and who is at either end.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>

#include "harness/control/checkpoint/checkpoint.h"
#include "harness/control/engine/cancel.h"
#include "harness/control/engine/engine.h"
#include "harness/control/io/io.h"
#include "net.h"
#include "harness/control/io/readiness.h"
#include "harness/control/engine/real.h"

static int fail(int error)
{
    if (error == 0)
        return 0;
    errno = error;
    return -1;
}

/* ---- making ---- */

static int is_tcp(int family, int type, int protocol)
{
    return (family == AF_INET || family == AF_INET6) &&
           (type & ~(SOCK_CLOEXEC | SOCK_NONBLOCK)) == SOCK_STREAM &&
           (protocol == 0 || protocol == IPPROTO_TCP);
}

static int socket_mapped(int family, int type)
{
    struct sw_net *net = sw_net_add(family);
    int fd = net != NULL ? SW_REAL(socket)(AF_UNIX, type, 0) : -1;

    if (fd >= 0)
        sw_fds_add(fd, SW_FD_MAPPED, &net->about);
    else if (net != NULL)
        net->about.end(&net->about);
    return fd;
}

SW_EXPORT int socket(int family, int type, int protocol)
{
    sw_checkpoint_before_outside("its first socket");
    if (sw_fds_kept() && !sw_engine_shm()->real_network && is_tcp(family, type, protocol))
        return socket_mapped(family, type);
    int fd = SW_REAL(socket)(family, type, protocol);
    if (fd < 0 || !sw_fds_kept())
        return fd;
    sw_fds_add(fd, SW_FD_OTHER, NULL);
    if (sw_engine_self() != NULL && (family == AF_INET || family == AF_INET6))
        sw_engine_uncontrolled(is_tcp(family, type, protocol) ? "a TCP socket" : "a UDP socket");
    return fd;
}

/* ---- the server's side ---- */

SW_EXPORT int bind(int fd, const struct sockaddr *address, socklen_t length)
{
    struct sw_net *net = sw_net_find(fd);
    struct sw_net_address wanted;

    if (net == NULL) {
        int failed = SW_REAL(bind)(fd, address, length);
        if (failed == 0)
            sw_net_unix_bound(address, length);
        if (failed == 0 && length == sizeof address->sa_family && sw_engine_self() != NULL)
            sw_engine_uncontrolled("a socket's name that the kernel has chosen");
        return failed;
    }
    if (sw_net_read_address(net->family, address, length, &wanted) < 0)
        return -1;
    /* A socket is bound once. */
    if (net->state != SW_NET_NEW)
        return fail(EINVAL);
    if (!sw_net_is_any(&wanted) && !sw_net_is_loopback(&wanted))
        return sw_net_options_make_real(net, &wanted) < 0 ? -1 : SW_REAL(bind)(fd, address, length);
    int failed = sw_net_take_port(net, &wanted);
    if (failed != 0)
        return fail(failed);
    net->local = wanted;
    net->state = SW_NET_BOUND;
    return 0;
}

/* The address that a socket has which was never bound. */
static int bind_anywhere(struct sw_net *net, const struct sw_net_address *ip)
{
    struct sw_net_address address = *ip;

    address.port = 0;
    int failed = sw_net_take_port(net, &address);
    if (failed == 0) {
        net->local = address;
        net->state = SW_NET_BOUND;
    }
    return failed;
}

static int listen_mapped(int fd, struct sw_net *net)
{
    struct sw_net_address any = sw_net_any(net->family == AF_INET, 0);

    if (net->state == SW_NET_LISTENING)
        return 0;
    if (net->state == SW_NET_CONNECTED)
        return fail(EINVAL);
    int failed =
        net->state == SW_NET_NEW ? bind_anywhere(net, &any) : sw_net_take_port(net, &net->local);
    if (failed != 0)
        return fail(failed);
    if (sw_net_names_listener(fd, net) != 0 || SW_REAL(listen)(fd, SOMAXCONN) != 0)
        return -1;
    net->named = 1;
    net->state = SW_NET_LISTENING;
    return 0;
}

SW_EXPORT int listen(int fd, int backlog)
{
    struct sw_net *net = sw_net_find(fd);

    return net != NULL ? listen_mapped(fd, net) : SW_REAL(listen)(fd, backlog);
}

/* It is as its listener was, and knows who is at either end. */
static void add_accepted(int fd, const struct sw_net *listener)
{
    struct sw_net *net = sw_net_add(listener->family);

    if (net == NULL) {
        sw_fds_add(fd, SW_FD_LOCAL, NULL);
        return;
    }
    struct sw_fd_about about = net->about;
    *net = *listener;
    net->about = about;
    net->local = sw_net_loopback(net->family == AF_INET, net->local.port);
    if (sw_net_names_read(fd, &net->peer, &net->local) < 0)
        net->peer = net->local;
    net->local.port = listener->local.port;
    net->state = SW_NET_CONNECTED;
    net->error = net->connecting = net->shut = net->reset = 0;
    sw_fds_add(fd, SW_FD_MAPPED, &net->about);
}

static int accept_any(int fd, struct sockaddr *address, socklen_t *length, int flags)
{
    if (sw_io_before(fd, POLLIN, 0) < 0)
        return -1;
    const struct sw_net *listener = sw_net_find(fd);
    int got = (int)sw_io_after(listener != NULL ? SW_REAL(accept4)(fd, NULL, NULL, flags)
                                                : SW_REAL(accept4)(fd, address, length, flags));
    if (got < 0 || !sw_fds_kept())
        return got;
    if (listener == NULL) {
        sw_fds_add(got, SW_FD_OTHER, NULL);
        return got;
    }
    add_accepted(got, listener);
    const struct sw_net *net = sw_net_find(got);
    if (net != NULL && address != NULL && length != NULL)
        sw_net_write_address(net->family, &net->peer, address, length);
    return got;
}

SW_EXPORT int accept(int fd, struct sockaddr *restrict address, socklen_t *restrict length)
{
    return accept_any(fd, address, length, 0);
}

SW_EXPORT int accept4(int fd, struct sockaddr *restrict address, socklen_t *restrict length,
                      int flags)
{
    return accept_any(fd, address, length, flags);
}

/* ---- the client's side ---- */

/* Without blocking in the kernel; the listener's queue may be full. */
static int connect_unix(int fd, const struct sw_net_address *to)
{
    int blocks = sw_fds_is_blocking(fd), failed;
    int flags = SW_REAL(fcntl)(fd, F_GETFL);

    for (;;) {
        SW_REAL(fcntl)(fd, F_SETFL, flags | O_NONBLOCK);
        failed = sw_net_names_connect_to(fd, to);
        int saved = errno;
        SW_REAL(fcntl)(fd, F_SETFL, flags);
        errno = saved;
        if (failed == 0 || saved != EAGAIN || !blocks || sw_engine_self() == NULL)
            return failed;
        sw_readiness_try_later();
        sw_cancel_point();
    }
}

/* A name says where to, so that another try needs another socket. */
static int name_client(int fd, struct sw_net *net, const struct sw_net_address *to)
{
    if (net->named) {
        int again = SW_REAL(socket)(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (again < 0)
            return -1;
        sw_net_options_replace(net, again, SW_FD_MAPPED);
    }
    net->named = 1;
    return sw_net_names_client(fd, net, to);
}

/* How a connect without blocking ends is told later. */
static int tell(struct sw_net *net, int fd, int error)
{
    if (sw_fds_is_blocking(fd))
        return fail(error);
    net->error = error;
    net->connecting = 1;
    return fail(EINPROGRESS);
}

static int connect_again(struct sw_net *net)
{
    int error = net->error;

    if (!net->connecting)
        return fail(EISCONN);
    net->connecting = 0;
    net->error = 0;
    return fail(error);
}

static int connect_mapped(int fd, struct sw_net *net, const struct sw_net_address *to)
{
    if (net->state == SW_NET_LISTENING)
        return fail(EISCONN);
    if (net->state == SW_NET_CONNECTED || (net->connecting && net->error != 0))
        return connect_again(net);
    int was_new = net->state == SW_NET_NEW;
    struct sw_net_address own = sw_net_loopback(sw_net_is_v4(to), 0);
    if (was_new && bind_anywhere(net, &own) != 0)
        return fail(EADDRNOTAVAIL);
    if (name_client(fd, net, to) != 0)
        return -1;
    if (connect_unix(fd, to) != 0) {
        int error = errno;
        if (was_new)
            net->state = SW_NET_NEW;
        if (error != ECONNREFUSED)
            return fail(error);
        if (sw_net_port_was_ours(to->port))
            return tell(net, fd, ECONNREFUSED);
        return 1;
    }
    if (sw_net_is_any(&net->local))
        net->local = sw_net_loopback(sw_net_is_v4(to), net->local.port);
    net->peer = *to;
    net->state = SW_NET_CONNECTED;
    return tell(net, fd, 0);
}

static int connect_without_blocking(int fd, const struct sockaddr *address, socklen_t length)
{
    int flags = SW_REAL(fcntl)(fd, F_GETFL);

    SW_REAL(fcntl)(fd, F_SETFL, flags | O_NONBLOCK);
    int failed = (int)sw_io_after(SW_REAL(connect)(fd, address, length));
    int saved = errno;
    SW_REAL(fcntl)(fd, F_SETFL, flags);
    errno = saved;
    return failed;
}

/* Asked again when the socket is writable, the kernel says what became of it. */
static int connect_real(int fd, const struct sockaddr *address, socklen_t length)
{
    if (sw_engine_self() != NULL)
        sw_readiness_be_patient();
    if (!sw_io_may_block(fd, 0))
        return (int)sw_io_after(SW_REAL(connect)(fd, address, length));
    int failed = connect_without_blocking(fd, address, length);
    while (failed != 0 && errno == EAGAIN) { /* an AF_UNIX listener whose queue is full */
        sw_readiness_try_later();
        sw_cancel_point();
        failed = connect_without_blocking(fd, address, length);
    }
    if (failed == 0 || errno != EINPROGRESS)
        return failed;
    if (sw_io_before(fd, POLLOUT, 0) < 0)
        return fail(errno == EINTR ? EINTR : ETIMEDOUT);
    return connect_without_blocking(fd, address, length);
}

SW_EXPORT int connect(int fd, const struct sockaddr *address, socklen_t length)
{
    struct sw_net *net = sw_net_find(fd);
    struct sw_net_address to;

    if (net == NULL) {
        sw_net_unix_connects(address, length);
        return connect_real(fd, address, length);
    }
    if (sw_net_read_address(net->family, address, length, &to) < 0)
        return -1;
    if (sw_net_is_any(&to))
        to = sw_net_loopback(sw_net_is_v4(&to), to.port);
    if (sw_net_is_loopback(&to)) {
        int done = (int)sw_io_after(connect_mapped(fd, net, &to));
        if (done <= 0)
            return done;
    }
    return sw_net_options_make_real(net, &to) < 0 ? -1 : connect_real(fd, address, length);
}

SW_EXPORT int shutdown(int fd, int how)
{
    struct sw_net *net = sw_net_find(fd);

    if (net != NULL && how != SHUT_RD && how != SHUT_WR && how != SHUT_RDWR)
        return fail(EINVAL);
    if (net != NULL && net->state != SW_NET_CONNECTED && net->state != SW_NET_LISTENING)
        return fail(ENOTCONN);
    if (net != NULL && (how == SHUT_WR || how == SHUT_RDWR))
        net->shut = 1;
    return (int)sw_io_after(SW_REAL(shutdown)(fd, how));
}

/* ---- names ---- */

SW_EXPORT int getsockname(int fd, struct sockaddr *restrict address, socklen_t *restrict length)
{
    const struct sw_net *net = sw_net_find(fd);

    if (net == NULL)
        return SW_REAL(getsockname)(fd, address, length);
    struct sw_net_address none = sw_net_any(net->family == AF_INET, 0);
    sw_net_write_address(net->family, net->state == SW_NET_NEW ? &none : &net->local, address,
                         length);
    return 0;
}

SW_EXPORT int getpeername(int fd, struct sockaddr *restrict address, socklen_t *restrict length)
{
    const struct sw_net *net = sw_net_find(fd);
    struct sockaddr_storage name;
    socklen_t size = sizeof name;

    if (net == NULL)
        return SW_REAL(getpeername)(fd, address, length);
    if (SW_REAL(getpeername)(fd, (struct sockaddr *)&name, &size) != 0)
        return -1;
    sw_net_write_address(net->family, &net->peer, address, length);
    return 0;
}

/* SPDX-License-Identifier: MIT
 *
 * net.c - the sockets that are mapped, their addresses and ports.
 */
#include "net.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "harness/control/engine/engine.h"
#include "harness/control/engine/real.h"

/* The kernel's own ephemeral ports are 32768 to 60999 by default, and so are these, away from both
 * ends: programs that look whether a port is one see nothing strange. */
enum {
    SOCKETS_MAX = 4096,
    FIRST_PORT = 40000,
    LAST_PORT = 59999,
    CHILD_PORTS = 50000, /* a child's are others than its parent's */
};

static struct sw_net sockets[SOCKETS_MAX];
static int socket_count; /* all that were ever used are before it */
static uint8_t ports[65536]; /* 1: some socket of ours had it */
static uint16_t next_port = FIRST_PORT;
/* For the child of a fork, whose threads nobody controls. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

/* ---- sockets ---- */

struct sw_net *sw_net_find(int fd)
{
    return (struct sw_net *)sw_fds_about(fd, SW_FD_MAPPED);
}

int sw_net_is_mapped(int fd)
{
    return sw_net_find(fd) != NULL;
}

static void end(struct sw_fd_about *about)
{
    ((struct sw_net *)about)->family = 0;
}

/* The lowest free one, so that it is the same in every run. */
static struct sw_net *take_free(int family)
{
    for (int i = 0; i < SOCKETS_MAX; i++) {
        if (sockets[i].family != 0)
            continue;
        sockets[i] = (struct sw_net){.about.end = end, .family = family};
        if (i >= socket_count)
            socket_count = i + 1;
        return &sockets[i];
    }
    errno = ENFILE;
    return NULL;
}

struct sw_net *sw_net_add(int family)
{
    SW_REAL(pthread_mutex_lock)(&mutex);
    struct sw_net *net = take_free(family);
    SW_REAL(pthread_mutex_unlock)(&mutex);
    return net;
}

void sw_net_restart(void)
{
    /* A schedule in a loop sees the ports that the first one saw. */
    next_port = FIRST_PORT;
    memset(ports, 0, sizeof ports);
    for (int i = 0; i < socket_count; i++)
        if (sockets[i].family != 0 && sockets[i].state != SW_NET_NEW)
            ports[sockets[i].local.port] = 1;
}

void sw_net_forked(void)
{
    /* Parent and child each number their own ports from now on, and both listen under the names of
     * one family. */
    next_port = (uint16_t)(CHILD_PORTS + getpid() % (LAST_PORT - CHILD_PORTS));
}

ssize_t sw_net_in(int fd, ssize_t result)
{
    struct sw_net *net = result < 0 ? sw_net_find(fd) : NULL;

    /* AF_UNIX and TCP say some things with other numbers. */
    if (net != NULL && errno == ECONNRESET)
        net->reset = 1;
    if (net != NULL && errno == EINVAL)
        errno = ENOTCONN;
    return result;
}

int sw_net_flags(int fd, int flags)
{
    return sw_net_is_mapped(fd) ? flags | MSG_NOSIGNAL : flags;
}

/* Of the other's end TCP learns by the answer to what it sends. */
ssize_t sw_net_out(int fd, int flags, size_t size, ssize_t result)
{
    struct sw_net *net = result < 0 ? sw_net_find(fd) : NULL;

    if (net == NULL || (errno != EPIPE && errno != ENOTCONN && errno != EOPNOTSUPP))
        return result;
    /* TCP takes the first write after the peer's close, and fails with the second: the answer to
     * the first, a reset, is what tells it. */
    if (errno == EPIPE && !net->shut && !net->reset) {
        net->reset = 1;
        return (ssize_t)size;
    }
    /* The signal comes to the thread that writes, now, and not when the kernel delivers it. */
    if ((flags & MSG_NOSIGNAL) == 0)
        raise(SIGPIPE);
    errno = EPIPE;
    return result;
}

/* As long as this side may write, the end of the other is none of the connection. */
short sw_net_events(int fd, short revents)
{
    const struct sw_net *net = revents != 0 ? sw_net_find(fd) : NULL;

    if (net == NULL)
        return revents;
    if (net->error != 0 || net->reset)
        return revents | POLLERR;
    if (net->state == SW_NET_CONNECTED && !net->shut && (revents & POLLERR) == 0)
        revents &= (short)~POLLHUP;
    return revents;
}

/* ---- addresses ---- */

static const uint8_t v4_prefix[12] = {[10] = 0xff, [11] = 0xff};

static struct sw_net_address make_v4(uint32_t ip, uint16_t port)
{
    struct sw_net_address address = {.port = port};

    memcpy(address.ip, v4_prefix, sizeof v4_prefix);
    ip = htonl(ip);
    memcpy(address.ip + sizeof v4_prefix, &ip, sizeof ip);
    return address;
}

struct sw_net_address sw_net_loopback(int v4, uint16_t port)
{
    return v4 ? make_v4(INADDR_LOOPBACK, port)
              : (struct sw_net_address){.ip = {[15] = 1}, .port = port};
}

struct sw_net_address sw_net_any(int v4, uint16_t port)
{
    return v4 ? make_v4(INADDR_ANY, port) : (struct sw_net_address){.port = port};
}

int sw_net_is_v4(const struct sw_net_address *address)
{
    return memcmp(address->ip, v4_prefix, sizeof v4_prefix) == 0;
}

static int has_ip(const struct sw_net_address *address, const struct sw_net_address *other)
{
    return memcmp(address->ip, other->ip, sizeof address->ip) == 0;
}

int sw_net_is_any(const struct sw_net_address *address)
{
    struct sw_net_address v4 = sw_net_any(1, 0), v6 = sw_net_any(0, 0);

    return has_ip(address, &v4) || has_ip(address, &v6);
}

int sw_net_is_loopback(const struct sw_net_address *address)
{
    struct sw_net_address v6 = sw_net_loopback(0, 0);

    return sw_net_is_v4(address) ? address->ip[12] == 127 : has_ip(address, &v6);
}

int sw_net_read_address(int family, const struct sockaddr *in, socklen_t length,
                        struct sw_net_address *out)
{
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)in;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)in;

    if (length < sizeof in->sa_family ||
        length < (family == AF_INET ? sizeof *v4 : sizeof *v6 - sizeof v6->sin6_scope_id)) {
        errno = EINVAL;
        return -1;
    }
    if (in->sa_family != family) {
        errno = EAFNOSUPPORT;
        return -1;
    }
    if (family == AF_INET) {
        *out = make_v4(ntohl(v4->sin_addr.s_addr), ntohs(v4->sin_port));
    } else {
        memcpy(out->ip, &v6->sin6_addr, sizeof out->ip);
        out->port = ntohs(v6->sin6_port);
    }
    return 0;
}

void sw_net_write_address(int family, const struct sw_net_address *in, struct sockaddr *out,
                          socklen_t *length)
{
    union {
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } all = {0};
    socklen_t size = family == AF_INET ? sizeof all.v4 : sizeof all.v6;

    if (family == AF_INET) {
        all.v4.sin_family = AF_INET;
        all.v4.sin_port = htons(in->port);
        memcpy(&all.v4.sin_addr, in->ip + sizeof v4_prefix, sizeof all.v4.sin_addr);
    } else {
        all.v6.sin6_family = AF_INET6;
        all.v6.sin6_port = htons(in->port);
        memcpy(&all.v6.sin6_addr, in->ip, sizeof all.v6.sin6_addr);
    }
    memcpy(out, &all, *length < size ? *length : size);
    *length = size;
}

/* ---- ports ---- */

/* "Any" of IPv6 is IPv4's too, if the socket is not for IPv6 only. */
static int covers(const struct sw_net *net, const struct sw_net_address *any,
                  const struct sw_net_address *other)
{
    if (!sw_net_is_any(any))
        return 0;
    return sw_net_is_v4(any) == sw_net_is_v4(other) ||
           (!sw_net_is_v4(any) && !sw_net_options_has(net, IPPROTO_IPV6, IPV6_V6ONLY));
}

/* As Linux decides it.  Two that listen never share; two that are only bound do if both allow
 * it. */
static int clash(const struct sw_net *net, const struct sw_net_address *address,
                 const struct sw_net *other)
{
    if (other->local.port != address->port ||
        (!has_ip(&other->local, address) && !covers(net, address, &other->local) &&
         !covers(other, &other->local, address)))
        return 0;
    if (sw_net_options_has(net, SOL_SOCKET, SO_REUSEPORT) &&
        sw_net_options_has(other, SOL_SOCKET, SO_REUSEPORT))
        return 0;
    return other->state == SW_NET_LISTENING || !sw_net_options_has(net, SOL_SOCKET, SO_REUSEADDR) ||
           !sw_net_options_has(other, SOL_SOCKET, SO_REUSEADDR);
}

static int is_free(const struct sw_net *net, const struct sw_net_address *address)
{
    for (int i = 0; i < socket_count; i++) {
        const struct sw_net *other = &sockets[i];
        if (other != net && other->family != 0 && other->state != SW_NET_NEW &&
            clash(net, address, other))
            return 0;
    }
    return 1;
}

static int is_unused(uint16_t port)
{
    for (int i = 0; i < socket_count; i++)
        if (sockets[i].family != 0 && sockets[i].local.port == port)
            return 0;
    return 1;
}

static int take_ephemeral(struct sw_net_address *address)
{
    /* As many tries as there are ports. */
    for (int i = FIRST_PORT; i <= LAST_PORT; i++) {
        uint16_t port = next_port;
        next_port = port == LAST_PORT ? FIRST_PORT : (uint16_t)(port + 1);
        if (is_unused(port)) {
            address->port = port;
            return 0;
        }
    }
    return EADDRINUSE;
}

int sw_net_take_port(struct sw_net *net, struct sw_net_address *address)
{
    int failed = 0;

    if (address->port == 0)
        failed = take_ephemeral(address);
    else if (!is_free(net, address))
        failed = EADDRINUSE;
    if (failed == 0)
        ports[address->port] = 1;
    return failed;
}

int sw_net_port_was_ours(uint16_t port)
{
    return ports[port];
}

/* SPDX-License-Identifier: MIT
 *
 * net_options.c - setsockopt, getsockopt; and what becomes a real TCP socket after all.
 *
 * What an option is worth, and whether it is one, a real TCP socket says that is
 * made for the question.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>

#include "harness/control/engine/engine.h"
#include "harness/control/io/epoll.h"
#include "net.h"
#include "harness/control/engine/real.h"
#include "harness/control/process/pid.h"

/* ---- real sockets ---- */

int sw_net_options_open_real(const struct sw_net *net)
{
    int fd = SW_REAL(socket)(net->family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    for (int i = 0; fd >= 0 && i < net->option_count; i++) {
        const struct sw_net_option *option = &net->options[i];
        SW_REAL(setsockopt)(fd, option->level, option->name, option->value, option->size);
    }
    return fd;
}

void sw_net_options_replace(struct sw_net *net, int by, enum sw_fd_kind kind)
{
    int fd = sw_fds_next(&net->about, -1);
    struct sw_fd_about *about = kind == SW_FD_MAPPED ? &net->about : NULL;

    SW_REAL(fcntl)(by, F_SETFL, SW_REAL(fcntl)(fd, F_GETFL));
    net->about.references++; /* it outlives its last descriptor */
    for (; fd >= 0; fd = sw_fds_next(&net->about, fd)) {
        int closes = SW_REAL(fcntl)(fd, F_GETFD) & FD_CLOEXEC;
        SW_REAL(dup3)(by, fd, closes ? O_CLOEXEC : 0);
        sw_fds_add(fd, kind, about);
        sw_epoll_again(fd);
    }
    SW_REAL(close)(by);
    if (--net->about.references == 0)
        net->about.end(&net->about);
}

static void report(int family, const struct sw_net_address *address)
{
    char text[INET6_ADDRSTRLEN] = "";

    if (sw_engine_self() == NULL)
        return;
    inet_ntop(family, family == AF_INET ? address->ip + 12 : address->ip, text, sizeof text);
    sw_engine_uncontrolled("a socket to %s:%u", text, address->port);
}

int sw_net_options_make_real(struct sw_net *net, const struct sw_net_address *address)
{
    int fd = sw_net_options_open_real(net);

    if (fd < 0)
        return -1;
    report(net->family, address);
    if (net->state == SW_NET_BOUND) {
        struct sockaddr_storage name;
        socklen_t length = sizeof name;
        sw_net_write_address(net->family, &net->local, (struct sockaddr *)&name, &length);
        if (SW_REAL(bind)(fd, (struct sockaddr *)&name, length) != 0) {
            int saved = errno;
            SW_REAL(close)(fd);
            errno = saved;
            return -1;
        }
    }
    sw_net_options_replace(net, fd, SW_FD_OTHER);
    return 0;
}

/* ---- options ---- */

static struct sw_net_option *find_option(const struct sw_net *net, int level, int name)
{
    for (int i = 0; i < net->option_count; i++)
        if (net->options[i].level == level && net->options[i].name == name)
            return (struct sw_net_option *)&net->options[i];
    return NULL;
}

int sw_net_options_has(const struct sw_net *net, int level, int name)
{
    const struct sw_net_option *option = find_option(net, level, name);
    int value = 0;

    if (option != NULL)
        memcpy(&value, option->value, option->size < sizeof value ? option->size : sizeof value);
    return value != 0;
}

/* What the kernel's own waiting would use; and what AF_UNIX does as TCP does. */
static int is_for_both(int level, int name)
{
    return level == SOL_SOCKET && (name == SO_RCVTIMEO || name == SO_SNDTIMEO ||
                                   name == SO_RCVBUF || name == SO_SNDBUF || name == SO_OOBINLINE);
}

static int ask_real(const struct sw_net *net, int level, int name, const void *value,
                    socklen_t size)
{
    /* Is it an option, and may it have that value? A real TCP socket knows. */
    int fd = sw_net_options_open_real(net);
    int failed = fd < 0 ? -1 : SW_REAL(setsockopt)(fd, level, name, value, size);
    int saved = errno;

    if (fd >= 0)
        SW_REAL(close)(fd);
    errno = saved;
    return failed;
}

static int keep_option(struct sw_net *net, int level, int name, const void *value, socklen_t size)
{
    struct sw_net_option *option = find_option(net, level, name);

    if (size > SW_NET_OPTION_BYTES)
        return 0; /* it has been looked at; it would not be known later */
    if (option == NULL) {
        if (net->option_count == SW_NET_OPTIONS_MAX) {
            errno = ENOBUFS;
            return -1;
        }
        option = &net->options[net->option_count++];
    }
    *option = (struct sw_net_option){.level = level, .name = name, .size = size};
    memcpy(option->value, value, size);
    return 0;
}

SW_EXPORT int setsockopt(int fd, int level, int name, const void *value, socklen_t size)
{
    struct sw_net *net = sw_net_find(fd);

    if (net == NULL)
        return SW_REAL(setsockopt)(fd, level, name, value, size);
    if (ask_real(net, level, name, value, size) != 0)
        return -1;
    /* Those that the kernel's own waiting goes by are set on the AF_UNIX socket, too. */
    if (is_for_both(level, name))
        SW_REAL(setsockopt)(fd, level, name, value, size);
    return keep_option(net, level, name, value, size);
}

static int answer(int number, void *value, socklen_t *size)
{
    memcpy(value, &number, *size < sizeof number ? *size : sizeof number);
    *size = *size < sizeof number ? *size : sizeof number;
    return 0;
}

/* SO_ERROR tells once, and ends a connect that did not block. */
static int take_error(int fd, struct sw_net *net, void *value, socklen_t *size)
{
    int error = net->error;

    net->error = 0;
    net->connecting = 0;
    return error != 0 ? answer(error, value, size)
                      : SW_REAL(getsockopt)(fd, SOL_SOCKET, SO_ERROR, value, size);
}

/* Who is at the other end is a process. */
static int get_real(int fd, int level, int name, void *value, socklen_t *size)
{
    int failed = SW_REAL(getsockopt)(fd, level, name, value, size);

    if (failed == 0 && level == SOL_SOCKET && name == SO_PEERCRED &&
        *size >= sizeof(struct ucred)) {
        struct ucred *peer = value;
        peer->pid = sw_pid_shown(peer->pid);
    }
    return failed;
}

SW_EXPORT int getsockopt(int fd, int level, int name, void *restrict value,
                         socklen_t *restrict size)
{
    struct sw_net *net = sw_net_find(fd);

    if (net == NULL)
        return get_real(fd, level, name, value, size);
    if (level == SOL_SOCKET && name == SO_ERROR)
        return take_error(fd, net, value, size);
    if (level == SOL_SOCKET && name == SO_ACCEPTCONN)
        return answer(net->state == SW_NET_LISTENING, value, size);
    int real = sw_net_options_open_real(net);
    int failed = real < 0 ? -1 : SW_REAL(getsockopt)(real, level, name, value, size);
    int saved = errno;
    if (real >= 0)
        SW_REAL(close)(real);
    errno = saved;
    return failed;
}

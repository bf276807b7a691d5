/* SPDX-License-Identifier: MIT */
#include "fork_server.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "contract/fork_order.h"
#include "harness/formats/spec/plan.h"

enum { END_MS = 60000 }; /* under memcheck it looks for leaks; what still lives then is killed */

struct sw_fork_server {
    struct sw_fork_server *next;
    struct sw_spec_process process;
    int orders; /* our end of the socket; -1: none */
    char *spill, *faults; /* as they were ordered; NULL: not at all */
};

/* ---- one of them ---- */

static int is_same(const char *one, const char *other)
{
    return one == NULL || other == NULL ? one == other : strcmp(one, other) == 0;
}

static struct sw_fork_server *find(const struct sw_fork_servers *servers,
                                   const struct sw_spec_process_order *order)
{
    struct sw_fork_server *at = servers->first;

    while (at != NULL && !(is_same(at->spill, order->spill) && is_same(at->faults, order->faults)))
        at = at->next;
    return at;
}

static void end(struct sw_fork_server *server)
{
    struct pollfd ended = {.fd = server->process.pidfd, .events = POLLIN};

    if (server->orders >= 0)
        close(server->orders);
    while (ended.fd >= 0 && poll(&ended, 1, END_MS) < 0 && errno == EINTR)
        continue;
    sw_spec_process_end(&server->process);
    free(server->spill);
    free(server->faults);
    free(server);
}

static int start(struct sw_fork_server *server, const struct sw_spec_process_order *order,
                 int watchdog_s, struct sw_error *e)
{
    struct sw_spec_process_order forked = *order;
    const struct timeval patience = {.tv_sec = watchdog_s};
    int ends[2];

    if (sw_spec_process_make_event_shm(&server->process, e) < 0)
        return -1;
    sw_plan_write_empty(server->process.event_shm);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return sw_error_set(e, NULL, 0, 0, "cannot make a socket: %s", strerror(errno));
    server->orders = ends[0];
    setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    forked.orders = ends[1];
    int status = sw_spec_process_start(&server->process, &forked, watchdog_s, e);
    close(ends[1]);
    return status;
}

static struct sw_fork_server *add(struct sw_fork_servers *servers,
                                  const struct sw_spec_process_order *order, int watchdog_s,
                                  struct sw_error *e)
{
    struct sw_fork_server *server = calloc(1, sizeof *server);

    if (server == NULL) {
        sw_error_set(e, NULL, 0, 0, "out of memory");
        return NULL;
    }
    sw_spec_process_init(&server->process);
    server->orders = -1;
    server->spill = order->spill != NULL ? strdup(order->spill) : NULL;
    server->faults = order->faults != NULL ? strdup(order->faults) : NULL;
    if (start(server, order, watchdog_s, e) < 0) {
        end(server);
        return NULL;
    }
    server->next = servers->first;
    servers->first = server;
    return server;
}

/* ---- an order ---- */

static int send_order(const struct sw_fork_server *server, const int fds[SW_FORK_ORDER_FDS])
{
    union {
        char bytes[CMSG_SPACE(SW_FORK_ORDER_FDS * sizeof(int))];
        struct cmsghdr aligned;
    } control = {{0}};
    char byte = 0;
    struct iovec text = {&byte, 1};
    struct msghdr message = {.msg_iov = &text,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);

    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(SW_FORK_ORDER_FDS * sizeof(int));
    memcpy(CMSG_DATA(header), fds, SW_FORK_ORDER_FDS * sizeof(int));
    return sendmsg(server->orders, &message, MSG_NOSIGNAL) == 1 ? 0 : -1;
}

/* The number of the process that was forked, or -1 with *e. */
static pid_t fork_it(struct sw_fork_server *server, const struct sw_spec_process *child, int go,
                     struct sw_error *e)
{
    const int fds[SW_FORK_ORDER_FDS] = {[SW_FORK_ORDER_EVENTS] = child->event_fd,
                                        [SW_FORK_ORDER_CONTROL] = child->control.shm_fd,
                                        [SW_FORK_ORDER_OUTPUT] = child->output,
                                        [SW_FORK_ORDER_GO] = go};
    pid_t pid = -1;
    ssize_t got = -1;

    errno = 0;
    if (send_order(server, fds) == 0)
        while ((got = recv(server->orders, &pid, sizeof pid, 0)) < 0 && errno == EINTR)
            continue;
    if (got == (ssize_t)sizeof pid && pid > 0)
        return pid;
    int failure = errno;
    sw_spec_process_kill(&server->process); /* nobody waits for its end any more */
    return sw_error_set(e, NULL, 0, 0, "the interpreter that was started to be forked %s",
                        failure == EAGAIN ? "does not answer" : "has ended");
}

int sw_fork_server_start(struct sw_fork_servers *servers, struct sw_spec_process *child,
                         const struct sw_spec_process_order *order, int watchdog_s,
                         struct sw_error *e)
{
    struct sw_fork_server *server = find(servers, order);
    int go[2];

    if (server == NULL && (server = add(servers, order, watchdog_s, e)) == NULL)
        return -1;
    if (sw_spec_process_prepare(child, order, watchdog_s, e) < 0)
        return -1;
    memcpy(child->control.shm->environment, server->process.control.shm->environment,
           sizeof child->control.shm->environment);
    if (pipe2(go, O_CLOEXEC) < 0)
        return sw_error_set(e, NULL, 0, 0, "cannot make a pipe: %s", strerror(errno));
    pid_t pid = fork_it(server, child, go[0], e);
    close(go[0]);
    child->pid = pid > 0 ? pid : 0;
    int status = pid > 0 ? sw_spec_process_watch(child, e) : -1;
    close(go[1]);
    return status;
}

void sw_fork_server_end_all(struct sw_fork_servers *servers)
{
    while (servers->first != NULL) {
        struct sw_fork_server *server = servers->first;
        servers->first = server->next;
        end(server);
    }
}

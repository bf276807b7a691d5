/* SPDX-License-Identifier: MIT */
#include "interp/cpython.h"

#include "fork_module.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "contract/control_shm.h"
#include "contract/event_shm.h"
#include "contract/fork_order.h"
#include "harness/control/entry/agent_api.h"
#include "agent.h"

enum { FAILED = 2 /* the exit status of a usage or harness error */ };

static int orders; /* the socket */
static pid_t runner;
static char *events_number, *control_number; /* of descriptors, in each fork */

/* ---- an order ---- */

/* Returns 1, 0 at the end of the socket, or -1. */
static int receive(int fds[SW_FORK_ORDER_FDS])
{
    union {
        char bytes[CMSG_SPACE(SW_FORK_ORDER_FDS * sizeof(int))];
        struct cmsghdr aligned;
    } control;
    char byte;
    struct iovec text = {&byte, 1};
    struct msghdr message = {.msg_iov = &text, .msg_iovlen = 1};
    ssize_t got;

    /* All of it: memcheck does not know which bytes the kernel leaves as they are. */
    memset(&control, 0, sizeof control);
    message.msg_control = control.bytes;
    message.msg_controllen = sizeof control.bytes;
    while ((got = recvmsg(orders, &message, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR)
        continue;
    if (got <= 0)
        return (int)got;
    const struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header == NULL || header->cmsg_len != CMSG_LEN(SW_FORK_ORDER_FDS * sizeof(int)))
        return -1;
    memcpy(fds, CMSG_DATA(header), SW_FORK_ORDER_FDS * sizeof(int));
    return 1;
}

static void close_all(const int fds[SW_FORK_ORDER_FDS])
{
    for (int i = 0; i < SW_FORK_ORDER_FDS; i++)
        close(fds[i]);
}

/* ---- a fork ---- */

/* The child of a child that ends at once: it becomes the child of the runner, who adopts.  The one
 * in between is killed, since memcheck would look for leaks at its exit; and from outside, since it
 * does so when a process kills itself, too.  Returns its number, 0 in it, or -1. */
static pid_t fork_to_runner(void)
{
    pid_t child = -1;
    int fds[2];

    if (pipe2(fds, O_CLOEXEC) < 0)
        return -1;
    pid_t between = fork();
    if (between == 0) {
        child = fork();
        if (child != 0) {
            while (write(fds[1], &child, sizeof child) == (ssize_t)sizeof child)
                pause();
            _exit(FAILED);
        }
    } else if (read(fds[0], &child, sizeof child) != (ssize_t)sizeof child) {
        child = -1; /* between == -1, too: nobody writes */
    }
    close(fds[0]);
    close(fds[1]);
    if (between > 0) {
        kill(between, SIGKILL);
        waitpid(between, NULL, 0);
    }
    return child;
}

/* As in the environment of a process that was started for its schedule. */
static void place(int fd, const char *name, const char *number)
{
    if (dup2(fd, atoi(number)) < 0 || setenv(name, number, 1) < 0)
        _exit(FAILED);
}

static void become(const int fds[SW_FORK_ORDER_FDS])
{
    char byte;

    while (read(fds[SW_FORK_ORDER_GO], &byte, 1) < 0 && errno == EINTR)
        continue;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != runner) /* it died before it could be seen to die */
        _exit(FAILED);
    setpgid(0, 0);
    place(fds[SW_FORK_ORDER_EVENTS], SW_EVENT_SHM_ENV, events_number);
    place(fds[SW_FORK_ORDER_CONTROL], SW_CONTROL_SHM_ENV, control_number);
    if (dup2(fds[SW_FORK_ORDER_OUTPUT], STDOUT_FILENO) < 0 ||
        dup2(fds[SW_FORK_ORDER_OUTPUT], STDERR_FILENO) < 0)
        _exit(FAILED);
    close_all(fds);
    close(orders);
    sw_agent_attach();
}

/* ---- the module ---- */

static PyObject *serve(PyObject *module, PyObject *unused)
{
    int fds[SW_FORK_ORDER_FDS], got;

    (void)module;
    (void)unused;
    while ((got = receive(fds)) > 0) {
        PyOS_BeforeFork();
        pid_t child = fork_to_runner();
        if (child == 0) {
            PyOS_AfterFork_Child();
            become(fds);
            Py_RETURN_TRUE;
        }
        PyOS_AfterFork_Parent();
        close_all(fds);
        if (send(orders, &child, sizeof child, MSG_NOSIGNAL) < 0)
            break; /* the runner has gone, and the child sees that, too */
    }
    Py_RETURN_FALSE;
}

static PyMethodDef methods[] = {
    {"serve", serve, METH_NOARGS,
     "serve() -> bool: forks for each order; True in a fork, False when there are no more."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_spillway_forks",
    .m_doc = "Forks this interpreter for each schedule; for fork_server.py only.",
    .m_size = -1,
    .m_methods = methods,
};

static PyObject *make_module(void)
{
    return PyModule_Create(&definition);
}

static char *number_of(const char *name)
{
    const char *number = getenv(name);
    char *copy = number != NULL ? strdup(number) : NULL;

    if (copy == NULL)
        _exit(FAILED);
    return copy;
}

int sw_fork_module_start(void)
{
    if (getenv(SW_FORK_ORDER_ENV) == NULL)
        return 0;
    orders = atoi(getenv(SW_FORK_ORDER_ENV));
    events_number = number_of(SW_EVENT_SHM_ENV);
    control_number = number_of(SW_CONTROL_SHM_ENV);
    runner = getppid();
    sw_agent_api_prepare();
    unsetenv(SW_EVENT_SHM_ENV); /* sw_agent_attach() does that, too */
    if (PyImport_AppendInittab("_spillway_forks", make_module) != 0)
        _exit(FAILED);
    return 1;
}

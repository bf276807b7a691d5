/* SPDX-License-Identifier: MIT
 *
 * children.c - waiting for them: wait, waitpid, waitid and their like.
 */
#include "children.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>

#include "harness/control/engine/engine.h"
#include "harness/control/io/fds.h"
#include "harness/control/io/readiness.h"
#include "harness/control/engine/real.h"

/* Descriptors from 640 on: above those of most programs, and below 1024, where select() and many
 * a limit end. */
enum { CHILDREN_MAX = 256, FIRST_FD = 640 };

struct child {
    pid_t pid;
    int pidfd;
    int stands_in; /* pidfd is an event counter */
};

static struct child children[CHILDREN_MAX]; /* in the order in which they were started */
static int child_count;
static int stand_ins;

/* Makes the event counters of those that have ended readable. */
static void look(void)
{
    uint64_t one = 1;

    for (int i = 0; i < child_count; i++) {
        siginfo_t info = {0};
        if (children[i].stands_in && (SW_REAL(waitid)(P_PID, (id_t)children[i].pid, &info,
                                                      WEXITED | WNOHANG | WNOWAIT) != 0 ||
                                      info.si_pid != 0))
            (void)!SW_REAL(write)(children[i].pidfd, &one, sizeof one);
    }
}

static void count_stand_ins(int more)
{
    stand_ins += more;
    sw_readiness_look_first(stand_ins > 0 ? look : NULL);
}

static int open_pidfd(pid_t pid, int *stands_in)
{
    int fd = (int)SW_REAL(syscall)(SYS_pidfd_open, pid, 0);

    *stands_in = fd < 0;
    if (fd < 0)
        fd = SW_REAL(eventfd)(0, EFD_CLOEXEC);
    int away = fd >= 0 ? SW_REAL(fcntl)(fd, F_DUPFD_CLOEXEC, FIRST_FD) : -1;

    if (away < 0)
        return fd;
    SW_REAL(close)(fd);
    return away;
}

void sw_children_add(pid_t pid)
{
    int saved = errno;
    int stands_in = 0;
    int fd = child_count < CHILDREN_MAX ? open_pidfd(pid, &stands_in) : -1;

    /* It was just begun, and may take its time to start. */
    sw_readiness_be_patient();
    if (fd >= 0) {
        sw_fds_add(fd, SW_FD_OTHER, NULL);
        children[child_count++] = (struct child){pid, fd, stands_in};
        count_stand_ins(stands_in);
    }
    errno = saved;
}

static void remove_child(pid_t pid)
{
    int saved = errno, i = 0;

    while (i < child_count && children[i].pid != pid)
        i++;
    if (i < child_count) {
        count_stand_ins(-children[i].stands_in);
        sw_readiness_forget(children[i].pidfd);
        sw_fds_forget(children[i].pidfd);
        SW_REAL(close)(children[i].pidfd);
        memmove(&children[i], &children[i + 1], (size_t)(--child_count - i) * sizeof *children);
    }
    errno = saved;
}

void sw_children_forget_all(void)
{
    for (int i = 0; i < child_count; i++) {
        sw_fds_forget(children[i].pidfd);
        SW_REAL(close)(children[i].pidfd);
    }
    child_count = 0;
    count_stand_ins(-stand_ins);
}

/* ---- waiting ---- */

/* As waitpid() means its first argument. */
static int is_meant(pid_t pid, pid_t which)
{
    if (which > 0)
        return pid == which;
    return which == -1 || getpgid(pid) == (which == 0 ? getpgrp() : -which);
}

static int gather(pid_t which, struct pollfd *fds)
{
    int count = 0;

    for (int i = 0; i < child_count; i++)
        if (is_meant(children[i].pid, which))
            fds[count++] = (struct pollfd){.fd = children[i].pidfd, .events = POLLIN};
    return count;
}

static pid_t pid_of(int pidfd)
{
    for (int i = 0; i < child_count; i++)
        if (children[i].pidfd == pidfd)
            return children[i].pid;
    return 0;
}

/* The first of these children that has ended; 0: none yet, and it is not to wait; -1: we know of
 * none of them; -2 and EINTR. */
static pid_t find_ended(pid_t which, int waits)
{
    struct pollfd fds[CHILDREN_MAX];
    int count = gather(which, fds);

    if (count == 0)
        return -1;
    int ready =
        waits ? sw_readiness_wait(fds, (nfds_t)count, 0) : sw_readiness_observe(fds, (nfds_t)count);
    if (ready < 0)
        return -2;
    for (int i = 0; i < count; i++) {
        if (ready > 0 && fds[i].revents != 0 && pid_of(fds[i].fd) != 0)
            return pid_of(fds[i].fd);
        if (ready == 0)
            sw_readiness_expect(fds[i].fd);
    }
    return ready > 0 ? find_ended(which, waits)
                     : 0; /* another thread has waited for it meanwhile */
}

/* Of a child that stops or goes on there is no descriptor. */
static pid_t wait_for_stop(pid_t which, int *status, int options, struct rusage *usage)
{
    pid_t pid;

    sw_engine_uncontrolled("a subprocess that stops or goes on");
    while ((pid = SW_REAL(wait4)(which, status, options | WNOHANG, usage)) == 0 &&
           (options & WNOHANG) == 0)
        sw_readiness_try_later();
    return pid;
}

static pid_t wait_any(pid_t which, int *status, int options, struct rusage *usage)
{
    pid_t pid;

    if (sw_engine_self() == NULL)
        return SW_REAL(wait4)(which, status, options, usage);
    if ((options & (WUNTRACED | WCONTINUED)) != 0)
        pid = wait_for_stop(which, status, options, usage);
    else if ((pid = find_ended(which, (options & WNOHANG) == 0)) == -2)
        return -1;
    else if (pid != 0)
        pid = SW_REAL(wait4)(pid > 0 ? pid : which, status, options, usage);
    if (pid > 0 && status != NULL && (WIFEXITED(*status) || WIFSIGNALED(*status)))
        remove_child(pid);
    if (usage != NULL)
        memset(usage, 0, sizeof *usage); /* what it took differs from run to run */
    return pid;
}

SW_EXPORT pid_t wait4(pid_t pid, int *status, int options, struct rusage *usage)
{
    int own;

    return wait_any(pid, status != NULL ? status : &own, options, usage);
}

SW_EXPORT pid_t waitpid(pid_t pid, int *status, int options)
{
    return wait4(pid, status, options, NULL);
}

SW_EXPORT pid_t wait(int *status)
{
    return wait4(-1, status, 0, NULL);
}

SW_EXPORT pid_t wait3(int *status, int options, struct rusage *usage)
{
    return wait4(-1, status, options, usage);
}

/* ---- waitid ---- */

static int wait_for_pidfd(int fd, int waits)
{
    struct pollfd one = {.fd = fd, .events = POLLIN};
    int ready = waits ? sw_readiness_wait(&one, 1, 0) : sw_readiness_observe(&one, 1);

    if (ready == 0)
        sw_readiness_expect(fd);
    return ready;
}

/* 1: it has ended, or we know nothing of it; 0: not yet, and it is not to wait; -1 and EINTR. */
static int has_ended(idtype_t type, id_t id, int waits, id_t *which)
{
    pid_t wanted = type == P_PID ? (pid_t)id : type == P_PGID ? -(pid_t)id : -1;

    if ((int)type == P_PIDFD)
        return wait_for_pidfd((int)id, waits);
    pid_t pid = find_ended(type == P_PGID && id == 0 ? 0 : wanted, waits);
    *which = pid > 0 ? (id_t)pid : 0;
    return pid == -2 ? -1 : pid != 0;
}

SW_EXPORT int waitid(idtype_t type, id_t id, siginfo_t *info, int options)
{
    siginfo_t own;
    id_t which = 0;

    if (sw_engine_self() == NULL)
        return SW_REAL(waitid)(type, id, info, options);
    info = info != NULL ? info : &own;
    memset(info, 0, sizeof *info);
    if ((options & WEXITED) != 0) {
        int ended = has_ended(type, id, (options & WNOHANG) == 0, &which);
        if (ended <= 0)
            return ended;
    }
    int failed = SW_REAL(waitid)(which > 0 ? P_PID : type, which > 0 ? which : id, info, options);
    if (failed == 0 && (options & WNOWAIT) == 0 &&
        (info->si_code == CLD_EXITED || info->si_code == CLD_KILLED || info->si_code == CLD_DUMPED))
        remove_child(info->si_pid);
    info->si_utime = info->si_stime = 0;
    return failed;
}

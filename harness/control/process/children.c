/* SPDX-License-Identifier: MIT
 *
 * children.c - waiting for them: wait, waitpid, waitid and their like.
 */
#include "children.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "harness/control/engine/cancel.h"
#include "harness/control/engine/engine.h"
#include "harness/control/io/fds.h"
#include "harness/control/io/owed.h"
#include "harness/control/io/readiness.h"
#include "harness/control/io/settle.h"
#include "harness/control/engine/real.h"
#include "forked.h"
#include "pid.h"
#include "proc_list.h"

/* Descriptors from 640 on: above those of most programs, and below 1024, where select() and many
 * a limit end. */
enum { CHILDREN_MAX = 256, FIRST_FD = 640, GENERATIONS_MAX = 9 };

struct child {
    pid_t pid;
    int pidfd;
    int stands_in; /* pidfd is an event counter */
};

static int strangers; /* processes that are not known here */

static struct child children[CHILDREN_MAX]; /* in the order in which they were started */
static int child_count;
static int stand_ins;

static int has_ended(pid_t pid)
{
    siginfo_t info = {0};

    return SW_REAL(waitid)(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
           info.si_pid != 0;
}

/* Makes the event counters of those that have ended readable. */
static void look(void)
{
    uint64_t one = 1;

    for (int i = 0; i < child_count; i++) {
        if (children[i].stands_in && has_ended(children[i].pid))
            (void)!SW_REAL(write)(children[i].pidfd, &one, sizeof one);
    }
}

void sw_children_end_was_told(void)
{
    for (int i = 0; i < child_count; i++)
        if (has_ended(children[i].pid))
            sw_settle_was_seen(children[i].pidfd);
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
        sw_fds_add(fd, SW_FD_CHILD, NULL);
        sw_settle_forget(fd);
        children[child_count++] = (struct child){pid, fd, stands_in};
        count_stand_ins(stands_in);
        sw_readiness_give_up_when(sw_children_hopeless);
        sw_owed_while(sw_children_run);
    } else {
        strangers++;
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

/* ---- do they do anything? ---- */

/* The state stands behind the name, which may have brackets in it. */
static int runs(long pid)
{
    char path[64], text[512];

    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    int fd = SW_REAL(open)(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd >= 0 ? SW_REAL(read)(fd, text, sizeof text - 1) : 0;
    if (fd >= 0)
        SW_REAL(close)(fd);
    text[got > 0 ? got : 0] = '\0';
    const char *state = strrchr(text, ')');
    return state != NULL && strlen(state) > 2 && (state[2] == 'R' || state[2] == 'D');
}

/* generations: how many of them are looked at, itself the first. */
static int family_runs(long pid, void *generations)
{
    int left = *(int *)generations - 1;

    return runs(pid) || (left > 0 && sw_proc_list_children(pid, family_runs, &left) != 0);
}

int sw_children_run(void)
{
    int generations = GENERATIONS_MAX;

    for (int i = 0; i < child_count; i++)
        if (family_runs(children[i].pid, &generations))
            return 1;
    return 0;
}

void sw_children_saw_stranger(void)
{
    strangers++;
}

void sw_children_restart(void)
{
    /* Whoever is left of the last schedule has no entry any more: nobody knows what it does. */
    strangers = child_count;
    sw_forked_restart();
}

/* ---- those that wait for ever ---- */

static struct sw_child_wait *entry_of(pid_t pid)
{
    struct sw_control_shm *shm = sw_engine_shm();

    for (uint32_t i = 0; i < shm->child_count && i < SW_CHILD_WAITS_MAX; i++)
        if (__atomic_load_n(&shm->children[i].pid, __ATOMIC_ACQUIRE) == pid)
            return &shm->children[i];
    return NULL;
}

static int waits_for_ever(pid_t pid)
{
    const struct sw_child_wait *entry = entry_of(pid);

    /* In the order in which a signal's arrival changes them. */
    return entry != NULL && __atomic_load_n(&entry->disturbed, __ATOMIC_ACQUIRE) == 0 &&
           __atomic_load_n(&entry->for_ever, __ATOMIC_ACQUIRE) && !entry->has_children;
}

/* All that are there do, and there is one. */
static int all_seem_to(void)
{
    int some = 0;

    for (int i = 0; i < child_count; i++) {
        if (has_ended(children[i].pid))
            continue;
        /* Whoever has been sent a signal runs from that moment on. */
        if (!waits_for_ever(children[i].pid) || runs(children[i].pid))
            return 0;
        some = 1;
    }
    return some;
}

/* Twice: one that had ended when we looked may have sent another one a signal after we had looked
 * at that. */
static int all_wait_for_ever(void)
{
    return all_seem_to() && all_seem_to();
}

/* Has there been a process that may have left others, of which nobody knows? */
static int has_strangers(void)
{
    const struct sw_control_shm *shm = sw_engine_shm();
    int some = strangers > 0;

    for (uint32_t i = 0; i < shm->child_count && i < SW_CHILD_WAITS_MAX; i++)
        some |= shm->children[i].has_children != 0;
    return some;
}

static pid_t pid_of(int pidfd);

/* Only processes that are known could make it ready. */
static int is_ours(const struct pollfd *one)
{
    if (pid_of(one->fd) != 0)
        return 1;
    return sw_fds_kind(one->fd) == SW_FD_LOCAL && !has_strangers();
}

int sw_children_hopeless(const struct pollfd *fds, nfds_t count)
{
    if (count == 0 || !all_wait_for_ever())
        return 0;
    for (nfds_t i = 0; i < count; i++)
        if (!is_ours(&fds[i]))
            return 0;
    return 1;
}

/* It may end, or go on: what it says counts again when it says so again. */
void sw_children_signalled(pid_t pid)
{
    struct sw_control_shm *shm = sw_engine_shm();

    for (uint32_t i = 0; i < shm->child_count && i < SW_CHILD_WAITS_MAX; i++)
        if (pid <= 0 || shm->children[i].pid == pid)
            __atomic_add_fetch(&shm->children[i].disturbed, 1, __ATOMIC_RELEASE);
}

/* ---- telling ---- */

static uint32_t number_of(const struct sw_child_wait *entry)
{
    return (uint32_t)(entry - sw_engine_shm()->children) + 1;
}

int sw_children_describe(int fd, char *buf, size_t size)
{
    const struct sw_child_wait *entry = pid_of(fd) != 0 ? entry_of(pid_of(fd)) : NULL;

    if (pid_of(fd) == 0)
        return 0;
    if (entry != NULL)
        snprintf(buf, size, "waits for the end of child %u", number_of(entry));
    else
        snprintf(buf, size, "waits for the end of a process");
    return 1;
}

/* The next one behind it, of those that wait for ever; NULL: none.  Begin with NULL. */
static const struct sw_child_wait *next_of(const struct sw_child_wait *before)
{
    const struct sw_control_shm *shm = sw_engine_shm();
    uint32_t i = before != NULL ? number_of(before) : 0;

    for (; i < shm->child_count && i < SW_CHILD_WAITS_MAX; i++)
        if (waits_for_ever(shm->children[i].pid) && !has_ended(shm->children[i].pid))
            return &shm->children[i];
    return NULL;
}

void sw_children_print(void)
{
    const struct sw_child_wait *one = NULL;

    while ((one = next_of(one)) != NULL)
        dprintf(STDERR_FILENO, "  child %u %.*s: nobody will release it\n", number_of(one),
                SW_CHILD_WAIT_TEXT, one->text);
}

void sw_children_print_stacks(void)
{
    const struct sw_child_wait *one = NULL;

    while ((one = next_of(one)) != NULL) {
        dprintf(STDERR_FILENO, "child %u (%.*s):\n%.*s", number_of(one), SW_CHILD_WAIT_TEXT,
                one->text, SW_CHILD_WAIT_STACK, *one->stack != '\0' ? one->stack : "  no stack\n");
        if (*one->holder_stack != '\0')
            dprintf(STDERR_FILENO, "T%u, when child %u was forked:\n%.*s", one->holder,
                    number_of(one), SW_CHILD_WAIT_STACK, one->holder_stack);
    }
}

char *sw_children_story(char *buf, size_t size)
{
    const struct sw_child_wait *one = next_of(NULL);

    *buf = '\0';
    if (one != NULL)
        snprintf(buf, size, "child %u %.*s: nobody will release it", number_of(one),
                 SW_CHILD_WAIT_TEXT, one->text);
    return buf;
}

/* ---- waiting ---- */

/* It has been waited for. */
static void forget(pid_t pid)
{
    remove_child(pid);
    sw_pid_forget(pid);
}

/* As waitpid() means its first argument. */
static int is_meant(pid_t pid, pid_t which)
{
    if (which > 0)
        return pid == which;
    return which == -1 || SW_REAL(getpgid)(pid) == (which == 0 ? SW_REAL(getpgrp)() : -which);
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
    sw_cancel_point();
    if ((options & (WUNTRACED | WCONTINUED)) != 0)
        pid = wait_for_stop(which, status, options, usage);
    else if ((pid = find_ended(which, (options & WNOHANG) == 0)) == -2) {
        sw_cancel_point();
        return -1;
    } else if (pid != 0)
        pid = SW_REAL(wait4)(pid > 0 ? pid : which, status, options, usage);
    if (usage != NULL)
        memset(usage, 0, sizeof *usage); /* what it took differs from run to run */
    return pid;
}

SW_EXPORT pid_t wait4(pid_t which, int *status, int options, struct rusage *usage)
{
    int own;

    status = status != NULL ? status : &own;
    pid_t real = wait_any(sw_pid_real_group(which), status, options, usage);
    pid_t pid = sw_pid_shown(real);
    if (real > 0 && (WIFEXITED(*status) || WIFSIGNALED(*status)))
        forget(real);
    return pid;
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
static int has_any_ended(idtype_t type, id_t id, int waits, id_t *which)
{
    pid_t wanted = type == P_PID ? (pid_t)id : type == P_PGID ? -(pid_t)id : -1;

    if ((int)type == P_PIDFD)
        return wait_for_pidfd((int)id, waits);
    pid_t pid = find_ended(type == P_PGID && id == 0 ? 0 : wanted, waits);
    *which = pid > 0 ? (id_t)pid : 0;
    return pid == -2 ? -1 : pid != 0;
}

static int is_gone(const siginfo_t *info, int options)
{
    return info->si_pid > 0 && (options & WNOWAIT) == 0 &&
           (info->si_code == CLD_EXITED || info->si_code == CLD_KILLED ||
            info->si_code == CLD_DUMPED);
}

static int wait_for_one(idtype_t type, id_t id, siginfo_t *info, int options)
{
    id_t which = 0;

    if (sw_engine_self() == NULL)
        return SW_REAL(waitid)(type, id, info, options);
    sw_cancel_point();
    if ((options & WEXITED) != 0) {
        int ended = has_any_ended(type, id, (options & WNOHANG) == 0, &which);
        if (ended < 0)
            sw_cancel_point();
        if (ended <= 0)
            return ended;
    }
    int failed = SW_REAL(waitid)(which > 0 ? P_PID : type, which > 0 ? which : id, info, options);
    info->si_utime = info->si_stime = 0;
    return failed;
}

SW_EXPORT int waitid(idtype_t type, id_t id, siginfo_t *info, int options)
{
    siginfo_t own;

    info = info != NULL ? info : &own;
    memset(info, 0, sizeof *info);
    if (type == P_PID || type == P_PGID)
        id = (id_t)sw_pid_real((pid_t)id);
    int failed = wait_for_one(type, id, info, options);
    pid_t real = failed == 0 ? info->si_pid : 0;
    info->si_pid = sw_pid_shown(info->si_pid);
    if (failed == 0 && real > 0 && is_gone(info, options))
        forget(real);
    return failed;
}

/* SPDX-License-Identifier: MIT */
#include "kernel_state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "harness/control/engine/real.h"
#include "harness/control/process/proc_list.h"

/* Above the numbers that programs have, and that children.c takes; below 1024, the usual limit. */
enum { KEEPERS = 904 };

/* ---- descriptors ---- */

static const char *name_of(mode_t mode)
{
    return S_ISFIFO(mode) ? "a pipe" : S_ISSOCK(mode) ? "a socket" : "something without a name";
}

/* An epoll set with nothing in it is as good as a new one.  To import selectors makes one, and closes
 * it. */
static int is_empty_set(int fd)
{
    char path[48], text[4096];

    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    ssize_t length = SW_REAL(readlink)(path, text, sizeof text - 1);
    text[length > 0 ? length : 0] = '\0';
    if (strcmp(text, "anon_inode:[eventpoll]") != 0)
        return 0;
    snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
    int info = (int)SW_REAL(open)(path, O_RDONLY | O_CLOEXEC);
    length = info >= 0 ? SW_REAL(read)(info, text, sizeof text - 1) : -1;
    if (info >= 0)
        SW_REAL(close)(info);
    text[length > 0 ? length : 0] = '\0';
    return length > 0 && strstr(text, "tfd:") == NULL; /* a line for each member */
}

static uint8_t inherited[KEEPERS];

static int is_inherited(int fd)
{
    return fd <= STDERR_FILENO || inherited[fd];
}

/* Files, folders and devices like /dev/null. */
static int can_be_kept(int fd, const struct stat *status)
{
    return is_inherited(fd) || S_ISREG(status->st_mode) || S_ISDIR(status->st_mode) ||
           S_ISCHR(status->st_mode) || S_ISBLK(status->st_mode);
}

/* What is being taken, and where to say why it cannot be. */
struct taking {
    struct sw_kernel_state *state;
    char *why;
    size_t size;
};

static int __attribute__((format(printf, 2, 3)))
refuse(const struct taking *taking, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(taking->why, taking->size, format, arguments);
    va_end(arguments);
    return -1;
}

static int is_keeper(const struct sw_kernel_state *state, int fd)
{
    int found = 0;

    for (int i = 0; i < state->file_count; i++)
        found |= state->files[i].keeper == fd;
    return found;
}

static int keep_file(long number, void *context)
{
    const struct taking *taking = context;
    struct sw_kernel_state *state = taking->state;
    struct sw_kernel_file *file = &state->files[state->file_count];
    struct stat status;
    int fd = (int)number;

    /* The keepers that are made meanwhile may be listed, too. */
    if (is_keeper(state, fd) || SW_REAL(fstat)(fd, &status) != 0)
        return 0;
    if (fd >= KEEPERS)
        return refuse(taking, "descriptor %d is open", fd);
    file->is_set = is_empty_set(fd);
    if (!can_be_kept(fd, &status) && !file->is_set)
        return refuse(taking, "%s is open (descriptor %d)", name_of(status.st_mode), fd);
    if (state->file_count == SW_KERNEL_STATE_FILES_MAX)
        return refuse(taking, "more than %d files are open", SW_KERNEL_STATE_FILES_MAX);
    file->fd = fd;
    file->fd_flags = SW_REAL(fcntl)(fd, F_GETFD);
    file->status_flags = SW_REAL(fcntl)(fd, F_GETFL);
    /* What went to one of the runner's is there. */
    file->has_offset = !is_inherited(fd) && (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode));
    file->offset = file->has_offset ? lseek(fd, 0, SEEK_CUR) : 0;
    file->keeper = SW_REAL(fcntl)(fd, F_DUPFD_CLOEXEC, KEEPERS);
    state->file_count += file->keeper >= 0;
    return 0;
}

static int note_inherited(long fd, void *context)
{
    (void)context;
    if (fd < KEEPERS)
        inherited[fd] = 1;
    return 0;
}

void sw_kernel_state_start(void)
{
    sw_proc_list_folder("/proc/self/fd", note_inherited, NULL);
}

static void close_between(int first, int last)
{
    if (first <= last)
        SW_REAL(close_range)((unsigned)first, (unsigned)last, 0);
}

/* The keepers are ascending, and above all others; what is our own is above them. */
static void close_others(const struct sw_kernel_state *state)
{
    int next = 0;

    for (int i = 0; i < state->file_count; i++) {
        close_between(next, state->files[i].fd - 1);
        next = state->files[i].fd + 1;
    }
    for (int i = 0; i < state->file_count; i++) {
        close_between(next, state->files[i].keeper - 1);
        next = state->files[i].keeper + 1;
    }
    for (int i = 0; i < state->own_count; i++) {
        close_between(next, state->own[i] - 1);
        next = state->own[i] + 1;
    }
    close_between(next, INT32_MAX);
}

/* What has been put into it might be open still: the standard files, say. */
static int renew_set(const struct sw_kernel_file *file)
{
    int set = SW_REAL(epoll_create1)(EPOLL_CLOEXEC);
    int failed = set < 0 || SW_REAL(dup3)(set, file->keeper, O_CLOEXEC) < 0;

    if (set >= 0)
        SW_REAL(close)(set);
    return failed ? -1 : 0;
}

static int restore_files(const struct sw_kernel_state *state)
{
    close_others(state);
    for (int i = 0; i < state->file_count; i++) {
        const struct sw_kernel_file *file = &state->files[i];
        int flags = (file->fd_flags & FD_CLOEXEC) != 0 ? O_CLOEXEC : 0;
        if ((file->is_set && renew_set(file) < 0) ||
            SW_REAL(dup3)(file->keeper, file->fd, flags) < 0)
            return -1;
        if (!file->has_offset)
            continue;
        lseek(file->fd, file->offset, SEEK_SET);
        SW_REAL(fcntl)(file->fd, F_SETFL, file->status_flags);
    }
    return 0;
}

/* ---- children ---- */

/* Those that have ended are reaped; what they leave behind comes to us, since we are its
 * subreaper. */
static pid_t reap(int options)
{
    int status;

    return (pid_t)SW_REAL(syscall)(SYS_wait4, -1, &status, options, NULL);
}

static int kill_one(long pid, void *context)
{
    (void)context;
    SW_REAL(syscall)(SYS_kill, pid, SIGKILL);
    return 0;
}

static void end_children(void)
{
    pid_t got;

    while ((got = reap(WNOHANG)) >= 0) { /* else there are none */
        if (got > 0)
            continue;
        sw_proc_list_children(SW_REAL(syscall)(SYS_gettid), kill_one, NULL);
        reap(0);
    }
}

/* ---- signals ---- */

static void take_signals(struct sw_kernel_state *state)
{
    for (int number = 1; number < 65; number++)
        SW_REAL(sigaction)(number, NULL, &state->actions[number]);
    SW_REAL(syscall)(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &state->blocked, sizeof state->blocked);
    sigaltstack(NULL, &state->alternate);
    /* Not on it now: what the kernel says of that it does not take back. */
    state->alternate.ss_flags &= SS_DISABLE;
}

static void restore_signals(const struct sw_kernel_state *state, uint64_t changed)
{
    for (int number = 1; changed != 0; number++, changed >>= 1)
        if ((changed & 1) != 0)
            SW_REAL(sigaction)(number, &state->actions[number], NULL);
    SW_REAL(syscall)(SYS_rt_sigprocmask, SIG_SETMASK, &state->blocked, NULL, sizeof state->blocked);
    sigaltstack(&state->alternate, NULL);
}

/* ---- limits, and the priority ---- */

static long priority(void)
{
    return SW_REAL(syscall)(SYS_getpriority, PRIO_PROCESS, 0);
}

static void take_limits(struct sw_kernel_state *state)
{
    for (int i = 0; i < RLIM_NLIMITS; i++)
        SW_REAL(syscall)(SYS_prlimit64, 0, i, NULL, &state->limits[i]);
    state->priority = priority();
}

static int restore_limits(const struct sw_kernel_state *state)
{
    for (int i = 0; i < RLIM_NLIMITS; i++) {
        const struct rlimit *wanted = &state->limits[i];
        struct rlimit now = *wanted;
        SW_REAL(syscall)(SYS_prlimit64, 0, i, NULL, &now);
        if ((now.rlim_cur != wanted->rlim_cur || now.rlim_max != wanted->rlim_max) &&
            SW_REAL(syscall)(SYS_prlimit64, 0, i, wanted, NULL) != 0)
            return -1;
    }
    /* What is asked for is 20 and more with each step up, what is set is the niceness. */
    return priority() == state->priority ||
                   SW_REAL(syscall)(SYS_setpriority, PRIO_PROCESS, 0, 20 - state->priority) == 0
               ? 0
               : -1;
}

/* ---- all ---- */

int sw_kernel_state_keep(struct sw_kernel_state *state, int fd)
{
    int moved = SW_REAL(fcntl)(fd, F_DUPFD_CLOEXEC, KEEPERS);

    SW_REAL(close)(fd);
    if (moved >= 0)
        state->own[state->own_count++] = moved;
    return moved;
}

int sw_kernel_state_take(struct sw_kernel_state *state, char *why, size_t size)
{
    struct taking taking = {state, why, size};

    if (reap(WNOHANG) >= 0)
        return refuse(&taking, "a subprocess has been started");
    state->file_count = state->own_count = 0;
    state->folder = -1;
    *why = '\0';
    if (sw_proc_list_folder("/proc/self/fd", keep_file, &taking) < 0)
        return *why != '\0' ? -1 : refuse(&taking, "/proc cannot be read");
    state->folder =
        sw_kernel_state_keep(state, SW_REAL(open)(".", O_PATH | O_DIRECTORY | O_CLOEXEC));
    state->umask = umask(0);
    umask(state->umask);
    state->brk = (void *)SW_REAL(syscall)(SYS_brk, 0);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    take_signals(state);
    take_limits(state);
    return 0;
}

void sw_kernel_state_drop(const struct sw_kernel_state *state)
{
    for (int i = 0; i < state->file_count; i++)
        SW_REAL(close)(state->files[i].keeper);
    for (int i = 0; i < state->own_count; i++)
        SW_REAL(close)(state->own[i]);
}

int sw_kernel_state_restore(const struct sw_kernel_state *state, uint64_t changed)
{
    end_children();
    SW_REAL(syscall)(SYS_brk, state->brk);
    if (state->folder >= 0)
        SW_REAL(syscall)(SYS_fchdir, state->folder);
    umask(state->umask);
    restore_signals(state, changed);
    /* Before descriptors: of those there may be too few. */
    return restore_limits(state) < 0 ? -1 : restore_files(state);
}

/* SPDX-License-Identifier: MIT */
#include "hang.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/futex.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "hang_maps.h"
#include "stack_symbols.h"

enum { THREADS_MAX = 1024, TEXT_MAX = 400, CALLERS = 3, POLLED_MAX = 8 };

struct hang {
    FILE *out;
    pid_t pid;
    const char *indent;
    struct sw_stack_symbols_process *stacks; /* NULL: they cannot be read */
    pid_t threads[THREADS_MAX];
    int thread_count;
    int turn_count; /* of those that wait for their turn */
};

/* A thread's system call. */
struct call {
    long number; /* -1: it runs */
    uint64_t arguments[6];
};

/* ---- what /proc says ---- */

/* "" if it cannot be read; without the newline. */
static void read_line(char *buf, size_t size, pid_t pid, pid_t tid, const char *what)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%d/task/%d/%s", (int)pid, (int)tid, what);
    FILE *file = fopen(path, "re");
    if (file == NULL || fgets(buf, (int)size, file) == NULL)
        *buf = '\0';
    buf[strcspn(buf, "\n")] = '\0';
    if (file != NULL)
        fclose(file);
}

static int list_threads(struct hang *hang, struct sw_error *e)
{
    char path[64];
    struct dirent *entry;

    snprintf(path, sizeof path, "/proc/%d/task", (int)hang->pid);
    DIR *folder = opendir(path);
    if (folder == NULL)
        return sw_error_set(e, NULL, 0, 0, "process %d: %s", (int)hang->pid,
                            errno == ENOENT ? "there is none" : strerror(errno));
    while ((entry = readdir(folder)) != NULL && hang->thread_count < THREADS_MAX)
        if (isdigit((unsigned char)entry->d_name[0]))
            hang->threads[hang->thread_count++] = atoi(entry->d_name);
    closedir(folder);
    return 0;
}

/* 0, or -1: it may not be looked at, or has ended. */
static int read_call(const struct hang *hang, pid_t tid, struct call *call)
{
    char line[256];
    uint64_t *a = call->arguments;

    read_line(line, sizeof line, hang->pid, tid, "syscall");
    call->number = -1;
    memset(call->arguments, 0, sizeof call->arguments);
    if (strcmp(line, "running") == 0)
        return 0;
    return sscanf(line, "%ld %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64,
                  &call->number, &a[0], &a[1], &a[2], &a[3], &a[4], &a[5]) >= 1
               ? 0
               : -1;
}

static int is_thread(const struct hang *hang, pid_t tid)
{
    for (int i = 0; i < hang->thread_count; i++)
        if (hang->threads[i] == tid)
            return 1;
    return 0;
}

/* ---- what it waits for ---- */

/* glibc's mutex begins with the futex, a count and its holder; that the third word is a thread of
 * this process is no proof, but nothing else has it. */
static pid_t find_holder(const struct hang *hang, uint64_t address, int is_pi)
{
    uint32_t words[3] = {0};
    struct iovec here = {words, sizeof words}, there = {(void *)(uintptr_t)address, sizeof words};

    if (process_vm_readv(hang->pid, &here, 1, &there, 1, 0) != (ssize_t)sizeof words)
        return 0;
    pid_t holder = (pid_t)(is_pi ? words[0] & FUTEX_TID_MASK : words[2]);
    return words[0] != 0 && is_thread(hang, holder) ? holder : 0;
}

/* Returns 1 if it waits for its turn. */
static int describe_futex(const struct hang *hang, const struct call *call, char *text)
{
    char where[TEXT_MAX / 2];
    int operation = (int)call->arguments[1] & FUTEX_CMD_MASK;
    int is_pi = operation == FUTEX_LOCK_PI || operation == FUTEX_LOCK_PI2;

    if (sw_hang_maps_find(hang->pid, call->arguments[0], where, sizeof where))
        return 1;
    pid_t holder = find_holder(hang, call->arguments[0], is_pi);
    if (holder != 0)
        snprintf(text, TEXT_MAX, "waits for a mutex, which thread %d holds: 0x%" PRIx64 ", %s",
                 (int)holder, call->arguments[0], where);
    else
        snprintf(text, TEXT_MAX, "waits for a lock, a semaphore or a condition: 0x%" PRIx64 ", %s",
                 call->arguments[0], where);
    return 0;
}

static void describe_descriptor(const struct hang *hang, const char *does, int fd, char *text)
{
    char name[TEXT_MAX / 2];

    sw_hang_maps_file(hang->pid, fd, name, sizeof name);
    snprintf(text, TEXT_MAX, "%s descriptor %d, %s", does, fd,
             *name != '\0' ? name : "which is closed");
}

/* A call of poll()'s: which they are. */
static void describe_poll(const struct hang *hang, const struct call *call, char *text)
{
    struct pollfd polled[POLLED_MAX];
    char name[TEXT_MAX / 4];
    uint64_t count = call->arguments[1] < POLLED_MAX ? call->arguments[1] : POLLED_MAX;
    struct iovec here = {polled, count * sizeof *polled},
                 there = {(void *)(uintptr_t)call->arguments[0], count * sizeof *polled};
    int used = snprintf(text, TEXT_MAX, "waits for one of the descriptors");

    if (process_vm_readv(hang->pid, &here, 1, &there, 1, 0) != (ssize_t)here.iov_len)
        count = 0;
    for (uint64_t i = 0; i < count && used < TEXT_MAX; i++) {
        sw_hang_maps_file(hang->pid, polled[i].fd, name, sizeof name);
        used += snprintf(text + used, (size_t)(TEXT_MAX - used), "%s %d, %s", i > 0 ? ";" : "",
                         polled[i].fd, name);
    }
}

/* Calls that wait for a descriptor, which is their first argument; and what they wait for. */
static const struct {
    long number;
    const char *does;
} of_descriptors[] = {
    {SYS_read, "reads"},           {SYS_readv, "reads"},          {SYS_write, "writes to"},
    {SYS_writev, "writes to"},     {SYS_recvfrom, "receives on"}, {SYS_recvmsg, "receives on"},
    {SYS_sendto, "sends on"},      {SYS_sendmsg, "sends on"},     {SYS_connect, "connects"},
    {SYS_accept, "accepts on"},    {SYS_accept4, "accepts on"},   {SYS_epoll_wait, "waits on"},
    {SYS_epoll_pwait, "waits on"}, {SYS_fsync, "syncs"},          {SYS_ioctl, "asks"},
};

static const struct {
    long number;
    const char *text;
} others[] = {
    {-1, "runs: it computes, or spins"},
    {SYS_wait4, "waits for a child process"},
    {SYS_waitid, "waits for a child process"},
    {SYS_nanosleep, "sleeps by the clock"},
    {SYS_clock_nanosleep, "sleeps by the clock"},
    {SYS_select, "waits for one of several descriptors (select)"},
    {SYS_pselect6, "waits for one of several descriptors (pselect)"},
    {SYS_pause, "waits for a signal"},
    {SYS_rt_sigtimedwait, "waits for a signal"},
    {SYS_rt_sigsuspend, "waits for a signal"},
    {SYS_semop, "waits for a semaphore of System V"},
    {SYS_semtimedop, "waits for a semaphore of System V"},
    {SYS_msgrcv, "waits for a message of System V"},
};

static void describe_other(const struct hang *hang, const struct call *call, char *text)
{
    snprintf(text, TEXT_MAX, "is in system call %ld", call->number);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (others[i].number == call->number)
            snprintf(text, TEXT_MAX, "%s", others[i].text);
    for (size_t i = 0; i < sizeof of_descriptors / sizeof *of_descriptors; i++)
        if (of_descriptors[i].number == call->number)
            describe_descriptor(hang, of_descriptors[i].does, (int)call->arguments[0], text);
}

/* Returns 1 if it waits for its turn. */
static int describe(const struct hang *hang, const struct call *call, char *text)
{
    if (call->number == SYS_futex)
        return describe_futex(hang, call, text);
    /* F_SETLKW, and the same of open file descriptions. */
    if (call->number == SYS_flock ||
        (call->number == SYS_fcntl && (call->arguments[1] == 7 || call->arguments[1] == 38)))
        describe_descriptor(hang, "waits for the lock of", (int)call->arguments[0], text);
    else if (call->number == SYS_poll || call->number == SYS_ppoll)
        describe_poll(hang, call, text);
    else
        describe_other(hang, call, text);
    return 0;
}

/* ---- the whole ---- */

/* The innermost functions that are not the C library's: who asked for it. */
static void print_callers(const struct hang *hang, pid_t tid)
{
    char *text = NULL, *state;
    size_t size;
    int printed = 0;
    FILE *frames = open_memstream(&text, &size);

    if (frames == NULL)
        return;
    sw_stack_symbols_print_thread(frames, hang->stacks, tid, "");
    fclose(frames);
    for (char *line = strtok_r(text, "\n", &state); line != NULL && printed < CALLERS;
         line = strtok_r(NULL, "\n", &state)) {
        const char *name = *line == '#' ? line + strcspn(line, " ") : line;
        if (printed == 0 && strstr(line, "(libc.so.6)") != NULL)
            continue;
        fprintf(hang->out, "%s    %s %s\n", hang->indent, printed == 0 ? "called by" : "         ",
                name + strspn(name, " "));
        printed++;
    }
    free(text);
}

/* A controlled thread that waits for a lock on a file does not wait in the kernel: it asks again and
 * again. */
static void print_locked_files(const struct hang *hang)
{
    char path[64], name[TEXT_MAX];
    struct dirent *entry;

    snprintf(path, sizeof path, "/proc/%d/fd", (int)hang->pid);
    DIR *folder = opendir(path);
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        int fd = atoi(entry->d_name);
        pid_t holder =
            isdigit((unsigned char)*entry->d_name) ? sw_hang_maps_find_locker(hang->pid, fd) : 0;
        if (holder == 0)
            continue;
        sw_hang_maps_file(hang->pid, fd, name, sizeof name);
        fprintf(hang->out, "%sdescriptor %d, %s, is locked by process %d\n", hang->indent, fd, name,
                (int)holder);
    }
    if (folder != NULL)
        closedir(folder);
}

static void print_thread(struct hang *hang, pid_t tid)
{
    char name[64], text[TEXT_MAX];
    struct call call;

    if (read_call(hang, tid, &call) < 0)
        snprintf(text, sizeof text, "cannot be looked at");
    else if (describe(hang, &call, text)) {
        hang->turn_count++;
        return;
    }
    read_line(name, sizeof name, hang->pid, tid, "comm");
    fprintf(hang->out, "%sthread %d (%s): %s\n", hang->indent, (int)tid, name, text);
    if (hang->stacks != NULL)
        print_callers(hang, tid);
}

int sw_hang_print(FILE *out, pid_t pid, const char *indent, struct sw_error *e)
{
    struct hang *hang = calloc(1, sizeof *hang);
    char path[64], line[256];

    if (hang == NULL)
        return sw_error_set(e, NULL, 0, 0, "no memory");
    *hang = (struct hang){.out = out, .pid = pid, .indent = indent};
    snprintf(path, sizeof path, "/proc/%d/syscall", (int)pid);
    int failed = list_threads(hang, e);
    read_line(line, sizeof line, pid, pid, "syscall");
    if (failed == 0 && *line == '\0')
        failed = sw_error_set(e, NULL, 0, 0,
                              "process %d may not be looked at: be its user or root, and see "
                              "/proc/sys/kernel/yama/ptrace_scope",
                              (int)pid);
    /* What they wait for first: a thread that is traced is in no system call. */
    if (failed == 0)
        hang->stacks = sw_stack_symbols_attach(pid);
    for (int i = 0; failed == 0 && i < hang->thread_count; i++)
        print_thread(hang, hang->threads[i]);
    if (failed == 0)
        print_locked_files(hang);
    if (failed == 0 && hang->turn_count > 0)
        fprintf(out, "%s%d thread%s: under control, and %s for its turn\n", indent,
                hang->turn_count, hang->turn_count == 1 ? "" : "s",
                hang->turn_count == 1 ? "waits" : "each waits");
    if (hang->stacks != NULL)
        sw_stack_symbols_detach(hang->stacks);
    free(hang);
    return failed;
}

/* SPDX-License-Identifier: MIT */
#include "uncontrolled.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "contract/last_part.h"
#include "harness/control/python/after_release.h"
#include "harness/control/engine/object_wait.h"
#include "harness/control/engine/sync_objects.h"
#include "harness/control/engine/real.h"
#include "harness/control/process/pid.h"
#include "harness/control/process/children.h"
#include "harness/control/process/forked.h"
#include "harness/control/time/vtime.h"

#define CALLER __builtin_return_address(0)

void sw_uncontrolled_note(const char *what, const void *caller)
{
    int saved = errno;
    Dl_info info = {0};

    if (dladdr(caller, &info) == 0 || info.dli_fname == NULL)
        info.dli_fname = "unknown code";
    sw_engine_uncontrolled("%s by %s", what, sw_last_part(info.dli_fname));
    errno = saved;
}

void sw_uncontrolled_note_threads(void)
{
    struct stat status;

    /* Each thread is a directory, and a directory's links are "..", "." and these. */
    if (SW_REAL(stat)("/proc/self/task", &status) != 0)
        return;
    for (nlink_t i = 3; i < status.st_nlink; i++)
        sw_engine_uncontrolled("a thread that was there before control began");
}

/* ---- raw futexes ---- */

/* The word may be a part of an object that is known. */
static void describe_futex(const struct sw_thread *thread, char *buf, size_t size)
{
    if (sw_sync_objects_find(thread->wait.address) != NULL)
        sw_object_wait_describe(thread, buf, size);
    else
        snprintf(buf, size, "waits for a raw futex");
}

static const struct sw_clause on_futex = {
    .has_come = sw_engine_is_woken,
    .describe = describe_futex,
    .holder = sw_object_wait_holder,
};

/* At least others run while it waits, or else nobody could wake it. */
static long wait_on_futex(const uint32_t *word, uint32_t value, uint64_t deadline_ns)
{
    /* As the kernel does, and with nobody in between: no other thread of ours runs. */
    if (__atomic_load_n(word, __ATOMIC_SEQ_CST) != value) {
        errno = EAGAIN;
        return -1;
    }
    if (sw_engine_block(&(struct sw_wait){.clause = &on_futex,
                                          .place = SW_AT_COND_WAIT,
                                          .address = word,
                                          .deadline_ns = deadline_ns}) == 0)
        return 0;
    errno = ETIMEDOUT;
    return -1;
}

static long wake_futex(const uint32_t *word, uint32_t max)
{
    uint32_t waiting = sw_engine_count_waiting(word), count = max < waiting ? max : waiting;

    /* All of them: nothing is chosen.  Fewer: each is a choice, as with a condition. */
    if (count == waiting)
        sw_engine_wake(word, SW_AT_COND_SIGNAL, 0, 1);
    else
        for (uint32_t i = 0; i < count; i++)
            sw_engine_wake(word, SW_AT_COND_SIGNAL, 0, 0);
    sw_after_release(SW_AT_COND_SIGNAL, NULL);
    return count;
}

/* Libraries in Rust, Go and C++ make their locks of these calls.  They are modelled, since a thread
 * that slept in the kernel would never wake: its waker is not running.  But they are noted all the
 * same: what else such a lock does, spinning and plain memory, is out of sight. */
static long futex(const long *a)
{
    const uint32_t *word = (const uint32_t *)a[0];
    const struct timespec *time = (const struct timespec *)a[3];
    int operation = (int)a[1] & FUTEX_CMD_MASK;
    clockid_t clock = (a[1] & FUTEX_CLOCK_REALTIME) != 0 ? CLOCK_REALTIME : CLOCK_MONOTONIC;

    switch (operation) {
    case FUTEX_WAIT: /* its time is a duration */
        return wait_on_futex(word, (uint32_t)a[2],
                             time != NULL ? sw_vtime_relative(sw_vtime_of_timespec(time)) : 0);
    case FUTEX_WAIT_BITSET:
        return wait_on_futex(word, (uint32_t)a[2],
                             time != NULL ? sw_vtime_absolute(clock, time) : 0);
    case FUTEX_WAKE:
    case FUTEX_WAKE_BITSET:
        return wake_futex(word, (uint32_t)a[2]);
    default:
        return SW_REAL(syscall)(SYS_futex, a[0], a[1], a[2], a[3], a[4], a[5]);
    }
}

/* ---- raw system calls ---- */

static const char *name_of(long number)
{
    switch (number) {
    case SYS_futex:
        return "a raw futex";
    case SYS_clone:
    case SYS_clone3:
        return "a raw clone()";
    case SYS_fork:
    case SYS_vfork:
        return "a raw fork()";
    case SYS_tkill:
    case SYS_tgkill:
    case SYS_rt_tgsigqueueinfo:
        return "a raw signal to one thread";
    case SYS_io_uring_setup:
    case SYS_io_uring_enter:
        return "io_uring";
    default:
        return NULL;
    }
}

/* Those whose first argument is the number of a process or a thread. */
static int takes_pid(long number)
{
    switch (number) {
    case SYS_getpgid:
    case SYS_getsid:
    case SYS_pidfd_open:
    case SYS_sched_getparam:
    case SYS_sched_setparam:
    case SYS_sched_getscheduler:
    case SYS_sched_setscheduler:
    case SYS_sched_getattr:
    case SYS_sched_setattr:
    case SYS_prlimit64:
    case SYS_process_vm_readv:
    case SYS_process_vm_writev:
    case SYS_rt_sigqueueinfo:
    case SYS_tkill:
    case SYS_tgkill:
        return 1;
    default:
        return 0;
    }
}

static void translate(long number, long *a)
{
    if (takes_pid(number))
        a[0] = sw_pid_real((pid_t)a[0]);
    if (number == SYS_tgkill)
        a[1] = sw_pid_real((pid_t)a[1]);
}

/* Those that a process which is not controlled knows by our numbers too. */
static int is_about_pids(long number, const long *a, long *result)
{
    switch (number) {
    case SYS_getpid:
        *result = getpid();
        return 1;
    case SYS_getppid:
        *result = getppid();
        return 1;
    case SYS_gettid:
        *result = gettid();
        return 1;
    case SYS_kill:
        *result = kill((pid_t)a[0], (int)a[1]);
        return 1;
    default:
        return 0;
    }
}

/* A futex of its own, in the child of a fork: forked.h.  Between threads only if it says so. */
static int waits_alone(long number, const long *a)
{
    int operation = (int)a[1];

    return sw_forked_is() && number == SYS_futex && (operation & FUTEX_PRIVATE_FLAG) != 0 &&
           ((operation & FUTEX_CMD_MASK) == FUTEX_WAIT ||
            (operation & FUTEX_CMD_MASK) == FUTEX_WAIT_BITSET) &&
           a[3] == 0 && __atomic_load_n((const uint32_t *)a[0], __ATOMIC_SEQ_CST) == (uint32_t)a[2];
}

/* Those that have a controlled function of the same meaning. */
static int is_ours(long number, const long *a, long *result)
{
    switch (number) {
    case SYS_getrandom:
        *result = getrandom((void *)a[0], (size_t)a[1], (unsigned)a[2]);
        return 1;
    case SYS_sched_yield:
        *result = sched_yield();
        return 1;
    case SYS_nanosleep:
        *result = nanosleep((const struct timespec *)a[0], (struct timespec *)a[1]);
        return 1;
    case SYS_clock_gettime:
        *result = clock_gettime((clockid_t)a[0], (struct timespec *)a[1]);
        return 1;
    case SYS_futex:
        *result = futex(a);
        return 1;
    default:
        return 0;
    }
}

SW_EXPORT long syscall(long number, ...)
{
    va_list arguments;
    long a[6], result;

    va_start(arguments, number);
    /* As many as any system call has.  Those that were not given are some number, which nobody
     * looks at. */
    for (int i = 0; i < 6; i++)
        a[i] = va_arg(arguments, long);
    va_end(arguments);
    if (sw_engine_self() != NULL) {
        if (name_of(number) != NULL)
            sw_uncontrolled_note(name_of(number), CALLER);
        if (number == SYS_clone || number == SYS_clone3 || number == SYS_fork ||
            number == SYS_vfork)
            sw_children_saw_stranger();
        if (is_ours(number, a, &result))
            return result;
    }
    if (is_about_pids(number, a, &result))
        return result;
    translate(number, a);
    if (waits_alone(number, a) && sw_forked_wait(SW_OBJECT_MUTEX, (const void *)a[0])) {
        sw_forked_go_on();
        errno = EINTR;
        return -1;
    }
    result = SW_REAL(syscall)(number, a[0], a[1], a[2], a[3], a[4], a[5]);
    sw_forked_go_on();
    return result;
}

SW_EXPORT int clone(int (*function)(void *), void *stack, int flags, void *argument, ...)
{
    va_list arguments;
    void *more[3];

    va_start(arguments, argument);
    for (int i = 0; i < 3; i++)
        more[i] = va_arg(arguments, void *);
    va_end(arguments);
    if (sw_engine_self() != NULL)
        sw_uncontrolled_note("clone()", CALLER);
    int pid = SW_REAL(clone)(function, stack, flags, argument, more[0], more[1], more[2]);
    return pid > 0 && (flags & CLONE_THREAD) == 0 ? sw_pid_add_child(pid) : pid;
}

/* ---- one thread to another; pthread_kill() is in signals.c ---- */

SW_EXPORT int pthread_sigqueue(pthread_t thread, int number, const union sigval value)
{
    const struct sw_thread *self = sw_engine_self();

    if (self != NULL && sw_thread_table_find(thread) != self)
        sw_uncontrolled_note("a signal to another thread", CALLER);
    return SW_REAL(pthread_sigqueue)(thread, number, value);
}

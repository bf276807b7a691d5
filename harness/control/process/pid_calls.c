/* SPDX-License-Identifier: MIT
 *
 * pid_calls.c - calls that take or tell the number of a process or a thread; pid.h.
 *
 * Those that wait for children are in children.c, kill() is in signals.c, raw system calls are in
 * uncontrolled.c, and names of files in pid_paths.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/pidfd.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "harness/control/engine/affinity.h"
#include "harness/control/engine/engine.h"
#include "harness/control/engine/real.h"
#include "children.h"
#include "pid.h"

/* ---- groups and sessions ---- */

SW_EXPORT pid_t getpgid(pid_t pid)
{
    return sw_pid_shown(SW_REAL(getpgid)(sw_pid_real(pid)));
}

SW_EXPORT pid_t getpgrp(void)
{
    return sw_pid_shown(SW_REAL(getpgrp)());
}

SW_EXPORT int setpgid(pid_t pid, pid_t group)
{
    return SW_REAL(setpgid)(sw_pid_real(pid), sw_pid_real(group));
}

SW_EXPORT pid_t getsid(pid_t pid)
{
    return sw_pid_shown(SW_REAL(getsid)(sw_pid_real(pid)));
}

SW_EXPORT pid_t setsid(void)
{
    return sw_pid_shown(SW_REAL(setsid)());
}

SW_EXPORT pid_t tcgetpgrp(int fd)
{
    return sw_pid_shown(SW_REAL(tcgetpgrp)(fd));
}

SW_EXPORT int tcsetpgrp(int fd, pid_t group)
{
    return SW_REAL(tcsetpgrp)(fd, sw_pid_real(group));
}

SW_EXPORT pid_t tcgetsid(int fd)
{
    return sw_pid_shown(SW_REAL(tcgetsid)(fd));
}

/* ---- signals ---- */

SW_EXPORT int killpg(pid_t group, int number)
{
    if (group < 0) {
        errno = EINVAL;
        return -1;
    }
    return kill(-group, number);
}

SW_EXPORT int sigqueue(pid_t pid, int number, const union sigval value)
{
    if (sw_engine_self() != NULL && number > 0)
        sw_children_signalled(sw_pid_real(pid));
    return SW_REAL(sigqueue)(sw_pid_real(pid), number, value);
}

SW_EXPORT int pidfd_open(pid_t pid, unsigned flags)
{
    return (int)syscall(SYS_pidfd_open, pid, flags);
}

/* ---- how it is run ---- */

SW_EXPORT int getpriority(__priority_which_t which, id_t who)
{
    return SW_REAL(getpriority)(which, which == PRIO_USER ? who : (id_t)sw_pid_real((pid_t)who));
}

SW_EXPORT int setpriority(__priority_which_t which, id_t who, int priority)
{
    return SW_REAL(setpriority)(which, which == PRIO_USER ? who : (id_t)sw_pid_real((pid_t)who),
                                priority);
}

/* The process's own is the same for all of its threads, and not the kernel's. */
static int is_own(pid_t pid)
{
    return sw_engine_self() != NULL && (pid == 0 || pid == getpid() || sw_pid_is_thread(pid));
}

SW_EXPORT int sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set)
{
    return is_own(pid) ? sw_affinity_get(size, set)
                       : SW_REAL(sched_getaffinity)(sw_pid_real(pid), size, set);
}

SW_EXPORT int sched_setaffinity(pid_t pid, size_t size, const cpu_set_t *set)
{
    return is_own(pid) ? sw_affinity_set(size, set)
                       : SW_REAL(sched_setaffinity)(sw_pid_real(pid), size, set);
}

SW_EXPORT int sched_getscheduler(pid_t pid)
{
    return SW_REAL(sched_getscheduler)(sw_pid_real(pid));
}

SW_EXPORT int sched_setscheduler(pid_t pid, int policy, const struct sched_param *param)
{
    return SW_REAL(sched_setscheduler)(sw_pid_real(pid), policy, param);
}

SW_EXPORT int sched_getparam(pid_t pid, struct sched_param *param)
{
    return SW_REAL(sched_getparam)(sw_pid_real(pid), param);
}

SW_EXPORT int sched_setparam(pid_t pid, const struct sched_param *param)
{
    return SW_REAL(sched_setparam)(sw_pid_real(pid), param);
}

SW_EXPORT int sched_rr_get_interval(pid_t pid, struct timespec *interval)
{
    return SW_REAL(sched_rr_get_interval)(sw_pid_real(pid), interval);
}

SW_EXPORT int prlimit(pid_t pid, __rlimit_resource_t what, const struct rlimit *limit,
                      struct rlimit *old)
{
    return SW_REAL(prlimit)(sw_pid_real(pid), what, limit, old);
}

SW_EXPORT int prlimit64(pid_t pid, __rlimit_resource_t what, const struct rlimit64 *limit,
                        struct rlimit64 *old)
{
    return SW_REAL(prlimit64)(sw_pid_real(pid), what, limit, old);
}

SW_EXPORT int clock_getcpuclockid(pid_t pid, clockid_t *clock)
{
    return SW_REAL(clock_getcpuclockid)(sw_pid_real(pid), clock);
}

/* ---- another's memory ---- */

SW_EXPORT ssize_t process_vm_readv(pid_t pid, const struct iovec *to, unsigned long to_count,
                                   const struct iovec *from, unsigned long from_count,
                                   unsigned long flags)
{
    return SW_REAL(process_vm_readv)(sw_pid_real(pid), to, to_count, from, from_count, flags);
}

SW_EXPORT ssize_t process_vm_writev(pid_t pid, const struct iovec *from, unsigned long from_count,
                                    const struct iovec *to, unsigned long to_count,
                                    unsigned long flags)
{
    return SW_REAL(process_vm_writev)(sw_pid_real(pid), from, from_count, to, to_count, flags);
}

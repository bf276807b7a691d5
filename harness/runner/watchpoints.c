/* SPDX-License-Identifier: MIT */
#include "watchpoints.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

/* Of DR7: the first register, for this thread, at writes of eight bytes. */
enum { ENABLED = 1, AT_WRITES = 1 << 16, EIGHT_BYTES = 2 << 18 };

static volatile uint64_t watched;

static void write_once(void)
{
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0 && raise(SIGSTOP) == 0)
        watched = 1;
    _exit(0);
}

static int wait_for(pid_t child, int *status)
{
    pid_t got;

    while ((got = waitpid(child, status, 0)) < 0 && errno == EINTR)
        continue;
    return got == child;
}

static int set_register(pid_t child, size_t number, uintptr_t value)
{
    size_t offset = offsetof(struct user, u_debugreg) + number * sizeof(long);

    return ptrace(PTRACE_POKEUSER, child, (void *)offset, (void *)value) == 0;
}

int sw_watchpoints_work(void)
{
    pid_t child = fork();
    int status = 0, is_alive;

    if (child == 0)
        write_once();
    if (child < 0)
        return 0;
    is_alive = wait_for(child, &status) && WIFSTOPPED(status);
    if (is_alive && set_register(child, 0, (uintptr_t)&watched) &&
        set_register(child, 7, ENABLED | AT_WRITES | EIGHT_BYTES) &&
        ptrace(PTRACE_CONT, child, NULL, NULL) == 0)
        is_alive = wait_for(child, &status) && WIFSTOPPED(status);
    int works = is_alive && WSTOPSIG(status) == SIGTRAP;
    if (is_alive) {
        kill(child, SIGKILL);
        wait_for(child, &status);
    }
    return works;
}

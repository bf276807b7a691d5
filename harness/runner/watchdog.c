/* SPDX-License-Identifier: MIT */
#include "watchdog.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* To print some hundred stacks takes milliseconds; whoever does not within two seconds never
 * will. */
enum { LAST_WORDS_MS = 2000 };

/* 1 if the process has ended. */
static int wait_ms(int pidfd, int timeout_ms)
{
    struct pollfd one = {.fd = pidfd, .events = POLLIN};
    int got;

    /* Stopped and continued, say: the watchdog begins anew. */
    while ((got = poll(&one, 1, timeout_ms)) < 0 && errno == EINTR)
        continue;
    return got != 0;
}

static uint64_t count_of(const struct sw_control_shm *shm)
{
    return __atomic_load_n(&shm->decision_count, __ATOMIC_RELAXED);
}

/* It prints what it can, and then ends itself. */
static void let_speak(pid_t pid, int pidfd, const struct sw_control_shm *shm)
{
    /* It has no handler yet: the signal would end it without a word. */
    if (!shm->started)
        return;
    kill(pid, SW_ALARM_SIGNAL);
    wait_ms(pidfd, LAST_WORDS_MS);
}

int sw_watchdog_wait(pid_t pid, int watchdog_s, const struct sw_control_shm *shm, int *status)
{
    int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    /* Two halves, with a look at the decisions in between: a run that still decides is only slow,
     * and its user needs another limit; one that does not hangs. */
    int half_ms = watchdog_s * 500, ended = pidfd < 0 || wait_ms(pidfd, half_ms);
    uint64_t count = count_of(shm);

    if (!ended && !(ended = wait_ms(pidfd, half_ms))) {
        uint64_t now = count_of(shm);
        if (now == count)
            fprintf(stderr, "spillway: watchdog: %d s, and no decision since number %llu\n",
                    watchdog_s, (unsigned long long)count);
        else
            fprintf(stderr,
                    "spillway: watchdog: %d s, and it still decides: %llu decisions "
                    "(--watchdog gives it more time)\n",
                    watchdog_s, (unsigned long long)now);
        let_speak(pid, pidfd, shm);
        kill(pid, SIGKILL);
    }
    while (waitpid(pid, status, 0) < 0 && errno == EINTR)
        continue;
    if (pidfd >= 0)
        close(pidfd);
    return !ended;
}

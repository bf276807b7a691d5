/* SPDX-License-Identifier: MIT */
#include "watchdog.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "contract/real_time.h"
#include "hang.h"
#include "interrupt.h"
#include "starved.h"

/* To print some hundred stacks takes milliseconds; whoever does not within two seconds never
 * will. */
enum { LAST_WORDS_MS = 2000 };

/* Time in which others had the processors does not count, up to so many times the limit: on a
 * machine with sixty busy processes for each processor a limit is that much longer.  It is not
 * given for ever, since of threads that nobody controls several may wait for a processor at once. */
enum { STRETCHED_MAX = 60 };

enum waited { NOT_YET, ENDED, INTERRUPTED };

/* interrupt: of interrupt.h; -1: nobody looks at it. */
static enum waited wait_ms(int pidfd, int interrupt, int timeout_ms)
{
    struct pollfd both[] = {{.fd = pidfd, .events = POLLIN}, {.fd = interrupt, .events = POLLIN}};
    int got;

    /* Stopped and continued, say: the watchdog begins anew. */
    while ((got = poll(both, 2, timeout_ms)) < 0 && errno == EINTR)
        continue;
    if (got > 0 && both[0].revents == 0)
        return INTERRUPTED;
    return got != 0 ? ENDED : NOT_YET;
}

/* So much time in which the process could have run.  The kernel adds a wait when it is over: what is
 * under way is missing, and is there the next time. */
static enum waited wait_while_it_runs(pid_t pid, int pidfd, int interrupt, int timeout_ms)
{
    uint64_t starved = sw_starved_ms(pid);
    double began_s = sw_real_time_s(), passed_ms = 0, left_ms = timeout_ms;
    enum waited waited;

    do {
        waited = wait_ms(pidfd, interrupt, timeout_ms < 0 ? timeout_ms : (int)left_ms + 1);
        uint64_t now = sw_starved_ms(pid);
        passed_ms = 1000 * (sw_real_time_s() - began_s);
        left_ms = timeout_ms - passed_ms + (now > starved ? (double)(now - starved) : 0);
    } while (waited == NOT_YET && left_ms >= 1 && passed_ms < STRETCHED_MAX * (double)timeout_ms);
    return waited;
}

static uint64_t count_of(const struct sw_control_shm *shm)
{
    return __atomic_load_n(&shm->decision_count, __ATOMIC_RELAXED);
}

/* How many schedules of the process have ended: each has a watchdog of its own. */
static uint64_t ended_of(const struct sw_control_shm *shm)
{
    return __atomic_load_n(&shm->result_count, __ATOMIC_RELAXED) +
           __atomic_load_n(&shm->served, __ATOMIC_RELAXED);
}

/* NOT_YET: its last two halves were one schedule's.  *count: of its decisions, at the end of the
 * first of them. */
static enum waited wait_while_schedules_end(pid_t pid, int pidfd, int interrupt, int half_ms,
                                            const struct sw_control_shm *shm, uint64_t *count)
{
    uint64_t before, now = ended_of(shm);
    enum waited waited;

    do {
        before = now;
        waited = wait_while_it_runs(pid, pidfd, interrupt, half_ms);
        *count = count_of(shm);
        if (waited == NOT_YET)
            waited = wait_while_it_runs(pid, pidfd, interrupt, half_ms);
        now = ended_of(shm);
    } while (waited == NOT_YET && now != before);
    return waited;
}

/* It prints what it can, and then ends itself. */
static void let_speak(pid_t pid, int pidfd, const struct sw_control_shm *shm)
{
    /* It has no handler yet: the signal would end it without a word. */
    if (!shm->started)
        return;
    kill(pid, SW_ALARM_SIGNAL);
    wait_ms(pidfd, -1, LAST_WORDS_MS);
}

/* What it hangs on, if it does: the engine sees only what is under control. */
static void tell(pid_t pid, int watchdog_s, uint64_t before, uint64_t now)
{
    struct sw_error e;

    if (now == before) {
        fprintf(stderr, "spillway: watchdog: %d s, and no decision since number %llu\n", watchdog_s,
                (unsigned long long)before);
        sw_hang_print(stderr, pid, "spillway: ", &e);
    } else {
        fprintf(stderr,
                "spillway: watchdog: %d s, and it still decides: %llu decisions "
                "(--watchdog gives it more time)\n",
                watchdog_s, (unsigned long long)now);
    }
}

/* It may come to the end of its schedule, and begins no other.  1: it did. */
static int end_soon(pid_t pid, int pidfd, struct sw_control_shm *shm)
{
    __atomic_store_n(&shm->ahead, 0, __ATOMIC_RELAXED);
    if (__atomic_load_n(&shm->loop_count, __ATOMIC_RELAXED) > 1)
        __atomic_store_n(&shm->loop_count, 1, __ATOMIC_RELAXED);
    if (wait_ms(pidfd, -1, LAST_WORDS_MS) == ENDED)
        return 1;
    kill(pid, SIGKILL);
    return 0;
}

enum sw_watchdog sw_watchdog_wait(pid_t pid, pid_t supervisor, int watchdog_s,
                                  struct sw_control_shm *shm, int *status)
{
    int pidfd = (int)syscall(SYS_pidfd_open, supervisor, 0);
    /* One that began after the interruption is the last look at what was found. */
    int interrupt = sw_interrupt_came() ? -1 : sw_interrupt_fd();
    /* Two halves, with a look at the decisions in between: a run that still decides is only slow,
     * and its user needs another limit; one that does not hangs. */
    uint64_t count = 0;
    enum waited waited =
        pidfd < 0 ? ENDED
                  : wait_while_schedules_end(pid, pidfd, interrupt, watchdog_s * 500, shm, &count);

    if (waited == NOT_YET) {
        tell(pid, watchdog_s, count, count_of(shm));
        let_speak(pid, pidfd, shm);
        kill(pid, SIGKILL);
    }
    if (waited == INTERRUPTED && end_soon(pid, pidfd, shm))
        waited = ENDED;
    while (waitpid(supervisor, status, 0) < 0 && errno == EINTR)
        continue;
    if (pidfd >= 0)
        close(pidfd);
    return waited == ENDED         ? SW_WATCHDOG_ENDED
           : waited == INTERRUPTED ? SW_WATCHDOG_INTERRUPTED
                                   : SW_WATCHDOG_TIMED_OUT;
}

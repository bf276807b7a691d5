/* SPDX-License-Identifier: MIT */
#include "bench_process.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "contract/real_time.h"
#include "harness/runner/launch.h"

/* ---- its start ---- */

struct surroundings {
    const struct sw_bench_side *side;
    struct sw_bench_side_luck luck;
};

/* Between fork and exec, in a process with one thread. */
static void set_environment(void *context)
{
    const struct surroundings *given = context;
    char number[16], *padding = malloc((size_t)given->luck.padding + 1);

    /* The launcher has made addresses the same each time, which here is what must not be. */
    personality((unsigned long)personality(0xffffffff) & ~(unsigned long)ADDR_NO_RANDOMIZE);
    snprintf(number, sizeof number, "%u", given->luck.hash_seed);
    setenv("PYTHONHASHSEED", number, 1);
    if (padding != NULL) {
        memset(padding, 'x', (size_t)given->luck.padding);
        padding[given->luck.padding] = '\0';
        setenv("SPILLWAY_BENCH_PADDING", padding, 1);
    }
    for (int i = 0; i < given->side->assignment_count; i++)
        putenv(given->side->assignments[i]);
}

int sw_bench_process_start(struct sw_bench_process *process, const struct sw_bench_side *side,
                           const struct sw_bench_way *way, struct sw_bench_side_luck luck,
                           char *const *argv, int talks, struct sw_error *e)
{
    const struct surroundings given = {.side = side, .luck = luck};
    int ends[2] = {-1, SW_LAUNCH_NULL};

    process->side = side;
    process->pid = process->supervisor = 0;
    process->talk = -1;
    process->watchdog_s = way->watchdog_s;
    process->lines = 0;
    process->held = 0;
    /* A socket, so that a line to one that has ended is an error and no signal. */
    if (talks && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        return sw_error_set(e, NULL, 0, 0, "cannot make a socket: %s", strerror(errno));
    const struct sw_launch launch = {.argv = argv,
                                     .input = ends[1],
                                     .output = ends[1],
                                     .default_signals = 1,
                                     .set_environment = set_environment,
                                     .context = (void *)&given};
    process->began_s = sw_real_time_s();
    process->pid = sw_launch_start_supervised(&launch, &process->supervisor, e);
    process->talk = ends[0];
    if (talks)
        close(ends[1]);
    if (process->pid > 0)
        return 0;
    process->pid = process->supervisor = 0;
    sw_bench_process_drop(process);
    return -1;
}

/* ---- while it runs ---- */

/* Until there is something to read, or the watchdog comes.  0, or -1 with *e. */
static int wait_for(const struct sw_bench_process *process, int fd, struct sw_error *e)
{
    struct pollfd one = {.fd = fd, .events = POLLIN};
    int got;

    do {
        double left_s = process->began_s + process->watchdog_s - sw_real_time_s();
        got = left_s > 0 ? poll(&one, 1, (int)(left_s * 1000) + 1) : 0;
    } while (got < 0 && errno == EINTR);
    return got != 0
               ? 0
               : sw_error_set(e, NULL, 0, 0, "%s: %s did not end in %d s (--watchdog)",
                              process->side->label, process->side->argv[0], process->watchdog_s);
}

void sw_bench_process_say(struct sw_bench_process *process, int number)
{
    char line[16];
    int length = snprintf(line, sizeof line, "%d\n", number);

    (void)!send(process->talk, line, (size_t)length, MSG_NOSIGNAL);
}

/* The first line of what was read; 0: there is none yet. */
static int take_line(struct sw_bench_process *process)
{
    const char *end = memchr(process->text, '\n', (size_t)process->held);

    if (end == NULL)
        return 0;
    int length = (int)(end - process->text);
    memcpy(process->line, process->text, (size_t)length);
    process->line[length] = '\0';
    process->held -= length + 1;
    memmove(process->text, end + 1, (size_t)process->held);
    process->lines++;
    return 1;
}

int sw_bench_process_read(struct sw_bench_process *process, struct sw_error *e)
{
    while (!take_line(process)) {
        int room = SW_BENCH_PROCESS_LINE - process->held;
        if (room == 0)
            return sw_error_set(e, NULL, 0, 0, "%s: line %u of its output has no end",
                                process->side->label, process->lines + 1);
        if (wait_for(process, process->talk, e) < 0)
            return -1;
        ssize_t got = read(process->talk, process->text + process->held, (size_t)room);
        if (got == 0 || (got < 0 && errno != EINTR))
            return 1;
        if (got > 0)
            process->held += (int)got;
    }
    return 0;
}

int sw_bench_process_refuse_line(const struct sw_bench_process *process, struct sw_error *e)
{
    char shown[61];

    snprintf(shown, sizeof shown, "%.60s", process->line);
    for (char *at = shown; *at != '\0'; at++)
        if (iscntrl((unsigned char)*at)) /* a terminal would do what it says */
            *at = '?';
    return sw_error_set(e, NULL, 0, 0, "%s: line %u of its output is none of the tests': '%s'",
                        process->side->label, process->lines, shown);
}

/* ---- its end ---- */

/* 0, or -1 with *e. */
static int check_end(const struct sw_bench_side *side, int status, struct sw_error *e)
{
    if (WIFSIGNALED(status))
        return sw_error_set(e, NULL, 0, 0, "%s: %s was ended by signal %d", side->label,
                            side->argv[0], WTERMSIG(status));
    if (WEXITSTATUS(status) != 0)
        return sw_error_set(e, NULL, 0, 0, "%s: %s ended with status %d", side->label,
                            side->argv[0], WEXITSTATUS(status));
    return 0;
}

static int hang_up(struct sw_bench_process *process)
{
    if (process->talk >= 0)
        close(process->talk);
    process->talk = -1;
    return (int)syscall(SYS_pidfd_open, process->supervisor, 0);
}

static void reap(struct sw_bench_process *process, int *status, struct rusage *usage)
{
    while (wait4(process->supervisor, status, 0, usage) < 0 && errno == EINTR)
        continue;
    process->pid = process->supervisor = 0;
}

int sw_bench_process_end(struct sw_bench_process *process, struct sw_bench_process_used *used,
                         struct sw_error *e)
{
    int status = 0, pidfd = hang_up(process), failed = 0;
    struct rusage usage = {0};

    if (pidfd >= 0) {
        failed = wait_for(process, pidfd, e);
        close(pidfd);
    }
    if (failed) {
        sw_bench_process_drop(process);
        return -1;
    }
    reap(process, &status, &usage);
    *used = (struct sw_bench_process_used){
        .real_s = sw_real_time_s() - process->began_s,
        .cpu_s = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                 1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec),
        .bytes = 1024.0 * (double)usage.ru_maxrss};
    return check_end(process->side, status, e);
}

void sw_bench_process_drop(struct sw_bench_process *process)
{
    int status;
    struct rusage usage;

    if (process->talk >= 0)
        close(process->talk);
    process->talk = -1;
    if (process->pid == 0)
        return;
    /* Its supervisor ends what is below it, and then itself. */
    kill(process->pid, SIGKILL);
    reap(process, &status, &usage);
}

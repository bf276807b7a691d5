/* SPDX-License-Identifier: MIT */
#include "spec_process.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "contract/fork_order.h"
#include "contract/real_time.h"
#include "agentless.h"
#include "launch.h"
#include "shared_memory.h"

/* The driver's text travels in the runner, so that there is nothing to find. */
__asm__(".section .rodata\n"
        ".globl sw_child_driver\n"
        "sw_child_driver: .incbin \"harness/agent/driver.py\"\n"
        ".byte 0\n"
        "sw_spec_process_server: .incbin \"harness/agent/fork_server.py\"\n"
        ".incbin \"harness/agent/driver.py\"\n"
        ".byte 0\n"
        ".previous\n");
extern const char sw_spec_process_server[];

int64_t sw_spec_process_now_ms(void)
{
    return (int64_t)(sw_real_time_ns(clock_gettime) / 1000000);
}

void sw_spec_process_init(struct sw_spec_process *child)
{
    memset(child, 0, sizeof *child);
    child->pidfd = child->output = child->event_fd = -1;
    sw_process_init(&child->control);
}

int sw_spec_process_make_event_shm(struct sw_spec_process *child, struct sw_error *e)
{
    assert(child->pid == 0 && child->event_fd < 0);
    child->event_shm = sw_shared_memory_open("spillway-wire", "a child's events",
                                             sizeof *child->event_shm, &child->event_fd, e);
    return child->event_shm != NULL ? 0 : -1;
}

/* ---- between fork and exec ---- */

/* What wrapper scripts of valgrind and sanitizers need. */
static const char *const kept_names[] = {"PYTHONMALLOC", "SPILLWAY_VALGRIND_LOG", "ASAN_OPTIONS",
                                         "UBSAN_OPTIONS"};
enum { KEPT_COUNT = sizeof kept_names / sizeof *kept_names };

static void add_variable(struct sw_settings *setting, const char *name, const char *value)
{
    char *text;

    if (asprintf(&text, "%s=%s", name, value) >= 0)
        setting->variables[setting->variable_count++] = text;
}

/* Of a spec's process: it says the same on every machine. */
static void set_spec_environment(const struct sw_spec_process *child,
                                 const struct sw_spec_process_order *order)
{
    struct sw_settings setting = {.spill = (char *)order->spill};
    char fd[16];

    snprintf(fd, sizeof fd, "%d", sw_launch_inherit(child->event_fd, SW_SPEC_RUN_EVENT_FD));
    add_variable(&setting, SW_EVENT_SHM_ENV, fd);
    if (order->foreign)
        sw_agentless_add_layout(&setting, order->needs);
    if (order->faults != NULL && *order->faults != '\0')
        add_variable(&setting, "SLP_FAULTS", order->faults);
    for (int i = 0; i < KEPT_COUNT; i++)
        if (getenv(kept_names[i]) != NULL)
            add_variable(&setting, kept_names[i], getenv(kept_names[i]));
    assert(setting.variable_count <= SW_SETTINGS_VARIABLES_OURS);
    for (int i = 0; order->variables != NULL && order->variables[i] != NULL; i++)
        setting.variables[setting.variable_count++] = order->variables[i];
    sw_process_set_environment(&child->control, &setting);
    if (order->orders > 0) { /* behind what its forks are to see */
        snprintf(fd, sizeof fd, "%d", sw_launch_inherit(order->orders, SW_SPEC_RUN_EVENT_FD));
        sw_launch_set(SW_FORK_ORDER_ENV, fd);
    }
}

/* A program has the runner's environment, and what is asked for on the command line. */
static void set_program_environment(const struct sw_spec_process_order *order, int event_fd)
{
    char fd[16];

    /* Its own number, which may differ: what a program does with it is not compared. */
    fcntl(event_fd, F_SETFD, 0);
    snprintf(fd, sizeof fd, "%d", event_fd);
    sw_launch_set("PYTHONHASHSEED", "0");
    sw_launch_set(SW_EVENT_SHM_ENV, fd);
    if (order->faults != NULL && *order->faults != '\0')
        sw_launch_set("SLP_FAULTS", order->faults);
    else
        unsetenv("SLP_FAULTS");
    if (order->spill != NULL)
        sw_launch_set("SLP_SPILL", order->spill);
    for (int i = 0; order->variables != NULL && order->variables[i] != NULL; i++)
        sw_launch_check_set(putenv(order->variables[i])); /* it lives until the exec */
}

struct started {
    const struct sw_spec_process *child;
    const struct sw_spec_process_order *order;
};

static void set_environment(void *context)
{
    const struct started *started = context;

    if (started->order->program == NULL)
        set_spec_environment(started->child, started->order);
    else
        set_program_environment(started->order, started->child->event_fd);
}

/* ---- the process, as its parent sees it ---- */

/* Only what a spec says is decided, and so no check of the eval breaker.  An
 * interpreter with an agent may stand behind a wrapper, and claims the control memory. */
static int open_shm(struct sw_spec_process *child, const struct sw_spec_process_order *order,
                    struct sw_error *e)
{
    if (sw_process_open(&child->control, e) < 0)
        return -1;
    child->control.shm->calm = 1;
    return order->foreign ? sw_process_prepare(&child->control, order->interp, NULL, e) : 0;
}

/* The interpreter with its driver, or with the program and its arguments.  The caller's to free. */
static char **make_argv(const struct sw_spec_process_order *order)
{
    const char *driver[] = {"-I", "-S", "-c", sw_child_driver, NULL};
    const char *server[] = {"-I", "-S", "-c", sw_spec_process_server, NULL};
    const char *foreign[] = {"-s", "-c", sw_agentless_driver, NULL};
    char *const *rest = order->program;
    size_t count = 0, before = 0;

    if (rest == NULL)
        rest = (char *const *)(order->foreign ? foreign : order->orders > 0 ? server : driver);
    while (rest[count] != NULL)
        count++;
    while (order->under != NULL && order->under[before] != NULL)
        before++;
    char **argv = calloc(before + count + 2, sizeof *argv);
    if (argv == NULL)
        return NULL;
    if (before > 0)
        memcpy(argv, order->under, before * sizeof *argv);
    argv[before] = (char *)order->interp;
    memcpy(argv + before + 1, rest, count * sizeof *argv);
    return argv;
}

static int launch(struct sw_spec_process *child, const struct sw_spec_process_order *order,
                  struct sw_error *e)
{
    struct started started = {child, order};
    struct sw_launch launch = {.has_group = 1,
                               .default_signals = 1,
                               .is_limited = order->program == NULL,
                               .set_environment = set_environment,
                               .context = &started};
    char **argv = make_argv(order);

    if (argv == NULL)
        return sw_error_set(e, NULL, 0, 0, "out of memory");
    launch.argv = argv;
    /* Nobody types for a process in a background group: reading would stop it. */
    if (child->output >= 0 || order->orders > 0 || isatty(STDIN_FILENO))
        launch.input = SW_LAUNCH_NULL;
    if (child->output >= 0)
        launch.output = launch.errors = child->output;
    else if (order->stdout_is_ours || order->orders > 0)
        launch.output = STDERR_FILENO;
    pid_t pid = sw_launch_start(&launch, e);
    free(argv);
    child->pid = pid > 0 ? pid : 0;
    return pid > 0 ? 0 : -1;
}

int sw_spec_process_prepare(struct sw_spec_process *child,
                            const struct sw_spec_process_order *order, int watchdog_s,
                            struct sw_error *e)
{
    /* One that is forked is no run: what it says is for whoever started the runner. */
    if (order->program == NULL && order->orders == 0) {
        child->output = memfd_create("spillway-output", MFD_CLOEXEC);
        if (child->output < 0)
            return sw_error_set(e, NULL, 0, 0, "no memory for a child's output: %s",
                                strerror(errno));
    }
    if (order->program == NULL && open_shm(child, order, e) < 0)
        return -1;
    /* From here on: to make the memory may take long on a machine that swaps. */
    child->deadline_ms = sw_spec_process_now_ms() + (int64_t)watchdog_s * 1000;
    return 0;
}

int sw_spec_process_watch(struct sw_spec_process *child, struct sw_error *e)
{
    child->pidfd = (int)syscall(SYS_pidfd_open, child->pid, 0);
    if (child->pidfd < 0)
        return sw_error_set(e, NULL, 0, 0, "cannot watch a process: %s", strerror(errno));
    return 0;
}

int sw_spec_process_start(struct sw_spec_process *child, const struct sw_spec_process_order *order,
                          int watchdog_s, struct sw_error *e)
{
    if (sw_spec_process_prepare(child, order, watchdog_s, e) < 0 || launch(child, order, e) < 0)
        return -1;
    return sw_spec_process_watch(child, e);
}

void sw_spec_process_kill(struct sw_spec_process *child)
{
    if (child->pid > 0) {
        /* Both: the group may not be there yet, or the process may have left it. */
        kill(-child->pid, SIGKILL);
        kill(child->pid, SIGKILL);
    }
}

void sw_spec_process_reap(struct sw_spec_process *child)
{
    pid_t pid = child->pid;
    int status = 0;

    if (pid <= 0)
        return;
    kill(-pid, SIGKILL); /* what it left running; not later, when the number may be another's */
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    while (waitpid(-pid, NULL, 0) > 0 || errno == EINTR) /* those that we adopted */
        continue;
    sw_run_end_make(&child->end, status, child->timed_out, child->control.shm);
    child->pid = 0;
}

unsigned long sw_spec_process_output(const struct sw_spec_process *child, char *buf,
                                     unsigned long size, unsigned long *total)
{
    struct stat status;
    ssize_t got;

    *total = 0;
    if (child->output < 0 || fstat(child->output, &status) < 0)
        return 0;
    /* The end of it is what was said last. */
    *total = (unsigned long)status.st_size;
    got = pread(child->output, buf, size, *total > size ? (off_t)(*total - size) : 0);
    return got > 0 ? (unsigned long)got : 0;
}

void sw_spec_process_end(struct sw_spec_process *child)
{
    sw_spec_process_kill(child);
    sw_spec_process_reap(child);
    if (child->pidfd >= 0)
        close(child->pidfd);
    if (child->output >= 0)
        close(child->output);
    sw_shared_memory_close(child->event_shm, sizeof *child->event_shm, child->event_fd);
    sw_process_close(&child->control);
    sw_spec_process_init(child);
}

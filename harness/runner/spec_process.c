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
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "agentless.h"

/* The driver's text travels in the runner, so that there is nothing to find. */
__asm__(".section .rodata\n"
        ".globl sw_child_driver\n"
        "sw_child_driver: .incbin \"harness/agent/driver.py\"\n"
        ".byte 0\n"
        ".previous\n");

/* Of what a spec's process prints, or writes to any other file. */
enum { FILE_BYTES_MAX = 64 << 20, EVENT_FD = 901 };

int64_t sw_spec_process_now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void sw_spec_process_init(struct sw_spec_process *child)
{
    memset(child, 0, sizeof *child);
    child->pidfd = child->output = child->event_fd = child->control.shm_fd = -1;
}

int sw_spec_process_make_event_shm(struct sw_spec_process *child, struct sw_error *e)
{
    assert(child->pid == 0 && child->event_fd < 0);
    child->event_fd = memfd_create("spillway-wire", MFD_CLOEXEC);
    if (child->event_fd < 0 || ftruncate(child->event_fd, sizeof *child->event_shm) < 0)
        return sw_error_set(e, NULL, 0, 0, "no memory for a child's events: %s", strerror(errno));
    void *map = mmap(NULL, sizeof *child->event_shm, PROT_READ | PROT_WRITE, MAP_SHARED,
                     child->event_fd, 0);
    if (map == MAP_FAILED)
        return sw_error_set(e, NULL, 0, 0, "no memory for a child's events: %s", strerror(errno));
    child->event_shm = map;
    return 0;
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

    /* Their numbers are the same in every run, since the program can see them. */
    snprintf(fd, sizeof fd, "%d", sw_process_inherit(child->event_fd, EVENT_FD));
    add_variable(&setting, SW_EVENT_SHM_ENV, fd);
    if (order->foreign)
        sw_agentless_add_layout(&setting);
    if (order->faults != NULL && *order->faults != '\0')
        add_variable(&setting, "SLP_FAULTS", order->faults);
    for (int i = 0; i < KEPT_COUNT; i++)
        if (getenv(kept_names[i]) != NULL)
            add_variable(&setting, kept_names[i], getenv(kept_names[i]));
    sw_process_set_environment(&child->control, &setting);
}

static void set_program_environment(const struct sw_spec_process_order *order, int event_fd)
{
    char fd[16];

    fcntl(event_fd, F_SETFD, 0);
    snprintf(fd, sizeof fd, "%d", event_fd);
    setenv("PYTHONHASHSEED", "0", 1);
    setenv(SW_EVENT_SHM_ENV, fd, 1);
    if (order->faults != NULL && *order->faults != '\0')
        setenv("SLP_FAULTS", order->faults, 1);
    else
        unsetenv("SLP_FAULTS");
    if (order->spill != NULL)
        setenv("SLP_SPILL", order->spill, 1);
}

/* Nobody types for a process in a background group: reading would stop it. */
static void redirect_input(const struct sw_spec_process *child)
{
    if (child->output < 0 && !isatty(STDIN_FILENO))
        return;
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null >= 0)
        dup2(null, STDIN_FILENO);
}

static void redirect(const struct sw_spec_process *child, const struct sw_spec_process_order *order)
{
    redirect_input(child);
    if (child->output >= 0) {
        dup2(child->output, STDOUT_FILENO);
        dup2(child->output, STDERR_FILENO);
    } else if (order->stdout_is_ours) {
        dup2(STDERR_FILENO, STDOUT_FILENO);
    }
}

static void set_limits(void)
{
    const struct rlimit file = {FILE_BYTES_MAX, FILE_BYTES_MAX}, core = {0, 0};

    signal(SIGXFSZ, SIG_IGN); /* a write too many is an error, not a death */
    setrlimit(RLIMIT_FSIZE, &file);
    setrlimit(RLIMIT_CORE, &core); /* a crash is an ordinary result */
}

static void reset_signals(void)
{
    sigset_t none;

    sigemptyset(&none);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void execute(const struct sw_spec_process_order *order)
{
    const char *driver[] = {order->interp, "-I", "-S", "-c", sw_child_driver, NULL};
    const char *foreign[] = {order->interp, "-s", "-c", sw_agentless_driver, NULL};
    size_t count = 0;

    if (order->program == NULL) {
        execv(order->interp, (char *const *)(order->foreign ? foreign : driver));
        return;
    }
    while (order->program[count] != NULL)
        count++;
    char **argv = calloc(count + 2, sizeof *argv);
    if (argv == NULL)
        return;
    argv[0] = (char *)order->interp;
    memcpy(argv + 1, order->program, count * sizeof *argv);
    execv(order->interp, argv);
}

__attribute__((noreturn)) static void run_in_child(const struct sw_spec_process *child,
                                                   const struct sw_spec_process_order *order,
                                                   pid_t runner)
{
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != runner)
        _exit(127);
    personality((unsigned long)personality(0xffffffff) | ADDR_NO_RANDOMIZE);
    reset_signals();
    if (order->program == NULL)
        set_limits();
    redirect(child, order);
    if (order->program == NULL)
        set_spec_environment(child, order);
    else
        set_program_environment(order, child->event_fd);
    execute(order);
    dprintf(STDERR_FILENO, "spillway: cannot start %s: %s\n", order->interp, strerror(errno));
    _exit(127);
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

int sw_spec_process_start(struct sw_spec_process *child, const struct sw_spec_process_order *order,
                          int watchdog_s, struct sw_error *e)
{
    pid_t runner = getpid();

    if (order->program == NULL) {
        child->output = memfd_create("spillway-output", MFD_CLOEXEC);
        if (child->output < 0)
            return sw_error_set(e, NULL, 0, 0, "no memory for a child's output: %s",
                                strerror(errno));
    }
    if (order->program == NULL && open_shm(child, order, e) < 0)
        return -1;
    child->deadline_ms = sw_spec_process_now_ms() + (int64_t)watchdog_s * 1000;
    child->pid = fork();
    if (child->pid < 0) {
        child->pid = 0;
        return sw_error_set(e, NULL, 0, 0, "cannot start a process: %s", strerror(errno));
    }
    if (child->pid == 0)
        run_in_child(child, order, runner);
    setpgid(child->pid, child->pid); /* whoever comes first; the other one's fails harmlessly */
    child->pidfd = (int)syscall(SYS_pidfd_open, child->pid, 0);
    if (child->pidfd < 0)
        return sw_error_set(e, NULL, 0, 0, "cannot watch a process: %s", strerror(errno));
    return 0;
}

void sw_spec_process_kill(struct sw_spec_process *child)
{
    if (child->pid > 0) {
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
    if (child->event_shm != NULL)
        munmap(child->event_shm, sizeof *child->event_shm);
    if (child->event_fd >= 0)
        close(child->event_fd);
    sw_process_close(&child->control);
    sw_spec_process_init(child);
}

/* SPDX-License-Identifier: MIT */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The driver's text travels in the runner, so that there is nothing to find. */
__asm__(".section .rodata\n"
        ".globl sw_child_driver\n"
        "sw_child_driver: .incbin \"harness/agent/driver.py\"\n"
        ".byte 0\n"
        ".previous\n");
extern const char sw_child_driver[];

int64_t sw_child_now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int sw_child_make_wire(struct sw_child *child, struct sw_error *e)
{
    memset(child, 0, sizeof *child);
    child->pidfd = child->output = -1;
    child->wire_fd = memfd_create("spillway-wire", MFD_CLOEXEC);
    if (child->wire_fd < 0 || ftruncate(child->wire_fd, sizeof *child->wire) < 0)
        return sw_error_set(e, NULL, 0, 0, "no memory for a child's events: %s", strerror(errno));
    void *map = mmap(NULL, sizeof *child->wire, PROT_READ | PROT_WRITE, MAP_SHARED,
                     child->wire_fd, 0);
    if (map == MAP_FAILED)
        return sw_error_set(e, NULL, 0, 0, "no memory for a child's events: %s", strerror(errno));
    child->wire = map;
    return 0;
}

/* The environment of a spec's process says the same on every machine. */
static void set_environment(const struct sw_child_order *order, int wire_fd)
{
    char fd[16];

    snprintf(fd, sizeof fd, "%d", wire_fd);
    if (order->program == NULL) {
        clearenv();
        setenv("PATH", "/usr/bin:/bin", 1);
        setenv("LC_ALL", "C.UTF-8", 1);
        setenv("PYTHONDONTWRITEBYTECODE", "1", 1);
    }
    setenv("PYTHONHASHSEED", "0", 1);
    setenv(SW_WIRE_ENV, fd, 1);
    if (order->faults != NULL && *order->faults != '\0')
        setenv("SLP_FAULTS", order->faults, 1);
    else
        unsetenv("SLP_FAULTS");
    if (order->spill != NULL)
        setenv("SLP_SPILL", order->spill, 1);
}

/* Valgrind's wrapper scripts and Python itself need these few. */
static const char *const kept_names[] = {"PYTHONMALLOC", "SPILLWAY_VALGRIND_LOG", "ASAN_OPTIONS",
                                         "UBSAN_OPTIONS"};
enum { KEPT_COUNT = sizeof kept_names / sizeof *kept_names };

static void set_environment_keeping(const struct sw_child_order *order, int wire_fd)
{
    char *kept[KEPT_COUNT];

    for (int i = 0; i < KEPT_COUNT; i++) {
        const char *value = getenv(kept_names[i]);
        kept[i] = value != NULL ? strdup(value) : NULL;
    }
    set_environment(order, wire_fd);
    for (int i = 0; i < KEPT_COUNT; i++) {
        if (kept[i] != NULL)
            setenv(kept_names[i], kept[i], 1);
        free(kept[i]);
    }
}

static void redirect(const struct sw_child *child)
{
    int null = open("/dev/null", O_RDONLY);

    if (child->output < 0)
        return;
    dup2(null, STDIN_FILENO);
    dup2(child->output, STDOUT_FILENO);
    dup2(child->output, STDERR_FILENO);
}

static void run_in_child(const struct sw_child *child, const struct sw_child_order *order,
                         pid_t runner)
{
    char *const spec_argv[] = {(char *)order->interp, "-I", "-S", "-c", (char *)sw_child_driver,
                               NULL};
    char *argv[64];
    int argc = 0;

    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != runner)
        _exit(127);
    personality(ADDR_NO_RANDOMIZE);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    redirect(child);
    fcntl(child->wire_fd, F_SETFD, 0);
    set_environment_keeping(order, child->wire_fd);
    if (order->program != NULL) {
        argv[argc++] = (char *)order->interp;
        for (int i = 0; order->program[i] != NULL && argc < 63; i++)
            argv[argc++] = order->program[i];
        argv[argc] = NULL;
    }
    execv(order->interp, order->program != NULL ? argv : spec_argv);
    dprintf(STDERR_FILENO, "spillway: cannot start %s: %s\n", order->interp, strerror(errno));
    _exit(127);
}

int sw_child_start(struct sw_child *child, const struct sw_child_order *order, int watchdog_s,
                   struct sw_error *e)
{
    pid_t runner = getpid();

    if (order->program == NULL) {
        child->output = memfd_create("spillway-output", MFD_CLOEXEC);
        if (child->output < 0)
            return sw_error_set(e, NULL, 0, 0, "no memory for a child's output: %s",
                                strerror(errno));
    }
    child->deadline_ms = sw_child_now_ms() + (int64_t)watchdog_s * 1000;
    child->pid = fork();
    if (child->pid < 0) {
        child->pid = 0;
        return sw_error_set(e, NULL, 0, 0, "cannot start a process: %s", strerror(errno));
    }
    if (child->pid == 0)
        run_in_child(child, order, runner);
    setpgid(child->pid, child->pid); /* whoever comes first; the other one's fails harmlessly */
    child->pidfd = (int)syscall(SYS_pidfd_open, child->pid, 0);
    if (child->pidfd < 0) {
        sw_error_set(e, NULL, 0, 0, "cannot watch a process: %s", strerror(errno));
        sw_child_kill(child);
        sw_child_reap(child);
        return -1;
    }
    return 0;
}

void sw_child_kill(struct sw_child *child)
{
    if (child->pid > 0) {
        kill(-child->pid, SIGKILL);
        kill(child->pid, SIGKILL);
    }
}

void sw_child_reap(struct sw_child *child)
{
    if (child->pid <= 0)
        return;
    while (waitpid(child->pid, &child->status, 0) < 0 && errno == EINTR)
        continue;
    kill(-child->pid, SIGKILL); /* what it left running */
    child->pid = 0;
}

void sw_child_output(const struct sw_child *child, char *buf, unsigned long size)
{
    ssize_t got = child->output < 0 ? 0 : pread(child->output, buf, size - 1, 0);

    buf[got > 0 ? got : 0] = '\0';
}

void sw_child_end(struct sw_child *child)
{
    sw_child_kill(child);
    sw_child_reap(child);
    if (child->pidfd >= 0)
        close(child->pidfd);
    if (child->output >= 0)
        close(child->output);
    if (child->wire != NULL)
        munmap(child->wire, sizeof *child->wire);
    if (child->wire_fd >= 0)
        close(child->wire_fd);
    memset(child, 0, sizeof *child);
    child->pidfd = child->output = child->wire_fd = -1;
}

/* SPDX-License-Identifier: MIT */
#include "launch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "supervisor.h"

enum { FILE_BYTES_MAX = 64 << 20, CANNOT_START = 127 /* as a shell has it */ };

static void set_limits(void)
{
    const struct rlimit file = {FILE_BYTES_MAX, FILE_BYTES_MAX}, core = {0, 0};

    signal(SIGXFSZ, SIG_IGN); /* a write too many is an error, not a death */
    setrlimit(RLIMIT_FSIZE, &file);
    setrlimit(RLIMIT_CORE, &core);
}

static void reset_signals(void)
{
    sigset_t none;

    /* Handlers are gone after exec, but what is ignored or blocked stays so. */
    sigemptyset(&none);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* As the command opens one that was closed (harness/cli/spillway_main.c). */
static int is_closed_output(int fd)
{
    return fd != STDIN_FILENO && (fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY;
}

static void point_at(int fd, int wanted, int null)
{
    if (wanted == SW_LAUNCH_SAME && is_closed_output(fd))
        wanted = SW_LAUNCH_NULL;
    if (wanted != SW_LAUNCH_SAME)
        dup2(wanted == SW_LAUNCH_NULL ? null : wanted, fd);
}

static void set_files(const struct sw_launch *launch)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    point_at(STDIN_FILENO, launch->input, null);
    /* Before the output, which may be sent where this goes. */
    point_at(STDERR_FILENO, launch->errors, null);
    point_at(STDOUT_FILENO, launch->output, null);
    if (null >= 0)
        close(null);
}

__attribute__((noreturn)) static void fail(const char *doing, const char *what)
{
    dprintf(STDERR_FILENO, "spillway: %s%s: %s\n", doing, what, strerror(errno));
    _exit(CANNOT_START);
}

void sw_launch_become(const struct sw_launch *launch)
{
    if (launch->has_group)
        setpgid(0, 0);
    /* Whatever the runner was started with: hashes of addresses order sets and dicts. */
    personality(ADDR_NO_RANDOMIZE);
    /* After the group: a Ctrl-C in between would else find a child that dies of it. */
    if (launch->default_signals)
        reset_signals();
    if (launch->is_limited)
        set_limits();
    set_files(launch);
    if (launch->folder != NULL && chdir(launch->folder) < 0)
        fail("", launch->folder);
    /* Last, since it may look into the folder, and the descriptors that it hands on must be those
     * of the program. */
    if (launch->set_environment != NULL)
        launch->set_environment(launch->context);
    execvp(launch->argv[0], launch->argv);
    fail("cannot start ", launch->argv[0]);
}

__attribute__((noreturn)) static void become(const struct sw_launch *launch, pid_t runner)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != runner) /* it died before it could be seen to die */
        _exit(CANNOT_START);
    sw_launch_become(launch);
}

struct start {
    const struct sw_launch *launch;
};

static void become_program(void *context)
{
    const struct start *start = context;

    become(start->launch, getppid());
}

/* The number of the program, as its supervisor tells it; -1: there is none. */
static pid_t read_pid(int fd)
{
    pid_t pid = -1;
    ssize_t got;

    while ((got = read(fd, &pid, sizeof pid)) < 0 && errno == EINTR)
        continue;
    return got == sizeof pid ? pid : -1;
}

pid_t sw_launch_start_supervised(const struct sw_launch *launch, pid_t *supervisor,
                                 struct sw_error *e)
{
    struct start start = {launch};
    pid_t runner = getpid();
    int fds[2];

    fflush(NULL); /* what the runner has said comes before what the process says */
    if (pipe2(fds, O_CLOEXEC) < 0 || (*supervisor = fork()) < 0)
        return sw_error_set(e, NULL, 0, 0, "cannot start a process: %s", strerror(errno));
    if (*supervisor == 0)
        sw_supervisor_run(runner, fds[1], become_program, &start);
    close(fds[1]);
    pid_t pid = read_pid(fds[0]);
    close(fds[0]);
    if (pid < 0) {
        while (waitpid(*supervisor, NULL, 0) < 0 && errno == EINTR)
            continue;
        return sw_error_set(e, NULL, 0, 0, "cannot start a process");
    }
    if (launch->has_group)
        setpgid(pid, pid); /* whoever comes first; the other one's fails harmlessly */
    return pid;
}

pid_t sw_launch_start(const struct sw_launch *launch, struct sw_error *e)
{
    pid_t runner = getpid(), pid;

    fflush(NULL); /* what the runner has said comes before what the process says */
    pid = fork();
    if (pid < 0)
        return sw_error_set(e, NULL, 0, 0, "cannot start a process: %s", strerror(errno));
    if (pid == 0)
        become(launch, runner);
    if (launch->has_group)
        setpgid(pid, pid); /* whoever comes first; the other one's fails harmlessly */
    return pid;
}

void sw_launch_check_set(int status)
{
    if (status != 0)
        fail("cannot start: ", "its environment");
}

void sw_launch_set(const char *name, const char *value)
{
    sw_launch_check_set(setenv(name, value, 1));
}

void sw_launch_clear_environment(void)
{
    sw_launch_check_set(clearenv());
    sw_launch_set("PATH", "/usr/bin:/bin");
    sw_launch_set("LC_ALL", "C.UTF-8");
    sw_launch_set("PYTHONHASHSEED", "0");
    sw_launch_set("PYTHONDONTWRITEBYTECODE", "1");
}

int sw_launch_inherit(int fd, int number)
{
    int copy = fcntl(fd, F_DUPFD, number);

    return copy >= 0 ? copy : fcntl(fd, F_DUPFD, 0);
}

/* SPDX-License-Identifier: MIT */
#include "supervisor.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "subreaper.h"

enum { CANNOT_START = 127 /* as a shell has it */ };

/* SIGCHLD: somebody has ended.  SIGTERM: perhaps the runner has. */
static void block_all(sigset_t *before)
{
    sigset_t all;

    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, before);
    signal(SIGCHLD, SIG_DFL); /* an inherited SIG_IGN would swallow exit statuses */
}

/* 1: the program has ended. */
static int reap(pid_t program, int *status)
{
    int one, ended = 0;
    pid_t pid;

    while ((pid = waitpid(-1, &one, WNOHANG)) > 0)
        if (pid == program) {
            *status = one;
            ended = 1;
        }
    return ended;
}

/* Until the program has ended, or the runner has. */
static int watch(pid_t runner, pid_t program)
{
    sigset_t set;
    int status = 0;

    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGTERM);
    while (!reap(program, &status)) {
        if (getppid() != runner) {
            kill(program, SIGKILL);
            break;
        }
        /* Whoever signals its parent means spillway. */
        if (sigwaitinfo(&set, NULL) == SIGTERM && getppid() == runner)
            kill(runner, SIGTERM);
    }
    return status;
}

/* As the program did.  A dump of memory would be of the wrong process. */
__attribute__((noreturn)) static void end_as(int status)
{
    const struct rlimit none = {0, 0};
    sigset_t set;

    if (WIFEXITED(status))
        _exit(WEXITSTATUS(status));
    setrlimit(RLIMIT_CORE, &none);
    signal(WTERMSIG(status), SIG_DFL);
    sigemptyset(&set);
    sigaddset(&set, WTERMSIG(status));
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    kill(getpid(), WTERMSIG(status));
    _exit(CANNOT_START);
}

static pid_t start(const sigset_t *mask, void (*become)(void *context), void *context)
{
    pid_t pid = fork();

    if (pid == 0) {
        sigprocmask(SIG_SETMASK, mask, NULL);
        become(context);
    }
    return pid;
}

void sw_supervisor_run(pid_t runner, int fd, void (*become)(void *context), void *context)
{
    sigset_t before;

    block_all(&before);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    /* With a signal that it hears: it has something to do then. */
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    pid_t program = getppid() == runner ? start(&before, become, context) : -1;
    if (program < 0)
        _exit(CANNOT_START);
    (void)!write(fd, &program, sizeof program);
    /* Whoever reads from a pipe of the runner's waits for the runner alone. */
    close_range(0, ~0u, 0);
    int status = watch(runner, program);
    sw_subreaper_end();
    end_as(status);
}

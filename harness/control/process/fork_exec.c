/* SPDX-License-Identifier: MIT
 *
 * fork_exec.c - fork, exec and their like: what they start is not controlled, and is reported.
 *
 * The child of a fork has one thread and nobody to decide for it.  Its sockets
 * are mapped as its parent's are (net.h), so that the two can talk.
 *
 * Each is told to the program by a number of our own (pid.h): the same in every run.  What is
 * started by an exec sees the kernel's numbers.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <pthread.h>
#include <spawn.h>
#include <string.h>

#include "children.h"
#include "forked.h"
#include "contract/last_part.h"
#include "harness/control/checkpoint/checkpoint.h"
#include "harness/control/engine/affinity.h"
#include "harness/control/engine/engine.h"
#include "harness/control/io/fds.h"
#include "harness/control/io/owed.h"
#include "harness/control/net/net.h"
#include "harness/control/posix/sem_named.h"
#include "pid.h"
#include "harness/control/engine/real.h"
#include "harness/control/time/timers.h"

/* What a checkpoint is said to be before: checkpoint.h. */
#define SPAWN "its first subprocess"

static void report(const char *what)
{
    int saved = errno;

    if (sw_engine_self() != NULL)
        sw_engine_uncontrolled("a subprocess (%s)", what);
    errno = saved;
}

/* ---- fork ---- */

static void before_fork(void)
{
    sw_pid_before_fork();
    sw_net_names_fork();
    sw_sem_named_before_fork();
    if (sw_fds_kept())
        sw_forked_prepare();
}

/* Pipes and sockets are the child's, too: what comes there may come from outside from now on. */
static void after_fork_in_parent(void)
{
    if (!sw_fds_kept())
        return;
    sw_fds_share();
    sw_sem_named_after_fork();
    sw_forked_parent();
}

/* However it came to be: by daemon() or forkpty() too. */
static void after_fork_in_child(void)
{
    if (!sw_fds_kept())
        return;
    /* In this order: nothing must be decided any more, or our own bookkeeping would try. */
    sw_engine_stop();
    sw_owed_forget();
    sw_forked_child();
    sw_checkpoint_forget();
    sw_affinity_undo();
    sw_pid_forked();
    sw_children_forget_all();
    sw_timers_forget();
    sw_net_forked();
}

static void __attribute__((constructor)) watch_forks(void)
{
    pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

/* The child that has been made, in its parent.  Returns what the program is to call it. */
static pid_t made(pid_t pid, const char *how)
{
    if (pid <= 0)
        return pid;
    if (sw_engine_self() != NULL) {
        sw_children_add(pid);
        report(how);
    }
    return sw_pid_add_child(pid);
}

SW_EXPORT pid_t fork(void)
{
    sw_checkpoint_before_outside("its first fork");
    return made(SW_REAL(fork)(), "fork");
}

SW_EXPORT pid_t forkpty(int *master, char *name, const struct termios *termios,
                        const struct winsize *size)
{
    sw_checkpoint_before_outside("its first fork");
    return made(SW_REAL(forkpty)(master, name, termios, size), "forkpty");
}

/* It returns twice, which no function of C can do in front of it; POSIX lets it be a fork. */
SW_EXPORT pid_t vfork(void)
{
    return fork();
}

SW_EXPORT pid_t _Fork(void)
{
    return fork();
}

/* ---- spawn ---- */

static int spawned(int failed, pid_t *pid, const char *path)
{
    sw_forked_leaves();
    if (failed != 0)
        return failed;
    if (sw_engine_self() != NULL) {
        sw_fds_share();
        sw_children_saw_stranger(); /* it may leave others behind */
    }
    *pid = made(*pid, sw_last_part(path));
    return 0;
}

SW_EXPORT int posix_spawn(pid_t *restrict pid, const char *restrict path,
                          const posix_spawn_file_actions_t *actions,
                          const posix_spawnattr_t *restrict attributes,
                          char *const arguments[restrict], char *const environment[restrict])
{
    pid_t own;

    pid = pid != NULL ? pid : &own;
    sw_checkpoint_before_outside(SPAWN);
    return spawned(SW_REAL(posix_spawn)(pid, path, actions, attributes, arguments, environment),
                   pid, path);
}

SW_EXPORT int posix_spawnp(pid_t *restrict pid, const char *restrict file,
                           const posix_spawn_file_actions_t *actions,
                           const posix_spawnattr_t *restrict attributes,
                           char *const arguments[restrict], char *const environment[restrict])
{
    pid_t own;

    pid = pid != NULL ? pid : &own;
    sw_checkpoint_before_outside(SPAWN);
    return spawned(SW_REAL(posix_spawnp)(pid, file, actions, attributes, arguments, environment),
                   pid, file);
}

static int spawn_shell(pid_t *pid, const char *command, const sigset_t *mask)
{
    char shell[] = "sh", option[] = "-c";
    char *arguments[] = {shell, option, (char *)command, NULL};
    posix_spawnattr_t attributes;
    sigset_t defaults;

    sigemptyset(&defaults);
    sigaddset(&defaults, SIGINT);
    sigaddset(&defaults, SIGQUIT);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, mask);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    int failed = posix_spawn(pid, "/bin/sh", NULL, &attributes, arguments, environ);
    posix_spawnattr_destroy(&attributes);
    return failed;
}

/* As POSIX has it, but others can run while the shell does. */
static int run_shell(const char *command)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, interrupt, quit;
    sigset_t child, old;
    int status = -1;
    pid_t pid;

    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigaction(SIGINT, &ignore, &interrupt);
    sigaction(SIGQUIT, &ignore, &quit);
    pthread_sigmask(SIG_BLOCK, &child, &old);
    int failed = spawn_shell(&pid, command, &old);
    if (failed == 0 && waitpid(pid, &status, 0) != pid)
        status = -1;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    sigaction(SIGINT, &interrupt, NULL);
    sigaction(SIGQUIT, &quit, NULL);
    if (failed != 0)
        errno = failed;
    return status;
}

SW_EXPORT int system(const char *command)
{
    if (sw_engine_self() == NULL || command == NULL)
        return SW_REAL(system)(command);
    return run_shell(command);
}

/* The C library reads, and waits in pclose(), as the current thread: others wait meanwhile. */
SW_EXPORT FILE *popen(const char *command, const char *mode)
{
    sw_checkpoint_before_outside(SPAWN);
    FILE *file = SW_REAL(popen)(command, mode);

    sw_forked_leaves();
    if (file != NULL && sw_engine_self() != NULL) {
        sw_fds_share();
        sw_children_saw_stranger();
        sw_fds_add(fileno(file), SW_FD_OTHER, NULL);
        report(command);
    }
    return file;
}

SW_EXPORT int pclose(FILE *file)
{
    if (sw_fds_kept())
        sw_fds_forget(fileno(file));
    return SW_REAL(pclose)(file);
}

/* ---- exec ---- */

/* In the child of a fork nobody is told; see forked.h. */
static void report_exec(const char *path)
{
    if (sw_engine_self() != NULL)
        sw_engine_uncontrolled("an exec of %s", sw_last_part(path));
    sw_forked_leaves();
}

SW_EXPORT int execv(const char *path, char *const arguments[])
{
    report_exec(path);
    return SW_REAL(execv)(path, arguments);
}

SW_EXPORT int execve(const char *path, char *const arguments[], char *const environment[])
{
    report_exec(path);
    return SW_REAL(execve)(path, arguments, environment);
}

SW_EXPORT int execvp(const char *file, char *const arguments[])
{
    report_exec(file);
    return SW_REAL(execvp)(file, arguments);
}

SW_EXPORT int execvpe(const char *file, char *const arguments[], char *const environment[])
{
    report_exec(file);
    return SW_REAL(execvpe)(file, arguments, environment);
}

SW_EXPORT int fexecve(int fd, char *const arguments[], char *const environment[])
{
    report_exec(arguments[0] != NULL ? arguments[0] : "a descriptor");
    return SW_REAL(fexecve)(fd, arguments, environment);
}

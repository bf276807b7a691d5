/* SPDX-License-Identifier: MIT */
#include "debug.h"

#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "contract/exit.h"
#include "contract/own_path.h"
#include "harness/runner/launch.h"
#include "harness/runner/memcheck.h"
#include "harness/runner/process.h"
#include "harness/runner/schedule_order.h"
#include "harness/runner/scratch_folder.h"
#include "harness/runner/watchpoints.h"
#include "replay.h"

enum { OPTIONS_MAX = 64, CANNOT_START = 127 /* launch.h */ };

/* ---- in place ---- */

static int become_interpreter(const struct sw_debug_order *debug, const struct sw_sched *sched,
                              struct sw_error *e)
{
    struct sw_process_order process = sw_process_order_of(sched);
    struct sw_schedule_order schedule = sw_schedule_order_replay(sched);
    struct sw_process run;

    schedule.engine = (enum sw_control_shm_engine)debug->engine;
    schedule.is_debugged = 1;
    schedule.stop_at = debug->at;
    if (sw_process_open(&run, e) == 0) {
        sw_schedule_order_fill(&schedule, run.shm);
        sw_process_become(&run, &process, e);
    }
    sw_process_close(&run);
    return -1;
}

/* ---- gdb ---- */

static void add_text(struct json_object *to, const char *key, const char *text)
{
    json_object_object_add(to, key, text != NULL ? json_object_new_string(text) : NULL);
}

static void add_number(struct json_object *to, const char *key, uint64_t number)
{
    json_object_object_add(to, key, json_object_new_uint64(number));
}

/* What gdb's commands have to know, in the environment, which the interpreter never sees.  0, or -1
 * with *e. */
static int tell(const struct sw_debug_order *debug, const struct sw_sched *sched,
                struct sw_error *e)
{
    struct json_object *session = json_object_new_object();
    char *own = sw_own_path_find(0, "spillway");

    add_text(session, "spillway", own);
    add_text(session, "schedule", debug->path);
    add_number(session, "number", debug->number);
    add_text(session, "interp", debug->interp);
    add_text(session, "engine", debug->engine_name);
    add_number(session, "decisions", sched->decision_count);
    add_number(session, "hash", sched->hash);
    add_text(session, "outcome", sched->outcome);
    add_text(session, "watch", debug->watch);
    add_text(session, "batch", debug->batch);
    add_number(session, "json", debug->json != 0);
    add_number(session, "attached", debug->memcheck != 0);
    add_number(session, "watches", debug->memcheck != 0 || sw_watchpoints_work());
    if (debug->at != UINT64_MAX)
        add_number(session, "at", debug->at);
    int failed =
        own == NULL || setenv("SPILLWAY_DEBUG", json_object_to_json_string(session), 1) < 0;
    json_object_put(session);
    free(own);
    return failed ? sw_error_set(e, NULL, 0, 0, "out of memory") : 0;
}

/* ---- gdb's process ---- */

static volatile sig_atomic_t gdb_pid;

static void pass_on(int number)
{
    (void)number;
    if (gdb_pid > 0)
        kill(gdb_pid, SIGTERM); /* it kills its program, and leaves the terminal as it was */
}

/* In the child: what our commands write to once gdb has read them, and close. */
static void tell_ready(void *context)
{
    char number[16];

    snprintf(number, sizeof number, "%d", dup(*(int *)context));
    sw_launch_set("SPILLWAY_DEBUG_READY", number);
}

/* Its exit status, after a message if it is none of gdb's or of our commands. */
static int judge_gdb(const char *name, int status, int is_ready, int has_asked)
{
    static const char help[] = "SPILLWAY_GDB names another; Debian's package is gdb";

    if (WIFSIGNALED(status)) {
        fprintf(stderr, "spillway: %s died of signal %d\n", name, WTERMSIG(status));
        return SW_EXIT_ERROR;
    }
    int code = WEXITSTATUS(status);
    /* "--version" and the like end before anything is read. */
    if (is_ready || (has_asked && code == 0))
        return code;
    if (code == CANNOT_START) /* which has been said */
        fprintf(stderr, "spillway: (%s)\n", help);
    else
        fprintf(stderr,
                "spillway: %s ended with %d, and has not read our commands: it is no gdb "
                "with Python (%s)\n",
                name, code, help);
    return SW_EXIT_ERROR;
}

/* Waits for its end, and ends what the program's runs have left.  A Ctrl-C is gdb's.  has_asked: there
 * are options of the user's.  Returns the exit status, after a message. */
static int run_gdb(const char *const *argv, int has_asked)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, pass = {.sa_handler = pass_on};
    int fds[2], status = 0;
    pid_t supervisor = -1;
    struct sw_error e;
    char byte;

    sigaction(SIGINT, &ignore, NULL);
    sigaction(SIGTERM, &pass, NULL);
    sigaction(SIGHUP, &pass, NULL);
    if (pipe2(fds, O_CLOEXEC) < 0) {
        perror("spillway: cannot start gdb");
        return SW_EXIT_ERROR;
    }
    gdb_pid = sw_launch_start_supervised(&(struct sw_launch){.argv = (char *const *)argv,
                                                             .default_signals = 1,
                                                             .set_environment = tell_ready,
                                                             .context = &fds[1]},
                                         &supervisor, &e);
    close(fds[1]);
    if (gdb_pid < 0)
        sw_error_print(&e);
    while (gdb_pid > 0 && waitpid(supervisor, &status, 0) < 0 && errno == EINTR)
        continue;
    int is_ready = gdb_pid > 0 && read(fds[0], &byte, 1) == 1;
    close(fds[0]);
    return gdb_pid < 0 ? SW_EXIT_ERROR : judge_gdb(argv[0], status, is_ready, has_asked);
}

/* The first words of gdb.  How many, or -1 with *e. */
static int begin_gdb(const char **argv, struct sw_error *e)
{
    const char *given = getenv("SPILLWAY_GDB");
    char *commands = sw_own_path_find(1, "lib/gdb/spillway_gdb.py");
    int count = 0;

    if (commands == NULL || access(commands, R_OK) < 0)
        return sw_error_set(e, NULL, 0, 0,
                            "no gdb/spillway_gdb.py in the lib folder beside "
                            "spillway's");
    argv[count++] = given != NULL ? given : "gdb";
    argv[count++] = "-nx"; /* nobody's own settings: a session is the same everywhere */
    argv[count++] = "-q";
    argv[count++] = "-ix";
    argv[count++] = commands;
    return count;
}

/* gdb reads the symbols of the file that will run; what starts it is our commands' business.  Returns
 * the exit status, or -1 with *e. */
static int start_gdb(const struct sw_debug_order *debug, const struct sw_sched *sched,
                     struct sw_error *e)
{
    const char *argv[OPTIONS_MAX + 16] = {NULL};
    int count = begin_gdb(argv, e);

    if (count < 0)
        return -1;
    /* What the user adds comes when the program stands where he wants it; but sw-start ends a
     * batch. */
    if (debug->batch != NULL)
        argv[count++] = "-batch";
    else
        argv[count++] = "-ex", argv[count++] = "sw-start";
    for (int i = 0; debug->options != NULL && debug->options[i] != NULL; i++) {
        if (i == OPTIONS_MAX)
            return sw_error_set(e, NULL, 0, 0, "more than %d options of gdb", OPTIONS_MAX);
        argv[count++] = debug->options[i];
    }
    if (debug->batch != NULL)
        argv[count++] = "-ex", argv[count++] = "sw-start";
    argv[count++] = sched->interp;
    if (tell(debug, sched, e) < 0)
        return -1;
    /* gdb starts the program with it: one that is no POSIX shell would not. */
    if (setenv("SHELL", "/bin/sh", 1) < 0)
        return sw_error_set(e, NULL, 0, 0, "out of memory");
    return run_gdb(argv, debug->batch == NULL && debug->options != NULL);
}

/* ---- before a program that runs already ---- */

int sw_debug_attach(const char *interp, const char *target, char *const *options)
{
    const char *argv[OPTIONS_MAX + 24];
    struct sw_error e;
    int count = begin_gdb(argv, &e);

    if (count < 0) {
        sw_error_print(&e);
        return SW_EXIT_ERROR;
    }
    argv[count++] = "-iex", argv[count++] = "set sysroot /";
    argv[count++] = "-iex", argv[count++] = "set tcp connect-timeout unlimited";
    for (int i = 0; i < OPTIONS_MAX && options != NULL && options[i] != NULL; i++)
        argv[count++] = options[i];
    argv[count++] = "-ex", argv[count++] = target;
    if (getenv("SPILLWAY_DEBUG") != NULL) /* it has more to do there */
        argv[count++] = "-ex", argv[count++] = "sw-start";
    argv[count++] = interp;
    argv[count] = NULL;
    return run_gdb(argv, options != NULL) == 0 ? SW_EXIT_OK : SW_EXIT_ERROR;
}

/* A replay under memcheck, whose gdbserver waits before the first instruction.  Its pipes are in a
 * folder of ours: somebody else's valgrind is none of our business. */
static pid_t start_valgrind(const struct sw_debug_order *debug, const char *pipes,
                            struct sw_error *e)
{
    char *own = sw_own_path_find(0, "spillway"), *under = NULL, number[32];
    char *const *memcheck = sw_memcheck_words();
    const char *argv[16] = {own, "replay", "--engine", debug->engine_name};
    int count = 4;
    pid_t pid = -1;

    snprintf(number, sizeof number, "%llu", (unsigned long long)debug->number);
    if (own == NULL || memcheck == NULL ||
        asprintf(&under, "'%s' -q --vgdb=yes --vgdb-error=0 --vgdb-prefix=%s/vgdb", memcheck[0],
                 pipes) < 0)
        return sw_error_set(e, NULL, 0, 0, "out of memory");
    argv[count++] = "--under", argv[count++] = under;
    if (debug->interp != NULL)
        argv[count++] = "--interp", argv[count++] = debug->interp;
    if (debug->number != 0)
        argv[count++] = "--number", argv[count++] = number;
    argv[count++] = debug->path;
    pid = sw_launch_start(
        &(struct sw_launch){.argv = (char *const *)argv, .input = SW_LAUNCH_NULL, .has_group = 1},
        e);
    free(under);
    free(own);
    return pid;
}

static int debug_valgrind(const struct sw_debug_order *debug, const struct sw_sched *sched)
{
    char pipes[PATH_MAX], target[PATH_MAX + 64];
    struct sw_error e;
    int status = SW_EXIT_ERROR;
    pid_t pid = -1;

    signal(SIGINT, SIG_IGN); /* it is gdb's */
    if (sw_scratch_folder_make(pipes, "spillway-vgdb", &e) < 0) {
        sw_error_print(&e);
        return status;
    }
    if (tell(debug, sched, &e) < 0 || (pid = start_valgrind(debug, pipes, &e)) < 0)
        sw_error_print(&e);
    if (pid > 0) {
        snprintf(target, sizeof target, "target remote | vgdb --wait=60 --vgdb-prefix=%s/vgdb",
                 pipes);
        status = sw_debug_attach(sched->interp, target, debug->options);
        kill(-pid, SIGTERM);
        waitpid(pid, NULL, 0);
    }
    sw_scratch_folder_remove(pipes);
    return status;
}

/* A prompt is for somebody who sees that there is nothing to see. */
static int check_output(const struct sw_debug_order *debug, struct sw_error *e)
{
    if (debug->batch == NULL || (fcntl(STDOUT_FILENO, F_GETFL) & O_ACCMODE) != O_RDONLY)
        return 0;
    return sw_error_set(e, NULL, 0, 0, "spillway: cannot write the report: %s", strerror(EBADF));
}

int sw_debug_run(const struct sw_debug_order *debug)
{
    struct sw_sched *sched = NULL;
    struct sw_error e;
    int status = -1;

    if (sw_replay_load(debug->path, debug->number, debug->interp, &sched, &e) == 0 &&
        check_output(debug, &e) == 0) {
        if (!debug->is_in_place)
            sw_replay_warn(debug->path, sched, debug->interp);
        if (debug->memcheck)
            status = debug_valgrind(debug, sched);
        else
            status = (debug->is_in_place ? become_interpreter : start_gdb)(debug, sched, &e);
    }
    if (status < 0)
        sw_error_print(&e);
    sw_sched_free(sched);
    return status < 0 ? SW_EXIT_ERROR : status;
}

/* SPDX-License-Identifier: MIT */
#include "rr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "contract/exit.h"
#include "debug.h"
#include "harness/formats/sched/sched.h"
#include "harness/runner/launch.h"
#include "harness/runner/scratch_folder.h"
#include "replay.h"

/* Of /bin/true, which takes rr 0.3 s at first: a watchdog, and no measure. */
enum { PROBE_MS = 10000, SAID_MAX = 512 };

struct rr {
    char program[PATH_MAX];
    const char *software; /* "-W", or NULL: it has the processor's counters */
    char folder[PATH_MAX]; /* ours, with all that is not to stay */
    char said[SAID_MAX]; /* the first line of the last that did not work */
};

/* ---- files ---- */

/* The program may run in another folder.  What is looked for in PATH has no '/'. */
static void make_absolute(const char *path, int is_program, char buf[PATH_MAX])
{
    char here[PATH_MAX];

    if (*path == '/' || (is_program && strchr(path, '/') == NULL) ||
        getcwd(here, sizeof here) == NULL ||
        snprintf(buf, PATH_MAX, "%s/%s", here, path) >= PATH_MAX)
        snprintf(buf, PATH_MAX, "%s", path);
}

static void path_in(const struct rr *rr, const char *name, char path[PATH_MAX])
{
    if (snprintf(path, PATH_MAX, "%s/%s", rr->folder, name) >= PATH_MAX)
        path[0] = '\0';
}

/* ---- does it work here? ---- */

/* Its first line, without the name that a command which cannot be started is told with. */
static void keep_said(struct rr *rr, const char *said)
{
    FILE *in = fopen(said, "r");
    char line[SAID_MAX] = "";

    if (in == NULL || fgets(line, sizeof line, in) == NULL)
        snprintf(line, sizeof line, "it does not say why");
    if (in != NULL)
        fclose(in);
    line[strcspn(line, "\n")] = '\0';
    const char *text = strncmp(line, "spillway: ", 10) == 0 ? line + 10 : line;
    snprintf(rr->said, sizeof rr->said, "%s", text);
}

/* It has PROBE_MS.  As waitpid() has it; -1: it was not started. */
static int wait_for(pid_t pid)
{
    struct pollfd end = {.fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN};
    int status;

    if (end.fd >= 0 && poll(&end, 1, PROBE_MS) == 0)
        kill(pid, SIGKILL);
    if (end.fd >= 0)
        close(end.fd);
    return waitpid(pid, &status, 0) == pid ? status : -1;
}

/* 1: it ended with 0.  Else its first line is kept; both outputs go to a file in the folder. */
static int works(struct rr *rr, const char *const *argv)
{
    char said[PATH_MAX];
    struct sw_error e;

    path_in(rr, "said", said);
    int fd = open(said, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return 0;
    pid_t pid = sw_launch_start(
        &(struct sw_launch){
            .argv = (char *const *)argv, .input = SW_LAUNCH_NULL, .output = fd, .errors = fd},
        &e);
    int status = pid > 0 ? wait_for(pid) : -1;
    close(fd);
    if (status == 0)
        return 1;
    keep_said(rr, said);
    return 0;
}

/* A trace that was begun and not finished has another file in the place of this one. */
static int has_version(const char *trace)
{
    char path[PATH_MAX];

    return snprintf(path, sizeof path, "%s/version", trace) < (int)sizeof path &&
           access(path, F_OK) == 0;
}

/* "-W", where it is wanted; else a word that is harmless twice. */
static const char *software_or(const struct rr *rr, const char *word)
{
    return rr->software != NULL ? rr->software : word;
}

static int probe_one(struct rr *rr, const char *name)
{
    char trace[PATH_MAX];

    path_in(rr, name, trace);
    const char *record[] = {rr->program, "record", "-o", trace, software_or(rr, "/bin/true"),
                            "/bin/true", NULL};
    const char *replay[] = {rr->program, "replay", software_or(rr, "-a"), "-a", trace, NULL};
    return works(rr, record) && has_version(trace) && works(rr, replay);
}

/* Without counters it may still do, if it says that it can. */
static int offers_software(struct rr *rr)
{
    char path[PATH_MAX], line[SAID_MAX];
    const char *help[] = {rr->program, "--help", NULL};
    char before[SAID_MAX];
    int offers = 0;

    memcpy(before, rr->said, sizeof before);
    works(rr, help);
    memcpy(rr->said, before, sizeof before);
    path_in(rr, "said", path);
    FILE *in = fopen(path, "r");
    while (in != NULL && fgets(line, sizeof line, in) != NULL)
        offers |= strstr(line, "--software-counters") != NULL;
    if (in != NULL)
        fclose(in);
    return offers;
}

static int probe(struct rr *rr)
{
    if (probe_one(rr, "counters"))
        return 1;
    if (!offers_software(rr))
        return 0;
    rr->software = "-W";
    return probe_one(rr, "software");
}

/* ---- the trace ---- */

static int record(const struct rr *rr, const struct sw_rr_order *order, const char *trace)
{
    const char *under[] = {rr->program, "record", "-o", trace, rr->software, NULL};
    struct sw_replay_order replay = {.path = order->path,
                                     .number = order->number,
                                     .interp = order->interp,
                                     .engine = order->engine,
                                     .under = (char *const *)under};

    int status = sw_replay_run(&replay);
    if (status != SW_EXIT_OK) {
        sw_scratch_folder_remove(trace);
        fprintf(stderr, "spillway: the trace%s was removed\n",
                status == SW_EXIT_FAILED ? " is of another run than the recorded one, and" : "");
    }
    return status;
}

/* A port that nobody has; 0: there is none. */
static int free_port(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), port = 0;

    if (fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0 &&
        getsockname(fd, (struct sockaddr *)&at, &size) == 0)
        port = ntohs(at.sin_port);
    if (fd >= 0)
        close(fd);
    return port;
}

static int open_trace(const struct rr *rr, const struct sw_rr_order *order, const char *trace)
{
    struct sw_sched *sched;
    struct sw_error e;
    char port[16], target[64];
    int status = SW_EXIT_ERROR;
    const char *replay[] = {rr->program, "replay", software_or(rr, "-e"), "-e", "-s", port,
                            trace,       NULL};

    snprintf(port, sizeof port, "%d", free_port());
    snprintf(target, sizeof target, "target extended-remote 127.0.0.1:%s", port);
    pid_t server = -1;
    if (sw_replay_load(order->path, order->number, order->interp, &sched, &e) < 0 ||
        (server = sw_launch_start(&(struct sw_launch){.argv = (char *const *)replay,
                                                      .input = SW_LAUNCH_NULL,
                                                      .output = SW_LAUNCH_NULL,
                                                      .errors = SW_LAUNCH_NULL,
                                                      .has_group = 1},
                                  &e)) < 0)
        sw_error_print(&e);
    else
        /* gdb tries again until rr has come to the end of the trace. */
        status = sw_debug_attach(sched->interp, target, order->options);
    if (server > 0) {
        kill(-server, SIGTERM);
        waitpid(server, NULL, 0);
    }
    sw_sched_free(sched);
    return status;
}

/* ---- all of it ---- */

static int record_and_open(const struct rr *rr, const struct sw_rr_order *order)
{
    char trace[PATH_MAX];

    if (order->record_only != NULL)
        make_absolute(order->record_only, 0, trace);
    else
        path_in(rr, "trace", trace);
    /* A Ctrl-C is gdb's, and rr's. */
    signal(SIGINT, SIG_IGN);
    int status = record(rr, order, trace);
    if (status != SW_EXIT_OK || order->record_only == NULL)
        return status == SW_EXIT_OK ? open_trace(rr, order, trace) : status;
    fprintf(stderr, "spillway: the trace is %s; rr replay %s%s%s opens it\n", trace,
            rr->software != NULL ? rr->software : "", rr->software != NULL ? " " : "", trace);
    return SW_EXIT_OK;
}

static void name_program(struct rr *rr)
{
    const char *given = getenv("SPILLWAY_RR");

    make_absolute(given != NULL ? given : "rr", 1, rr->program);
}

int sw_rr_probe(char *why, size_t size)
{
    struct rr rr = {.software = NULL};
    struct sw_error e;

    name_program(&rr);
    if (sw_scratch_folder_make(rr.folder, "spillway-rr", &e) < 0) {
        snprintf(why, size, "%s", e.text);
        return 0;
    }
    int found = probe(&rr);
    snprintf(why, size, "%s", rr.said);
    sw_scratch_folder_remove(rr.folder);
    return found;
}

int sw_rr_run(const struct sw_rr_order *order)
{
    struct rr rr = {.software = NULL};
    struct sw_sched *sched = NULL;
    struct sw_error e;
    int status = SW_EXIT_ERROR;

    name_program(&rr);
    /* Before anything runs: is there a schedule, and room for the trace? */
    int failed = sw_replay_load(order->path, order->number, order->interp, &sched, &e);
    sw_sched_free(sched);
    if (failed == 0 && order->record_only != NULL && access(order->record_only, F_OK) == 0)
        failed = sw_error_set(&e, order->record_only, 0, 0, "there is something already");
    if (failed < 0 || sw_scratch_folder_make(rr.folder, "spillway-rr", &e) < 0) {
        sw_error_print(&e);
        return status;
    }
    if (probe(&rr)) {
        status = record_and_open(&rr, order);
    } else {
        fprintf(stderr,
                "spillway: rr cannot record on this machine: %s\n"
                "spillway: `spillway debug %s` can go back, too\n",
                rr.said, order->path);
        status = SW_EXIT_UNSURE;
    }
    sw_scratch_folder_remove(rr.folder);
    return status;
}

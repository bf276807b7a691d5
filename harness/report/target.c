/* SPDX-License-Identifier: MIT */
#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/runner/launch.h"
#include "harness/runner/spec_process.h"
#include "harness/runner/watchdog.h"
#include "sched_test.h"
#include "report.h"
#include "contract/exit.h"
#include "contract/own_path.h"
#include "trial.h"

enum { LIST_MAX = 1 << 20, SKIPPED_STATUS = 77 };

struct target {
    char *name; /* FILE::TEST; owned */
    char *program[2]; /* the same and a NULL, as a job has it */
    char *file; /* owned */
    const char *test; /* in name; NULL: the file is a .sched */
    struct sw_trial trial;
};

struct targets {
    const struct sw_target_order *order;
    const char *interp; /* of tests */
    char *starter;
    struct target *list;
    int count, room;
    struct sw_job *jobs; /* one each, as the reports want it */
};

/* ---- names ---- */

static const char *find_separator(const char *path)
{
    const char *found = strstr(path, ".py::");

    return found != NULL && found > path && found[-1] != '/' ? found + 3 : NULL;
}

static int is_sched(const char *path)
{
    size_t length = strlen(path);

    return length > 6 && strcmp(path + length - 6, ".sched") == 0;
}

int sw_target_is(const char *path)
{
    return find_separator(path) != NULL || is_sched(path);
}

static int add_target(struct targets *targets, const char *file, const char *test)
{
    if (targets->count == targets->room) {
        int room = targets->room > 0 ? 2 * targets->room : 16;
        struct target *list = realloc(targets->list, (size_t)room * sizeof *list);
        if (list == NULL)
            return -1;
        targets->list = list;
        targets->room = room;
    }
    struct target *target = &targets->list[targets->count];
    *target = (struct target){.file = strdup(file)};
    if (target->file == NULL || asprintf(&target->name, "%s%s%s", file, test != NULL ? "::" : "",
                                         test != NULL ? test : "") < 0)
        return -1;
    target->test = test != NULL ? target->name + strlen(file) + 2 : NULL;
    targets->count++;
    return 0;
}

char *sw_target_find_starter(void)
{
    char *path = sw_own_path_find(1, "lib/spillway_starter.py");

    if (path != NULL && access(path, R_OK) == 0)
        return path;
    free(path);
    return NULL;
}

/* ---- which tests there are ---- */

static void set_environment(void *context)
{
    (void)context;
    sw_launch_clear_environment();
}

/* Reads to the end.  0; or -1: the watchdog, or too much. */
static int read_all(int fd, char *text, size_t size, int watchdog_s)
{
    int64_t deadline_ms = sw_spec_process_now_ms() + (int64_t)watchdog_s * 1000;
    size_t used = 0;
    ssize_t got = 1;

    while (got > 0 && used + 1 < size) {
        struct pollfd one = {.fd = fd, .events = POLLIN};
        int64_t left = deadline_ms - sw_spec_process_now_ms();
        int ready = left > 0 ? poll(&one, 1, (int)left) : 0;
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            return -1;
        got = read(fd, text + used, size - 1 - used);
        used += got > 0 ? (size_t)got : 0;
    }
    text[used] = '\0';
    return got == 0 ? 0 : -1;
}

/* The exit status of the listing process, or -1 after a line on stderr. */
static int ask_names(const struct targets *targets, const char *file, const char *test, char *text)
{
    char *argv[] = {(char *)targets->interp,
                    targets->starter,
                    (char *)"--list",
                    (char *)file,
                    (char *)test,
                    NULL};
    struct sw_launch launch = {.argv = argv, .set_environment = set_environment};
    int ends[2], status = 0, watchdog_s = targets->order->watchdog_s;
    struct sw_error e;
    struct sw_end end;
    char name[32];

    if (pipe2(ends, O_CLOEXEC) < 0) {
        fprintf(stderr, "spillway run: no pipe: %s\n", strerror(errno));
        return -1;
    }
    launch.output = ends[1];
    pid_t pid = sw_launch_start(&launch, &e);
    close(ends[1]);
    if (pid < 0) {
        sw_error_print(&e);
        close(ends[0]);
        return -1;
    }
    int failed = read_all(ends[0], text, LIST_MAX, watchdog_s > 0 ? watchdog_s : SW_WATCHDOG_S);
    close(ends[0]);
    if (failed < 0) {
        kill(pid, SIGKILL);
        fprintf(stderr, "spillway: %s: importing it does not end\n", file);
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    sw_run_end_make(&end, status, failed < 0, NULL);
    if (end.kind == SW_ENDED_CRASHED)
        fprintf(stderr, "spillway: %s: importing it ends with %s\n", file,
                sw_run_end_signal_name(end.signal, name, sizeof name));
    return end.kind == SW_ENDED_EXITED ? end.code : -1;
}

static int add_names(struct targets *targets, const char *file, const char *test, char *text)
{
    char *rest = NULL;
    int status = ask_names(targets, file, test, text);

    if (status == SKIPPED_STATUS) {
        if (add_target(targets, file, test) < 0)
            return -1;
        struct sw_trial *trial = &targets->list[targets->count - 1].trial;
        trial->skipped = 1;
        sw_judge_decide(&trial->verdict, SW_AS_EXPECTED, "", 0, 0, "skipped");
        return 0;
    }
    for (char *name = strtok_r(text, "\n", &rest); status == 0 && name != NULL;
         name = strtok_r(NULL, "\n", &rest))
        if (add_target(targets, file, name) < 0)
            return -1;
    return status == 0 ? 0 : -1;
}

static int add_path(struct targets *targets, const char *path, char *text)
{
    if (is_sched(path))
        return add_target(targets, path, NULL);
    const char *separator = find_separator(path);
    char *file = strndup(path, (size_t)(separator - path));
    struct stat status;
    int result = -1;

    if (file == NULL)
        return -1;
    if (stat(file, &status) < 0)
        fprintf(stderr, "spillway: %s: %s\n", file, strerror(errno));
    else if (!S_ISREG(status.st_mode))
        fprintf(stderr, "spillway: %s: not a regular file\n", file);
    else
        result = add_names(targets, file, separator + 2, text);
    free(file);
    return result;
}

static int find_targets(struct targets *targets)
{
    char *text = malloc(LIST_MAX);
    int errors = text == NULL;

    targets->starter = sw_target_find_starter();
    if (targets->starter == NULL) {
        fputs("spillway: no spillway_starter.py in the lib folder beside spillway's\n", stderr);
        errors++;
    }
    for (int i = 0; errors == 0 && i < targets->order->path_count; i++)
        errors += add_path(targets, targets->order->paths[i], text) < 0;
    free(text);
    return errors > 0 ? -1 : 0;
}

/* ---- running and reporting ---- */

static const char *word_of(const struct sw_trial *trial)
{
    static const char *const words[SW_VERDICT_COUNT] = {"ok", "FAIL", "CRASH", "UNSURE", "ERROR"};

    return trial->skipped ? "skip" : words[trial->verdict.kind];
}

static void print_line(const struct target *target)
{
    const struct sw_trial *trial = &target->trial;

    if (trial->skipped)
        printf("%-6s %s\n", word_of(trial), target->name);
    else
        printf("%-6s %s (%s)\n", word_of(trial), target->name, trial->verdict.text);
    for (const char *at = trial->story; at != NULL && *at != '\0';) {
        int length = (int)strcspn(at, "\n");
        printf("       %.*s\n", length, at);
        at += length + (at[length] == '\n');
    }
    fflush(stdout);
}

/* The same as a job, for TAP and JUnit: there what has been shown is its story. */
static void fill_job(struct sw_job *job, struct target *target)
{
    const struct sw_trial *trial = &target->trial;
    char *story = NULL;

    target->program[0] = target->name;
    if (asprintf(&story, "%s%s%s", trial->verdict.text, trial->story != NULL ? "\n" : "",
                 trial->story != NULL ? trial->story : "") < 0)
        story = NULL;
    *job = (struct sw_job){.program = target->program,
                           .repeat = 1,
                           .runs = 1,
                           .verdict = trial->verdict,
                           .story = story};
    job->verdicts[trial->verdict.kind] = 1;
}

static void run_target(const struct targets *targets, struct target *target)
{
    const struct sw_target_order *wanted = targets->order;
    const struct sw_trial_order order = {
        .interp = targets->interp,
        .starter = targets->starter,
        .file = target->file,
        .test = target->test,
        .schedule = {.strategy = wanted->random ? SW_STRATEGY_RANDOM : SW_STRATEGY_DEFAULT,
                     .engine = (enum sw_control_shm_engine)wanted->engine,
                     .seed = wanted->seed},
        .schedules = wanted->schedules,
        .watchdog_s = wanted->watchdog_s,
        .stdout_is_ours = wanted->tap,
    };
    const struct sw_sched_test_order again = {
        .path = target->file,
        .interp = wanted->interp,
        .engine = (enum sw_control_shm_engine)wanted->engine,
        .watchdog_s = wanted->watchdog_s,
        .stdout_is_ours = wanted->tap,
    };

    if (target->test == NULL)
        sw_sched_test_run(&again, &target->trial);
    else if (!target->trial.skipped) /* as a whole, when its file was imported */
        sw_trial_run(&order, &target->trial);
}

static void run_targets(struct targets *targets)
{
    if (targets->order->tap)
        sw_report_tap_begin(targets->count);
    for (int i = 0; i < targets->count; i++) {
        run_target(targets, &targets->list[i]);
        fill_job(&targets->jobs[i], &targets->list[i]);
        if (targets->order->tap)
            sw_report_tap(&targets->jobs[i], i + 1);
        else
            print_line(&targets->list[i]);
    }
}

static int summarize(const struct targets *targets)
{
    int counts[SW_VERDICT_COUNT] = {0}, skipped = 0;

    for (int i = 0; i < targets->count; i++) {
        counts[targets->list[i].trial.verdict.kind] += !targets->list[i].trial.skipped;
        skipped += targets->list[i].trial.skipped;
    }
    if (targets->count > 1) {
        printf("%s%d tests: %d passed", targets->order->tap ? "# " : "", targets->count,
               counts[SW_AS_EXPECTED]);
        if (skipped > 0)
            printf(", %d skipped", skipped);
        for (int kind = SW_FAILED; kind < SW_VERDICT_COUNT; kind++)
            if (counts[kind] > 0)
                printf(", %d %s", counts[kind], sw_judge_name((enum sw_verdict_kind)kind));
        putchar('\n');
    }
    if (counts[SW_HARNESS_ERROR] > 0)
        return SW_EXIT_ERROR;
    if (counts[SW_FAILED] + counts[SW_CRASHED] > 0)
        return SW_EXIT_FAILED;
    return counts[SW_INCONCLUSIVE] > 0 ? SW_EXIT_UNSURE : SW_EXIT_OK;
}

static void free_targets(struct targets *targets)
{
    for (int i = 0; i < targets->count; i++) {
        if (targets->jobs != NULL)
            free(targets->jobs[i].story);
        free(targets->list[i].trial.story);
        free(targets->list[i].name);
        free(targets->list[i].file);
    }
    free(targets->jobs);
    free(targets->list);
    free(targets->starter);
}

int sw_target_run(const struct sw_target_order *order)
{
    struct targets targets = {.order = order,
                              .interp = order->interp != NULL ? order->interp : SW_TARGET_INTERP};
    int status = SW_EXIT_ERROR;

    if (find_targets(&targets) == 0) {
        targets.jobs = calloc((size_t)targets.count + 1, sizeof *targets.jobs);
        if (targets.jobs != NULL) {
            run_targets(&targets);
            status = summarize(&targets);
        }
        if (targets.jobs != NULL && order->junit != NULL &&
            sw_report_junit(order->junit, targets.jobs, targets.count) < 0)
            status = SW_EXIT_ERROR;
    }
    free_targets(&targets);
    return status;
}

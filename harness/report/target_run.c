/* SPDX-License-Identifier: MIT */
#include "target_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract/exit.h"
#include "contract/real_time.h"
#include "harness/runner/interrupt.h"
#include "jobs_json.h"
#include "junit.h"
#include "report.h"
#include "tap.h"
#include "sched_test.h"
#include "target.h"
#include "target_list.h"
#include "trial.h"

struct tests {
    const struct sw_target_run_order *order;
    char *starter; /* owned */
    struct sw_target_list list;
    struct sw_trial *trials; /* one each; owned */
    struct sw_job *jobs; /* one each, as the reports want it; owned */
    char *(*programs)[2]; /* one each, as a job has it: the target's name and a NULL; owned */
    int done; /* fewer than there are: it was interrupted */
};

/* ---- one ---- */

static void run_test(const struct tests *tests, const struct sw_target *target,
                     struct sw_trial *trial)
{
    const struct sw_target_run_order *wanted = tests->order;
    const struct sw_trial_order order = {
        .interp = tests->order->interp,
        .starter = tests->starter,
        .file = target->file,
        .test = target->test,
        .schedule = {.strategy = wanted->random ? SW_STRATEGY_RANDOM : SW_STRATEGY_DEFAULT,
                     .engine = (enum sw_control_shm_engine)wanted->engine,
                     .seed = wanted->seed},
        .schedules = wanted->schedules,
        .watchdog_s = wanted->watchdog_s,
        .setting = wanted->setting,
        .stdout_is_ours = wanted->tap,
        .keeps_errors = wanted->junit != NULL,
        .explains = wanted->explain || !wanted->unexplained,
        .how = wanted->explain ? SW_EXPLANATION_FULL : SW_EXPLANATION_SHORT,
    };

    sw_trial_run(&order, trial);
}

static void run_sched(const struct tests *tests, const struct sw_target *target,
                      struct sw_trial *trial)
{
    const struct sw_sched_test_order order = {
        .path = target->file,
        .interp = tests->order->sched_interp,
        .engine = (enum sw_control_shm_engine)tests->order->engine,
        .watchdog_s = tests->order->watchdog_s,
        .stdout_is_ours = tests->order->tap,
    };

    sw_sched_test_run(&order, trial);
}

static void run_target(const struct tests *tests, const struct sw_target *target,
                       struct sw_trial *trial)
{
    if (target->is_skipped) {
        trial->skipped = 1;
        sw_judge_decide(&trial->verdict, SW_AS_EXPECTED, "", 0, 0, "skipped");
    } else if (target->test == NULL) {
        run_sched(tests, target, trial);
    } else {
        run_test(tests, target, trial);
    }
}

/* ---- its report ---- */

static const char *word_of(const struct sw_trial *trial)
{
    static const char *const words[SW_VERDICT_COUNT] = {"ok", "FAIL", "CRASH", "UNSURE", "ERROR"};

    return trial->skipped ? "skip" : words[trial->verdict.kind];
}

static void print_line(const char *name, const struct sw_trial *trial)
{
    if (trial->skipped)
        printf("%-6s %s\n", word_of(trial), name);
    else
        printf("%-6s %s (%s)\n", word_of(trial), name, trial->verdict.text);
    /* Below the name, where the eye finds all lines of a test together. */
    for (const char *at = trial->story; at != NULL && *at != '\0';) {
        int length = (int)strcspn(at, "\n");
        printf("       %.*s\n", length, at);
        at += length + (at[length] == '\n');
    }
    fflush(stdout);
}

/* The same as a job, for TAP and JUnit: there what has been shown is its story. */
static void fill_job(struct sw_job *job, char *const *program, const struct sw_trial *trial,
                     double seconds)
{
    char *story = NULL;

    if (asprintf(&story, "%s%s%s", trial->verdict.text, trial->story != NULL ? "\n" : "",
                 trial->story != NULL ? trial->story : "") < 0)
        story = NULL;
    *job = (struct sw_job){.program = program,
                           .repeat = 1,
                           .runs = 1,
                           .verdict = trial->verdict,
                           .seconds = seconds,
                           .story = story,
                           .errors = trial->errors};
    job->verdicts[trial->verdict.kind] = 1;
}

/* ---- all ---- */

static int find_tests(struct tests *tests)
{
    const struct sw_target_run_order *order = tests->order;

    tests->starter = sw_target_find_starter();
    if (tests->starter == NULL)
        return -1;
    const struct sw_target_list_order list = {order->interp, tests->starter, order->watchdog_s,
                                              order->setting->variables};
    for (int i = 0; i < order->path_count; i++)
        if (sw_target_list_add(&tests->list, &list, order->paths[i]) < 0)
            return -1;
    size_t count = (size_t)tests->list.count + 1;
    tests->trials = calloc(count, sizeof *tests->trials);
    tests->jobs = calloc(count, sizeof *tests->jobs);
    tests->programs = calloc(count, sizeof *tests->programs);
    if (tests->trials != NULL && tests->jobs != NULL && tests->programs != NULL)
        return 0;
    fputs("spillway: out of memory\n", stderr);
    return -1;
}

static void run_all(struct tests *tests)
{
    if (tests->order->tap)
        sw_tap_begin(tests->list.count);
    for (int i = 0; i < tests->list.count && !sw_interrupt_came(); i++) {
        struct sw_target *target = &tests->list.targets[i];
        double begun = sw_real_time_s();
        tests->done++;
        run_target(tests, target, &tests->trials[i]);
        tests->programs[i][0] = target->name;
        fill_job(&tests->jobs[i], tests->programs[i], &tests->trials[i], sw_real_time_s() - begun);
        if (tests->order->tap)
            sw_tap_job(&tests->jobs[i], i + 1);
        else
            print_line(target->name, &tests->trials[i]);
    }
    if (sw_interrupt_came() && tests->order->tap)
        sw_tap_bail_out("interrupted");
}

/* Returns the exit status. */
static int summarize(const struct tests *tests)
{
    int verdicts[SW_VERDICT_COUNT] = {0}, skipped = 0, unkept = 0;
    int count = tests->done;

    for (int i = 0; i < count; i++) {
        verdicts[tests->trials[i].verdict.kind] += !tests->trials[i].skipped;
        skipped += tests->trials[i].skipped;
        unkept |= *tests->trials[i].unkept != '\0';
    }
    if (sw_interrupt_came())
        printf("%sinterrupted: %d of %d tests begun\n", tests->order->tap ? "# " : "", count,
               tests->list.count);
    if (count > 1) {
        printf("%s%d tests: %d passed", tests->order->tap ? "# " : "", count,
               verdicts[SW_AS_EXPECTED]);
        if (skipped > 0)
            printf(", %d skipped", skipped);
        sw_report_counts(stdout, verdicts);
        putchar('\n');
    }
    if (unkept)
        return SW_EXIT_ERROR;
    return sw_interrupt_came() ? SW_EXIT_INTERRUPTED : sw_report_exit_status(verdicts);
}

static void free_tests(struct tests *tests)
{
    for (int i = 0; i < tests->list.count; i++) {
        if (tests->jobs != NULL)
            sw_job_free(&tests->jobs[i]);
        if (tests->trials != NULL)
            free(tests->trials[i].story);
    }
    free(tests->jobs);
    free(tests->trials);
    free(tests->programs);
    free(tests->starter);
    sw_target_list_free(&tests->list);
}

int sw_target_run(const struct sw_target_run_order *order)
{
    struct tests tests = {.order = order};
    int status = SW_EXIT_ERROR;

    sw_interrupt_begin();
    if (find_tests(&tests) == 0) {
        run_all(&tests);
        status = summarize(&tests);
        if (order->junit != NULL && sw_junit_write(order->junit, tests.jobs, tests.done) < 0)
            status = SW_EXIT_ERROR;
        if (order->json != NULL && sw_jobs_json_write(order->json, tests.jobs, tests.done) < 0)
            status = SW_EXIT_ERROR;
    }
    free_tests(&tests);
    return status;
}

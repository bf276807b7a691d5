/* SPDX-License-Identifier: MIT */
#include "explore_many.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract/exit.h"
#include "contract/real_time.h"
#include "contract/version.h"
#include "harness/report/junit.h"
#include "harness/report/report.h"
#include "harness/report/target.h"
#include "harness/report/target_list.h"
#include "harness/runner/interrupt.h"
#include "harness/formats/files/json_fields.h"

struct tests {
    const struct sw_explore_many_order *order;
    struct sw_target_list list;
    struct sw_job *jobs; /* one each, as reports want it; owned */
    char *(*programs)[2]; /* one each, as a job has it: the target's name and a NULL; owned */
    json_object *results; /* a list; owned */
    int done; /* fewer than there are: it was interrupted */
    int lost; /* a schedule could not be written */
};

/* ---- one ---- */

static void fill_job(struct sw_job *job, char *const *program, const struct sw_explore_told *told,
                     double seconds)
{
    *job = (struct sw_job){.program = program,
                           .repeat = 1,
                           .runs = 1,
                           .verdict = told->verdict,
                           .seconds = seconds,
                           .story = told->story,
                           .errors = told->errors};
    job->verdicts[told->verdict.kind] = 1;
}

static void explore_one(struct tests *tests, int i)
{
    const struct sw_target *target = &tests->list.targets[i];
    struct sw_explore one = *tests->order->explore;
    struct sw_explore_told told = {.results = tests->results};
    double begun = sw_real_time_s();

    one.target = target->name;
    one.search.trial.file = target->file;
    one.search.trial.test = target->test;
    one.setting.begins = 1;
    one.told = &told;
    if (target->is_skipped) {
        printf("%-6s %s\n", "skip", target->name);
        sw_judge_decide(&told.verdict, SW_SKIPPED, "", 0, 0, "skipped");
    } else {
        /* What is lost is an error for all, whatever else it found. */
        tests->lost |= sw_explore_run(&one) == SW_EXIT_ERROR && told.verdict.kind == SW_FAILED;
    }
    tests->programs[i][0] = target->name;
    fill_job(&tests->jobs[i], tests->programs[i], &told, sw_real_time_s() - begun);
}

/* ---- all ---- */

static int find_tests(struct tests *tests, const char *starter)
{
    const struct sw_explore *explore = tests->order->explore;
    const struct sw_target_list_order list = {explore->search.trial.interp, starter,
                                              explore->search.trial.watchdog_s,
                                              explore->setting.variables};

    for (int i = 0; i < tests->order->path_count; i++)
        if (sw_target_list_add(&tests->list, &list, tests->order->paths[i]) < 0)
            return -1;
    size_t count = (size_t)tests->list.count + 1;
    tests->jobs = calloc(count, sizeof *tests->jobs);
    tests->programs = calloc(count, sizeof *tests->programs);
    tests->results = json_object_new_array();
    return tests->jobs != NULL && tests->programs != NULL ? 0 : -1;
}

static int summarize(const struct tests *tests)
{
    int verdicts[SW_VERDICT_COUNT] = {0}, count = tests->done;

    for (int i = 0; i < count; i++)
        verdicts[tests->jobs[i].verdict.kind]++;
    if (sw_interrupt_came())
        printf("interrupted: %d of %d tests begun\n", count, tests->list.count);
    if (count > 1) {
        printf("%d tests: %d passed", count, verdicts[SW_AS_EXPECTED]);
        if (verdicts[SW_SKIPPED] > 0)
            printf(", %d skipped", verdicts[SW_SKIPPED]);
        verdicts[SW_SKIPPED] = 0;
        sw_report_counts(stdout, verdicts);
        putchar('\n');
    }
    if (tests->lost)
        return SW_EXIT_ERROR;
    return sw_interrupt_came() ? SW_EXIT_INTERRUPTED : sw_report_exit_status(verdicts);
}

/* 0, or -1 after a line on stderr. */
static int write_json(const struct tests *tests)
{
    json_object *object = json_object_new_object();
    struct sw_error e;

    sw_json_fields_add_text(object, "writer", "spillway " SW_VERSION);
    json_object_object_add(object, "tests", json_object_get(tests->results));
    int status = sw_json_fields_write(object, tests->order->explore->json, &e);
    if (status < 0)
        sw_error_print(&e);
    json_object_put(object);
    return status;
}

static int write_files(const struct tests *tests)
{
    const struct sw_explore_many_order *order = tests->order;
    int failed = order->explore->json != NULL && write_json(tests) < 0;

    failed |= order->explore->junit != NULL &&
              sw_junit_write(order->explore->junit, tests->jobs, tests->done) < 0;
    return failed ? -1 : 0;
}

static void free_tests(struct tests *tests)
{
    for (int i = 0; tests->jobs != NULL && i < tests->done; i++)
        sw_job_free(&tests->jobs[i]);
    free(tests->jobs);
    free(tests->programs);
    json_object_put(tests->results);
    sw_target_list_free(&tests->list);
}

int sw_explore_many_run(const struct sw_explore_many_order *order)
{
    struct tests tests = {.order = order};
    int status = SW_EXIT_ERROR;
    char *starter = sw_target_find_starter();

    sw_interrupt_begin();
    if (starter != NULL && find_tests(&tests, starter) == 0) {
        while (tests.done < tests.list.count && !sw_interrupt_came())
            explore_one(&tests, tests.done++);
        status = summarize(&tests);
        if (write_files(&tests) < 0)
            status = SW_EXIT_ERROR;
    }
    free_tests(&tests);
    free(starter);
    return status;
}

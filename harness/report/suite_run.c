/* SPDX-License-Identifier: MIT */
#include "suite_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract/exit.h"
#include "jobs_json.h"
#include "junit.h"
#include "report.h"
#include "tap.h"
#include "suite.h"

struct run {
    const struct sw_suite_run_order *order;
    struct sw_suite suite;
    struct sw_job *jobs;
    char ***program_argvs; /* one of each program, NULL at the end */
    int job_count;
    int spec_count; /* of which a schedule is run */
    int program_count;
};

/* ---- what is to be done ---- */

static int wants_schedule(const struct sw_suite_run_order *order,
                          const struct sw_spec_schedule *schedule)
{
    return order->schedule == NULL || strcmp(order->schedule, schedule->name) == 0;
}

static void add_job(struct run *run, struct sw_job job)
{
    job.faults = run->order->faults;
    job.repeat = run->order->repeat;
    run->jobs[run->job_count++] = job;
}

static void add_spec_jobs(struct run *run, int index)
{
    const struct sw_spec *spec = run->suite.specs[index];
    int before = run->job_count;

    for (int i = 0; i < spec->schedule_count; i++)
        if (wants_schedule(run->order, &spec->schedules[i]))
            add_job(run, (struct sw_job){
                             .spec = spec,
                             .schedule = &spec->schedules[i],
                             .expected = run->order->accept ? NULL : &run->suite.expected[index]});
    run->spec_count += run->job_count > before;
}

/* The program and what stood behind "--". */
static char **program_argv(const struct run *run, int index)
{
    char **args = run->order->program_args;
    size_t count = 0;

    while (args != NULL && args[count] != NULL)
        count++;
    char **argv = calloc(count + 2, sizeof *argv);
    if (argv == NULL)
        return NULL;
    argv[0] = run->suite.programs[index];
    if (count > 0)
        memcpy(argv + 1, args, count * sizeof *argv);
    return argv;
}

static int add_program_job(struct run *run, int index)
{
    char **argv = program_argv(run, index);

    if (argv == NULL)
        return -1;
    run->program_argvs[index] = argv;
    run->program_count++;
    add_job(run, (struct sw_job){.program = argv});
    return 0;
}

static int make_jobs(struct run *run)
{
    /* Room for all, though --schedule may leave most of them out. */
    size_t most = (size_t)run->suite.program_count;

    for (int i = 0; i < run->suite.spec_count; i++)
        most += (size_t)run->suite.specs[i]->schedule_count;
    run->jobs = calloc(most + 1, sizeof *run->jobs);
    run->program_argvs = calloc((size_t)run->suite.program_count + 1, sizeof(char **));
    if (run->jobs == NULL || run->program_argvs == NULL)
        return -1;
    for (int i = 0; i < run->suite.spec_count; i++)
        add_spec_jobs(run, i);
    for (int i = 0; i < run->suite.program_count; i++)
        if (add_program_job(run, i) < 0)
            return -1;
    return 0;
}

/* The name that was meant is nearly always the first that is near. */
static int refuse_schedule(const struct run *run)
{
    const char *wanted = run->order->schedule, *nearest = NULL;

    for (int i = 0; nearest == NULL && i < run->suite.spec_count; i++) {
        const struct sw_spec *spec = run->suite.specs[i];
        for (int k = 0; nearest == NULL && k < spec->schedule_count; k++) {
            const char *name = spec->schedules[k].name;
            nearest = sw_error_nearest(wanted, &name, 1);
        }
    }
    fprintf(stderr, "spillway run: no schedule of the name '%s'", wanted);
    if (nearest != NULL)
        fprintf(stderr, "; did you mean '%s'?", nearest);
    fputc('\n', stderr);
    return -1;
}

/* ---- what came of it ---- */

static void report(struct sw_job *job, void *context)
{
    struct run *run = context;

    if (run->order->how.tap)
        sw_tap_job(job, (int)(job - run->jobs) + 1);
    else
        sw_report_line(job);
}

struct totals {
    int runs, planned, verdicts[SW_VERDICT_COUNT];
};

static struct totals count_verdicts(const struct run *run)
{
    struct totals totals = {0};

    for (int i = 0; i < run->job_count; i++) {
        totals.runs += run->jobs[i].runs;
        totals.planned += run->jobs[i].repeat;
        for (int kind = 0; kind < SW_VERDICT_COUNT; kind++)
            totals.verdicts[kind] += run->jobs[i].verdicts[kind];
    }
    return totals;
}

static const char *plural(int count)
{
    return count == 1 ? "" : "s";
}

static void print_summary(const struct run *run, enum sw_job_end end)
{
    const char *start = run->order->how.tap ? "# " : "";
    const struct totals totals = count_verdicts(run);

    if (end == SW_JOB_END_INTERRUPTED)
        printf("%sinterrupted: %d of %d runs done\n", start, totals.runs, totals.planned);
    printf("%s%d scenario%s, ", start, run->spec_count, plural(run->spec_count));
    if (run->program_count > 0)
        printf("%d program%s, ", run->program_count, plural(run->program_count));
    printf("%d run%s: %d passed", totals.runs, plural(totals.runs),
           totals.verdicts[SW_AS_EXPECTED]);
    sw_report_counts(stdout, totals.verdicts);
    putchar('\n');
}

/* The worst that came of any run, as exit.h orders them: that the harness failed is worse than a
 * failure, since then even what passed may be wrong. */
static int exit_status(const struct run *run, enum sw_job_end end)
{
    const struct totals totals = count_verdicts(run);

    if (end == SW_JOB_END_INTERRUPTED)
        return SW_EXIT_INTERRUPTED;
    return end == SW_JOB_END_ERROR ? SW_EXIT_ERROR : sw_report_exit_status(totals.verdicts);
}

/* ---- --accept ---- */

/* Shows how one schedule has changed, and appends its section. */
static void accept_section(const struct sw_expected *expected, const struct sw_job *job, FILE *out)
{
    char *diff = NULL;

    if (sw_golden_compare(expected, job->schedule->name, job->section, &diff) < 0)
        printf("%s, schedule %s:\n%s", job->spec->path, job->schedule->name,
               diff != NULL ? diff : "");
    free(diff);
    fputs(job->section, out);
}

/* A transcript of a run that was not as expected would make its fault what is expected. */
static int is_acceptable(const struct run *run, const struct sw_spec *spec)
{
    for (int i = 0; i < run->job_count; i++)
        if (run->jobs[i].spec == spec &&
            (run->jobs[i].verdict.kind != SW_AS_EXPECTED || run->jobs[i].section == NULL))
            return 0;
    return 1;
}

/* Writes the transcript of one spec if all of its runs are as expected. */
static int accept_spec(const struct run *run, int index)
{
    const struct sw_spec *spec = run->suite.specs[index];
    char *sections = NULL;
    size_t size = 0;
    struct sw_error e;

    if (!is_acceptable(run, spec)) {
        printf("%s: not accepted, since not all of its schedules are as expected\n", spec->path);
        return 0;
    }
    FILE *out = open_memstream(&sections, &size);
    for (int i = 0; out != NULL && i < run->job_count; i++)
        if (run->jobs[i].spec == spec)
            accept_section(&run->suite.expected[index], &run->jobs[i], out);
    int status = out == NULL || fclose(out) != 0
                     ? sw_error_set(&e, spec->path, 0, 0, "out of memory")
                     : sw_golden_write(spec, sections, &e);
    if (status < 0)
        sw_error_print(&e);
    free(sections);
    return status;
}

/* ---- the whole ---- */

static int finish(const struct run *run, enum sw_job_end end)
{
    const struct sw_suite_run_order *order = run->order;
    int status = exit_status(run, end);

    if (order->how.tap && end != SW_JOB_END_DONE)
        sw_tap_bail_out(end == SW_JOB_END_INTERRUPTED ? "interrupted" : "harness error");
    /* Only when all have run: an .out with some of its sections would be a stale one. */
    for (int i = 0; order->accept && end == SW_JOB_END_DONE && i < run->suite.spec_count; i++)
        if (accept_spec(run, i) < 0)
            status = SW_EXIT_ERROR;
    if (order->junit != NULL && sw_junit_write(order->junit, run->jobs, run->job_count) < 0)
        status = SW_EXIT_ERROR;
    if (order->json != NULL && sw_jobs_json_write(order->json, run->jobs, run->job_count) < 0)
        status = SW_EXIT_ERROR;
    print_summary(run, end);
    return status;
}

/* All that can be refused before anything runs. */
static int prepare(struct run *run)
{
    const struct sw_suite_run_order *order = run->order;

    if (sw_suite_load(order->paths, order->path_count, &run->suite) > 0)
        return -1;
    if (order->program_args != NULL && run->suite.program_count == 0) {
        fputs("spillway run: arguments behind --, but no program\n", stderr);
        return -1;
    }
    if (make_jobs(run) < 0) {
        fputs("spillway run: out of memory\n", stderr);
        return -1;
    }
    if (order->schedule != NULL && run->spec_count == 0)
        return refuse_schedule(run);
    return 0;
}

static void free_run(struct run *run)
{
    for (int i = 0; i < run->job_count; i++)
        sw_job_free(&run->jobs[i]);
    free(run->jobs);
    for (int i = 0; run->program_argvs != NULL && run->program_argvs[i] != NULL; i++)
        free(run->program_argvs[i]);
    free(run->program_argvs);
    sw_suite_free(&run->suite);
}

int sw_suite_run(const struct sw_suite_run_order *order)
{
    struct run run = {.order = order};
    int status = SW_EXIT_ERROR;

    if (prepare(&run) == 0) {
        if (order->how.tap)
            sw_tap_begin(run.job_count);
        status = finish(&run, sw_job_run_all(run.jobs, run.job_count, &order->how, report, &run));
    }
    free_run(&run);
    return status;
}

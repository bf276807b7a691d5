/* SPDX-License-Identifier: MIT */
#include "run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "job.h"
#include "report.h"
#include "suite.h"

struct run {
    const struct sw_options *options;
    struct sw_suite suite;
    struct sw_job *jobs;
    char ***program_argvs; /* one of each program, NULL at the end */
    int count;
    int reported;
    int verdicts[SW_HARNESS_ERROR + 1];
    uint64_t first_hash; /* of the schedule that is being repeated */
    int distinct;        /* how many of its transcripts differ from the first */
};

/* ---- what is to be done ---- */

static int wants_schedule(const struct sw_options *options,
                          const struct sw_spec_schedule *schedule)
{
    return options->schedule == NULL || strcmp(options->schedule, schedule->name) == 0;
}

static void add_job(struct run *run, struct sw_job job)
{
    job.faults = run->options->faults;
    for (int i = 0; i < run->options->repeat; i++)
        run->jobs[run->count++] = job;
}

static char **program_argv(struct run *run, int index)
{
    char **args = run->options->program_args;
    int count = 0;

    while (args != NULL && args[count] != NULL)
        count++;
    char **argv = calloc((size_t)count + 2, sizeof *argv);
    if (argv == NULL)
        return NULL;
    argv[0] = run->suite.programs[index];
    for (int i = 0; i < count; i++)
        argv[i + 1] = args[i];
    return argv;
}

static int make_jobs(struct run *run)
{
    const struct sw_options *options = run->options;
    size_t most = (size_t)run->suite.program_count;

    for (int i = 0; i < run->suite.spec_count; i++)
        most += (size_t)run->suite.specs[i]->schedule_count;
    run->jobs = calloc(most * (size_t)options->repeat + 1, sizeof *run->jobs);
    run->program_argvs = calloc((size_t)run->suite.program_count + 1, sizeof(char **));
    if (run->jobs == NULL || run->program_argvs == NULL)
        return -1;
    for (int i = 0; i < run->suite.spec_count; i++) {
        const struct sw_spec *spec = run->suite.specs[i];
        for (int k = 0; k < spec->schedule_count; k++)
            if (wants_schedule(options, &spec->schedules[k]))
                add_job(run, (struct sw_job){.spec = spec,
                                             .schedule = &spec->schedules[k],
                                             .expected = options->accept
                                                             ? NULL
                                                             : &run->suite.expected[i]});
    }
    for (int i = 0; i < run->suite.program_count; i++) {
        char **argv = program_argv(run, i);
        if (argv == NULL)
            return -1;
        run->program_argvs[i] = argv;
        add_job(run, (struct sw_job){.program = argv});
    }
    return 0;
}

/* ---- what came of it ---- */

/* With --repeat: one line a schedule, unless a run is not as expected. */
static void report_repeated(struct run *run, struct sw_job *job, int index)
{
    char name[300];
    const char *schedule;
    int repeat = run->options->repeat;

    if (index % repeat == 0) {
        run->first_hash = job->hash;
        run->distinct = 0;
    }
    run->distinct += job->hash != run->first_hash;
    if (job->verdict.kind != SW_AS_EXPECTED)
        sw_report_line(job);
    if (index % repeat == repeat - 1) {
        sw_report_name(job, name, sizeof name, &schedule);
        printf("%-6s %-44s %s: %d runs, %s\n", run->distinct ? "FAIL" : "ok", name, schedule,
               repeat, run->distinct ? "different transcripts" : "1 distinct transcript");
        run->verdicts[SW_FAILED] += run->distinct > 0;
        fflush(stdout);
    }
    sw_job_free(job);
}

static void report(struct sw_job *job, void *context)
{
    struct run *run = context;
    int index = run->reported++;

    run->verdicts[job->verdict.kind]++;
    if (run->options->tap)
        sw_report_tap(job, index + 1);
    else if (run->options->repeat > 1)
        report_repeated(run, job, index);
    else
        sw_report_line(job);
}

static void print_summary(const struct run *run)
{
    const char *start = run->options->tap ? "# " : "";
    int programs = run->suite.program_count;

    if (run->reported < run->count)
        printf("%sinterrupted: %d of %d runs done\n", start, run->reported, run->count);
    printf("%s%d scenarios, ", start, run->suite.spec_count);
    if (programs > 0)
        printf("%d programs, ", programs);
    printf("%d runs: %d passed", run->reported, run->verdicts[SW_AS_EXPECTED]);
    for (int kind = SW_FAILED; kind <= SW_HARNESS_ERROR; kind++)
        if (run->verdicts[kind] > 0)
            printf(", %d %s", run->verdicts[kind], sw_verdict_name((enum sw_verdict_kind)kind));
    putchar('\n');
}

static int exit_status(const struct run *run, int done)
{
    if (done < 0 || run->verdicts[SW_HARNESS_ERROR] > 0)
        return SW_EXIT_ERROR;
    if (done < run->count)
        return SW_EXIT_INTERRUPTED;
    if (run->verdicts[SW_FAILED] > 0 || run->verdicts[SW_CRASHED] > 0)
        return SW_EXIT_FAILED;
    return run->verdicts[SW_INCONCLUSIVE] > 0 ? SW_EXIT_UNSURE : SW_EXIT_OK;
}

/* ---- --accept ---- */

static const char *accept_refusal(const struct sw_options *options)
{
    const char *ci = getenv("CI");

    if (ci != NULL && *ci != '\0')
        return "not in CI: a person looks at the difference";
    if (options->faults != 0 || options->spill != NULL || options->schedule != NULL ||
        options->repeat > 1)
        return "not together with --fault, --spill, --schedule or --repeat";
    return NULL;
}

static void show_change(const struct sw_expected *expected, const struct sw_job *job)
{
    char *diff = NULL;

    if (sw_expected_compare(expected, job->schedule->name, job->section, &diff) < 0)
        printf("%s, schedule %s:\n%s", job->spec->path, job->schedule->name,
               diff != NULL ? diff : "");
    free(diff);
}

/* Writes the transcript of one spec if all of its runs are as expected. */
static int accept_spec(struct run *run, int index)
{
    char *sections = NULL;
    size_t size = 0;
    struct sw_error e;
    int whole = 1, status = 0;
    FILE *out = open_memstream(&sections, &size);

    if (out == NULL)
        return -1;
    for (int i = 0; i < run->reported; i++) {
        const struct sw_job *job = &run->jobs[i];
        if (job->spec != run->suite.specs[index])
            continue;
        whole &= job->verdict.kind == SW_AS_EXPECTED && job->section != NULL;
        if (!whole)
            break;
        show_change(&run->suite.expected[index], job);
        fputs(job->section, out);
    }
    fclose(out);
    if (whole && sw_expected_write(run->suite.specs[index], sections, &e) < 0) {
        sw_error_print(&e);
        status = -1;
    }
    free(sections);
    return status;
}

/* ---- the command ---- */

static int run_all(struct run *run)
{
    const struct sw_options *options = run->options;

    if (options->tap)
        sw_report_tap_begin(run->count);
    int done = sw_job_run_all(run->jobs, run->count, options, report, run);
    int status = exit_status(run, done);
    if (options->accept && done == run->count)
        for (int i = 0; i < run->suite.spec_count; i++)
            if (accept_spec(run, i) < 0)
                status = SW_EXIT_ERROR;
    if (options->junit != NULL && sw_report_junit(options->junit, run->jobs, run->reported) < 0)
        status = SW_EXIT_ERROR;
    print_summary(run);
    return status;
}

static void free_run(struct run *run)
{
    for (int i = 0; i < run->count; i++)
        sw_job_free(&run->jobs[i]);
    free(run->jobs);
    for (int i = 0; run->program_argvs != NULL && run->program_argvs[i] != NULL; i++)
        free(run->program_argvs[i]);
    free(run->program_argvs);
    sw_suite_free(&run->suite);
}

int sw_run(const struct sw_options *options)
{
    struct run run = {.options = options};
    const char *refusal = options->accept ? accept_refusal(options) : NULL;
    int status = SW_EXIT_ERROR;

    if (refusal != NULL) {
        fprintf(stderr, "spillway run: --accept: %s\n", refusal);
        return SW_EXIT_ERROR;
    }
    if (access(options->interp, X_OK) < 0) {
        fprintf(stderr, "spillway run: no interpreter at %s\n", options->interp);
        return SW_EXIT_ERROR;
    }
    if (sw_suite_load(options, &run.suite) == 0) {
        if (make_jobs(&run) < 0)
            fprintf(stderr, "spillway run: out of memory\n");
        else if (run.count == 0)
            fprintf(stderr, "spillway run: no schedule of the name '%s'\n", options->schedule);
        else
            status = run_all(&run);
    }
    free_run(&run);
    return status;
}

/* SPDX-License-Identifier: MIT */
#include "score.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "faults.h"
#include "job.h"
#include "report.h"
#include "run.h"
#include "suite.h"

enum declared { DECLARED_HEALTHY, DECLARED_FAILS, DECLARED_SURVIVES };

/* One spec under one set of faults: a range of jobs, one a schedule. */
struct trial {
    const struct sw_spec *spec;
    uint64_t faults;
    enum declared declared;
    int first_job;
};

struct score {
    struct sw_suite suite;
    struct trial *trials;
    int trial_count;
    struct sw_job *jobs;
    int job_count;
};

/* ---- what is declared ---- */

static void add_trial(struct score *score, int spec_index, uint64_t faults, enum declared declared)
{
    const struct sw_spec *spec = score->suite.specs[spec_index];

    score->trials[score->trial_count++] = (struct trial){spec, faults, declared, score->job_count};
    for (int i = 0; i < spec->schedule_count; i++)
        score->jobs[score->job_count++] =
            (struct sw_job){.spec = spec,
                            .schedule = &spec->schedules[i],
                            .faults = faults,
                            .repeat = 1,
                            .silent = declared == DECLARED_FAILS,
                            .expected = &score->suite.expected[spec_index]};
}

static int make_trials(struct score *score)
{
    size_t trials = 0, jobs = 0;

    for (int i = 0; i < score->suite.spec_count; i++) {
        const struct sw_spec *spec = score->suite.specs[i];
        size_t sets = 1 + (size_t)spec->fails_count + (size_t)spec->survives_count;
        trials += sets;
        jobs += sets * (size_t)spec->schedule_count;
    }
    score->trials = calloc(trials + 1, sizeof *score->trials);
    score->jobs = calloc(jobs + 1, sizeof *score->jobs);
    if (score->trials == NULL || score->jobs == NULL)
        return -1;
    for (int i = 0; i < score->suite.spec_count; i++) {
        const struct sw_spec *spec = score->suite.specs[i];
        add_trial(score, i, 0, DECLARED_HEALTHY);
        for (int k = 0; k < spec->fails_count; k++)
            add_trial(score, i, spec->fails[k].mask, DECLARED_FAILS);
        for (int k = 0; k < spec->survives_count; k++)
            add_trial(score, i, spec->survives[k].mask, DECLARED_SURVIVES);
    }
    return 0;
}

/* ---- what came out ---- */

/* The first schedule of the trial that is not as expected, or NULL. */
static const struct sw_job *first_failure(const struct score *score, const struct trial *trial)
{
    for (int i = 0; i < trial->spec->schedule_count; i++)
        if (score->jobs[trial->first_job + i].verdict.kind != SW_AS_EXPECTED)
            return &score->jobs[trial->first_job + i];
    return NULL;
}

static int as_declared(const struct score *score, const struct trial *trial)
{
    const struct sw_job *failure = first_failure(score, trial);

    if (trial->declared != DECLARED_FAILS)
        return failure == NULL;
    return failure != NULL &&
           (failure->verdict.kind == SW_FAILED || failure->verdict.kind == SW_CRASHED);
}

static void print_set(uint64_t faults)
{
    char names[1024];

    sw_fault_set_format((struct sw_fault_set){faults}, '+', names, sizeof names);
    printf("%s\n", faults != 0 ? names : "(healthy)");
}

static void print_trial(const struct score *score, const struct trial *trial)
{
    char name[SW_TRANSCRIPT_NAME_MAX];
    const struct sw_job *failure = first_failure(score, trial);

    sw_transcript_spec_name(trial->spec->path, name, sizeof name);
    printf("    %-44s %-10s %s%s\n", name, failure ? "fails" : "passes",
           failure ? failure->verdict.oracle : "",
           as_declared(score, trial) ? "" : "   *** not as declared ***");
}

static int is_first_with(const struct score *score, int index)
{
    for (int i = 0; i < index; i++)
        if (score->trials[i].faults == score->trials[index].faults)
            return 0;
    return 1;
}

/* A block a set of faults, in the order of the fault list. */
static void print_table(const struct score *score)
{
    for (int i = 0; i < score->trial_count; i++) {
        if (score->trials[i].faults == 0 || !is_first_with(score, i))
            continue;
        print_set(score->trials[i].faults);
        for (int k = i; k < score->trial_count; k++)
            if (score->trials[k].faults == score->trials[i].faults)
                print_trial(score, &score->trials[k]);
    }
}

/* Is there a scenario that fails with the fault, in whatever company? */
static int is_shown(const struct score *score, int fault, int *alone)
{
    int shown = 0;

    *alone = 0;
    for (int i = 0; i < score->trial_count; i++) {
        const struct trial *trial = &score->trials[i];
        if (trial->declared != DECLARED_FAILS || !(trial->faults >> fault & 1) ||
            !as_declared(score, trial))
            continue;
        shown++;
        *alone += trial->faults == (uint64_t)1 << fault;
    }
    return shown;
}

static int print_faults(const struct score *score)
{
    int missing = 0, alone;

    printf("\n%-34s %s\n", "fault", "shown by (alone; with others)");
    for (int i = 0; i < SLP_FAULT_COUNT; i++) {
        int shown = is_shown(score, i, &alone);
        if (shown > 0)
            printf("%-34s %d scenarios; %d\n", sw_spec_fault_name(i), alone, shown - alone);
        else
            printf("%-34s NOT SHOWN\n", sw_spec_fault_name(i));
        missing += shown == 0;
    }
    return missing;
}

static int print_score(const struct score *score)
{
    int wrong = 0, healthy = 0;

    print_table(score);
    int missing = print_faults(score);
    for (int i = 0; i < score->trial_count; i++) {
        const struct trial *trial = &score->trials[i];
        int good = as_declared(score, trial);
        healthy += trial->declared == DECLARED_HEALTHY && good;
        wrong += !good;
        const struct sw_job *failure = first_failure(score, trial);
        if (!good && failure != NULL && failure->story != NULL)
            sw_report_line(failure);
    }
    printf(
        "\nhealthy: %d of %d scenarios pass; %d of %d trials as declared; %d of %d faults shown\n",
        healthy, score->suite.spec_count, score->trial_count - wrong, score->trial_count,
        SLP_FAULT_COUNT - missing, SLP_FAULT_COUNT);
    return wrong == 0 && missing == 0 ? SW_EXIT_OK : SW_EXIT_FAILED;
}

static void ignore(struct sw_job *job, void *context)
{
    (void)job, (void)context;
}

static int prepare(const struct sw_options *options, struct score *score)
{
    if (sw_suite_load(options, &score->suite) > 0)
        return -1;
    if (score->suite.program_count > 0) {
        fprintf(stderr, "spillway score: %s: a program declares no faults\n",
                score->suite.programs[0]);
        return -1;
    }
    if (make_trials(score) < 0) {
        fputs("spillway score: out of memory\n", stderr);
        return -1;
    }
    return 0;
}

static int finish(const struct score *score, enum sw_job_end end)
{
    int runs = 0, errors = 0;

    if (end == SW_JOB_END_ERROR)
        return SW_EXIT_ERROR;
    for (int i = 0; i < score->job_count; i++) {
        runs += score->jobs[i].runs;
        errors += score->jobs[i].verdicts[SW_HARNESS_ERROR];
    }
    if (end == SW_JOB_END_INTERRUPTED) {
        printf("interrupted: %d of %d runs done\n", runs, score->job_count);
        return SW_EXIT_INTERRUPTED;
    }
    int status = print_score(score);
    return errors > 0 ? SW_EXIT_ERROR : status;
}

int sw_score(const struct sw_options *options)
{
    struct score score = {0};
    int status = SW_EXIT_ERROR;

    if (prepare(options, &score) == 0)
        status = finish(&score, sw_job_run_all(score.jobs, score.job_count, options, ignore, NULL));
    for (int i = 0; i < score.job_count; i++)
        sw_job_free(&score.jobs[i]);
    free(score.jobs);
    free(score.trials);
    sw_suite_free(&score.suite);
    return status;
}

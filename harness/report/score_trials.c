/* SPDX-License-Identifier: MIT */
#include "score_trials.h"

#include <stdio.h>
#include <stdlib.h>

static const struct sw_fault_set no_fault;

static struct sw_fault_set only(int fault)
{
    struct sw_fault_set set = no_fault;

    sw_fault_set_add(&set, fault);
    return set;
}

int sw_score_trials_is_only(const struct sw_fault_set *faults, int fault)
{
    return sw_fault_set_count(faults) == 1 && sw_fault_set_has(faults, fault);
}

static int is_in(const struct sw_fault_set *sets, int count, const struct sw_fault_set *faults)
{
    for (int i = 0; i < count; i++)
        if (sw_fault_set_is_same(&sets[i], faults))
            return 1;
    return 0;
}

/* Room for so many more of both.  The jobs before keep their numbers, by which trials know them. */
static int make_room(struct sw_score *score, size_t trials, size_t jobs)
{
    void *more_trials =
        realloc(score->trials, ((size_t)score->trial_count + trials + 1) * sizeof *score->trials);
    if (more_trials != NULL)
        score->trials = more_trials;
    void *more_jobs =
        realloc(score->jobs, ((size_t)score->job_count + jobs + 1) * sizeof *score->jobs);
    if (more_jobs != NULL)
        score->jobs = more_jobs;
    if (more_trials != NULL && more_jobs != NULL)
        return 0;
    fputs("spillway score: out of memory\n", stderr);
    return -1;
}

static int add_trial(struct sw_score *score, int spec_index, const struct sw_fault_set *faults)
{
    const struct sw_spec *spec = score->suite.specs[spec_index];
    enum sw_score_declared declared = SW_SCORE_DECLARED_NOTHING;

    if (make_room(score, 1, (size_t)spec->schedule_count) < 0)
        return -1;
    /* A spec that says nothing of a fault may catch it or not: what it does is counted, and is
     * never wrong. Without a fault each must pass. */
    if (is_in(spec->fails, spec->fails_count, faults))
        declared = SW_SCORE_DECLARED_FAILS;
    else if (sw_fault_set_count(faults) == 0 || is_in(spec->survives, spec->survives_count, faults))
        declared = SW_SCORE_DECLARED_SURVIVES;
    score->trials[score->trial_count++] =
        (struct sw_score_trial){spec, *faults, declared, score->job_count};
    for (int i = 0; i < spec->schedule_count; i++)
        score->jobs[score->job_count++] =
            (struct sw_job){.spec = spec,
                            .schedule = &spec->schedules[i],
                            .faults = *faults,
                            .repeat = 1,
                            /* A failure is what most of these runs are for, and a story of it costs
                             * more than the run. */
                            .silent = declared != SW_SCORE_DECLARED_SURVIVES,
                            .expected = &score->suite.expected[spec_index]};
    return 0;
}

static int add_declared(struct sw_score *score, int spec_index, const struct sw_fault_set *sets,
                        int count)
{
    for (int i = 0; i < count; i++)
        if (add_trial(score, spec_index, &sets[i]) < 0)
            return -1;
    return 0;
}

int sw_score_trials_make(struct sw_score *score, char *const *paths, int count)
{
    if (sw_suite_load(paths, count, &score->suite) > 0)
        return -1;
    for (int i = 0; i < score->suite.spec_count; i++) {
        const struct sw_spec *spec = score->suite.specs[i];
        if (add_trial(score, i, &no_fault) < 0 ||
            add_declared(score, i, spec->fails, spec->fails_count) < 0 ||
            add_declared(score, i, spec->survives, spec->survives_count) < 0)
            return -1;
    }
    return 0;
}

/* The next scenario that has not been run with it, or -1. */
static int next_spec(struct sw_score *score, int fault)
{
    const struct sw_fault_set faults = only(fault);

    while (score->next_spec[fault] < score->suite.spec_count) {
        int index = score->next_spec[fault]++;
        const struct sw_spec *spec = score->suite.specs[index];
        if (!is_in(spec->fails, spec->fails_count, &faults) &&
            !is_in(spec->survives, spec->survives_count, &faults))
            return index;
    }
    return -1;
}

int sw_score_trials_add_round(struct sw_score *score, const struct sw_fault_set *uncaught)
{
    int before = score->job_count;

    for (int fault = 0; fault < SLP_FAULT_COUNT; fault++) {
        const struct sw_fault_set faults = only(fault);
        int index = sw_fault_set_has(uncaught, fault) ? next_spec(score, fault) : -1;
        if (index >= 0 && add_trial(score, index, &faults) < 0)
            return -1;
    }
    return score->job_count - before;
}

int sw_score_trials_add_programs(struct sw_score *score, const struct sw_fault_set *uncaught)
{
    score->programs = calloc((size_t)score->suite.program_count * (SLP_FAULT_COUNT + 1) + 1,
                             sizeof *score->programs);
    if (score->programs == NULL) {
        fputs("spillway score: out of memory\n", stderr);
        return -1;
    }
    /* -1: none. A program that fails without a fault would catch all of them. */
    for (int i = 0; i < score->suite.program_count; i++)
        for (int fault = -1; fault < SLP_FAULT_COUNT; fault++)
            if (fault < 0 || sw_fault_set_has(uncaught, fault))
                score->programs[score->program_count++] = (struct sw_score_program_trial){
                    .path = score->suite.programs[i], .fault = fault};
    return 0;
}

void sw_score_trials_free(struct sw_score *score)
{
    for (int i = 0; i < score->job_count; i++)
        sw_job_free(&score->jobs[i]);
    free(score->jobs);
    free(score->trials);
    free(score->programs);
    sw_suite_free(&score->suite);
}

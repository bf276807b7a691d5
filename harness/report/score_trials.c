/* SPDX-License-Identifier: MIT */
#include "score_trials.h"

#include <stdio.h>
#include <stdlib.h>

#include "contract/faults.h"

/* One bit: x & (x - 1) is x without its lowest. */
int sw_score_trials_is_single(uint64_t faults)
{
    return faults != 0 && (faults & (faults - 1)) == 0;
}

static int is_in(const struct sw_fault_set *sets, int count, uint64_t faults)
{
    for (int i = 0; i < count; i++)
        if (sets[i].mask == faults)
            return 1;
    return 0;
}

static void add_trial(struct sw_score *score, int spec_index, uint64_t faults)
{
    const struct sw_spec *spec = score->suite.specs[spec_index];
    enum sw_score_declared declared = SW_SCORE_DECLARED_NOTHING;

    /* A spec that says nothing of a fault may catch it or not: what it does is counted, and is
     * never wrong. Without a fault each must pass. */
    if (is_in(spec->fails, spec->fails_count, faults))
        declared = SW_SCORE_DECLARED_FAILS;
    else if (faults == 0 || is_in(spec->survives, spec->survives_count, faults))
        declared = SW_SCORE_DECLARED_SURVIVES;
    score->trials[score->trial_count++] =
        (struct sw_score_trial){spec, faults, declared, score->job_count};
    for (int i = 0; i < spec->schedule_count; i++)
        score->jobs[score->job_count++] =
            (struct sw_job){.spec = spec,
                            .schedule = &spec->schedules[i],
                            .faults = faults,
                            .repeat = 1,
                            /* A failure is what most of these runs are for, and a story of it costs
                             * more than the run. */
                            .silent = declared != SW_SCORE_DECLARED_SURVIVES,
                            .expected = &score->suite.expected[spec_index]};
}

/* The sets of several faults; one alone is run anyway. */
static void add_declared(struct sw_score *score, int spec_index, const struct sw_fault_set *sets,
                         int count)
{
    for (int i = 0; i < count; i++)
        if (!sw_score_trials_is_single(sets[i].mask))
            add_trial(score, spec_index, sets[i].mask);
}

static int make_trials(struct sw_score *score)
{
    size_t trials = 0, jobs = 0;

    for (int i = 0; i < score->suite.spec_count; i++) {
        const struct sw_spec *spec = score->suite.specs[i];
        /* The healthy interpreter, each fault alone, and what is declared; of the last those with
         * one fault are counted twice, which is room and no more. */
        size_t sets =
            1 + SLP_FAULT_COUNT + (size_t)spec->fails_count + (size_t)spec->survives_count;
        trials += sets;
        jobs += sets * (size_t)spec->schedule_count;
    }
    score->trials = calloc(trials + 1, sizeof *score->trials);
    score->jobs = calloc(jobs + 1, sizeof *score->jobs);
    if (score->trials == NULL || score->jobs == NULL)
        return -1;
    for (int i = 0; i < score->suite.spec_count; i++) {
        const struct sw_spec *spec = score->suite.specs[i];
        add_trial(score, i, 0);
        add_declared(score, i, spec->fails, spec->fails_count);
        add_declared(score, i, spec->survives, spec->survives_count);
        for (int fault = 0; fault < SLP_FAULT_COUNT; fault++)
            add_trial(score, i, (uint64_t)1 << fault);
    }
    return 0;
}

static int make_programs(struct sw_score *score)
{
    size_t count = (size_t)score->suite.program_count * (SLP_FAULT_COUNT + 1);

    score->programs = calloc(count + 1, sizeof *score->programs);
    if (score->programs == NULL)
        return -1;
    for (int i = 0; i < score->suite.program_count; i++)
        /* -1: none. A program that fails without a fault would catch all of them. */
        for (int fault = -1; fault < SLP_FAULT_COUNT; fault++)
            score->programs[score->program_count++] = (struct sw_score_program_trial){
                .path = score->suite.programs[i],
                .faults = fault < 0 ? 0 : (uint64_t)1 << fault,
            };
    return 0;
}

int sw_score_trials_make(struct sw_score *score, char *const *paths, int count)
{
    if (sw_suite_load(paths, count, &score->suite) > 0)
        return -1;
    if (make_trials(score) < 0 || make_programs(score) < 0) {
        fputs("spillway score: out of memory\n", stderr);
        return -1;
    }
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

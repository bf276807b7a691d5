/* SPDX-License-Identifier: MIT */
#include "score.h"

#include <stdio.h>

#include "contract/exit.h"
#include "contract/faults.h"
#include "report.h"
#include "score_catch.h"
#include "score_program.h"
#include "score_trials.h"

/* ---- what was declared ---- */

static const struct sw_job *first_failure(const struct sw_score *score,
                                          const struct sw_score_trial *trial)
{
    for (int i = 0; i < trial->spec->schedule_count; i++)
        if (!sw_judge_is_good(score->jobs[trial->first_job + i].verdict.kind))
            return &score->jobs[trial->first_job + i];
    return NULL;
}

/* To survive, every schedule must pass; to fail, one that fails is enough, since a fault shows in
 * some schedules only. */
static int as_declared(const struct sw_score *score, const struct sw_score_trial *trial)
{
    if (trial->declared == SW_SCORE_DECLARED_SURVIVES)
        return first_failure(score, trial) == NULL;
    return trial->declared == SW_SCORE_DECLARED_NOTHING ||
           sw_score_catch_of_trial(score, trial).verdict != NULL;
}

static void print_not_as_declared(const struct sw_score *score, const struct sw_score_trial *trial)
{
    char name[SW_TRANSCRIPT_NAME_MAX], faults[SW_FAULT_SET_TEXT_MAX];
    const struct sw_job *failure = first_failure(score, trial);

    sw_transcript_spec_name(trial->spec->path, name, sizeof name);
    sw_fault_set_format(trial->faults, '+', faults, sizeof faults);
    printf("not as declared: %s %s with %s\n", name,
           failure == NULL ? "passes" : sw_judge_name(failure->verdict.kind),
           *faults == '\0' ? "no fault" : faults);
    if (failure != NULL && failure->story != NULL)
        sw_report_line(failure);
}

/* ---- the table ---- */

struct totals {
    int by[SW_SCORE_CATCH_KINDS];
};

static void print_fault(const struct sw_score *score, int fault, struct totals *totals)
{
    char name[SW_TRANSCRIPT_NAME_MAX], moves[16] = "-";
    int count;
    struct sw_score_catch caught = sw_score_catch_of_fault(score, fault, &count);

    if (count == 0)
        caught = sw_score_catch_in_company(score, fault);
    totals->by[caught.kind]++;
    if (caught.verdict == NULL) {
        printf("%-34s NOT CAUGHT\n", sw_fault_set_name(fault));
        return;
    }
    sw_transcript_spec_name(caught.path, name, sizeof name);
    if (caught.moves != 0)
        snprintf(moves, sizeof moves, "%u", caught.moves);
    printf("%-34s %-22s %5s  %-44s", sw_fault_set_name(fault), caught.verdict->oracle, moves, name);
    if (count > 0)
        printf(" %3d\n", count);
    else
        printf("   - with others\n");
}

static void print_table(const struct sw_score *score, struct totals *totals)
{
    printf("%-34s %-22s %5s  %-44s %s\n", "fault", "caught by", "moves", "in", "scenarios");
    for (int i = 0; i < SLP_FAULT_COUNT; i++)
        print_fault(score, i, totals);
}

/* Returns how many fail without a fault. */
static int print_healthy_programs(const struct sw_score *score)
{
    int wrong = 0;

    for (int i = 0; i < score->program_count; i++) {
        const struct sw_score_program_trial *trial = &score->programs[i];
        if (trial->fault >= 0 || trial->verdict.kind == SW_AS_EXPECTED)
            continue;
        wrong++;
        printf("not as declared: %s with no fault: %s: %s\n", trial->path,
               sw_judge_name(trial->verdict.kind), trial->verdict.text);
    }
    return wrong;
}

static int print_score(const struct sw_score *score)
{
    struct totals totals = {{0}};
    int declared = score->suite.program_count, wrong = 0, healthy = 0;

    print_table(score, &totals);
    putchar('\n');
    for (int i = 0; i < score->trial_count; i++) {
        const struct sw_score_trial *trial = &score->trials[i];
        int good = as_declared(score, trial);
        declared += trial->declared != SW_SCORE_DECLARED_NOTHING;
        healthy += sw_fault_set_count(&trial->faults) == 0 && good;
        wrong += !good;
        if (!good)
            print_not_as_declared(score, trial);
    }
    int sick = print_healthy_programs(score);
    wrong += sick;
    int caught = SLP_FAULT_COUNT - totals.by[SW_SCORE_CAUGHT_NOT];
    printf("healthy: %d of %d scenarios and %d of %d programs pass; %d of %d trials as declared; "
           "%d runs\n",
           healthy, score->suite.spec_count, score->suite.program_count - sick,
           score->suite.program_count, declared - wrong, declared,
           score->job_count + score->program_count);
    /* A crash alone counts half: it says that something is wrong, and not what. */
    printf("score: %.1f of %d: %d faults caught, %d by an invariant, %d by the ledger of values, "
           "%d by what a scenario says, %d by a program, %d by a crash alone (each counts half)\n",
           caught - totals.by[SW_SCORE_CAUGHT_CRASH] / 2.0, SLP_FAULT_COUNT, caught,
           totals.by[SW_SCORE_CAUGHT_INVARIANT], totals.by[SW_SCORE_CAUGHT_LEDGER],
           totals.by[SW_SCORE_CAUGHT_WORDS], totals.by[SW_SCORE_CAUGHT_PROGRAM],
           totals.by[SW_SCORE_CAUGHT_CRASH]);
    return wrong == 0 && totals.by[SW_SCORE_CAUGHT_NOT] == 0 ? SW_EXIT_OK : SW_EXIT_FAILED;
}

/* ---- the whole ---- */

static void ignore(struct sw_job *job, void *context)
{
    (void)job, (void)context;
}

/* An error of the harness is one where nothing was to fail. */
static int count_errors(const struct sw_score *score, const struct sw_score_trial *trial)
{
    int errors = 0;

    for (int i = 0; i < trial->spec->schedule_count; i++)
        errors += score->jobs[trial->first_job + i].verdicts[SW_HARNESS_ERROR];
    return trial->declared == SW_SCORE_DECLARED_SURVIVES ? errors : 0;
}

static void run_programs(struct sw_score *score, const struct sw_job_options *options)
{
    for (int i = 0; i < score->program_count; i++) {
        struct sw_score_program_trial *trial = &score->programs[i];
        sw_score_program(options->interp, trial->path, trial->fault, options->watchdog_s,
                         &trial->verdict);
    }
}

/* The jobs that were added since the last time. */
static enum sw_job_end run_round(struct sw_score *score, const struct sw_job_options *options)
{
    int first = score->jobs_done;

    score->jobs_done = score->job_count;
    return sw_job_run_all(score->jobs + first, score->job_count - first, options, ignore, NULL);
}

/* Round after round, each for those only that nothing has caught in the ones before. */
static enum sw_job_end run_rounds(struct sw_score *score, const struct sw_job_options *options)
{
    struct sw_fault_set uncaught;

    for (;;) {
        enum sw_job_end end = run_round(score, options);
        if (end != SW_JOB_END_DONE)
            return end;
        uncaught = sw_score_catch_uncaught(score);
        int added = sw_score_trials_add_round(score, &uncaught);
        if (added < 0)
            return SW_JOB_END_ERROR;
        if (added == 0)
            break;
    }
    if (sw_score_trials_add_programs(score, &uncaught) < 0)
        return SW_JOB_END_ERROR;
    run_programs(score, options);
    return SW_JOB_END_DONE;
}

static int finish(const struct sw_score *score, enum sw_job_end end)
{
    int runs = 0, errors = 0;

    if (end == SW_JOB_END_ERROR)
        return SW_EXIT_ERROR;
    for (int i = 0; i < score->job_count; i++)
        runs += score->jobs[i].runs;
    for (int i = 0; i < score->trial_count; i++)
        errors += count_errors(score, &score->trials[i]);
    if (end == SW_JOB_END_INTERRUPTED) {
        printf("interrupted after %d runs\n", runs);
        return SW_EXIT_INTERRUPTED;
    }
    int status = print_score(score);
    return errors > 0 ? SW_EXIT_ERROR : status;
}

int sw_score_run(const struct sw_job_options *options, char *const *paths, int count)
{
    struct sw_score score = {0};
    int status = SW_EXIT_ERROR;

    if (sw_score_trials_make(&score, paths, count) == 0)
        status = finish(&score, run_rounds(&score, options));
    sw_score_trials_free(&score);
    return status;
}

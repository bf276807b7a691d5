/* SPDX-License-Identifier: MIT */
#include "score.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract/exit.h"
#include "contract/faults.h"
#include "report.h"
#include "score_program.h"
#include "suite.h"

enum declared { DECLARED_NOTHING, DECLARED_FAILS, DECLARED_SURVIVES };

/* One spec under one set of faults: a range of jobs, one a schedule. */
struct trial {
    const struct sw_spec *spec;
    uint64_t faults; /* 0: the healthy interpreter */
    enum declared declared;
    int first_job;
};

/* A program under one fault, or none. */
struct program_trial {
    const char *path;
    uint64_t faults;
    struct sw_verdict verdict;
};

struct score {
    struct sw_suite suite;
    struct program_trial *programs;
    int program_count;
    struct trial *trials;
    int trial_count;
    struct sw_job *jobs;
    int job_count;
};

/* ---- what is run ---- */

/* One bit: x & (x - 1) is x without its lowest. */
static int is_single(uint64_t faults)
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

static void add_trial(struct score *score, int spec_index, uint64_t faults)
{
    const struct sw_spec *spec = score->suite.specs[spec_index];
    enum declared declared = DECLARED_NOTHING;

    /* A spec that says nothing of a fault may catch it or not: what it does is counted, and is
     * never wrong. Without a fault each must pass. */
    if (is_in(spec->fails, spec->fails_count, faults))
        declared = DECLARED_FAILS;
    else if (faults == 0 || is_in(spec->survives, spec->survives_count, faults))
        declared = DECLARED_SURVIVES;
    score->trials[score->trial_count++] = (struct trial){spec, faults, declared, score->job_count};
    for (int i = 0; i < spec->schedule_count; i++)
        score->jobs[score->job_count++] =
            (struct sw_job){.spec = spec,
                            .schedule = &spec->schedules[i],
                            .faults = faults,
                            .repeat = 1,
                            /* A failure is what most of these runs are for, and a story of it costs
                             * more than the run. */
                            .silent = declared != DECLARED_SURVIVES,
                            .expected = &score->suite.expected[spec_index]};
}

/* The sets of several faults; one alone is run anyway. */
static void add_declared(struct score *score, int spec_index, const struct sw_fault_set *sets,
                         int count)
{
    for (int i = 0; i < count; i++)
        if (!is_single(sets[i].mask))
            add_trial(score, spec_index, sets[i].mask);
}

static int make_trials(struct score *score)
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

static int make_programs(struct score *score)
{
    size_t count = (size_t)score->suite.program_count * (SLP_FAULT_COUNT + 1);

    score->programs = calloc(count + 1, sizeof *score->programs);
    if (score->programs == NULL)
        return -1;
    for (int i = 0; i < score->suite.program_count; i++)
        /* -1: none. A program that fails without a fault would catch all of them. */
        for (int fault = -1; fault < SLP_FAULT_COUNT; fault++)
            score->programs[score->program_count++] = (struct program_trial){
                .path = score->suite.programs[i],
                .faults = fault < 0 ? 0 : (uint64_t)1 << fault,
            };
    return 0;
}

/* ---- what caught it ---- */

/* In the order of what tells more. */
enum catch_kind { CAUGHT_NOT, CAUGHT_CRASH, CAUGHT_ASSERTION, CAUGHT_INVARIANT };

static enum catch_kind caught_by(const struct sw_verdict *verdict)
{
    static const char *const values[] = {"value-lost", "value-wrong", "value-phantom",
                                         "exception-misplaced"};

    if (verdict->kind == SW_CRASHED)
        return CAUGHT_CRASH;
    if (verdict->kind != SW_FAILED)
        return CAUGHT_NOT;
    /* "I22 wake-up": an invariant is named by its number in interp/lab/invariants.h. */
    if (verdict->oracle[0] == 'I' && isdigit((unsigned char)verdict->oracle[1]))
        return CAUGHT_INVARIANT;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        if (strcmp(verdict->oracle, values[i]) == 0)
            return CAUGHT_INVARIANT;
    return CAUGHT_ASSERTION;
}

/* verdict NULL: nothing was caught. */
struct catch
{
    const struct sw_verdict *verdict;
    const char *path;
    unsigned moves; /* 0: a program has none */
};

/* How many moves had begun; what is seen at the end only needed all of them. */
static struct catch catch_of_job(const struct sw_job *job)
{
    unsigned moves = job->verdict.move;

    if (caught_by(&job->verdict) == CAUGHT_NOT)
        return (struct catch){NULL, NULL, 0};
    return (struct catch){&job->verdict, job->spec->path,
                          moves != 0 ? moves : (unsigned)job->schedule->move_count};
}

/* The better witness of a fault: what tells more, then what takes fewer moves. A program has no
 * moves, and so stands behind any scenario that tells as much. */
static struct catch better(struct catch best, struct catch other)
{
    if (other.verdict == NULL)
        return best;
    if (best.verdict == NULL || caught_by(other.verdict) > caught_by(best.verdict))
        return other;
    if (caught_by(other.verdict) < caught_by(best.verdict) || other.moves == 0)
        return best;
    return best.moves == 0 || other.moves < best.moves ? other : best;
}

static struct catch catch_of_trial(const struct score *score, const struct trial *trial)
{
    struct catch best = {NULL, NULL, 0};

    for (int i = 0; i < trial->spec->schedule_count; i++)
        best = better(best, catch_of_job(&score->jobs[trial->first_job + i]));
    return best;
}

static struct catch catch_of_program(const struct program_trial *trial)
{
    if (caught_by(&trial->verdict) == CAUGHT_NOT)
        return (struct catch){NULL, NULL, 0};
    return (struct catch){&trial->verdict, trial->path, 0};
}

/* With the fault alone; *count says how many scenarios and programs caught it. */
static struct catch catch_of_fault(const struct score *score, int fault, int *count)
{
    uint64_t faults = (uint64_t)1 << fault;
    /* Whatever was declared: a fault that is caught by accident is caught. */
    struct catch best = {NULL, NULL, 0}, one;

    *count = 0;
    for (int i = 0; i < score->trial_count; i++) {
        if (score->trials[i].faults != faults)
            continue;
        one = catch_of_trial(score, &score->trials[i]);
        *count += one.verdict != NULL;
        best = better(best, one);
    }
    for (int i = 0; i < score->program_count; i++) {
        if (score->programs[i].faults != faults)
            continue;
        one = catch_of_program(&score->programs[i]);
        *count += one.verdict != NULL;
        best = better(best, one);
    }
    return best;
}

/* With others, as a scenario declares it: some faults do nothing alone. */
static struct catch catch_in_company(const struct score *score, int fault)
{
    struct catch best = {NULL, NULL, 0};

    for (int i = 0; i < score->trial_count; i++) {
        const struct trial *trial = &score->trials[i];
        if (trial->declared == DECLARED_FAILS && !is_single(trial->faults) &&
            trial->faults >> fault & 1)
            best = better(best, catch_of_trial(score, trial));
    }
    return best;
}

/* ---- what was declared ---- */

static const struct sw_job *first_failure(const struct score *score, const struct trial *trial)
{
    for (int i = 0; i < trial->spec->schedule_count; i++)
        if (!sw_judge_is_good(score->jobs[trial->first_job + i].verdict.kind))
            return &score->jobs[trial->first_job + i];
    return NULL;
}

/* To survive, every schedule must pass; to fail, one that fails is enough, since a fault shows in
 * some schedules only. */
static int as_declared(const struct score *score, const struct trial *trial)
{
    if (trial->declared == DECLARED_SURVIVES)
        return first_failure(score, trial) == NULL;
    return trial->declared == DECLARED_NOTHING || catch_of_trial(score, trial).verdict != NULL;
}

static void print_not_as_declared(const struct score *score, const struct trial *trial)
{
    char name[SW_TRANSCRIPT_NAME_MAX], faults[SW_FAULT_SET_TEXT_MAX];
    const struct sw_job *failure = first_failure(score, trial);

    sw_transcript_spec_name(trial->spec->path, name, sizeof name);
    sw_fault_set_format((struct sw_fault_set){trial->faults}, '+', faults, sizeof faults);
    printf("not as declared: %s %s with %s\n", name,
           failure == NULL ? "passes" : sw_judge_name(failure->verdict.kind),
           trial->faults == 0 ? "no fault" : faults);
    if (failure != NULL && failure->story != NULL)
        sw_report_line(failure);
}

/* ---- the table ---- */

struct totals {
    int by[CAUGHT_INVARIANT + 1];
};

static void print_fault(const struct score *score, int fault, struct totals *totals)
{
    char name[SW_TRANSCRIPT_NAME_MAX], moves[16] = "-";
    int count;
    struct catch caught = catch_of_fault(score, fault, &count);

    if (count == 0)
        caught = catch_in_company(score, fault);
    if (caught.verdict == NULL) {
        totals->by[CAUGHT_NOT]++;
        printf("%-34s NOT CAUGHT\n", sw_fault_set_name(fault));
        return;
    }
    totals->by[caught_by(caught.verdict)]++;
    sw_transcript_spec_name(caught.path, name, sizeof name);
    if (caught.moves != 0)
        snprintf(moves, sizeof moves, "%u", caught.moves);
    printf("%-34s %-22s %5s  %-44s", sw_fault_set_name(fault), caught.verdict->oracle, moves, name);
    if (count > 0)
        printf(" %3d\n", count);
    else
        printf("   - with others\n");
}

static void print_table(const struct score *score, struct totals *totals)
{
    printf("%-34s %-22s %5s  %-44s %s\n", "fault", "caught by", "moves", "in", "scenarios");
    for (int i = 0; i < SLP_FAULT_COUNT; i++)
        print_fault(score, i, totals);
}

/* Returns how many fail without a fault. */
static int print_healthy_programs(const struct score *score)
{
    int wrong = 0;

    for (int i = 0; i < score->program_count; i++) {
        const struct program_trial *trial = &score->programs[i];
        if (trial->faults != 0 || trial->verdict.kind == SW_AS_EXPECTED)
            continue;
        wrong++;
        printf("not as declared: %s with no fault: %s: %s\n", trial->path,
               sw_judge_name(trial->verdict.kind), trial->verdict.text);
    }
    return wrong;
}

static int print_score(const struct score *score)
{
    struct totals totals = {{0}};
    int declared = score->suite.program_count, wrong = 0, healthy = 0;

    print_table(score, &totals);
    putchar('\n');
    for (int i = 0; i < score->trial_count; i++) {
        const struct trial *trial = &score->trials[i];
        int good = as_declared(score, trial);
        declared += trial->declared != DECLARED_NOTHING;
        healthy += trial->faults == 0 && good;
        wrong += !good;
        if (!good)
            print_not_as_declared(score, trial);
    }
    int sick = print_healthy_programs(score);
    wrong += sick;
    int caught = SLP_FAULT_COUNT - totals.by[CAUGHT_NOT];
    printf("healthy: %d of %d scenarios and %d of %d programs pass; %d of %d trials as declared; "
           "%d runs\n",
           healthy, score->suite.spec_count, score->suite.program_count - sick,
           score->suite.program_count, declared - wrong, declared,
           score->job_count + score->program_count);
    /* A crash alone counts half: it says that something is wrong, and not what. */
    printf("score: %.1f of %d: %d faults caught, %d by an invariant, %d by what a scenario says, "
           "%d by a crash alone (each counts half)\n",
           caught - totals.by[CAUGHT_CRASH] / 2.0, SLP_FAULT_COUNT, caught,
           totals.by[CAUGHT_INVARIANT], totals.by[CAUGHT_ASSERTION], totals.by[CAUGHT_CRASH]);
    return wrong == 0 && totals.by[CAUGHT_NOT] == 0 ? SW_EXIT_OK : SW_EXIT_FAILED;
}

/* ---- the whole ---- */

static void ignore(struct sw_job *job, void *context)
{
    (void)job, (void)context;
}

static int prepare(char *const *paths, int count, struct score *score)
{
    if (sw_suite_load(paths, count, &score->suite) > 0)
        return -1;
    if (make_trials(score) < 0 || make_programs(score) < 0) {
        fputs("spillway score: out of memory\n", stderr);
        return -1;
    }
    return 0;
}

/* An error of the harness is one where nothing was to fail. */
static int count_errors(const struct score *score, const struct trial *trial)
{
    int errors = 0;

    for (int i = 0; i < trial->spec->schedule_count; i++)
        errors += score->jobs[trial->first_job + i].verdicts[SW_HARNESS_ERROR];
    return trial->declared == DECLARED_SURVIVES ? errors : 0;
}

static void run_programs(struct score *score, const struct sw_job_options *options)
{
    for (int i = 0; i < score->program_count; i++) {
        struct program_trial *trial = &score->programs[i];
        sw_score_program(options->interp, trial->path, trial->faults, options->watchdog_s,
                         &trial->verdict);
    }
}

static int finish(struct score *score, const struct sw_job_options *options, enum sw_job_end end)
{
    int runs = 0, errors = 0;

    if (end == SW_JOB_END_ERROR)
        return SW_EXIT_ERROR;
    for (int i = 0; i < score->job_count; i++)
        runs += score->jobs[i].runs;
    for (int i = 0; i < score->trial_count; i++)
        errors += count_errors(score, &score->trials[i]);
    if (end == SW_JOB_END_INTERRUPTED) {
        printf("interrupted: %d of %d runs done\n", runs, score->job_count);
        return SW_EXIT_INTERRUPTED;
    }
    run_programs(score, options);
    int status = print_score(score);
    return errors > 0 ? SW_EXIT_ERROR : status;
}

int sw_score_run(const struct sw_job_options *options, char *const *paths, int count)
{
    struct score score = {0};
    int status = SW_EXIT_ERROR;

    if (prepare(paths, count, &score) == 0)
        status = finish(&score, options,
                        sw_job_run_all(score.jobs, score.job_count, options, ignore, NULL));
    for (int i = 0; i < score.job_count; i++)
        sw_job_free(&score.jobs[i]);
    free(score.jobs);
    free(score.trials);
    free(score.programs);
    sw_suite_free(&score.suite);
    return status;
}

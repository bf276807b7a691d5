/* SPDX-License-Identifier: MIT */
#include "score_catch.h"

#include <ctype.h>
#include <string.h>

static enum sw_score_catch_kind kind_of(const struct sw_verdict *verdict)
{
    static const char *const values[] = {"value-lost",    "value-wrong",     "value-doubled",
                                         "value-phantom", "value-misplaced", "exception-misplaced"};

    if (verdict->kind == SW_CRASHED)
        return SW_SCORE_CAUGHT_CRASH;
    if (verdict->kind != SW_FAILED)
        return SW_SCORE_CAUGHT_NOT;
    /* "I22 wake-up": an invariant is named by its number in interp/lab/invariants.h. */
    if (verdict->oracle[0] == 'I' && isdigit((unsigned char)verdict->oracle[1]))
        return SW_SCORE_CAUGHT_INVARIANT;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        if (strcmp(verdict->oracle, values[i]) == 0)
            return SW_SCORE_CAUGHT_LEDGER;
    return SW_SCORE_CAUGHT_WORDS;
}

/* How many moves had begun; what is seen at the end only needed all of them. */
static struct sw_score_catch catch_of_job(const struct sw_job *job)
{
    enum sw_score_catch_kind kind = kind_of(&job->verdict);
    unsigned moves = job->verdict.move;

    if (kind == SW_SCORE_CAUGHT_NOT)
        return (struct sw_score_catch){0};
    return (struct sw_score_catch){&job->verdict, job->spec->path, kind,
                                   moves != 0 ? moves : (unsigned)job->schedule->move_count};
}

/* The better witness of a fault: what tells more, then what takes fewer moves. A program has no
 * moves, and so stands behind any scenario that tells as much. */
static struct sw_score_catch better(struct sw_score_catch best, struct sw_score_catch other)
{
    if (other.kind != best.kind)
        return other.kind > best.kind ? other : best;
    if (other.moves == 0)
        return best;
    return best.moves == 0 || other.moves < best.moves ? other : best;
}

struct sw_score_catch sw_score_catch_of_trial(const struct sw_score *score,
                                              const struct sw_score_trial *trial)
{
    struct sw_score_catch best = {0};

    for (int i = 0; i < trial->spec->schedule_count; i++)
        best = better(best, catch_of_job(&score->jobs[trial->first_job + i]));
    return best;
}

static struct sw_score_catch catch_of_program(const struct sw_score_program_trial *trial)
{
    enum sw_score_catch_kind kind = kind_of(&trial->verdict);

    if (kind == SW_SCORE_CAUGHT_NOT)
        return (struct sw_score_catch){0};
    /* It has no author who said what is to come: it ended as it should not. */
    if (kind == SW_SCORE_CAUGHT_WORDS)
        kind = SW_SCORE_CAUGHT_PROGRAM;
    return (struct sw_score_catch){&trial->verdict, trial->path, kind, 0};
}

struct sw_fault_set sw_score_catch_uncaught(const struct sw_score *score)
{
    enum sw_score_catch_kind best[SLP_FAULT_COUNT] = {SW_SCORE_CAUGHT_NOT};
    struct sw_fault_set uncaught = {{0}};

    for (int i = 0; i < score->trial_count; i++) {
        enum sw_score_catch_kind kind = sw_score_catch_of_trial(score, &score->trials[i]).kind;
        for (int fault = 0; fault < SLP_FAULT_COUNT; fault++)
            if (kind > best[fault] && sw_score_trials_is_only(&score->trials[i].faults, fault))
                best[fault] = kind;
    }
    for (int fault = 0; fault < SLP_FAULT_COUNT; fault++)
        if (best[fault] <= SW_SCORE_CAUGHT_CRASH)
            sw_fault_set_add(&uncaught, fault);
    return uncaught;
}

struct sw_score_catch sw_score_catch_of_fault(const struct sw_score *score, int fault, int *count)
{
    /* Whatever was declared: a fault that is caught by accident is caught. */
    struct sw_score_catch best = {0}, one;

    *count = 0;
    for (int i = 0; i < score->trial_count; i++) {
        if (!sw_score_trials_is_only(&score->trials[i].faults, fault))
            continue;
        one = sw_score_catch_of_trial(score, &score->trials[i]);
        *count += one.verdict != NULL;
        best = better(best, one);
    }
    for (int i = 0; i < score->program_count; i++) {
        if (score->programs[i].fault != fault)
            continue;
        one = catch_of_program(&score->programs[i]);
        *count += one.verdict != NULL;
        best = better(best, one);
    }
    return best;
}

struct sw_score_catch sw_score_catch_in_company(const struct sw_score *score, int fault)
{
    struct sw_score_catch best = {0};

    for (int i = 0; i < score->trial_count; i++) {
        const struct sw_score_trial *trial = &score->trials[i];
        if (trial->declared == SW_SCORE_DECLARED_FAILS && sw_fault_set_count(&trial->faults) > 1 &&
            sw_fault_set_has(&trial->faults, fault))
            best = better(best, sw_score_catch_of_trial(score, trial));
    }
    return best;
}

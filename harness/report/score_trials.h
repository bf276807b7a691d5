/* SPDX-License-Identifier: MIT
 *
 * score_trials.h - what a score runs, in rounds: scenarios and programs under faults.
 *
 * The first round is what is declared: the healthy interpreter against every scenario, and each set
 * of faults against the scenarios that name it.  Each later one takes every fault that nothing has
 * caught to one scenario more, made for it or not; last, to the programs.
 */
#ifndef SW_SCORE_TRIALS_H
#define SW_SCORE_TRIALS_H

#include "contract/faults.h"
#include "job.h"
#include "suite.h"

enum sw_score_declared { SW_SCORE_DECLARED_NOTHING, SW_SCORE_DECLARED_FAILS, SW_SCORE_DECLARED_SURVIVES };

/* One spec under one set of faults: a range of jobs, one a schedule. */
struct sw_score_trial {
    const struct sw_spec *spec;
    struct sw_fault_set faults; /* none: the healthy interpreter */
    enum sw_score_declared declared;
    int first_job;
};

/* A program under one fault, or none. */
struct sw_score_program_trial {
    const char *path;
    int fault; /* -1: none */
    struct sw_verdict verdict;
};

/* Owns all that it points to; the suite owns the specs. */
struct sw_score {
    struct sw_suite suite;
    struct sw_score_program_trial *programs;
    int program_count; /* trials with them */
    struct sw_score_trial *trials;
    int trial_count;
    struct sw_job *jobs;
    int job_count, jobs_done;
    int next_spec[SLP_FAULT_COUNT]; /* those before it need no later round */
};

/* Is it this fault, alone? */
int sw_score_trials_is_only(const struct sw_fault_set *faults, int fault);

/* Loads the paths, and makes the first round; nothing is run.  0, or -1 after lines on stderr; free
 * it either way, from a zeroed one on. */
int sw_score_trials_make(struct sw_score *score, char *const *paths, int count);
/* Adds a round's jobs for the faults of this set.  How many, 0 when all scenarios have had their
 * turn; -1 after a line on stderr. */
int sw_score_trials_add_round(struct sw_score *score, const struct sw_fault_set *uncaught);
/* Adds what is run with the programs: each healthy, and with each fault of this set. */
int sw_score_trials_add_programs(struct sw_score *score, const struct sw_fault_set *uncaught);
void sw_score_trials_free(struct sw_score *score);

#endif

/* SPDX-License-Identifier: MIT
 *
 * score_trials.h - what a score runs: each scenario and each program under each fault.
 *
 * Every fault is run alone against every scenario, made for it or not; so is the healthy
 * interpreter; and so is each set of several faults against the scenarios that declare it.
 */
#ifndef SW_SCORE_TRIALS_H
#define SW_SCORE_TRIALS_H

#include "job.h"
#include "suite.h"

enum sw_score_declared { SW_SCORE_DECLARED_NOTHING, SW_SCORE_DECLARED_FAILS, SW_SCORE_DECLARED_SURVIVES };

/* One spec under one set of faults: a range of jobs, one a schedule. */
struct sw_score_trial {
    const struct sw_spec *spec;
    uint64_t faults; /* 0: the healthy interpreter */
    enum sw_score_declared declared;
    int first_job;
};

/* A program under one fault, or none. */
struct sw_score_program_trial {
    const char *path;
    uint64_t faults;
    struct sw_verdict verdict;
};

/* Owns all that it points to; the suite owns the specs. */
struct sw_score {
    struct sw_suite suite;
    struct sw_score_program_trial *programs;
    int program_count;
    struct sw_score_trial *trials;
    int trial_count;
    struct sw_job *jobs;
    int job_count;
};

/* Is it one fault, and not none or several? */
int sw_score_trials_is_single(uint64_t faults);

/* Loads the paths, and makes the trials; nothing is run.  0, or -1 after lines on stderr; free it
 * either way, from a zeroed one on. */
int sw_score_trials_make(struct sw_score *score, char *const *paths, int count);
void sw_score_trials_free(struct sw_score *score);

#endif

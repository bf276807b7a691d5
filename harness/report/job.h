/* SPDX-License-Identifier: MIT
 *
 * job.h - schedules and programs to be run, once or many times, their results,
 * and the pool that runs them.
 *
 * A job's runs are told apart only by their number.  What a report shows is one
 * of them: the first that was not as expected, else the first; so a report does
 * not depend on how many processes run at once.
 */
#ifndef SW_JOB_H
#define SW_JOB_H

#include "contract/fault_set.h"
#include "judge.h"
#include "job_options.h"
#include "transcript.h"

enum { SW_JOB_DISTINCT_MAX = 16 };

struct sw_job {
    /* what to do; borrowed */
    const struct sw_spec *spec; /* NULL: a program */
    const struct sw_spec_schedule *schedule;
    const struct sw_expected *expected; /* NULL: the transcript is not compared */
    char *const *program;
    struct sw_fault_set faults;
    int repeat; /* how many runs, at least 1 */
    int foreign; /* the interpreter has no agent: agentless.h; job.c's own */
    int silent; /* a failure is what is wanted: no story is written of one */
    /* what came of it */
    int runs;                       /* so many have ended */
    int verdicts[SW_VERDICT_COUNT]; /* how many of them with which */
    int distinct;                   /* so many different transcripts; at most SW_JOB_DISTINCT_MAX */
    uint64_t hashes[SW_JOB_DISTINCT_MAX]; /* XXH3 of each */
    /* valid if runs > 0 */
    int shown; /* number of the run that verdict and story are about */
    struct sw_verdict verdict;
    char *story;   /* for people, when it is not as expected, or with --verbose; owned */
    double seconds; /* real time that it took; 0: not known */
    char *errors;   /* the end of what it wrote to its standard error; NULL: not known; owned */
    char *section; /* the transcript of the run that ended first; owned */
};

enum sw_job_end { SW_JOB_END_DONE, SW_JOB_END_INTERRUPTED, SW_JOB_END_ERROR };

/* Runs the jobs, options->jobs processes at once, and calls report() for each
 * job in their order, as soon as it and all before it are done.  A SIGINT,
 * SIGTERM or SIGHUP ends that: the processes are ended, and then the jobs of
 * which at least one run is done are reported.  ERROR: a process could not be
 * made; said on stderr. */
enum sw_job_end sw_job_run_all(struct sw_job *jobs, int count, const struct sw_job_options *options,
                               void (*report)(struct sw_job *job, void *context), void *context);

void sw_job_free(struct sw_job *job);

#endif

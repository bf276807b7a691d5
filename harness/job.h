/* SPDX-License-Identifier: MIT
 *
 * job.h - runs to be done and their results, and the pool that does them.
 */
#ifndef SW_JOB_H
#define SW_JOB_H

#include "judge.h"
#include "options.h"
#include "transcript.h"

struct sw_job {
    /* what to do; borrowed */
    const struct sw_spec *spec; /* NULL: a program */
    const struct sw_spec_schedule *schedule;
    const struct sw_expected *expected; /* NULL: the transcript is not compared */
    char *const *program;
    uint64_t faults;
    /* what came of it, valid once done */
    int done;
    struct sw_verdict verdict;
    uint64_t hash; /* XXH3 of the section */
    char *section; /* the transcript; owned */
    char *story;   /* for people, when it is not as expected, or always with --verbose; owned */
};

/* Runs the jobs, options->jobs at once, and calls report() for each in their
 * order, as soon as it and all before it are done.  Returns how many were done:
 * fewer than count after a SIGINT or SIGTERM; -1 when a child could not be made
 * (said on stderr). */
int sw_job_run_all(struct sw_job *jobs, int count, const struct sw_options *options,
                   void (*report)(struct sw_job *job, void *context), void *context);

void sw_job_free(struct sw_job *job);

#endif

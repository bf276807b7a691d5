/* SPDX-License-Identifier: MIT
 *
 * job_options.h - what all runs of a suite have in common: filled by the command line.
 *
 * Texts are borrowed, and must live as long as the jobs.
 */
#ifndef SW_JOB_OPTIONS_H
#define SW_JOB_OPTIONS_H

enum { SW_JOB_OPTIONS_JOBS_MAX = 64 };

struct sw_job_options {
    const char *interp;  /* it can be executed */
    int interp_is_given; /* 0: it is the default, so a story need not name it */
    int memcheck;        /* it runs under valgrind's memcheck */
    int warm;            /* a spec's process is a fork: harness/runner/fork_server.h */
    int agentless;       /* the interpreter has no agent: harness/runner/agentless.h */
    const char *spill;   /* SLP_SPILL in place of every spec's; NULL: each has its own */
    char *const *variables; /* NAME=VALUE for each process, and a NULL; NULL: none */
    int tap;             /* stdout is a TAP report: what a program prints goes to stderr */
    int verbose;         /* a story of each schedule, also of those that are as expected */
    int jobs;            /* processes at once, from 1 to SW_JOB_OPTIONS_JOBS_MAX */
    int watchdog_s;      /* 0: the default of what is run */
};

#endif

/* SPDX-License-Identifier: MIT
 *
 * options.h - what the user asked for on the command line.
 */
#ifndef SW_OPTIONS_H
#define SW_OPTIONS_H

#include <stdint.h>

enum { SW_OPTIONS_JOBS_MAX = 64 };

/* Which options a command takes. */
enum sw_options_command { SW_OPTIONS_RUN = 1, SW_OPTIONS_SCORE = 2 };

struct sw_options {
    uint64_t faults;      /* bit i: enum slp_fault i */
    char *interp;         /* owned; absolute or as given; it can be executed */
    int interp_given;     /* 0: the default */
    int foreign;          /* it has no agent: agentless.h */
    const char *spill;    /* overrides every spec's; NULL: none */
    const char *schedule; /* only schedules of this name; NULL: all */
    const char *junit;    /* file to write; NULL: none */
    int tap;
    int accept;
    int verbose;
    int jobs;   /* 1 to SW_OPTIONS_JOBS_MAX */
    int repeat; /* at least 1 */
    int watchdog_s; /* 0: the default */
    char **paths;   /* borrowed from argv */
    int path_count; /* at least 1 */
    char **program_args; /* what stood behind "--"; NULL-terminated, may be NULL */
    /* of targets (target.h) */
    int targets;        /* all paths are targets; else none is */
    int random;         /* a random walk; else the default schedule */
    int engine;         /* enum sw_control_shm_engine */
    uint64_t seed;      /* of the first schedule */
    uint64_t schedules; /* at least 1 */
    unsigned given;     /* which of these were on the command line; options.c's own */
};

/* Parses "spillway COMMAND ..." by argp; prints what is wrong and exits with 2. */
void sw_options_parse(int argc, char **argv, enum sw_options_command command,
                      struct sw_options *options);
void sw_options_free(struct sw_options *options);

#endif

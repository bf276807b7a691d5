/* SPDX-License-Identifier: MIT
 *
 * options.h - what the user asked for on the command line.
 */
#ifndef SW_OPTIONS_H
#define SW_OPTIONS_H

#include <stdint.h>

struct sw_options {
    uint64_t faults;      /* bit i: enum slp_fault i */
    char *interp;         /* owned; absolute or as given */
    const char *spill;    /* overrides every spec's; NULL: none */
    const char *schedule; /* only schedules of this name; NULL: all */
    const char *junit;    /* file to write; NULL: none */
    int tap;
    int accept;
    int verbose;
    int jobs;
    int repeat;
    int watchdog_s;
    char **paths; /* borrowed from argv */
    int path_count;
    char **program_args; /* what stood behind "--"; NULL-terminated, may be NULL */
};

/* Parses "spillway COMMAND ..." by argp; prints what is wrong and exits with 2. */
void sw_options_parse(int argc, char **argv, const char *command, struct sw_options *options);

#endif

/* SPDX-License-Identifier: MIT
 *
 * suite_run.h - runs scenarios and programs, once or many times, and reports each.
 */
#ifndef SW_SUITE_RUN_H
#define SW_SUITE_RUN_H

#include "job.h"

/* Texts are borrowed. */
struct sw_suite_run_order {
    struct sw_job_options how;
    struct sw_fault_set faults; /* switched on in every run */
    const char *schedule; /* only schedules of this name; NULL: all */
    const char *junit, *json; /* files to write; NULL: none */
    int accept;           /* write the transcripts, and show how they have changed */
    int repeat;           /* runs of each schedule, at least 1; their transcripts must be equal */
    char **paths;         /* specs, folders and programs */
    int path_count;       /* at least 1 */
    char **program_args;  /* of every program; NULL-terminated, or NULL: none */
};

/* Returns the exit status that "spillway run --help" documents. */
int sw_suite_run(const struct sw_suite_run_order *order);

#endif

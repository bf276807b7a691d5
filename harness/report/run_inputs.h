/* SPDX-License-Identifier: MIT
 *
 * run_inputs.h - the files that a run has read, and what has become of them.
 *
 * Of the interpreter's own library there is one line for all files.  Left out is what the schedule
 * names anyway, what comes with spillway, what the run has written itself, and what is no file.  Of
 * a module that was read compiled, the source counts: what is compiled says when and where.
 *
 * Of a folder that was listed, as Python lists those of sys.path, there is a digest of its names.
 * The digest can be undone for one name or two that have come, so that these are told.
 */
#ifndef SW_RUN_INPUTS_H
#define SW_RUN_INPUTS_H

#include "harness/runner/process.h"

/* For people: not all of them are there. */
#define SW_RUN_INPUTS_UNNOTED \
    "it opens more files than a schedule notes: of the others nobody will see a change"

/* Fills in sched->reads and has_unnoted, in the order of their names; sw_run_inputs_free().  Where
 * memory is short, or a file is gone, there are fewer. */
void sw_run_inputs_collect(const struct sw_process *run, struct sw_sched *sched);
void sw_run_inputs_free(struct sw_sched *sched);

/* Tells which of the schedule's inputs are others in this run, or are read by one of both alone;
 * path: the schedule's. */
void sw_run_inputs_compare(const struct sw_process *run, const char *path,
                           const struct sw_sched *sched,
                           void (*say)(const void *context, const char *line), const void *context);

#endif

/* SPDX-License-Identifier: MIT
 *
 * report.h - results as lines for a person, and what all forms of results share.
 *
 * The other forms have a file each: tap.h, junit.h.  A job that was interrupted between two of its
 * runs is reported as the runs that it has had; one without any is not.
 */
#ifndef SW_REPORT_H
#define SW_REPORT_H

#include <stdio.h>

#include "job.h"

/* A line on stdout, and the story where there is one. */
void sw_report_line(const struct sw_job *job);

/* What the job is called: "family/name", or the program's path, goes to name; returns the name of
 * the schedule, or "". */
const char *sw_report_name(const struct sw_job *job, char *name, size_t size);
/* ": 50 runs, 2 failed, 3 distinct transcripts"; nothing for a single run. */
void sw_report_repeats(FILE *out, const struct sw_job *job);

/* Of runs by their verdicts, one number each.  ", 2 failed, 1 crashed": what is not as expected. */
void sw_report_counts(FILE *out, const int verdicts[SW_VERDICT_COUNT]);
/* The worst of them. */
int sw_report_exit_status(const int verdicts[SW_VERDICT_COUNT]);

#endif

/* SPDX-License-Identifier: MIT
 *
 * report.h - results in the three forms in which they leave the runner.
 *
 * A job that was interrupted between two of its runs is reported as the runs
 * that it has had; one without any is not.
 */
#ifndef SW_REPORT_H
#define SW_REPORT_H

#include <stdio.h>

#include "job.h"

/* A line on stdout, and the story where there is one. */
void sw_report_line(const struct sw_job *job);

/* TAP 13 on stdout; the story as comments. */
void sw_report_tap_begin(int count);
void sw_report_tap(const struct sw_job *job, int number);
/* The rest of what was announced will not come. */
void sw_report_tap_bail_out(const char *why);

/* Of runs by their verdicts, one number each.  ", 2 failed, 1 crashed": what is not as expected. */
void sw_report_counts(FILE *out, const int verdicts[SW_VERDICT_COUNT]);
/* The worst of them. */
int sw_report_exit_status(const int verdicts[SW_VERDICT_COUNT]);

/* Writes a JUnit file.  0, or -1 after a line on stderr. */
int sw_report_junit(const char *path, const struct sw_job *jobs, int count);

#endif

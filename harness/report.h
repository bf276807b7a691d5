/* SPDX-License-Identifier: MIT
 *
 * report.h - results in the three forms in which they leave the runner.
 */
#ifndef SW_REPORT_H
#define SW_REPORT_H

#include "job.h"

/* "family/name" or the program's path, and the schedule's name or "". */
void sw_report_name(const struct sw_job *job, char *name, unsigned long size,
                    const char **schedule);

/* A line, and the story where there is one. */
void sw_report_line(const struct sw_job *job);

/* TAP 13 on stdout; the story as comments. */
void sw_report_tap_begin(int count);
void sw_report_tap(const struct sw_job *job, int number);

/* Writes a JUnit file.  0, or -1 after a line on stderr. */
int sw_report_junit(const char *path, const struct sw_job *jobs, int count);

#endif

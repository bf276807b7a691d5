/* SPDX-License-Identifier: MIT
 *
 * junit.h - results as a JUnit file, which build servers read.
 */
#ifndef SW_JUNIT_H
#define SW_JUNIT_H

#include "job.h"

/* Writes all jobs that have had a run.  0, or -1 after a line on stderr. */
int sw_junit_write(const char *path, const struct sw_job *jobs, int count);

#endif

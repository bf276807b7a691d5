/* SPDX-License-Identifier: MIT
 *
 * jobs_json.h - results as JSON: the same as in a JUnit file (junit.h), for other programs.
 *
 *      {"writer": "spillway 0.3.0",
 *       "tests": [{"target": "test_bank.py::test_withdraw", "end": "failed", "why": "...",
 *                  "seconds": 0.4, "story": "..."}, ...]}
 */
#ifndef SW_JOBS_JSON_H
#define SW_JOBS_JSON_H

#include "job.h"

/* Writes all jobs that have had a run.  0, or -1 after a line on stderr. */
int sw_jobs_json_write(const char *path, const struct sw_job *jobs, int count);

#endif

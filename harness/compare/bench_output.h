/* SPDX-License-Identifier: MIT
 *
 * bench_output.h - the lines that workload.py prints, read with suspicion: an interpreter under test
 * may print anything.
 *
 *      python  cpython 3.11.2  process_time  41       its version, its timer, the smallest step seen
 *      tests   calls  lookups  ...
 *      1203344                                        nanoseconds, for each test that is asked for
 *
 * Tabs separate the words.  A first line "refused" has the reason.
 */
#ifndef SW_BENCH_OUTPUT_H
#define SW_BENCH_OUTPUT_H

#include "bench_side.h"

/* What it refuses to do; NULL: it is not that line. */
const char *sw_bench_output_refusal(const char *line);
/* Each: 0, or -1 if it is no such line, which is as it was then. */
int sw_bench_output_parse_python(const char *line, struct sw_bench_side_sample *sample);
/* Adds the tests, without any round. */
int sw_bench_output_parse_tests(const char *line, struct sw_bench_side_sample *sample);
int sw_bench_output_parse_ns(const char *line, double *ns);

#endif

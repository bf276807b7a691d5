/* SPDX-License-Identifier: MIT
 *
 * bench_output.h - what workload.py has printed, read with suspicion: an interpreter under test may
 * print anything.
 */
#ifndef SW_BENCH_OUTPUT_H
#define SW_BENCH_OUTPUT_H

#include "bench_side.h"

/* Everything up to the end of a pipe, NUL-terminated; the caller's to free.  NULL: no memory, or
 * more than there can be. */
char *sw_bench_output_read(int fd);
/* Fills in the tests, the version and the timer; each test must have that many rounds.  Changes the
 * text.  0, or -1 with *e, which names the line. */
int sw_bench_output_parse(char *text, const char *label, int rounds,
                          struct sw_bench_side_sample *sample, struct sw_error *e);

#endif

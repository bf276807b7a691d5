/* SPDX-License-Identifier: MIT
 *
 * bench_pyperf.h - what was measured as two files that pyperf reads: "pyperf compare_to
 * STEM.other.json STEM.this.json", "pyperf stats", "pyperf hist".
 *
 * Each process is one run of a benchmark, and its values are those of its rounds.  What bench
 * itself makes of them stands in the metadata of each benchmark of "this", under names that begin
 * with "spillway_".
 */
#ifndef SW_BENCH_PYPERF_H
#define SW_BENCH_PYPERF_H

#include "bench_report.h"

/* Before minutes of work: could they be written?  0, or -1 with *e. */
int sw_bench_pyperf_check(const struct sw_bench_order *order, struct sw_error *e);
/* Writes STEM.this.json and STEM.other.json, if the order has a STEM.  0, or -1 with *e. */
int sw_bench_pyperf_write(const struct sw_bench_report *report, struct sw_error *e);

#endif

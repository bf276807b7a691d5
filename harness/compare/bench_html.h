/* SPDX-License-Identifier: MIT
 *
 * bench_html.h - what was measured as a picture, in one page that needs nothing else.
 *
 * A line for each row, the largest difference first: every pair as a point, the interval as a bar.
 * The axis is even near nothing and logarithmic far from it (asinh), so that a percent and a factor
 * of two are seen in one picture and no point is left out.  What the user wrote never becomes HTML.
 */
#ifndef SW_BENCH_HTML_H
#define SW_BENCH_HTML_H

#include "bench_report.h"

/* Before minutes of work: could it be written?  0, or -1 with *e. */
int sw_bench_html_check(const struct sw_bench_order *order, struct sw_error *e);
/* Writes the order's page, if it wants one.  0, or -1 with *e. */
int sw_bench_html_write(const struct sw_bench_report *report, struct sw_error *e);

#endif

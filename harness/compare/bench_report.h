/* SPDX-License-Identifier: MIT
 *
 * bench_report.h - what was measured, told in lines.
 *
 * The table is pybench's: minimum and average of this and of other, and how they differ.  Behind
 * them stands what follows: the interval of the ratio, and whether a difference is shown.
 */
#ifndef SW_BENCH_REPORT_H
#define SW_BENCH_REPORT_H

#include <stdio.h>

#include "bench.h"
#include "bench_machine.h"
#include "bench_table.h"

/* What reports of "this" against itself have shown. */
struct sw_bench_report_aa {
    int reports, alarms; /* in so many of them any row was shown to differ */
    int rows[SW_BENCH_SIDE_ROWS_MAX + 1]; /* how often each was */
};

/* All that there is to tell; borrowed. */
struct sw_bench_report {
    const struct sw_bench_order *order;
    const struct sw_bench_side *sides[SW_BENCH_TABLE_SIDES];
    const struct sw_bench_machine *machine; /* before the first pair */
    const struct sw_bench_table *table;
    const struct sw_bench_stats_row *rows;
    const struct sw_bench_report_aa *aa; /* reports 0: there were none */
};

void sw_bench_report_print(FILE *out, const struct sw_bench_report *report);

#endif

/* SPDX-License-Identifier: MIT
 *
 * bench_table.h - all that was measured: rows, and of each row the values of both sides, a pair
 * after the other, each with its rounds.
 *
 * The first pair says which rows there are: those that both sides have.  What only one of them has
 * is named, and not compared.
 */
#ifndef SW_BENCH_TABLE_H
#define SW_BENCH_TABLE_H

#include "bench_side.h"
#include "bench_stats.h"

enum { SW_BENCH_TABLE_SIDES = 2 /* this, other */ };

struct sw_bench_table_row {
    char name[SW_BENCH_SIDE_NAME];
    enum sw_bench_side_unit unit;
    int is_test;
    int is_total; /* the sum of the tests */
    int rounds;
    double *values[SW_BENCH_TABLE_SIDES]; /* room for pairs_max * rounds */
};

/* Owns the values from sw_bench_table_add() to sw_bench_table_close().  Zero, but pairs_max, before
 * the first. */
struct sw_bench_table {
    int pairs, pairs_max;
    int count;
    struct sw_bench_table_row rows[SW_BENCH_SIDE_ROWS_MAX + 1];
    char lone[SW_BENCH_TABLE_SIDES][512]; /* what the other one has not; "": nothing */
    /* Of the first pair; the same in all. */
    char versions[SW_BENCH_TABLE_SIDES][64], timers[SW_BENCH_TABLE_SIDES][32];
    double resolutions_ns[SW_BENCH_TABLE_SIDES];
};

/* One pair more.  0, or -1 with *e: nothing in common, other rows than before, or no memory. */
int sw_bench_table_add(struct sw_bench_table *table,
                       const struct sw_bench_side_sample samples[SW_BENCH_TABLE_SIDES],
                       struct sw_error *e);
/* What each row shows; room for count of them.  0, or -1 with *e. */
int sw_bench_table_judge(const struct sw_bench_table *table, uint64_t seed,
                         struct sw_bench_stats_row *out, struct sw_error *e);
/* The logarithm of this / other in that pair: the mean of its rounds', without
 * the quarters that are farthest off. */
double sw_bench_table_difference(const struct sw_bench_table *table, int row, int pair);
/* The same, of so many of its rounds. */
double sw_bench_table_difference_in(const struct sw_bench_table *table, int row, int pair,
                                    int first, int rounds);
/* Of all pairs and rounds.  Of the total: the sum of the tests'. */
double sw_bench_table_minimum(const struct sw_bench_table *table, int row, int side);
double sw_bench_table_average(const struct sw_bench_table *table, int row, int side);
void sw_bench_table_close(struct sw_bench_table *table);

#endif

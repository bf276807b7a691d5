/* SPDX-License-Identifier: MIT
 *
 * bench_stats.h - what pairs of measurements show, and what they do not.
 *
 * A row is something that is measured, like one test; a pair is one measurement of each
 * configuration, made one right after the other.  The input is how they differ: the logarithm of
 * this / other, of each row in each pair.
 *
 * Nothing is assumed about the noise, but this: if the configurations do not differ, then each pair
 * could as well have come out the other way round, in all rows at once.  So the signs of pairs are
 * flipped, all rows of a pair together, and what the largest difference of any row is then tells
 * what chance alone does (a sign-flip test, max-T).  All flips are tried up to
 * SW_BENCH_STATS_EXACT_PAIRS pairs, and beyond that as many random ones as are asked for.  Rows
 * that vary together are no obstacle, and the error of 2 % is of the whole report: one time in
 * fifty at most does a report of two equal configurations show anything at all.  (Of 40 such
 * reports more than two then show something one time in twenty.)
 *
 * The intervals come from the same flips, of what is left when each row's mean is taken away (a
 * wild bootstrap); in 98 of 100 reports all of them hold at once.  A difference is shown where the
 * test says so and the interval does not contain "none".
 */
#ifndef SW_BENCH_STATS_H
#define SW_BENCH_STATS_H

#include <stdint.h>

#include "contract/error.h"

enum {
    /* With six pairs the rarest outcome is two flips of 64, which is more than 2 %. */
    SW_BENCH_STATS_PAIRS_MIN = 7,
    SW_BENCH_STATS_EXACT_PAIRS = 13, /* 4096 flips: one pair always stays as it is */
    SW_BENCH_STATS_FLIPS = 9999,
};

/* Of one row.  Ratios are this / other: 1.02 means that this takes 2 % more. */
struct sw_bench_stats_row {
    double ratio;
    double low, high;  /* the interval, which holds for all rows at once */
    double p;          /* of the whole report: how often chance alone shows so much in any row */
    double detectable; /* a ratio above 1: one so large is shown in four reports of five */
    int shown;         /* they differ */
};

/* differences: pairs * rows, all rows of the first pair first; each finite.  flip_count: random
 * ones, if not all are tried; the same seed gives the same.  0, or -1 with *e: too few pairs, or no
 * memory. */
int sw_bench_stats_compute(const double *differences, int pairs, int rows, int flip_count,
                           uint64_t seed, struct sw_bench_stats_row *out, struct sw_error *e);

/* Of that many reports of equal configurations so many have shown something: the rate of false
 * alarms that is not exceeded, with a confidence of 95 % (Clopper and Pearson). */
double sw_bench_stats_rate_most(int alarms, int reports);

#endif

/* SPDX-License-Identifier: MIT
 *
 * bench_pair.h - one measurement of both configurations, beside each other.
 *
 *      this:    test one        test one test two                 test two ...
 *      other:            test one                 test one test two
 *
 * Both have a process at the same time, and take turns: each round of each test is run by one and
 * right after it by the other, for about a millisecond; which one begins is drawn.  What else the
 * machine does meanwhile, and how fast it is just then, is so the same for both.  Processes that
 * only start, and commands, take turns as a whole.
 */
#ifndef SW_BENCH_PAIR_H
#define SW_BENCH_PAIR_H

#include "bench_side.h"

/* first: which side's process begins.  0, or -1 with *e: one did not end well, or said something
 * else than workload.py does; then nothing of either is left. */
int sw_bench_pair_measure(const struct sw_bench_side *const sides[2],
                          const struct sw_bench_way *way, struct sw_bench_side_luck luck,
                          int first, struct sw_bench_side_sample samples[2], struct sw_error *e);

#endif

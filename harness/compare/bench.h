/* SPDX-License-Identifier: MIT
 *
 * bench.h - "spillway bench": two configurations, measured beside each other.
 *
 *      bench_side      what a configuration is
 *      bench_pair      one measurement of both, which take turns; bench_process: one process of it
 *      bench_table     all measurements: rows, pairs, rounds
 *      bench_stats     what they show
 *      bench_report    told in lines; bench_html: as a picture; bench_pyperf: for pyperf
 *      workload.py     the tests
 *
 * "this" is the first configuration and "other" the second.  Here alone the clock decides: what is
 * said is about time.  So no test of ours does more than look at how it is said.
 */
#ifndef SW_BENCH_H
#define SW_BENCH_H

#include "bench_side.h"
#include "bench_stats.h"

enum {
    /* Chosen with bench-power (harness/bench/power.c): what differs between two processes only more
     * pairs make small, and what else the machine does more rounds do as well. */
    SW_BENCH_ROUNDS = 20,
    SW_BENCH_ROUNDS_QUICK = 16,
    SW_BENCH_PAIRS = 200,
    SW_BENCH_PAIRS_QUICK = 32,
    SW_BENCH_PAIRS_COMMAND = 40, /* who knows how long one takes */
    SW_BENCH_PAIRS_COMMAND_QUICK = 20,
    SW_BENCH_PAIRS_MAX = 10000,
};

/* Borrows all. */
struct sw_bench_order {
    struct sw_bench_way way; /* how each is measured; rounds 0: as quick says */
    int pairs;               /* 0: as quick and way.is_command say */
    int quick;
    int aa;                  /* so many reports of "this" against itself, too */
    const char *json;        /* files begin so; NULL: none are written */
    const char *html;        /* a page; NULL: none */
    uint64_t seed;           /* of hash seeds, sizes of environments, and flips */
};

/* Each side: words as env(1) takes them, NAME=VALUE... COMMAND ARGUMENT..., NULL-terminated.
 * Measures, prints the report, and returns the exit status. */
int sw_bench_run(const struct sw_bench_order *order, char *const *this, char *const *other);

#endif

/* SPDX-License-Identifier: MIT
 *
 * bench_side.h - one of the two configurations that are compared, and what a measurement says of it.
 *
 * A configuration is what env(1) takes: assignments, a command, its arguments.  A measurement is a
 * process of its own that runs workload.py in the interpreter, some rounds of each test, and one
 * that only starts; or, if commands are compared, runs of the command (bench_pair.h).
 *
 * Time depends on what nobody means to compare: where the stack begins, which follows from the size
 * of the environment; how strings hash; where memory is mapped.  All of that is drawn anew for each
 * pair, and is the same on both sides of it, so that it becomes noise, which can be seen, and is no
 * bias, which cannot.
 */
#ifndef SW_BENCH_SIDE_H
#define SW_BENCH_SIDE_H

#include <stddef.h>
#include <stdint.h>

#include "contract/error.h"

enum {
    SW_BENCH_SIDE_ROWS_MAX = 64,
    SW_BENCH_SIDE_ROUNDS_MAX = 100,
    SW_BENCH_SIDE_NAME = 32,
    SW_BENCH_SIDE_WORDS_MAX = 256,
};

enum sw_bench_side_clock { SW_BENCH_SIDE_CPU, SW_BENCH_SIDE_WALL };

/* How both sides are measured. */
struct sw_bench_way {
    int is_command; /* the command itself, and not the tests of workload.py in it */
    int rounds, warp;
    int watchdog_s;    /* the real time after which a process is ended, and all with it */
    int clock;         /* enum sw_bench_side_clock */
    const char *tests; /* names with commas in between; "all" */
    const char *plant; /* "TEST=PERCENT": so much more work in that one of "this"; "": none */
};

struct sw_bench_side {
    const char *label;        /* "this" or "other" */
    char *const *assignments; /* NAME=VALUE, the first of words that were given; not terminated */
    int assignment_count;
    char *const *argv; /* the rest; NULL-terminated, and never empty */
    int argc;
};

enum sw_bench_side_unit { SW_BENCH_SIDE_SECONDS, SW_BENCH_SIDE_BYTES };

/* What one measurement says of one row. */
struct sw_bench_side_row {
    char name[SW_BENCH_SIDE_NAME];
    enum sw_bench_side_unit unit;
    int is_test; /* counts for the totals */
    int rounds;
    double values[SW_BENCH_SIDE_ROUNDS_MAX];
};

struct sw_bench_side_sample {
    int count;
    struct sw_bench_side_row rows[SW_BENCH_SIDE_ROWS_MAX];
    char version[64];      /* of the interpreter: "cpython 3.11.2"; "": a command */
    char timer[32];
    double resolution_ns;  /* the smallest step of the timer that was seen */
};

/* What is the same on both sides of a pair. */
struct sw_bench_side_luck {
    uint32_t hash_seed;
    int padding; /* bytes more of environment */
};

/* words: NULL-terminated; they stay.  Without a command it is `otherwise`, an array that stays,
 * too. 0, or -1 with *e: no such command. */
int sw_bench_side_parse(struct sw_bench_side *side, const char *label, char *const *words,
                        char *const *otherwise, struct sw_error *e);
/* Does one of the two samples have each test that is named: as wanted, or as planted?  0, or -1
 * with *e. */
int sw_bench_side_check_names(const struct sw_bench_way *way,
                              const struct sw_bench_side_sample samples[2], struct sw_error *e);
/* Is the test among those that are wanted? */
int sw_bench_side_wants(const struct sw_bench_way *way, const char *name);
/* The words of a configuration, with blanks in between.  Returns buf. */
char *sw_bench_side_format(const struct sw_bench_side *side, char *buf, size_t size);

#endif

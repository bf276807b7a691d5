/* SPDX-License-Identifier: MIT */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench_html.h"
#include "bench_pair.h"
#include "bench_pyperf.h"
#include "bench_report.h"
#include "contract/decision.h"
#include "contract/exit.h"
#include "harness/runner/interrupt.h"

/* More than any cache line, and a page: where the stack begins is another place each time. */
enum { PADDING_MAX = 4096 };

static const char default_interp[] = "/usr/bin/python3.11";

struct bench {
    struct sw_bench_order order; /* with nothing left open */
    struct sw_bench_side sides[SW_BENCH_TABLE_SIDES];
    struct sw_bench_machine machine;
    uint64_t random;
    struct sw_error *e;
};

/* ---- measuring ---- */

static void show_progress(const struct bench *bench, const char *what, int pair)
{
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r%s: pair %d of %d \x1b[K", what, pair + 1, bench->order.pairs);
}

static void hide_progress(void)
{
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\x1b[K");
}

/* Each side once; first: which of them begins. */
static int measure_pair(struct bench *bench, const struct sw_bench_side *const *sides, int first,
                        struct sw_bench_table *table)
{
    struct sw_bench_side_sample *samples = calloc(SW_BENCH_TABLE_SIDES, sizeof *samples);
    uint64_t drawn = sw_decision_random(&bench->random);
    const struct sw_bench_side_luck luck = {.hash_seed = (uint32_t)drawn,
                                            .padding = (int)(drawn >> 32) & (PADDING_MAX - 1)};
    int failed = samples == NULL ? sw_error_set(bench->e, NULL, 0, 0, "no memory") : 0;

    if (!failed)
        failed = sw_bench_pair_measure(sides, &bench->order.way, luck, first, samples, bench->e);
    if (!failed && table->pairs == 0)
        failed = sw_bench_side_check_names(&bench->order.way, samples, bench->e);
    if (!failed)
        failed = sw_bench_table_add(table, samples, bench->e);
    free(samples);
    return failed;
}

/* All pairs.  Which side begins is drawn for each: then the flips of bench_stats.h are what the draw
 * could have been, whatever the noise is.  In a fixed A B B A two B's stand beside each other, are
 * disturbed by the same, and two pairs are no longer two.  0, also when it was interrupted; or -1. */
static int measure(struct bench *bench, const struct sw_bench_side *const *sides, const char *what,
                   struct sw_bench_table *table)
{
    *table = (struct sw_bench_table){.pairs_max = bench->order.pairs};
    for (int pair = 0; pair < bench->order.pairs; pair++) {
        int first = (int)(sw_decision_random(&bench->random) >> 63);
        show_progress(bench, what, pair);
        int failed = measure_pair(bench, sides, first, table);
        hide_progress();
        if (sw_interrupt_came())
            return 0;
        if (failed)
            return -1;
    }
    return 0;
}

/* ---- the whole ---- */

/* "this" against itself, so often as was ordered. */
static int measure_aa(struct bench *bench, struct sw_bench_report_aa *aa)
{
    const struct sw_bench_side *const sides[] = {&bench->sides[0], &bench->sides[0]};
    struct sw_bench_stats_row rows[SW_BENCH_SIDE_ROWS_MAX + 1];
    struct sw_bench_table table;
    int failed = 0;

    while (!failed && aa->reports < bench->order.aa && !sw_interrupt_came()) {
        char what[64];
        snprintf(what, sizeof what, "this against itself, report %d of %d", aa->reports + 1,
                 bench->order.aa);
        failed = measure(bench, sides, what, &table);
        if (!failed && !sw_interrupt_came())
            failed =
                sw_bench_table_judge(&table, sw_decision_random(&bench->random), rows, bench->e);
        if (!failed && !sw_interrupt_came()) {
            int shown = 0;
            for (int row = 0; row < table.count; row++) {
                aa->rows[row] += rows[row].shown;
                shown += rows[row].shown;
            }
            aa->reports++;
            aa->alarms += shown > 0;
        }
        sw_bench_table_close(&table);
    }
    return failed;
}

/* The exit status, or -1. */
static int tell(struct bench *bench, const struct sw_bench_table *table,
                const struct sw_bench_report_aa *aa)
{
    struct sw_bench_stats_row rows[SW_BENCH_SIDE_ROWS_MAX + 1];
    const struct sw_bench_report report = {.order = &bench->order,
                                           .sides = {&bench->sides[0], &bench->sides[1]},
                                           .machine = &bench->machine,
                                           .table = table,
                                           .rows = rows,
                                           .aa = aa};
    int status = SW_EXIT_OK;

    if (sw_bench_table_judge(table, bench->order.seed, rows, bench->e) < 0)
        return -1;
    sw_bench_report_print(stdout, &report);
    if (sw_bench_pyperf_write(&report, bench->e) < 0 || sw_bench_html_write(&report, bench->e) < 0)
        return -1;
    for (int row = 0; row < table->count; row++)
        if (rows[row].shown && rows[row].ratio > 1)
            status = SW_EXIT_FAILED;
    return sw_interrupt_came() ? SW_EXIT_INTERRUPTED : status;
}

static int run(struct bench *bench, struct sw_bench_table *table)
{
    const struct sw_bench_side *const sides[] = {&bench->sides[0], &bench->sides[1]};
    struct sw_bench_report_aa aa = {0};

    if (measure(bench, sides, "this and other", table) < 0)
        return -1;
    if (table->pairs < SW_BENCH_STATS_PAIRS_MIN && sw_interrupt_came()) {
        fprintf(stderr, "spillway bench: interrupted after %d pairs, which show nothing\n",
                table->pairs);
        return SW_EXIT_INTERRUPTED;
    }
    if (measure_aa(bench, &aa) < 0)
        return -1;
    return tell(bench, table, &aa);
}

static int usual_pairs(const struct sw_bench_order *order)
{
    if (order->way.is_command)
        return order->quick ? SW_BENCH_PAIRS_COMMAND_QUICK : SW_BENCH_PAIRS_COMMAND;
    return order->quick ? SW_BENCH_PAIRS_QUICK : SW_BENCH_PAIRS;
}

static void settle(struct bench *bench)
{
    struct sw_bench_order *order = &bench->order;

    if (order->pairs == 0)
        order->pairs = usual_pairs(order);
    if (order->way.rounds == 0)
        order->way.rounds = order->way.is_command ? 1
                            : order->quick        ? SW_BENCH_ROUNDS_QUICK
                                                  : SW_BENCH_ROUNDS;
    bench->random = order->seed;
    sw_bench_machine_fill(&bench->machine);
}

/* "TEST=PERCENT"; whether there is such a test is seen when it is run. */
static int check_plant(const struct sw_bench_order *order, struct sw_error *e)
{
    const char *plant = order->way.plant, *percent = strchr(plant, '=');
    char *end = NULL;
    double much = percent != NULL ? strtod(percent + 1, &end) : -1;

    if (*plant == '\0')
        return 0;
    if (order->way.is_command)
        return sw_error_set(e, NULL, 0, 0, "--plant: a command has no tests");
    if (percent == NULL || end == percent + 1 || *end != '\0' || !(much > 0 && much <= 1000) ||
        strlen(plant) >= 2 * SW_BENCH_SIDE_NAME)
        return sw_error_set(e, NULL, 0, 0, "--plant: '%s' is not TEST=PERCENT, up to 1000", plant);
    return 0;
}

/* Of commands nothing is left out: what is measured has to be named. */
static int check_words(const struct sw_bench_order *order, char *const *words, const char *label,
                       struct sw_error *e)
{
    for (; *words != NULL; words++)
        if (strchr(*words, '=') == NULL)
            return 0;
    return order->way.is_command ? sw_error_set(e, NULL, 0, 0, "%s: no command", label) : 0;
}

int sw_bench_run(const struct sw_bench_order *order, char *const *this, char *const *other)
{
    static char *interp[] = {(char *)default_interp, NULL};
    struct sw_error e = {0};
    struct bench bench = {.order = *order, .e = &e};
    struct sw_bench_table table = {0};
    int status = -1;

    settle(&bench);
    sw_interrupt_begin();
    if (check_plant(order, &e) == 0 && sw_bench_pyperf_check(order, &e) == 0 &&
        sw_bench_html_check(order, &e) == 0 && check_words(order, this, "this", &e) == 0 &&
        check_words(order, other, "other", &e) == 0 &&
        sw_bench_side_parse(&bench.sides[0], "this", this, interp, &e) == 0 &&
        sw_bench_side_parse(&bench.sides[1], "other", other, interp, &e) == 0)
        status = run(&bench, &table);
    sw_bench_table_close(&table);
    if (status >= 0)
        return status;
    if (*e.path == '\0')
        sw_error_move(&e, "spillway bench");
    sw_error_print(&e);
    return SW_EXIT_ERROR;
}

/* SPDX-License-Identifier: MIT */
#include "bench_table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- which rows there are ---- */

static const struct sw_bench_side_row *find(const struct sw_bench_side_sample *sample,
                                            const char *name)
{
    for (int i = 0; i < sample->count; i++)
        if (strcmp(sample->rows[i].name, name) == 0)
            return &sample->rows[i];
    return NULL;
}

static void note_lone(char *lone, size_t size, const struct sw_bench_side_sample *one,
                      const struct sw_bench_side_sample *other)
{
    size_t used = 0;

    for (int i = 0; i < one->count && used < size; i++)
        if (find(other, one->rows[i].name) == NULL)
            used += (size_t)snprintf(lone + used, size - used, used > 0 ? ", %s" : "%s",
                                     one->rows[i].name);
}

static int make_row(struct sw_bench_table *table, const struct sw_bench_side_row *from)
{
    struct sw_bench_table_row *row = &table->rows[table->count];
    size_t room = (size_t)table->pairs_max * (size_t)from->rounds;

    *row = (struct sw_bench_table_row){
        .unit = from->unit, .is_test = from->is_test, .rounds = from->rounds};
    snprintf(row->name, sizeof row->name, "%s", from->name);
    table->count++;
    for (int side = 0; side < SW_BENCH_TABLE_SIDES; side++)
        if ((row->values[side] = calloc(room, sizeof(double))) == NULL)
            return -1;
    return 0;
}

/* Behind the tests, and before what is no test. */
static int make_total(struct sw_bench_table *table, int tests)
{
    const struct sw_bench_side_row total = {
        .name = "total", .unit = SW_BENCH_SIDE_SECONDS, .rounds = table->rows[0].rounds};

    if (tests < 2)
        return 0;
    if (make_row(table, &total) < 0)
        return -1;
    table->rows[table->count - 1].is_total = 1;
    return 0;
}

/* First the tests, or what is none. */
static int make_rows(struct sw_bench_table *table, const struct sw_bench_side_sample *samples,
                     int is_test)
{
    for (int i = 0; i < samples[0].count; i++) {
        const struct sw_bench_side_row *row = &samples[0].rows[i];
        if (row->is_test == is_test && find(&samples[1], row->name) != NULL &&
            make_row(table, row) < 0)
            return -1;
    }
    return 0;
}

static int begin(struct sw_bench_table *table, const struct sw_bench_side_sample *samples,
                 struct sw_error *e)
{
    for (int side = 0; side < SW_BENCH_TABLE_SIDES; side++) {
        note_lone(table->lone[side], sizeof table->lone[side], &samples[side], &samples[1 - side]);
        memcpy(table->versions[side], samples[side].version, sizeof table->versions[side]);
        memcpy(table->timers[side], samples[side].timer, sizeof table->timers[side]);
        table->resolutions_ns[side] = samples[side].resolution_ns;
    }
    if (make_rows(table, samples, 1) < 0 || make_total(table, table->count) < 0 ||
        make_rows(table, samples, 0) < 0)
        return sw_error_set(e, NULL, 0, 0, "no memory for %d pairs", table->pairs_max);
    return table->count > 0
               ? 0
               : sw_error_set(e, NULL, 0, 0, "there is no test that both have and that is wanted");
}

/* ---- the values ---- */

static void add_total(struct sw_bench_table *table, struct sw_bench_table_row *total, int side)
{
    size_t at = (size_t)table->pairs * (size_t)total->rounds;

    for (int row = 0; table->rows[row].is_test; row++)
        for (int i = 0; i < total->rounds; i++)
            total->values[side][at + (size_t)i] += table->rows[row].values[side][at + (size_t)i];
}

static int add_side(struct sw_bench_table *table, const struct sw_bench_side_sample *sample,
                    int side, struct sw_error *e)
{
    for (int i = 0; i < table->count; i++) {
        struct sw_bench_table_row *row = &table->rows[i];
        if (row->is_total) {
            add_total(table, row, side);
            continue;
        }
        const struct sw_bench_side_row *from = find(sample, row->name);
        if (from == NULL || from->rounds != row->rounds)
            return sw_error_set(e, NULL, 0, 0,
                                "%s was measured in the first pair, and is not in "
                                "pair %d",
                                row->name, table->pairs + 1);
        memcpy(row->values[side] + (size_t)table->pairs * (size_t)row->rounds, from->values,
               (size_t)row->rounds * sizeof(double));
    }
    return 0;
}

int sw_bench_table_add(struct sw_bench_table *table,
                       const struct sw_bench_side_sample samples[SW_BENCH_TABLE_SIDES],
                       struct sw_error *e)
{
    if (table->pairs == 0 && begin(table, samples, e) < 0)
        return -1;
    for (int side = 0; side < SW_BENCH_TABLE_SIDES; side++)
        if (add_side(table, &samples[side], side, e) < 0)
            return -1;
    table->pairs++;
    return 0;
}

/* ---- what they come to ---- */

static double least(const double *values, int count)
{
    double result = values[0];

    for (int i = 1; i < count; i++)
        result = fmin(result, values[i]);
    return result;
}

double sw_bench_table_minimum(const struct sw_bench_table *table, int row, int side)
{
    int count = table->pairs * table->rows[row].rounds;
    double sum = 0;

    if (!table->rows[row].is_total)
        return least(table->rows[row].values[side], count);
    for (int test = 0; table->rows[test].is_test; test++)
        sum += least(table->rows[test].values[side], count);
    return sum;
}

double sw_bench_table_average(const struct sw_bench_table *table, int row, int side)
{
    int count = table->pairs * table->rows[row].rounds;
    double sum = 0;

    for (int i = 0; i < count; i++)
        sum += table->rows[row].values[side][i];
    return sum / count;
}

static int compare_numbers(const void *a, const void *b)
{
    double one = *(const double *)a, other = *(const double *)b;

    return (one > other) - (one < other);
}

/* Each round of one side stands beside one of the other, run a millisecond before or after: both
 * had the same machine, whatever else ran on it, and their ratio is what is left.  Of the rounds'
 * ratios the middle half is averaged: what disturbed one side alone is in a few of them, and of
 * what is left a mean says more than a median. */
double sw_bench_table_difference_in(const struct sw_bench_table *table, int row, int pair,
                                    int first, int rounds)
{
    int at = pair * table->rows[row].rounds + first, cut = rounds / 4;
    double ratios[SW_BENCH_SIDE_ROUNDS_MAX], sum = 0;

    for (int i = 0; i < rounds; i++)
        ratios[i] = log(fmax(table->rows[row].values[0][at + i], 1e-9) /
                        fmax(table->rows[row].values[1][at + i], 1e-9));
    qsort(ratios, (size_t)rounds, sizeof *ratios, compare_numbers);
    for (int i = cut; i < rounds - cut; i++)
        sum += ratios[i];
    return sum / (rounds - 2 * cut);
}

double sw_bench_table_difference(const struct sw_bench_table *table, int row, int pair)
{
    return sw_bench_table_difference_in(table, row, pair, 0, table->rows[row].rounds);
}

int sw_bench_table_judge(const struct sw_bench_table *table, uint64_t seed,
                         struct sw_bench_stats_row *out, struct sw_error *e)
{
    double *differences =
        calloc((size_t)table->pairs * (size_t)table->count + 1, sizeof *differences);

    if (differences == NULL)
        return sw_error_set(e, NULL, 0, 0, "no memory for %d pairs", table->pairs);
    for (int pair = 0; pair < table->pairs; pair++)
        for (int row = 0; row < table->count; row++)
            differences[pair * table->count + row] = sw_bench_table_difference(table, row, pair);
    int failed = sw_bench_stats_compute(differences, table->pairs, table->count,
                                        SW_BENCH_STATS_FLIPS, seed, out, e);
    free(differences);
    return failed;
}

void sw_bench_table_close(struct sw_bench_table *table)
{
    for (int row = 0; row < table->count; row++)
        for (int side = 0; side < SW_BENCH_TABLE_SIDES; side++)
            free(table->rows[row].values[side]);
    table->count = 0;
}

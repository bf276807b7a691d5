/* SPDX-License-Identifier: MIT
 *
 * power.c - how often "spillway bench" would show what is planted, by noise that was recorded once.
 *
 *      bench-power [--pairs N] [--rounds N] [--reports N] [--plant PERCENT] [--row NAME] STEM
 *
 * STEM.this.json and STEM.other.json are those of `spillway bench --json STEM A -- A`, one long
 * report of equal sides.  Thousands of reports are made of it in seconds: each pair is drawn from the
 * recorded ones, as it was or the other way round, and of its rounds so many that followed one
 * another.  So nothing differs in them, and what is planted is known.
 *
 * Prints in how many reports of equal sides something is shown; and for each test, how much its pairs
 * differ, and in how many reports so much more work in it is shown, and shown in that row alone (the
 * total aside, which has it, too).  Beside that, the CPU time that a report would take.
 */
#include <getopt.h>
#include <json-c/json.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract/decision.h"
#include "harness/compare/bench.h"
#include "harness/compare/bench_table.h"

enum { FLIPS = 999, WARM_UP = 2, SIDES = SW_BENCH_TABLE_SIDES };

struct power {
    int pairs, rounds, reports;
    double percent;
    const char *row; /* NULL: each of the tests */
    struct sw_bench_table recorded;
    uint64_t random;
    double *differences;
    double share[SW_BENCH_SIDE_ROWS_MAX + 1]; /* of the total */
};

/* ---- what was recorded ---- */

static json_object *member(json_object *object, const char *name)
{
    json_object *found = NULL;

    if (!json_object_object_get_ex(object, name, &found)) {
        fprintf(stderr, "bench-power: no %s in what was recorded\n", name);
        exit(2);
    }
    return found;
}

static json_object *read_benchmarks(const char *stem, const char *side)
{
    char path[PATH_MAX];

    snprintf(path, sizeof path, "%s.%s.json", stem, side);
    json_object *file = json_object_from_file(path);
    if (file == NULL) {
        fprintf(stderr, "bench-power: %s: %s\n", path, json_util_get_last_err());
        exit(2);
    }
    return member(file, "benchmarks");
}

static const char *name_of(json_object *benchmark)
{
    return json_object_get_string(member(member(benchmark, "metadata"), "name"));
}

/* Both sides of one row; the tests stand before the total. */
static void read_row(struct sw_bench_table *table, json_object *const *sides, int is_test)
{
    struct sw_bench_table_row *row = &table->rows[table->count++];
    const char *name = name_of(sides[0]);

    *row = (struct sw_bench_table_row){.is_total = strcmp(name, "total") == 0};
    row->is_test = is_test && !row->is_total;
    snprintf(row->name, sizeof row->name, "%s", name);
    for (int side = 0; side < SIDES; side++) {
        json_object *runs = member(sides[side], "runs");
        table->pairs = (int)json_object_array_length(runs);
        for (int pair = 0; pair < table->pairs; pair++) {
            json_object *values = member(json_object_array_get_idx(runs, (size_t)pair), "values");
            row->rounds = (int)json_object_array_length(values);
            if (pair == 0)
                row->values[side] = calloc((size_t)(table->pairs * row->rounds), sizeof(double));
            for (int i = 0; i < row->rounds; i++)
                row->values[side][pair * row->rounds + i] =
                    json_object_get_double(json_object_array_get_idx(values, (size_t)i));
        }
    }
}

static void read_all(struct power *power, const char *stem)
{
    json_object *sides[SIDES] = {read_benchmarks(stem, "this"), read_benchmarks(stem, "other")};
    struct sw_bench_table *table = &power->recorded;
    int is_test = 1, total = 0;

    for (size_t i = 0; i < json_object_array_length(sides[0]); i++) {
        json_object *row[SIDES] = {json_object_array_get_idx(sides[0], i),
                                   json_object_array_get_idx(sides[1], i)};
        read_row(table, row, is_test);
        if (table->rows[i].is_total) {
            is_test = 0;
            total = (int)i;
        }
    }
    for (int row = 0; row < table->count; row++)
        power->share[row] = table->rows[row].is_test ? sw_bench_table_average(table, row, 0) /
                                                           sw_bench_table_average(table, total, 0)
                                                     : 0;
}

/* ---- a report ---- */

static int draw(struct power *power, int below)
{
    return (int)((sw_decision_random(&power->random) >> 33) % (uint64_t)below);
}

/* planted: a row; -1: both sides are equal. */
static int make_report(struct power *power, int planted, struct sw_bench_stats_row *out)
{
    const struct sw_bench_table *table = &power->recorded;
    struct sw_error e = {0};

    for (int pair = 0; pair < power->pairs; pair++) {
        int from = draw(power, table->pairs), turned = draw(power, 2);
        int start = draw(power, table->rows[0].rounds - power->rounds + 1);
        for (int row = 0; row < table->count; row++) {
            int rounds = table->rows[row].is_test || table->rows[row].is_total
                             ? power->rounds
                             : table->rows[row].rounds;
            double noise = sw_bench_table_difference_in(
                table, row, from, rounds == power->rounds ? start : 0, rounds);
            double share = row == planted                              ? 1
                           : table->rows[row].is_total && planted >= 0 ? power->share[planted]
                                                                       : 0;
            power->differences[pair * table->count + row] =
                (turned ? -noise : noise) + log1p(power->percent / 100 * share);
        }
    }
    if (sw_bench_stats_compute(power->differences, power->pairs, table->count, FLIPS,
                               sw_decision_random(&power->random), out, &e) < 0) {
        sw_error_print(&e);
        exit(2);
    }
    int shown = 0;
    for (int row = 0; row < table->count; row++)
        shown += out[row].shown && !(table->rows[row].is_total && planted >= 0);
    return shown;
}

/* ---- what is said ---- */

/* Of a report: both processes that run the tests, and those that only start. */
static double seconds(const struct power *power)
{
    const struct sw_bench_table *table = &power->recorded;
    double sum = 0, start = 0;

    for (int row = 0; row < table->count; row++) {
        if (table->rows[row].is_test)
            sum += sw_bench_table_average(table, row, 0) * (power->rounds + WARM_UP);
        if (strcmp(table->rows[row].name, "start") == 0)
            start = sw_bench_table_average(table, row, 0) * 2;
    }
    return power->pairs * SIDES * (sum + start);
}

/* How much its pairs differ: around their mean, since what was planted is no noise. */
static double spread(const struct power *power, int row)
{
    const double *at = power->differences + row;
    double mean = 0, squares = 0;

    for (int pair = 0; pair < power->pairs; pair++)
        mean += at[pair * power->recorded.count] / power->pairs;
    for (int pair = 0; pair < power->pairs; pair++)
        squares += pow(at[pair * power->recorded.count] - mean, 2);
    return 100 * sqrt(squares / power->pairs);
}

static void tell_equal(struct power *power)
{
    struct sw_bench_stats_row rows[SW_BENCH_SIDE_ROWS_MAX + 1];
    int alarms = 0;

    for (int report = 0; report < power->reports; report++)
        alarms += make_report(power, -1, rows) > 0;
    printf("equal sides: %d of %d reports show a difference\n", alarms, power->reports);
}

static void tell_planted(struct power *power, int row)
{
    struct sw_bench_stats_row rows[SW_BENCH_SIDE_ROWS_MAX + 1];
    int shown = 0, alone = 0, total = 0;
    double could = 0, noise = 0;

    for (int report = 0; report < power->reports; report++) {
        int all = make_report(power, row, rows);
        shown += rows[row].shown;
        alone += rows[row].shown && all == 1;
        could += rows[row].detectable - 1;
        noise += spread(power, row);
        for (int i = 0; i < power->recorded.count; i++)
            total += power->recorded.rows[i].is_total && rows[i].shown;
    }
    printf("%-16s %7.2f %9.2f %7.1f %7.1f %7.1f\n", power->recorded.rows[row].name,
           noise / power->reports, 100 * could / power->reports, 100.0 * shown / power->reports,
           100.0 * alone / power->reports, 100.0 * total / power->reports);
}

static int parse(struct power *power, int argc, char **argv)
{
    static const struct option options[] = {
        {"pairs", required_argument, NULL, 'n'},   {"rounds", required_argument, NULL, 'r'},
        {"reports", required_argument, NULL, 'k'}, {"plant", required_argument, NULL, 'p'},
        {"row", required_argument, NULL, 't'},     {0}};
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
        if (option == 'n')
            power->pairs = atoi(optarg);
        else if (option == 'r')
            power->rounds = atoi(optarg);
        else if (option == 'k')
            power->reports = atoi(optarg);
        else if (option == 'p')
            power->percent = strtod(optarg, NULL);
        else if (option == 't')
            power->row = optarg;
        else
            return -1;
    }
    return optind + 1 == argc ? 0 : -1;
}

int main(int argc, char **argv)
{
    struct power power = {.pairs = SW_BENCH_PAIRS,
                          .rounds = SW_BENCH_ROUNDS,
                          .reports = 200,
                          .percent = 2,
                          .random = 1};

    if (parse(&power, argc, argv) < 0) {
        fprintf(stderr, "usage: bench-power [--pairs N] [--rounds N] [--reports N] "
                        "[--plant PERCENT] [--row NAME] STEM\n");
        return 2;
    }
    read_all(&power, argv[optind]);
    if (power.rounds < 1 || power.rounds > power.recorded.rows[0].rounds || power.reports < 1) {
        fprintf(stderr, "bench-power: %d rounds of each test were recorded\n",
                power.recorded.rows[0].rounds);
        return 2;
    }
    power.differences =
        calloc((size_t)power.pairs * (size_t)power.recorded.count, sizeof *power.differences);
    printf("recorded: %d pairs, %d rounds\nreport: %d pairs, %d rounds, %.0f s\n",
           power.recorded.pairs, power.recorded.rows[0].rounds, power.pairs, power.rounds,
           seconds(&power));
    tell_equal(&power);
    printf("%g %% planted in\t  spread, %%  could be  shown   alone   total\n", power.percent);
    for (int row = 0; row < power.recorded.count; row++)
        if (power.row != NULL ? strcmp(power.row, power.recorded.rows[row].name) == 0
                              : power.recorded.rows[row].is_test)
            tell_planted(&power, row);
    return 0;
}

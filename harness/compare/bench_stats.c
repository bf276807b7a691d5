/* SPDX-License-Identifier: MIT */
#include "bench_stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "contract/decision.h"

/* Of the whole report; and how sure one is to be of a difference that "could have been seen", as a
 * quantile of the normal distribution: four times of five. */
static const double error_rate = 0.02, power_quantile = 0.8416;

/* One table of numbers, pairs * rows, whose pairs are flipped. */
struct flipped {
    double *numbers;
    double *squares; /* of each row, summed */
    double *sums; /* of each row, as flipped last */
    double *largest; /* |t| of any row, of each flip */
};

struct flips {
    int pairs, rows, count;
    struct flipped raw, centred; /* as measured; and less each row's mean */
};

/* Student's t of numbers with that sum and sum of squares.  Numbers that are all equal have none:
 * it is bounded, so that they are very large and no division by zero. */
static double student(double sum, double squares, int count)
{
    double mean = sum / count, spread = squares / count - mean * mean;

    if (squares == 0)
        return 0;
    return fabs(mean) / sqrt(fmax(spread, 1e-12 * squares / count) / (count - 1));
}

/* ---- memory ---- */

static int make(struct flipped *table, const struct flips *flips)
{
    size_t rows = (size_t)flips->rows;

    table->numbers = calloc((size_t)flips->pairs * rows, sizeof *table->numbers);
    table->squares = calloc(rows, sizeof *table->squares);
    table->sums = calloc(rows, sizeof *table->sums);
    table->largest = calloc((size_t)flips->count, sizeof *table->largest);
    return table->numbers != NULL && table->squares != NULL && table->sums != NULL &&
           table->largest != NULL;
}

static void drop(struct flipped *table)
{
    free(table->numbers);
    free(table->squares);
    free(table->sums);
    free(table->largest);
}

static void fill(struct flips *flips, const double *differences)
{
    for (int row = 0; row < flips->rows; row++) {
        double sum = 0;
        for (int pair = 0; pair < flips->pairs; pair++)
            sum += differences[pair * flips->rows + row];
        for (int pair = 0; pair < flips->pairs; pair++) {
            int at = pair * flips->rows + row;
            double raw = differences[at], centred = raw - sum / flips->pairs;
            flips->raw.numbers[at] = raw;
            flips->raw.squares[row] += raw * raw;
            flips->centred.numbers[at] = centred;
            flips->centred.squares[row] += centred * centred;
        }
    }
}

/* ---- flipping ---- */

/* Bit i of the signs: pair i counts the other way round. */
static void flip(struct flipped *table, const struct flips *flips, const unsigned char *signs,
                 int number)
{
    memset(table->sums, 0, (size_t)flips->rows * sizeof *table->sums);
    for (int pair = 0; pair < flips->pairs; pair++) {
        const double *numbers = table->numbers + (size_t)pair * (size_t)flips->rows;
        double sign = signs[pair] ? -1 : 1;
        for (int row = 0; row < flips->rows; row++)
            table->sums[row] += sign * numbers[row];
    }
    for (int row = 0; row < flips->rows; row++) {
        double t = student(table->sums[row], table->squares[row], flips->pairs);
        table->largest[number] = fmax(table->largest[number], t);
    }
}

static void choose_signs(unsigned char *signs, int pairs, int number, uint64_t *state)
{
    if (number == 0) { /* as it was measured, which is one of the possible outcomes */
        memset(signs, 0, (size_t)pairs);
        return;
    }
    for (int pair = 0; pair < pairs; pair++)
        signs[pair] = pairs <= SW_BENCH_STATS_EXACT_PAIRS ? (unsigned)number >> pair & 1
                                                          : sw_decision_random(state) >> 63;
}

static int compare_numbers(const void *a, const void *b)
{
    double one = *(const double *)a, other = *(const double *)b;

    return (one > other) - (one < other);
}

static int flip_all(struct flips *flips, uint64_t seed)
{
    unsigned char *signs = malloc((size_t)flips->pairs);

    if (signs == NULL)
        return -1;
    for (int number = 0; number < flips->count; number++) {
        choose_signs(signs, flips->pairs, number, &seed);
        flip(&flips->raw, flips, signs, number);
        flip(&flips->centred, flips, signs, number);
    }
    free(signs);
    qsort(flips->centred.largest, (size_t)flips->count, sizeof(double), compare_numbers);
    return 0;
}

/* ---- what they show ---- */

/* How often any row is as far off as that one, by chance alone. */
static double chance_of(const struct flips *flips, double t)
{
    int as_large = 0;

    for (int number = 0; number < flips->count; number++)
        as_large += flips->raw.largest[number] >= t * (1 - 1e-9);
    return (double)as_large / flips->count;
}

static void tell(const struct flips *flips, int row, struct sw_bench_stats_row *out)
{
    int at = (int)ceil((1 - error_rate) * flips->count) - 1, pairs = flips->pairs;
    double bound = flips->centred.largest[at], mean = 0, error;

    for (int pair = 0; pair < pairs; pair++)
        mean += flips->raw.numbers[pair * flips->rows + row] / pairs;
    error = sqrt(flips->centred.squares[row] / pairs / (pairs - 1));
    *out = (struct sw_bench_stats_row){
        .ratio = exp(mean),
        .low = exp(mean - bound * error),
        .high = exp(mean + bound * error),
        .p = chance_of(flips, student(mean * pairs, flips->raw.squares[row], pairs)),
        .detectable = exp((bound + power_quantile) * error),
    };
    out->shown = out->p <= error_rate && (out->low > 1 || out->high < 1);
}

int sw_bench_stats_compute(const double *differences, int pairs, int rows, int flip_count,
                           uint64_t seed, struct sw_bench_stats_row *out, struct sw_error *e)
{
    struct flips flips = {.pairs = pairs, .rows = rows, .count = flip_count + 1};

    if (pairs < SW_BENCH_STATS_PAIRS_MIN)
        return sw_error_set(e, NULL, 0, 0, "%d pairs can show nothing; %d are needed", pairs,
                            SW_BENCH_STATS_PAIRS_MIN);
    /* The last pair always as it is: a flip of all is the same once more. */
    if (pairs <= SW_BENCH_STATS_EXACT_PAIRS)
        flips.count = 1 << (pairs - 1);
    int made = make(&flips.raw, &flips) & make(&flips.centred, &flips);
    if (made) {
        fill(&flips, differences);
        made = flip_all(&flips, seed) == 0;
    }
    for (int row = 0; made && row < rows; row++)
        tell(&flips, row, &out[row]);
    drop(&flips.raw);
    drop(&flips.centred);
    return made ? 0 : sw_error_set(e, NULL, 0, 0, "no memory for %d flips", flips.count);
}

/* ---- the rate of false alarms ---- */

/* At most so many of that many, each with that chance. */
static double at_most(int alarms, int reports, double chance)
{
    double sum = 0;

    for (int k = 0; k <= alarms; k++)
        sum += exp(lgamma(reports + 1.0) - lgamma(k + 1.0) - lgamma(reports - k + 1.0) +
                   k * log(chance) + (reports - k) * log1p(-chance));
    return sum;
}

double sw_bench_stats_rate_most(int alarms, int reports)
{
    double low = 1e-9, high = 1 - 1e-9;

    if (alarms >= reports)
        return 1;
    for (int i = 0; i < 60; i++) {
        double middle = (low + high) / 2;
        if (at_most(alarms, reports, middle) > 0.05)
            low = middle;
        else
            high = middle;
    }
    return low;
}

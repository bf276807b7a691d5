/* SPDX-License-Identifier: MIT
 *
 * check_bench_stats.c - the statistics of "spillway bench", on samples whose answers are known.
 *
 * No clock is read: the noise is made from fixed seeds.
 */
#include <math.h>
#include <string.h>

#include "contract/decision.h"
#include "contract/tests/suite_main.h"
#include "harness/compare/bench.h"
#include "harness/compare/bench_stats.h"

#define COUNT_OF(array) ((int)(sizeof(array) / sizeof((array)[0])))

enum { ROWS = 22, PAIRS = 40, REPORTS = 200, FLIPS = 499, PLANTED = 5 };

static double numbers[SW_BENCH_PAIRS * ROWS];
static struct sw_bench_stats_row rows[ROWS];
static struct sw_error error;

static double uniform(uint64_t *state)
{
    return ((double)(sw_decision_random(state) >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(uint64_t *state)
{
    double radius = sqrt(-2 * log(uniform(state)));

    return radius * cos(2 * M_PI * uniform(state));
}

/* Noise as machines make it: of one percent, shared by all rows of a pair in part, and now and then
 * ten times as much. */
static void make_noise(uint64_t seed, int pairs)
{
    uint64_t state = seed * 1000003;

    for (int pair = 0; pair < pairs; pair++) {
        double shared = 0.003 * normal(&state);
        for (int row = 0; row < ROWS; row++) {
            double size = uniform(&state) < 0.02 ? 0.10 : 0.01;
            numbers[pair * ROWS + row] = shared + size * normal(&state);
        }
    }
}

/* What is shared by all rows of a pair is most of it, and has no variance (Cauchy). */
static void make_heavy_tails(uint64_t seed, int pairs)
{
    uint64_t state = seed * 1000003;

    for (int pair = 0; pair < pairs; pair++) {
        double shared = 0.01 * normal(&state) / fabs(normal(&state));
        for (int row = 0; row < ROWS; row++)
            numbers[pair * ROWS + row] = shared + 0.003 * normal(&state) / fabs(normal(&state));
    }
}

/* The machine becomes slower during a report, and whoever is second in a pair has more of that; which
 * side it is was drawn.  The noise grows with it, and lies to one side: a side that is disturbed takes
 * longer, never shorter. */
static void make_drift(uint64_t seed, int pairs)
{
    uint64_t state = seed * 1000003;

    for (int pair = 0; pair < pairs; pair++) {
        double grown = 1 + 4.0 * pair / pairs;
        double late = uniform(&state) < 0.5 ? -0.01 * grown : 0.01 * grown;
        for (int row = 0; row < ROWS; row++) {
            double this = exp(normal(&state)), other = exp(normal(&state));
            numbers[pair * ROWS + row] = late + 0.005 * grown * (this - other);
        }
    }
}

/* One row is as quiet as a thousandth, and the last a fifth of itself; and while something else runs,
 * for a third of the report, all of them are ten times as much, and lie to one side. */
static void make_uneven(uint64_t seed, int pairs)
{
    uint64_t state = seed * 1000003;

    for (int pair = 0; pair < pairs; pair++) {
        double busy = pair > pairs / 3 && pair < 2 * pairs / 3 ? 10 : 1;
        int late = uniform(&state) < 0.5 ? -1 : 1;
        for (int row = 0; row < ROWS; row++) {
            double size = 0.001 * exp(row * log(200.0) / (ROWS - 1));
            numbers[pair * ROWS + row] =
                busy * size * (normal(&state) + late * (exp(normal(&state)) - 1));
        }
    }
}

/* What bench-power said of a report of 69 pairs and 20 rounds that was measured with twelve busy
 * processes on two cores: the spread of a row's pairs was 4 to 5 percent. */
static void make_busy(uint64_t seed, int pairs)
{
    uint64_t state = seed * 1000003;

    for (int pair = 0; pair < pairs; pair++)
        for (int row = 0; row < ROWS; row++)
            numbers[pair * ROWS + row] = (uniform(&state) < 0.05 ? 0.10 : 0.041) * normal(&state);
}

static void plant(int pairs, double much)
{
    for (int pair = 0; pair < pairs; pair++)
        numbers[pair * ROWS + PLANTED] = numbers[pair * ROWS + PLANTED] / 3 + log1p(much);
}

/* How many rows are shown, and whether the planted one is. */
static int shown_of(int pairs, uint64_t seed, int *planted)
{
    int shown = 0;

    ck_assert_int_eq(sw_bench_stats_compute(numbers, pairs, ROWS, FLIPS, seed, rows, &error), 0);
    for (int row = 0; row < ROWS; row++)
        shown += rows[row].shown;
    *planted = rows[PLANTED].shown;
    return shown;
}

/* ---- of equal configurations ---- */

static void (*const noises[])(uint64_t, int) = {make_noise, make_heavy_tails, make_drift,
                                                make_uneven, make_busy};
static const int pairs_of_reports[] = {SW_BENCH_STATS_PAIRS_MIN, SW_BENCH_STATS_EXACT_PAIRS + 1,
                                       PAIRS, SW_BENCH_PAIRS};
enum { KINDS = COUNT_OF(noises), CASES = KINDS * COUNT_OF(pairs_of_reports) };

/* Nothing is shown in 19 of 20 reports, of all rows, and in as many all intervals have "none". */
START_TEST(test_equal_ones_show_nothing_whatever_the_noise)
{
    int alarms = 0, missed = 0, planted, pairs = pairs_of_reports[_i / KINDS];

    for (int report = 0; report < REPORTS; report++) {
        noises[_i % KINDS]((uint64_t)report + 1, pairs);
        alarms += shown_of(pairs, (uint64_t)report, &planted) > 0;
        int outside = 0;
        for (int row = 0; row < ROWS; row++)
            outside |= rows[row].low > 1 || rows[row].high < 1;
        missed += outside;
    }
    ck_assert_int_le(alarms, REPORTS / 20);
    ck_assert_int_le(missed, REPORTS / 20);
}
END_TEST

START_TEST(test_what_never_differs_is_not_shown)
{
    int planted;

    memset(numbers, 0, sizeof numbers);
    ck_assert_int_eq(shown_of(8, 1, &planted), 0);
    for (int row = 0; row < ROWS; row++) {
        ck_assert_double_eq(rows[row].ratio, 1);
        ck_assert_double_eq(rows[row].low, 1);
        ck_assert_double_eq(rows[row].high, 1);
        ck_assert_double_eq(rows[row].p, 1);
        ck_assert_double_eq(rows[row].detectable, 1);
    }
}
END_TEST

/* ---- of different ones ---- */

START_TEST(test_two_percent_in_one_row_are_shown_there_alone)
{
    int right = 0, planted;

    for (int report = 0; report < REPORTS; report++) {
        make_noise((uint64_t)report + 1, PAIRS);
        plant(PAIRS, 0.02);
        right += shown_of(PAIRS, (uint64_t)report, &planted) == 1 && planted;
    }
    ck_assert_int_ge(right, REPORTS * 19 / 20 - REPORTS / 20);
}
END_TEST

/* A whole report, on a busy machine. */
START_TEST(test_so_they_are_in_as_many_pairs_as_usual)
{
    int right = 0, planted;

    for (int report = 0; report < REPORTS; report++) {
        make_busy((uint64_t)report + 1, SW_BENCH_PAIRS);
        for (int pair = 0; pair < SW_BENCH_PAIRS; pair++)
            numbers[pair * ROWS + PLANTED] += log1p(0.02);
        right += shown_of(SW_BENCH_PAIRS, (uint64_t)report, &planted) == 1 && planted;
    }
    ck_assert_int_ge(right, REPORTS * 19 / 20);
}
END_TEST

START_TEST(test_the_interval_is_around_what_was_planted)
{
    int planted, held = 0;

    for (int report = 0; report < REPORTS; report++) {
        make_noise((uint64_t)report + 1, PAIRS);
        plant(PAIRS, 0.02);
        shown_of(PAIRS, (uint64_t)report, &planted);
        int all = 1;
        for (int row = 0; row < ROWS; row++) {
            double wanted = row == PLANTED ? 1.02 : 1;
            all &= rows[row].low <= wanted && wanted <= rows[row].high;
        }
        held += all;
    }
    ck_assert_int_ge(held, REPORTS * 19 / 20);
}
END_TEST

/* Eight pairs, one row: each of 128 outcomes is as likely, and this is the rarest. */
START_TEST(test_few_pairs_are_counted_to_the_last)
{
    static const double all_more[8] = {0.02, 0.03, 0.02, 0.04, 0.03, 0.02, 0.03, 0.02};

    ck_assert_int_eq(sw_bench_stats_compute(all_more, 8, 1, 0, 1, rows, &error), 0);
    ck_assert_double_eq_tol(rows[0].p, 1.0 / 128, 1e-12);
    ck_assert_double_eq_tol(rows[0].ratio, exp(0.21 / 8), 1e-12);
    ck_assert_int_eq(rows[0].shown, 1);
    ck_assert_double_gt(rows[0].low, 1);
}
END_TEST

/* What could have been seen is seen four times of five. */
START_TEST(test_what_could_have_been_seen_is_what_is_seen)
{
    double detectable = 0;
    int seen = 0, planted;

    for (int report = 0; report < REPORTS; report++) {
        make_noise((uint64_t)report + 1, PAIRS);
        plant(PAIRS, 0);
        shown_of(PAIRS, (uint64_t)report, &planted);
        detectable += rows[PLANTED].detectable / REPORTS;
    }
    for (int report = 0; report < REPORTS; report++) {
        make_noise((uint64_t)report + 1, PAIRS);
        plant(PAIRS, detectable - 1);
        shown_of(PAIRS, (uint64_t)report, &planted);
        seen += planted;
    }
    ck_assert_int_ge(seen, REPORTS * 7 / 10);
    ck_assert_int_le(seen, REPORTS * 95 / 100);
}
END_TEST

START_TEST(test_one_seed_one_answer)
{
    struct sw_bench_stats_row first[ROWS];
    int planted;

    make_noise(7, PAIRS);
    shown_of(PAIRS, 3, &planted);
    memcpy(first, rows, sizeof first);
    shown_of(PAIRS, 3, &planted);
    ck_assert_mem_eq(first, rows, sizeof first);
}
END_TEST

START_TEST(test_too_few_pairs_are_refused)
{
    ck_assert_int_eq(sw_bench_stats_compute(numbers, 6, ROWS, 0, 1, rows, &error), -1);
    ck_assert_str_eq(error.text, "6 pairs can show nothing; 7 are needed");
}
END_TEST

/* The exact bounds, as tables have them: 1 - 0.05^(1/n) for none, and 2 of 40. */
START_TEST(test_the_rate_of_false_alarms_has_a_bound)
{
    ck_assert_double_eq_tol(sw_bench_stats_rate_most(0, 40), 1 - pow(0.05, 1.0 / 40), 1e-9);
    ck_assert_double_eq_tol(sw_bench_stats_rate_most(2, 40), 0.1492, 5e-4);
    ck_assert_double_eq(sw_bench_stats_rate_most(3, 3), 1);
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *many = tcase_create("many reports"), *one = tcase_create("one report");

    tcase_set_tags(many, "no-memcheck"); /* the same code as below, a thousand times */
    tcase_set_timeout(many, 120);
    tcase_add_loop_test(many, test_equal_ones_show_nothing_whatever_the_noise, 0, CASES);
    tcase_add_test(many, test_two_percent_in_one_row_are_shown_there_alone);
    tcase_add_test(many, test_so_they_are_in_as_many_pairs_as_usual);
    tcase_add_test(many, test_the_interval_is_around_what_was_planted);
    tcase_add_test(many, test_what_could_have_been_seen_is_what_is_seen);
    suite_add_tcase(suite, many);
    tcase_add_test(one, test_what_never_differs_is_not_shown);
    tcase_add_test(one, test_few_pairs_are_counted_to_the_last);
    tcase_add_test(one, test_one_seed_one_answer);
    tcase_add_test(one, test_too_few_pairs_are_refused);
    tcase_add_test(one, test_the_rate_of_false_alarms_has_a_bound);
    suite_add_tcase(suite, one);
}

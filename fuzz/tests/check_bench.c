/* SPDX-License-Identifier: MIT
 *
 * check_bench.c - the programs of fuzz/bench: how many schedules of them differ, how many of those
 * fail, that the portfolio finds each bug, and that nothing is found where there is none.
 */
#include "harness/tests/control_fixture.h"

static const char bench[] = "../../fuzz/bench/programs";

/* At grain access. */
static int explore(const char *options, const char *file, const char *test)
{
    return spillway("explore --grain access %s %s/%s/%s.py::test_%s", options, programs, bench,
                    file, test);
}

/* ---- all schedules ---- */

/* Traces, and those of them that fail as the first does: counted by hand, or from all interleavings
 * of a model. */
static const struct {
    const char *file, *test;
    int traces, failing;
} counted[] = {
    {"lost_update", "lost_update_1", 4, 2},
    {"lost_update", "lost_update_2", 34, 28},
    {"lost_update", "lost_update_3", 328, 308},
    {"lost_update", "lost_update_4", 3334, 3264},
    {"account", "account", 6, 2},
    {"lazy01", "lazy01", 6, 2},
    {"deadlock01", "deadlock01", 3, 1},
    {"abba", "abba", 3, 1},
    {"carter01", "carter01", 4, 1}, /* two deadlocks, not the same */
    {"philosophers", "philosophers_3", 7, 1},
    {"reorder", "reorder_3", 56, 12},
    {"twostage", "twostage", 3, 1},
    {"bluetooth_driver", "bluetooth_driver", 10, 1},
    {"stringbuffer", "stringbuffer", 6, 1},
};

START_TEST(test_all_traces_are_run_and_those_that_fail_are_counted)
{
    char traces[64], failing[64];

    ck_assert_int_eq(explore("--strategy dpor --schedules 100000 --continue", counted[_i].file,
                             counted[_i].test),
                     1);
    snprintf(traces, sizeof traces, " all %d traces, ", counted[_i].traces);
    ASSERT_SAYS("out", traces);
    snprintf(failing, sizeof failing, " %d of %d schedules, ", counted[_i].failing,
             counted[_i].traces);
    ASSERT_SAYS("out", failing);
}
END_TEST

static const char *const mended[][2] = {
    {"account", "account_fixed"},
    {"lazy01", "lazy01_fixed"},
    {"deadlock01", "deadlock01_fixed"},
    {"abba", "abba_fixed"},
    {"carter01", "carter01_fixed"},
    {"philosophers", "philosophers_3_fixed"},
    {"reorder", "reorder_3_fixed"},
    {"twostage", "twostage_fixed"},
    {"bluetooth_driver", "bluetooth_driver_fixed"},
    {"stringbuffer", "stringbuffer_fixed"},
};

START_TEST(test_what_is_mended_holds_in_all_traces)
{
    ck_assert_int_eq(explore("--strategy dpor --schedules 100000", mended[_i][0], mended[_i][1]),
                     0);
    ASSERT_SAYS("out", "(all ");
}
END_TEST

/* ---- some schedules ---- */

static const char *const buggy[][2] = {
    {"account", "account"},
    {"bluetooth_driver", "bluetooth_driver"},
    {"carter01", "carter01"},
    {"circular_buffer", "circular_buffer"},
    {"deadlock01", "deadlock01"},
    {"lazy01", "lazy01"},
    {"queue", "queue"},
    {"reorder", "reorder_10"},
    {"stack", "stack"},
    {"twostage", "twostage_20"},
    {"stringbuffer", "stringbuffer"},
    {"lost_update", "lost_update_5"},
    {"philosophers", "philosophers_3"},
};

START_TEST(test_the_portfolio_finds_it)
{
    ck_assert_int_eq(explore("--schedules 10000 --jobs 1", buggy[_i][0], buggy[_i][1]), 1);
    ASSERT_SAYS("out", "again: spillway replay ");
}
END_TEST

static const char *const long_and_mended[][2] = {
    {"circular_buffer", "circular_buffer_fixed"},
    {"queue", "queue_fixed"},
    {"stack", "stack_fixed"},
    {"lost_update", "lost_update_fixed"},
};

START_TEST(test_the_portfolio_finds_nothing_in_what_is_mended)
{
    ck_assert_int_eq(
        explore("--schedules 500 --jobs 1", long_and_mended[_i][0], long_and_mended[_i][1]), 0);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

CHECK_SUITE(suite)
{
    TCase *all = tcase_create("all schedules"), *some = tcase_create("some schedules"),
          *cases[] = {all, some};

    for (int i = 0; i < COUNT(cases); i++) {
        tcase_add_checked_fixture(cases[i], setup, teardown);
        tcase_set_tags(cases[i], "no-memcheck");
        tcase_set_timeout(cases[i], 90);
        suite_add_tcase(suite, cases[i]);
    }
    tcase_add_loop_test(all, test_all_traces_are_run_and_those_that_fail_are_counted, 0,
                        COUNT(counted));
    tcase_add_loop_test(all, test_what_is_mended_holds_in_all_traces, 0, COUNT(mended));
    tcase_add_loop_test(some, test_the_portfolio_finds_it, 0, COUNT(buggy));
    tcase_add_loop_test(some, test_the_portfolio_finds_nothing_in_what_is_mended, 0,
                        COUNT(long_and_mended));
}

/* SPDX-License-Identifier: MIT
 *
 * check_inevitable.c - spillway why --inevitable: the likelihoods, the jump, the intervals.
 */
#include "harness/tests/control_fixture.h"

#include "fuzz/explore/inevitable.h"

/* 1 in 8; 1 in 4 once the first answer is 1; and then the second answer decides. */
static void record_the_dice(void)
{
    write_file("test_dice.py", "import spillway\n"
                               "def test_dice():\n"
                               "    first = spillway.choose('first', 2)\n"
                               "    second = spillway.choose('second', 4)\n"
                               "    assert not (first == 1 and second == 3)\n");
    ck_assert_int_eq(spillway("explore -o dice.sched test_dice.py::test_dice"), 1);
}

START_TEST(test_the_jump_is_the_decision_that_makes_it_certain)
{
    record_the_dice();
    ck_assert_int_eq(spillway("why --inevitable dice.sched"), 0);
    ASSERT_SAYS("out", " to 1.00, is at step ");
    ASSERT_SAYS("out", "at choice:second has to choose one of 0 1 2 3, and the answer is 3");
    ASSERT_SAYS("out", "which is before test_dice.py:4 test_dice");
}
END_TEST

/* The intervals have what can be counted by hand. */
START_TEST(test_the_likelihoods_are_those_of_the_dice)
{
    record_the_dice();
    ck_assert_int_eq(spillway("why --inevitable --json --runs 2000 --seed 3 dice.sched"), 0);
    ck_assert_int_eq(shell("/usr/bin/python3.11 - <<'EOF'\n"
                           "import json\n"
                           "found = json.load(open('out'))\n"
                           "curve, jump = found['curve'], found['jump']['step']\n"
                           "assert curve[0]['low'] <= 1 / 8 <= curve[0]['high'], curve[0]\n"
                           "before = [p for p in curve if p['decisions'] == jump][0]\n"
                           "assert before['low'] <= 1 / 4 <= before['high'], before\n"
                           "assert found['inevitable_from'] == jump + 1\n"
                           "assert all(p['low'] <= p['failed'] / p['runs'] <= p['high']\n"
                           "           for p in curve)\n"
                           "EOF"),
                     0);
}
END_TEST

START_TEST(test_equal_orders_have_equal_answers)
{
    record_the_dice();
    ck_assert_int_eq(spillway("why --inevitable --seed 7 dice.sched"), 0);
    ck_assert_int_eq(shell("mv out first"), 0);
    ck_assert_int_eq(spillway("why --inevitable --seed 7 dice.sched"), 0);
    ck_assert_int_eq(shell("cmp first out"), 0);
}
END_TEST

START_TEST(test_the_curve_is_of_blocks_where_the_terminal_takes_them)
{
    record_the_dice();
    ck_assert_int_eq(setenv("LC_ALL", "C.UTF-8", 1), 0);
    ck_assert_int_eq(spillway("why --inevitable dice.sched"), 0);
    ASSERT_SAYS("out", "█|\n");
    ck_assert_int_eq(setenv("LC_ALL", "C", 1), 0);
    ck_assert_int_eq(spillway("why --inevitable dice.sched"), 0);
    ASSERT_SAYS("out", "8|\n");
    ck_assert_int_eq(shell("LC_ALL=C grep -q '[^ -~]' out"), 1);
}
END_TEST

START_TEST(test_what_makes_no_sense_is_refused)
{
    record_the_dice();
    ck_assert_int_eq(spillway("why --runs 300 dice.sched"), 2);
    ASSERT_SAYS("err", "--runs and --seed are for --inevitable");
    ck_assert_int_eq(spillway("why --inevitable --last-first dice.sched"), 2);
    ck_assert_int_eq(spillway("why --inevitable nowhere.sched"), 2);
    write_file("p.py", "print('ran')\n");
    ck_assert_int_eq(spillway("record -q -o p.sched -- p.py"), 0);
    ck_assert_int_eq(spillway("why --inevitable p.sched"), 1);
    ASSERT_SAYS("err", "p.sched: it does not fail as recorded: exit 0");
}
END_TEST

/* By the formula, with z = 1.96. */
START_TEST(test_intervals)
{
    static const struct {
        uint32_t failed, runs;
        double low, high;
    } cases[] = {{0, 0, 0, 1}, {0, 10, 0, 0.2775}, {5, 10, 0.2366, 0.7634}, {10, 10, 0.7225, 1}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double low, high;
        sw_inevitable_interval(cases[i].failed, cases[i].runs, &low, &high);
        ck_assert_double_eq_tol(low, cases[i].low, 0.0001);
        ck_assert_double_eq_tol(high, cases[i].high, 0.0001);
    }
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *tests = tcase_create("inevitable"), *formula = tcase_create("formula");

    tcase_set_timeout(tests, 600);
    tcase_set_tags(tests, "no-memcheck"); /* it only starts other programs */
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, test_the_jump_is_the_decision_that_makes_it_certain);
    tcase_add_test(tests, test_the_likelihoods_are_those_of_the_dice);
    tcase_add_test(tests, test_equal_orders_have_equal_answers);
    tcase_add_test(tests, test_the_curve_is_of_blocks_where_the_terminal_takes_them);
    tcase_add_test(tests, test_what_makes_no_sense_is_refused);
    suite_add_tcase(suite, tests);
    tcase_add_test(formula, test_intervals);
    suite_add_tcase(suite, formula);
}

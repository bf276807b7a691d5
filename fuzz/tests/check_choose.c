/* SPDX-License-Identifier: MIT
 *
 * check_choose.c - what a program chooses itself is explored by every strategy, and minimised.
 */
#include "harness/tests/control_fixture.h"

/* One of 36 pairs, whatever the threads do meanwhile. */
static const char dice[] = "import threading\n"
                           "import spillway\n"
                           "def roll(got, i):\n"
                           "    got[i] = spillway.choose('dice', 6)\n"
                           "def test_it():\n"
                           "    got = [0, 0]\n"
                           "    threads = [threading.Thread(target=roll, args=(got, i))\n"
                           "               for i in range(2)]\n"
                           "    for t in threads: t.start()\n"
                           "    for t in threads: t.join()\n"
                           "    coin = spillway.choose('coin', 2)\n"
                           "    assert got[0] != 3 or coin != 1\n"
                           "def test_default():\n"
                           "    coin = spillway.choose('coin', 2)\n"
                           "    other = spillway.choose('other', 2)\n"
                           "    assert coin != 1\n"
                           "def test_nothing():\n"
                           "    assert spillway.choose('coin', 2) < 2\n";

static void setup_here(void)
{
    setup();
    write_file("dice.py", dice);
}

/* With the most that it may take: 1 in 12 schedules fails, so that 100 are enough with a chance of
 * 0.9998 where nothing is learned; the seeds are fixed, and so is what comes of them. */
static const struct {
    const char *strategy;
    int schedules;
} strategies[] = {{"random", 100},    {"pct", 100},           {"pos", 100},
                  {"surw", 100},      {"portfolio", 100},     {"coverage --jobs 1", 300},
                  {"delays:2", 3000}, {"preemptions:2", 8000}};

START_TEST(test_every_strategy_finds_it)
{
    ck_assert_msg(spillway("explore --strategy %s --schedules %d -o a.sched dice.py::test_it",
                           strategies[_i].strategy, strategies[_i].schedules) == 1,
                  "%s", content("out"));
    ASSERT_SAYS("a.sched", " choice:dice        choose 3 of 0 1 2 3 4 5\n");
    ASSERT_SAYS("a.sched", " choice:coin        choose 1 of 0 1\n");
    ASSERT_SAYS("out", "       chose: ");
    ASSERT_SAYS("out", " choice:dice 3");
    ASSERT_SAYS("out", "T0 choice:coin 1\n");
    ck_assert_int_eq(spillway("replay a.sched"), 0);
}
END_TEST

START_TEST(test_a_bound_runs_all_of_them)
{
    ck_assert_int_eq(spillway("explore --strategy preemptions:1 -o a.sched dice.py::test_default"),
                     1);
    ASSERT_SAYS("a.sched", " choice:coin        choose 1 of 0 1\n");
    ck_assert_int_eq(spillway("explore --strategy delays:1 dice.py::test_nothing"), 0);
    ASSERT_SAYS("out", "all 2 schedules with at most 1 delay (1 + 1), and there are no others");
}
END_TEST

START_TEST(test_dpor_does_not_claim_what_it_has_not_run)
{
    ck_assert_int_eq(spillway("explore --strategy dpor dice.py::test_nothing"), 3);
    ASSERT_SAYS("out", "UNSURE");
    ASSERT_SAYS("out", "it decides what to choose at choice:coin, too, and dpor tries the default "
                       "only; preemptions and delays try all");
}
END_TEST

START_TEST(test_minimise_leaves_what_matters)
{
    ck_assert_int_eq(spillway("explore --strategy random -o a.sched dice.py::test_it"), 1);
    ck_assert_msg(spillway("minimise a.sched") == 0, "%s%s", content("out"), content("err"));
    ASSERT_SAYS("out", "2 deviations of ");
    ASSERT_SAYS("out", "chose: T1 choice:dice 3, T0 choice:coin 1\n");
    /* No order of two operations decides: so it says where each choice is. */
    ASSERT_SAYS("out", "choice 1 of 2, at decision ");
    ASSERT_SAYS("out", ": at choice:coin T0 gets: choose 1\n"
                       "  there: T0, which is before dice.py:11 test_it\n"
                       "      coin = spillway.choose('coin', 2)\n");
    ASSERT_SAYS("a.min.sched", " choice:dice        choose 3 of 0 1 2 3 4 5\n");
    ASSERT_SAYS("a.min.sched", " choice:coin        choose 1 of 0 1\n");
    ck_assert_int_eq(spillway("replay a.min.sched"), 0);
}
END_TEST

START_TEST(test_what_does_not_matter_is_the_default)
{
    ck_assert_int_eq(
        spillway("explore --strategy random --seed 1 -o a.sched dice.py::test_default"), 1);
    ck_assert_int_eq(spillway("minimise a.sched"), 0);
    ASSERT_SAYS("a.min.sched", " choice:coin        choose 1 of 0 1\n");
    ck_assert_int_ne(shell("grep -q choice:other a.min.sched"), 0);
}
END_TEST

/* A corpus has them, and goes on with them. */
START_TEST(test_coverage_keeps_them)
{
    ck_assert_int_eq(
        spillway("explore --strategy coverage --corpus c --schedules 20 dice.py::test_nothing"), 0);
    ck_assert_int_eq(shell("grep -q 'T0 0 choose 1' c/*.plan"), 0);
    ck_assert_int_eq(
        spillway("explore --strategy coverage --corpus c --schedules 20 dice.py::test_nothing"), 0);
}
END_TEST

START_TEST(test_the_scenario_loses_an_answer)
{
    ck_assert_int_eq(spillway("explore -o a.sched %s/lost_answers.py::"
                              "test_each_is_debited_once_at_most",
                              programs),
                     1);
    ck_assert_int_eq(spillway("minimise a.sched"), 0);
    ASSERT_SAYS("out", "1 deviations of ");
    ASSERT_SAYS("a.min.sched", " choice:lost-answer choose 1 of 0 1\n");
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *tcase = tcase_create("choose");

    tcase_set_tags(tcase, "no-memcheck"); /* it only starts other programs */
    tcase_add_checked_fixture(tcase, setup_here, teardown);
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, test_every_strategy_finds_it, 0,
                        (int)(sizeof strategies / sizeof *strategies));
    tcase_add_test(tcase, test_a_bound_runs_all_of_them);
    tcase_add_test(tcase, test_dpor_does_not_claim_what_it_has_not_run);
    tcase_add_test(tcase, test_minimise_leaves_what_matters);
    tcase_add_test(tcase, test_what_does_not_matter_is_the_default);
    tcase_add_test(tcase, test_coverage_keeps_them);
    tcase_add_test(tcase, test_the_scenario_loses_an_answer);
    suite_add_tcase(suite, tcase);
}

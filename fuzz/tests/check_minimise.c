/* SPDX-License-Identifier: MIT
 *
 * check_minimise.c - what is left of a failing schedule, what is said of it, and what is refused.
 */
#include "bench_fixture.h"

/* Finds a failure, and minimises its schedule, name.sched. */
static void find_and_minimise(const char *options, const char *test, const char *name)
{
    ck_assert_int_eq(spillway("explore %s %s/%s", options, bench, test), 1);
    ck_assert_msg(spillway("minimise %s.sched", name) == 0, "%s%s", content("out"), content("err"));
}

static int deviations_left(void)
{
    int left = -1, before;

    ck_assert_int_eq(sscanf(content("out"), "%d deviations of %d", &left, &before), 2);
    ck_assert_int_le(left, before);
    return left;
}

START_TEST(test_little_is_left)
{
    find_and_minimise("", "account.py::test_account", "account-test_account");
    ck_assert_int_le(deviations_left(), 6);
    ASSERT_SAYS("out", "1 preemption, proven least (schedules with fewer: 1, all run)");
    ASSERT_SAYS("account-test_account.min.sched", ", minimised from ");
    ck_assert_int_eq(spillway("replay account-test_account.min.sched"), 0);
    ASSERT_SAYS("err", "as recorded");
}
END_TEST

START_TEST(test_two_operations_decide)
{
    find_and_minimise("", "account.py::test_account", "account-test_account");
    ASSERT_SAYS("out", "critical pair, at decision ");
    ASSERT_SAYS("out", "in the other order it does not fail");
    /* check() takes the withdrawal for a deposit, if it was there. */
    ASSERT_SAYS("out", "  first: T3, which is before account.py:");
    ASSERT_SAYS("out", "  second: T1, which is before account.py:27 check");
}
END_TEST

/* The fewest, and the earliest of those: it does not matter what was found. */
START_TEST(test_all_that_is_found_ends_in_one_schedule)
{
    find_and_minimise("", "account.py::test_account", "account-test_account");
    ck_assert_int_eq(shell("sed '1,/^----/d' account-test_account.min.sched >first"), 0);
    find_and_minimise("--seed 500", "account.py::test_account", "account-test_account");
    ck_assert_int_eq(
        shell("sed '1,/^----/d' account-test_account.min.sched | grep -v ^check >second;"
              "grep -v ^check first | cmp - second"),
        0);
}
END_TEST

START_TEST(test_both_have_python_and_c_stacks)
{
    find_and_minimise("", "abba.py::test_abba", "abba-test_abba");
    const char *second = strstr(content("out"), "  second: ");
    ck_assert_ptr_nonnull(second);
    ck_assert_ptr_nonnull(strstr(second, "abba.py\", line 12 in take"));
    ck_assert_ptr_nonnull(strstr(second, "  _PyEval_EvalFrameDefault  (python3.11)"));
    ASSERT_SAYS("out", "abba.py\", line 11 in take");
}
END_TEST

START_TEST(test_accesses_are_a_pair_too)
{
    find_and_minimise("--grain access", "reorder.py::test_reorder_3", "reorder-test_reorder_3");
    ASSERT_SAYS("out", "which is before reorder.py:22 check");
    ASSERT_SAYS("out", "which is before reorder.py:18 set_both");
}
END_TEST

START_TEST(test_what_always_fails_has_no_pair)
{
    write_file("fails.py", "import threading\n"
                           "def test_it():\n"
                           "    t = threading.Thread(target=int); t.start(); t.join()\n"
                           "    assert 0\n");
    ck_assert_int_eq(spillway("explore fails.py::test_it"), 1);
    ck_assert_int_eq(spillway("minimise fails-test_it.sched"), 0);
    ASSERT_SAYS("out", "critical pair: none: the default schedule fails so, and so do ");
}
END_TEST

START_TEST(test_from_the_other_side)
{
    /* It fails by default; one delay more lets it pass. */
    write_file("race.py", "import threading\n"
                          "def test_it():\n"
                          "    seen = []\n"
                          "    def add(): seen.append(1)\n"
                          "    t = threading.Thread(target=add); t.start()\n"
                          "    early = not seen\n"
                          "    t.join()\n"
                          "    assert early\n");
    if (spillway("explore --strategy preemptions:1 race.py::test_it") != 1)
        ck_abort_msg("%s", content("out"));
    ck_assert_int_eq(spillway("minimise race-test_it.sched"), 0);
    ASSERT_SAYS("out", "critical pair, at decision ");
    ASSERT_SAYS("out", "race.py");
}
END_TEST

START_TEST(test_at_grain_access_too)
{
    find_and_minimise("--grain access", "reorder.py::test_reorder_3", "reorder-test_reorder_3");
    ck_assert_int_le(deviations_left(), 4);
    ASSERT_SAYS("out", "proven least");
    ASSERT_SAYS("reorder-test_reorder_3.min.sched", "grain    access");
    ck_assert_int_eq(spillway("replay reorder-test_reorder_3.min.sched"), 0);
}
END_TEST

START_TEST(test_a_deadlock_stays_one)
{
    find_and_minimise("", "abba.py::test_abba", "abba-test_abba");
    ck_assert_int_le(deviations_left(), 4);
    ASSERT_SAYS("abba-test_abba.min.sched", "outcome  deadlock");
}
END_TEST

START_TEST(test_another_failure_is_not_the_same)
{
    /* Most schedules fail, by the second assertion; few by the first. */
    write_file("two.py",
               "import threading\n"
               "def test_it():\n"
               "    order = []\n"
               "    def point(): pass\n"
               "    def body(name):\n"
               "        point(); order.append(name); point(); order.append(name); point()\n"
               "    threads = [threading.Thread(target=body, args=(n,)) for n in 'ab']\n"
               "    for t in threads: t.start()\n"
               "    for t in threads: t.join()\n"
               "    assert order != ['a', 'b', 'b', 'a'], 'rare'\n"
               "    assert order == [], 'always'\n");
    for (int seed = 1;; seed++) {
        ck_assert_int_lt(seed, 300);
        ck_assert_int_eq(
            spillway("explore --schedules 1 --strategy random --seed %d two.py::test_it", seed), 1);
        if (strstr(content("err"), "AssertionError: rare") != NULL)
            break;
    }
    ck_assert_int_eq(spillway("minimise two-test_it.sched"), 0);
    ck_assert_int_eq(spillway("replay two-test_it.min.sched"), 0);
    ASSERT_SAYS("err", "AssertionError: rare");
}
END_TEST

/* The clock decides how far it comes, but never what is written. */
START_TEST(test_when_the_time_is_up_what_is_there_is_kept)
{
    ck_assert_int_eq(spillway("explore %s/account.py::test_account", bench), 1);
    int status = spillway("minimise --time 1 --budget 1000000 account-test_account.sched");
    ck_assert_msg(status == 0 || status == 3, "%s%s", content("out"), content("err"));
    if (status == 0) {
        ck_assert_int_eq(spillway("replay account-test_account.min.sched"), 0);
        ASSERT_SAYS("err", "as recorded");
    } else {
        ASSERT_SAYS("out",
                    "the time was up: go on with: spillway minimise account-test_account.sched\n");
        ck_assert_int_ne(shell("test -s account-test_account.min.sched"), 0);
    }
}
END_TEST

START_TEST(test_no_proof_is_begun_that_cannot_be_finished)
{
    find_and_minimise("", "account.py::test_account", "account-test_account");
    ASSERT_SAYS("out", "proven least (schedules with fewer: 1, all run)");
    ck_assert_int_eq(spillway("minimise --budget 0 account-test_account.sched"), 0);
    ASSERT_SAYS("out", "not proven least (schedules with fewer: none run)");
}
END_TEST

START_TEST(test_a_program_of_its_own)
{
    int seed = 1;

    while (spillway("record --seed %d --output lost.sched -- %s/lost_update.py", seed, programs) !=
           1)
        ck_assert_int_lt(seed++, 100);
    ck_assert_int_eq(spillway("minimise --budget 10 lost.sched"), 0);
    ck_assert_int_le(deviations_left(), 4);
    ck_assert_int_eq(spillway("replay lost.min.sched"), 0);
}
END_TEST

START_TEST(test_what_does_not_fail_is_refused)
{
    ck_assert_int_eq(spillway("record --output well.sched -- %s/work_queue.py", programs), 0);
    ck_assert_int_eq(spillway("minimise well.sched"), 1);
    ASSERT_SAYS("err", "it does not fail, and there is nothing to minimise");
}
END_TEST

START_TEST(test_what_has_changed_is_refused)
{
    write_file("fails.py", "def test_it(): assert 0\n");
    ck_assert_int_eq(spillway("explore fails.py::test_it"), 1);
    write_file("fails.py", "def test_it(): assert 1\n");
    ck_assert_int_eq(spillway("minimise fails-test_it.sched"), 2);
    ASSERT_SAYS("err", "it is of another input");
}
END_TEST

START_TEST(test_what_is_no_schedule_is_refused)
{
    write_file("no.sched", "nothing\n");
    ck_assert_int_eq(spillway("minimise no.sched"), 2);
    ASSERT_SAYS("err", "no.sched:1");
    ck_assert_int_eq(spillway("minimise"), 2);
    ck_assert_int_eq(spillway("minimise ."), 2);
    ASSERT_SAYS("err", ".: not a file\n");
    ck_assert_int_eq(spillway("minimise nowhere.sched"), 2);
    ASSERT_SAYS("err", "nowhere.sched: No such file or directory\n");
}
END_TEST

/* A program that would leave a mark; it may also be one that is not here. */
START_TEST(test_to_check_one_runs_nothing)
{
    write_file("mark.py", "open('mark', 'w').close()\n");
    ck_assert_int_eq(spillway("record -q -o mark.sched -- mark.py one two"), 0);
    ck_assert_int_eq(shell("rm mark"), 0);
    ck_assert_int_eq(spillway("minimise --check mark.sched"), 0);
    ASSERT_SAYS("out",
                "mark.sched: a schedule of mark.py one two\n  in /usr/bin/python3.11; 0 deviations "
                "in ");
    ASSERT_SAYS("out", " decisions; exit 0\n");
    ck_assert_int_ne(access("mark", F_OK), 0);
    ck_assert_int_eq(shell("rm mark.py"), 0);
    ck_assert_int_eq(spillway("minimise --check mark.sched"), 0);
    ck_assert_int_eq(shell("sed -i 's/^check .*/check 0/' mark.sched"), 0);
    ck_assert_int_eq(spillway("minimise --check mark.sched"), 2);
}
END_TEST

START_TEST(test_what_cannot_be_written_is_said_first)
{
    write_file("fails.py", "def test_it(): assert 0\n");
    ck_assert_int_eq(spillway("explore fails.py::test_it"), 1);
    ck_assert_int_eq(spillway("minimise -o nowhere/x.sched fails-test_it.sched"), 2);
    ASSERT_SAYS("err", "nowhere/x.sched: cannot be written: No such file or directory\n");
    ck_assert_int_eq(spillway("minimise -o . fails-test_it.sched"), 2);
    ASSERT_SAYS("err", ".: cannot be written: it is a folder\n");
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *all = tcase_create("all");

    tcase_add_checked_fixture(all, setup_bench, teardown);
    tcase_set_timeout(all, 240);
    tcase_set_tags(all, "no-memcheck");
    suite_add_tcase(suite, all);
    tcase_add_test(all, test_little_is_left);
    tcase_add_test(all, test_two_operations_decide);
    tcase_add_test(all, test_all_that_is_found_ends_in_one_schedule);
    tcase_add_test(all, test_both_have_python_and_c_stacks);
    tcase_add_test(all, test_accesses_are_a_pair_too);
    tcase_add_test(all, test_what_always_fails_has_no_pair);
    tcase_add_test(all, test_from_the_other_side);
    tcase_add_test(all, test_at_grain_access_too);
    tcase_add_test(all, test_a_deadlock_stays_one);
    tcase_add_test(all, test_another_failure_is_not_the_same);
    tcase_add_test(all, test_when_the_time_is_up_what_is_there_is_kept);
    tcase_add_test(all, test_no_proof_is_begun_that_cannot_be_finished);
    tcase_add_test(all, test_a_program_of_its_own);
    tcase_add_test(all, test_what_does_not_fail_is_refused);
    tcase_add_test(all, test_what_has_changed_is_refused);
    tcase_add_test(all, test_what_is_no_schedule_is_refused);
    tcase_add_test(all, test_to_check_one_runs_nothing);
    tcase_add_test(all, test_what_cannot_be_written_is_said_first);
}

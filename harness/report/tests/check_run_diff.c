/* SPDX-License-Identifier: MIT
 *
 * check_run_diff.c - spillway diff: where two runs part, what each does then, what is refused.
 */
#include "harness/tests/control_fixture.h"

static void write_bank(void)
{
    write_file("test_bank.py",
               "import threading\n"
               "balance = 100\n"
               "def withdraw():\n"
               "    global balance\n"
               "    if balance >= 70:\n"
               "        pay(70)\n"
               "def pay(amount):\n"
               "    global balance\n"
               "    balance -= amount\n"
               "def test_withdraw():\n"
               "    threads = [threading.Thread(target=withdraw) for _ in range(2)]\n"
               "    for thread in threads: thread.start()\n"
               "    for thread in threads: thread.join()\n"
               "    assert balance >= 0\n");
}

/* Two failures that were found from two seeds. */
static void record_both(void)
{
    write_bank();
    ck_assert_int_eq(spillway("explore --seed 1 -o a.sched test_bank.py::test_withdraw"), 1);
    ck_assert_int_eq(spillway("explore --seed 100 -o b.sched test_bank.py::test_withdraw"), 1);
    ck_assert_int_eq(shell("cmp -s a.sched b.sched"), 1);
}

START_TEST(test_the_first_decision_that_differs_is_named)
{
    record_both();
    ck_assert_int_eq(spillway("diff a.sched b.sched"), 1);
    ASSERT_SAYS("out", "A: a.sched: exit 1; ");
    ASSERT_SAYS("out", "B: b.sched: exit 1; ");
    ASSERT_SAYS("out", "they part at step ");
    ASSERT_SAYS("out", "balance -= amount");
    ASSERT_SAYS("out", "failure: exit 1");
}
END_TEST

/* As the files have it: before the step all deviations are equal. */
START_TEST(test_the_step_is_the_first_deviation_of_one_alone)
{
    record_both();
    ck_assert_int_eq(spillway("diff --json a.sched b.sched"), 1);
    ck_assert_int_eq(
        shell("/usr/bin/python3.11 - <<'EOF'\n"
              "import json\n"
              "def deviations(name):\n"
              "    parts = open(name).read().split('----\\n')\n"
              "    return {int(l.split()[0]): l.split(None, 1)[1] for l in parts[1].splitlines()}\n"
              "a, b = deviations('a.sched'), deviations('b.sched')\n"
              "step = min(i for i in {*a, *b} if a.get(i) != b.get(i))\n"
              "found = json.load(open('out'))\n"
              "assert found['step'] == step, (found['step'], step)\n"
              "assert found['a']['rows'] and found['b']['rows']\n"
              "assert found['b']['rows'][-1]['done'].endswith('failure: exit 1')\n"
              "EOF"),
        0);
}
END_TEST

START_TEST(test_a_run_is_the_same_as_itself)
{
    record_both();
    ck_assert_int_eq(spillway("diff a.sched a.sched"), 0);
    ASSERT_SAYS("out", "it is the same run");
}
END_TEST

START_TEST(test_few_rows_end_with_the_end)
{
    record_both();
    ck_assert_int_eq(spillway("diff --rows 2 a.sched b.sched"), 1);
    ASSERT_SAYS("out", "more are left out; --rows");
    ASSERT_SAYS("out", "failure: exit 1");
}
END_TEST

START_TEST(test_bad_input_is_refused_in_one_line)
{
    record_both();
    write_file("p.py", "print('ran')\n");
    ck_assert_int_eq(spillway("record -q -o p.sched -- p.py"), 0);
    ck_assert_int_eq(spillway("diff a.sched p.sched"), 2);
    ASSERT_SAYS("err", "p.sched: it is of another program");
    ck_assert_int_eq(shell("test $(wc -l <err) = 1"), 0);
    ck_assert_int_eq(spillway("diff a.sched nowhere.sched"), 2);
    ck_assert_int_eq(shell("test $(wc -l <err) = 1"), 0);
    ck_assert_int_eq(spillway("diff a.sched"), 2);
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *tests = tcase_create("run_diff");

    tcase_set_timeout(tests, 600);
    tcase_set_tags(tests, "no-memcheck"); /* it only starts other programs */
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, test_the_first_decision_that_differs_is_named);
    tcase_add_test(tests, test_the_step_is_the_first_deviation_of_one_alone);
    tcase_add_test(tests, test_a_run_is_the_same_as_itself);
    tcase_add_test(tests, test_few_rows_end_with_the_end);
    tcase_add_test(tests, test_bad_input_is_refused_in_one_line);
    suite_add_tcase(suite, tests);
}

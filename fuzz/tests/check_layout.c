/* SPDX-License-Identifier: MIT
 *
 * check_layout.c - orders that follow addresses and hashes are searched, kept and said.
 */
#include "harness/tests/control_fixture.h"

static const char *const names[] = {"set_of_waiters.py::test_woken", "set_of_waiters.py",
                                    "set_of_waiters.py::test_by_chance"};
enum { NAMES = sizeof names / sizeof *names };

static void setup_files(void)
{
    setup();
    shell("cp %s/../../fuzz/tests/set_of_waiters.py .", programs);
}

static long layout_of(const char *path)
{
    const char *line = strstr(content(path), "\nlayout ");

    return line != NULL ? strtol(line + strlen("\nlayout "), NULL, 10) : 0;
}

/* "abc", say: as it is in layout 0, where any other one is a failure. */
static const char *order_of(const char *target)
{
    static char order[4];

    ck_assert_int_eq(spillway("explore --env ORDER=xyz --addresses 1 -o z.sched %s", target), 1);
    ck_assert_int_eq(layout_of("z.sched"), 0);
    ck_assert_int_eq(spillway("replay --quiet z.sched"), 0);
    snprintf(order, sizeof order, "%.3s", content("out"));
    ck_assert_uint_eq(strlen(order), 3);
    return order;
}

/* ---- it is searched ---- */

/* Where one thread runs, a schedule of each layout is all that there is. */
START_TEST(test_the_layout_may_be_all_that_is_left)
{
    const char *test = "set_of_waiters.py::test_nothing_else_to_decide";
    const char *order = order_of(test);

    ck_assert_int_eq(spillway("explore --env ORDER=%s %s", order, test), 1);
    write_file("calm.py", "def test_it():\n    assert {'a', None}.pop() in ('a', None)\n");
    ck_assert_int_eq(spillway("explore calm.py::test_it"), 0);
    ASSERT_SAYS("out", "(8 schedules of portfolio ");
    ASSERT_SAYS("out", "8 layouts of addresses, a schedule of each: only one thread ran");
}
END_TEST

START_TEST(test_each_is_another_order)
{
    write_file("set.py", "class One: pass\n"
                         "many = [One() for i in range(6)]\n"
                         "print([many.index(one) for one in set(many)], set('abcdef'))\n");
    for (int layout = 0; layout < 4; layout++) {
        ck_assert_int_eq(spillway("record --layout %d -o %d.sched set.py", layout, layout), 0);
        shell("cp %d.sched last.sched", layout);
        ck_assert_int_eq(layout_of("last.sched"), layout);
        shell("cp out printed.%d; echo >new.%d.py; mkdir -p __pycache__; echo >__pycache__/x.%d",
              layout, layout, layout);
        ck_assert_int_eq(spillway("replay %d.sched", layout), 0);
        ck_assert_int_eq(shell("cmp out printed.%d", layout), 0);
    }
    ck_assert_int_eq(shell("test $(cat printed.? | sort -u | wc -l) = 4"), 0);
}
END_TEST

START_TEST(test_it_is_found_by_default)
{
    const char *order = order_of(names[_i]);

    ck_assert_int_eq(spillway("explore --grain call --env ORDER=%s --addresses 1 --schedules 9 %s",
                              order, names[_i]),
                     0);
    ASSERT_SAYS("out", "one order of addresses (layout 0)");
    ck_assert_int_eq(
        spillway("explore -j 1 --env ORDER=%s --schedules 50 -o a.sched %s", order, names[_i]), 1);
    ASSERT_SAYS("out", "its objects lay as in layout ");
    ck_assert_int_gt(layout_of("a.sched"), 0);
    ck_assert_int_eq(spillway("replay a.sched"), 0);
    ASSERT_SAYS("err", "as recorded: ");
    ck_assert_int_eq(spillway("explore -j 3 --env ORDER=%s --addresses 8 --schedules 50 "
                              "-o b.sched %s",
                              order, names[_i]),
                     1);
    ck_assert_int_eq(shell("cmp a.sched b.sched"), 0);
}
END_TEST

/* ---- it is kept ---- */

START_TEST(test_minimise_says_whether_it_matters)
{
    const char *order = order_of(names[0]);

    ck_assert_int_eq(spillway("explore --env ORDER=%s -o a.sched %s", order, names[0]), 1);
    ck_assert_int_eq(spillway("minimise a.sched"), 0);
    ASSERT_SAYS("out", "where its objects lie matters: layout ");
    ck_assert_int_eq(layout_of("a.min.sched"), layout_of("a.sched"));
    ck_assert_int_eq(spillway("promote a.min.sched --name kept --to kept"), 0);
    ck_assert_int_eq(layout_of("kept/kept.sched"), layout_of("a.sched"));
    ck_assert_int_eq(spillway("replay kept/kept.sched"), 0);
    ck_assert_int_eq(spillway("explore --env ORDER=xyz --layout 2 -o b.sched %s", names[0]), 1);
    ck_assert_int_eq(layout_of("b.sched"), 2);
    ck_assert_int_eq(spillway("minimise b.sched"), 0);
    ASSERT_SAYS("out", "where its objects lie does not matter");
    ck_assert_int_eq(layout_of("b.min.sched"), 0);
}
END_TEST

START_TEST(test_a_campaign_has_it)
{
    const char *order = order_of(names[0]);

    ck_assert_int_eq(spillway("explore -j 2 --campaign all --addresses 6 --schedules 24 "
                              "--env ORDER=%s %s",
                              order, names[0]),
                     1);
    ck_assert_int_eq(shell("grep -q '^layout' all/failures/*.sched"), 0);
    /* So many are another plan. */
    ck_assert_int_eq(spillway("explore --campaign all --resume --addresses 7 --schedules 24 "
                              "--env ORDER=%s %s",
                              order, names[0]),
                     2);
    ASSERT_SAYS("err", "with the setting");
}
END_TEST

/* ---- what may be said ---- */

static const struct {
    const char *options, *says;
} claims[] = {
    {"--strategy preemptions:1", "one order of addresses (layout 0)"},
    {"--strategy delays:1 --layout 5", "one order of addresses (layout 5)"},
    {"--strategy dpor", "one order of addresses (layout 0)"},
    {"--strategy coverage --schedules 9", "one order of addresses (layout 0)"},
    {"--layout 3 --schedules 9", "one order of addresses (layout 3)"},
    {"--addresses 3", "3 layouts of addresses"},
};

START_TEST(test_what_is_said)
{
    write_file("calm.py", "def test_it():\n    assert {'a', None}.pop() in ('a', None)\n");
    ck_assert_msg(spillway("explore %s calm.py::test_it", claims[_i].options) == 0, "%s%s",
                  content("out"), content("err"));
    ASSERT_SAYS("out", claims[_i].says);
    ck_assert_ptr_null(strstr(content("out"), "no others"));
}
END_TEST

/* Who goes over no such set hears nothing of it; and what cannot be done is refused. */
START_TEST(test_nothing_is_said)
{
    ck_assert_int_eq(spillway("explore set_of_waiters.py::test_numbers"), 0);
    ASSERT_SAYS("out", "(1 schedule, ");
    ck_assert_ptr_null(strstr(content("out"), "addresses"));
    ck_assert_int_eq(spillway("explore --strategy dpor --addresses 2 set_of_waiters.py"), 2);
    ASSERT_SAYS("err", "--addresses is for strategies that sample");
    ck_assert_int_eq(spillway("explore --layout 1 --addresses 2 set_of_waiters.py"), 2);
    ASSERT_SAYS("err", "not both");
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *run = tcase_create("run");

    tcase_add_checked_fixture(run, setup_files, teardown);
    tcase_set_timeout(run, 600);
    tcase_set_tags(run, "no-memcheck");
    tcase_add_test(run, test_each_is_another_order);
    tcase_add_loop_test(run, test_it_is_found_by_default, 0, NAMES);
    tcase_add_test(run, test_the_layout_may_be_all_that_is_left);
    tcase_add_test(run, test_minimise_says_whether_it_matters);
    tcase_add_test(run, test_a_campaign_has_it);
    tcase_add_loop_test(run, test_what_is_said, 0, sizeof claims / sizeof *claims);
    tcase_add_test(run, test_nothing_is_said);
    suite_add_tcase(suite, run);
}

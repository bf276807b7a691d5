/* SPDX-License-Identifier: MIT
 *
 * check_object_hash.c - the order of a set of objects is a schedule's, wherever it is replayed.
 */
#include "harness/tests/control_fixture.h"
#include "harness/tests/interps.h"

static void setup_files(void)
{
    setup();
    shell("mkdir here; cd %s/../../harness/control/tests; "
          "cp set_orders.py orders_help.py order_of_tasks.py %s/here",
          programs, folder);
}

static int is_as(const char *interp, const char *condition)
{
    return shell("%s -c 'import sys; sys.exit(not (%s))'", interp, condition) == 0;
}

/* What a name in a path may have: 255 bytes, of which others take some. */
enum { LONGEST = 200 };

/* In a folder whose path has so many more letters, with other files, .pyc files and another home. */
static int replay_elsewhere(const char *interp, int length)
{
    shell("rm -rf there*; at=there$(printf %%0%dd 0)/$(printf %%0%dd 0); mkdir -p $at/package; "
          "cp here/* $at; touch $at/package/__init__.py $at/extra%d.txt; "
          "cd $at; test %d = 0 || %s -m compileall -q . >/dev/null",
          length, length % 7 + 1, length, length % 2, interp);
    return shell("cd there*/*; HOME=/nowhere/else_%d %s/spillway replay a.sched "
                 ">../../out 2>../../err </dev/null",
                 length, binaries);
}

static void check_places(const char *interp, const char *target)
{
    ck_assert_msg(shell("cd here; %s/spillway record -i %s -o a.sched %s >../printed 2>../err",
                        binaries, interp, target) == 0,
                  "%s", content("err"));
    for (int i = 0; i <= seeds; i++) {
        int length = 1 + 9 * i % LONGEST;
        ck_assert_msg(replay_elsewhere(interp, length) == 0, "%s: %s%s", interp, content("out"),
                      content("err"));
        ASSERT_SAYS("err", "as recorded");
        ck_assert_int_eq(shell("cmp out printed"), 0);
    }
}

/* 2.7 has no allocator to be replaced. */
START_TEST(test_a_program_has_the_same_sets_elsewhere)
{
    if (!is_as(interps[_i], "sys.version_info[0] > 2"))
        return;
    check_places(interps[_i], "set_orders.py");
    ASSERT_SAYS("out", "early [");
    ck_assert_int_eq(shell("grep -q 'done.*' out"),
                     is_as(interps[_i], "sys.version_info < (3, 7)"));
}
END_TEST

/* As pytest runs it, which imports much more before. */
START_TEST(test_a_test_has_the_same_sets_elsewhere)
{
    shell("mv here/set_orders.py here/test_set_orders.py; touch here/setup.cfg");
    ck_assert_msg(shell("cd here; %s/spillway explore --schedules 3 --env ORDERS= "
                        "test_set_orders.py::test_orders >../out 2>&1",
                        binaries) == 0,
                  "%s", content("out"));
    check_places("/usr/bin/python3.11", "test_set_orders.py::test_orders");
}
END_TEST

/* The interpreter's allocator is another one; that its objects are freed is still seen. */
static const char *const allocators[] = {"PYTHONMALLOC=malloc", "PYTHONMALLOC=debug",
                                         "PYTHONDEVMODE=1", "PYTHONTRACEMALLOC=2"};

START_TEST(test_the_allocator_does_not_matter)
{
    shell("cd here; %s/spillway record -o a.sched set_orders.py >../printed", binaries);
    ck_assert_int_eq(shell("cd here; %s/spillway record --env %s -o b.sched set_orders.py >../out",
                           binaries, allocators[_i]),
                     0);
    ck_assert_int_eq(shell("cmp out printed"), 0);
}
END_TEST

/* It has the order of addresses, as when it was recorded, and so has what is made of it. */
START_TEST(test_a_schedule_of_before_is_as_it_was)
{
    ck_assert_int_eq(shell("cd here; %s/spillway record -o a.sched set_orders.py >../printed; "
                           "sed 's/^spillway schedule 5/spillway schedule 4/; "
                           "s/^check .*/check none/' a.sched >b.sched; "
                           "sed 's/^found/hashes   address\\n&/; s/^check .*/check none/' a.sched "
                           ">c.sched",
                           binaries),
                     0);
    for (const char *name = "bc"; *name != '\0'; name++) {
        ck_assert_int_eq(shell("cd here; %s/spillway replay %c.sched >../out.%c 2>../err", binaries,
                               *name, *name),
                         1);
        ASSERT_SAYS("err", "on stdout it printed otherwise");
    }
    ck_assert_int_eq(shell("cmp out.b out.c"), 0);
    ck_assert_int_eq(shell("cmp out.b printed"), 1);
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *orders = tcase_create("orders");

    interps_find();
    tcase_add_checked_fixture(orders, setup_files, teardown);
    tcase_set_timeout(orders, 600);
    tcase_set_tags(orders, "no-memcheck");
    tcase_add_loop_test(orders, test_a_program_has_the_same_sets_elsewhere, 0, interp_count);
    tcase_add_test(orders, test_a_test_has_the_same_sets_elsewhere);
    tcase_add_loop_test(orders, test_the_allocator_does_not_matter, 0,
                        sizeof allocators / sizeof *allocators);
    tcase_add_test(orders, test_a_schedule_of_before_is_as_it_was);
    suite_add_tcase(suite, orders);
}

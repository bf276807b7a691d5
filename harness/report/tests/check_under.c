/* SPDX-License-Identifier: MIT
 *
 * check_under.c - --under and --valgrind: what stands between the runner and the program has words,
 * a status and a Ctrl-C of its own.
 */
#include "harness/tests/control_fixture.h"

static void setup_recorded(void)
{
    setup();
    write_file("p.py", "import threading\n"
                       "t = threading.Thread(target=print, args=('thread',))\n"
                       "t.start()\n"
                       "t.join()\n");
    ck_assert_int_eq(spillway("record -o a.sched -- p.py"), 0);
}

START_TEST(test_its_words_are_a_shells)
{
    ck_assert_int_eq(spillway("replay --under \"sh -c 'exec \\\"\\$@\\\"' sh\" a.sched"), 0);
    ASSERT_SAYS("err", "as recorded: exit 0;");
}
END_TEST

START_TEST(test_what_is_no_command_is_refused)
{
    ck_assert_int_eq(spillway("replay --under \"gdb 'a\" a.sched"), 2);
    ASSERT_SAYS("err", "--under: 'gdb 'a' has an open quote");
    ck_assert_int_eq(spillway("replay --under 'gdb;true' a.sched"), 2);
    ASSERT_SAYS("err", "is more than a command");
    ck_assert_int_eq(spillway("replay --under ' ' a.sched"), 2);
    ASSERT_SAYS("err", "has no word");
}
END_TEST

START_TEST(test_its_status_is_not_the_programs)
{
    ck_assert_int_eq(spillway("replay --under \"sh -c '\\\"\\$@\\\"; exit 7' sh\" a.sched"), 0);
    ASSERT_SAYS("err", "as recorded: exit 0;");
    ASSERT_SAYS("err", "sh ended with 7");
}
END_TEST

START_TEST(test_a_program_that_it_ended_has_no_outcome)
{
    ck_assert_int_eq(spillway("replay --under \"gdb -nx -q -batch -ex 'set breakpoint pending on' "
                              "-ex 'break sw_decide_ask' -ex run -ex kill --args\" a.sched"),
                     3);
    ASSERT_SAYS("err", "inconclusive: the program has not come to its end in it");
}
END_TEST

START_TEST(test_a_second_run_says_that_it_is_not_controlled)
{
    ck_assert_int_eq(spillway("replay --under \"sh -c '\\\"\\$@\\\"; \\\"\\$@\\\"' sh\" a.sched"),
                     0);
    ASSERT_SAYS("out", "thread\nthread\n");
    ASSERT_SAYS("err", "this run is not controlled");
    ASSERT_SAYS("err", "as recorded: exit 0;");
}
END_TEST

/* Its parent is the supervisor, and the parent of that is spillway. */
START_TEST(test_an_interrupt_is_for_the_command)
{
    ck_assert_int_eq(spillway("replay --under \"sh -c 'read -r _ _ _ p _ </proc/\\$PPID/stat; "
                              "kill -INT \\$p; exec \\\"\\$@\\\"' sh\" a.sched"),
                     0);
    ASSERT_SAYS("err", "as recorded: exit 0;");
}
END_TEST

/* ---- --valgrind ---- */

/* The run is the recorded one, to its hash; what valgrind sees is a failure of its own. */
START_TEST(test_a_use_after_free_is_told_with_its_schedule)
{
    write_file("uaf.py", "import ctypes, threading\n"
                         "libc = ctypes.CDLL(None)\n"
                         "libc.malloc.restype = ctypes.c_void_p\n"
                         "def use():\n"
                         "    p = libc.malloc(64)\n"
                         "    libc.free(ctypes.c_void_p(p))\n"
                         "    ctypes.string_at(p, 8)\n"
                         "t = threading.Thread(target=use)\n"
                         "t.start()\n"
                         "t.join()\n");
    ck_assert_int_eq(spillway("record -o uaf.sched -- uaf.py"), 0);
    ck_assert_int_eq(spillway("replay --valgrind uaf.sched"), 1);
    ASSERT_SAYS("err", "as recorded: exit 0;");
    ASSERT_SAYS("err", "Invalid read of size ");
    ASSERT_SAYS("err", "again: spillway replay --valgrind uaf.sched");
    ck_assert_int_eq(spillway("replay --valgrind --under true uaf.sched"), 2);
}
END_TEST

/* A tasklet that is freed twice, with the schedule that does it.  (That nothing false is told of any
 * scenario, CI's group memcheck sees.) */
START_TEST(test_a_scenario_is_told_of_as_well)
{
    ck_assert_int_eq(spillway("run --valgrind --fault untrack-missing "
                              "%s/../death/collected-while-it-is-taken-apart.spec",
                              programs),
                     1);
    ck_assert_int_eq(shell("grep -q \"free'd\" out"), 0);
    ck_assert_int_eq(shell("grep -q 'again: spillway run --fault untrack-missing --valgrind "
                           "--schedule ' out"),
                     0);
    ck_assert_int_eq(spillway("run --valgrind a.sched"), 2);
    ASSERT_SAYS("err", "--valgrind is for scenarios and programs");
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *tcase = tcase_create("under");

    tcase_add_checked_fixture(tcase, setup_recorded, teardown);
    tcase_set_timeout(tcase, 120);
    tcase_set_tags(tcase, "no-memcheck"); /* it mostly starts other programs */
    tcase_add_test(tcase, test_its_words_are_a_shells);
    tcase_add_test(tcase, test_what_is_no_command_is_refused);
    tcase_add_test(tcase, test_its_status_is_not_the_programs);
    tcase_add_test(tcase, test_a_program_that_it_ended_has_no_outcome);
    tcase_add_test(tcase, test_a_second_run_says_that_it_is_not_controlled);
    tcase_add_test(tcase, test_an_interrupt_is_for_the_command);
    tcase_add_test(tcase, test_a_use_after_free_is_told_with_its_schedule);
    tcase_add_test(tcase, test_a_scenario_is_told_of_as_well);
    suite_add_tcase(suite, tcase);
}

/* SPDX-License-Identifier: MIT
 *
 * check_programs.c - every program of scenarios/programs is recorded and replayed, by ci/roundtrip,
 * in slpython-lab and on each interpreter of harness/tests/interps.h.
 */
#include "harness/tests/control_fixture.h"
#include "harness/tests/interps.h"

static char lab[PATH_MAX + 64];

/* ci/roundtrip with these arguments; what it prints goes to out. */
__attribute__((format(printf, 1, 2))) static int roundtrip(const char *format, ...)
{
    char text[2 * PATH_MAX];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return shell("BIN=%s %s/../../ci/roundtrip %s >out 2>&1 </dev/null", binaries, programs, text);
}

START_TEST(test_every_program_is_replayed_as_recorded)
{
    /* CI has many seeds in its group roundtrip, on the same interpreters. */
    int count = getenv("WHOLE") != NULL ? 6 : 1;

    ck_assert_msg(roundtrip("%d --interp %s", count, interps[_i]) == 0, "%s", content("out"));
    ASSERT_SAYS("out", " 0 differences");
    ASSERT_SAYS("out", "work_queue"); /* it found the programs */
}
END_TEST

START_TEST(test_a_program_that_is_not_repeatable_is_told)
{
    write_file("differs.py", "import os; print(os.stat('/proc/self/fd').st_ino)\n");
    ck_assert_int_eq(roundtrip("2 --interp /usr/bin/python3.11 --program differs.py"), 1);
    ASSERT_SAYS("out", "seed 0: not replayed: spillway: on stdout it printed otherwise");
    ASSERT_SAYS("out", "cold runs of seed ");
    ASSERT_SAYS("out", "1 rows, 3 differences");
}
END_TEST

START_TEST(test_a_program_for_another_interpreter_is_skipped)
{
    write_file("skips.py", "import sys\nprint('not here')\nsys.exit(77)\n");
    ck_assert_int_eq(roundtrip("2 --interp /usr/bin/python3.11 --program skips.py"), 0);
    ASSERT_SAYS("out", "skipped: not here");
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *tcase = tcase_create("round trips");

    test_binaries_find();
    snprintf(lab, sizeof lab, "%s/slpython-lab", binaries);
    interps_find();
    interps_add(lab);
    tcase_add_loop_test(tcase, test_every_program_is_replayed_as_recorded, 0, interp_count);
    tcase_add_test(tcase, test_a_program_that_is_not_repeatable_is_told);
    tcase_add_test(tcase, test_a_program_for_another_interpreter_is_skipped);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 300);
    tcase_set_tags(tcase, "no-memcheck"); /* it only starts other programs */
    suite_add_tcase(suite, tcase);
}

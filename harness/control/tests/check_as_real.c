/* SPDX-License-Identifier: MIT
 *
 * check_as_real.c - what is controlled answers as the C library and the kernel do: one program,
 * run with and without control, prints the same.
 */
#include "harness/tests/control_fixture.h"

static const char *const raw[] = {"raw_errors", "raw_calls", "raw_rwlocks", "raw_kinds",
                                  "raw_cancel"};
static const char *const engines[] = {"threads", "fibers", "pool"};
enum { RAW_COUNT = sizeof raw / sizeof *raw, ENGINES = sizeof engines / sizeof *engines };

#define RAW "--interp %s/harness/control/tests/%s"

START_TEST(test_it_answers_as_without_control)
{
    ck_assert_int_eq(shell("%s/harness/control/tests/%s plain >plain", binaries, raw[_i]), 0);
    write_file("nothing", "");
    for (int seed = 0; seed < ENGINES; seed++) {
        ck_assert_msg(spillway("record --engine %s --seed %d " RAW " -o a.sched -- nothing",
                               engines[seed], seed, binaries, raw[_i]) == 0,
                      "%s: %s", engines[seed], content("err"));
        ck_assert_msg(shell("diff plain out >differs") == 0, "%s, %s: %s", raw[_i], engines[seed],
                      content("differs"));
    }
}
END_TEST

/* Each real run of it has that deadlock. */
START_TEST(test_who_reads_again_behind_a_writer_waits_for_ever)
{
    write_file("nothing", "");
    ck_assert_int_eq(
        spillway("record " RAW " -o a.sched -- nothing deadlock", binaries, "raw_rwlocks"), 1);
    ASSERT_SAYS("err", "T0 waits for rwlock#");
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *answers = tcase_create("answers");

    tcase_add_loop_test(answers, test_it_answers_as_without_control, 0, RAW_COUNT);
    tcase_add_test(answers, test_who_reads_again_behind_a_writer_waits_for_ever);
    tcase_add_checked_fixture(answers, setup, teardown);
    tcase_set_timeout(answers, 120);
    tcase_set_tags(answers, "no-memcheck"); /* it only starts other programs */
    suite_add_tcase(suite, answers);
}

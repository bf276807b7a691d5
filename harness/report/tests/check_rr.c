/* SPDX-License-Identifier: MIT
 *
 * check_rr.c - the command rr: what it makes of an rr that cannot record, or can, or only without
 * the processor's counters.
 *
 * Most machines that run tests have no rr that works, so that a script plays it; and the real one is
 * asked for what it says, whatever that is.
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
    write_file("rr", "#!/bin/sh\n"
                     "what=$1; shift\n"
                     "case $what in\n"
                     "record)\n"
                     "    [ \"$1\" = -o ] && trace=$2 && shift 2\n"
                     "    if [ \"$1\" = -W ]; then shift\n"
                     "    elif [ -n \"$SOFTWARE\" ]; then echo 'no counters' >&2; exit 1\n"
                     "    fi\n"
                     "    mkdir \"$trace\" && echo 1 >\"$trace/version\" && exec \"$@\";;\n"
                     "replay) [ \"$CANNOT_REPLAY\" = '' ] || { echo 'no replay' >&2; exit 1; };;\n"
                     "--help) echo \"$SOFTWARE\";;\n"
                     "esac\n");
    write_file("gdb", "#!/bin/sh\n"
                      "echo \"$@\"\n");
    ck_assert_int_eq(shell("chmod +x rr gdb"), 0);
    setenv("SPILLWAY_RR", "./rr", 1);
    setenv("SPILLWAY_GDB", "./gdb", 1);
    setenv("TMPDIR", folder, 1);
}

static void assert_nothing_is_left(void)
{
    ck_assert_int_ne(shell("ls -d spillway-rr* 2>/dev/null"), 0);
}

START_TEST(test_the_real_ones_first_line_is_the_reason)
{
    unsetenv("SPILLWAY_RR");
    if (shell("rr record -o real /bin/true >/dev/null 2>said </dev/null") == 0)
        return; /* it works here: the rest of this file is what there is to say */
    ck_assert_int_eq(shell("test -s said || echo 'cannot start rr: No such file' >said"), 0);
    char line[512];
    snprintf(line, sizeof line, "rr cannot record on this machine: %.*s",
             (int)strcspn(content("said"), "\n"), content("said"));
    ck_assert_int_eq(spillway("rr a.sched"), 3);
    ASSERT_SAYS("err", line);
    ASSERT_SAYS("err", "`spillway debug a.sched` can go back, too");
    assert_nothing_is_left();
}
END_TEST

START_TEST(test_one_that_is_not_there)
{
    setenv("SPILLWAY_RR", "no-rr", 1);
    ck_assert_int_eq(spillway("rr a.sched"), 3);
    ASSERT_SAYS("err", "on this machine: cannot start no-rr: No such file or directory");
}
END_TEST

START_TEST(test_one_that_records_and_cannot_replay)
{
    setenv("CANNOT_REPLAY", "1", 1);
    ck_assert_int_eq(spillway("rr a.sched"), 3);
    ASSERT_SAYS("err", "on this machine: no replay");
    assert_nothing_is_left();
}
END_TEST

START_TEST(test_a_trace_is_kept_where_it_is_wanted)
{
    ck_assert_int_eq(spillway("rr --record-only t a.sched"), 0);
    ASSERT_SAYS("err", "as recorded: exit 0;");
    ASSERT_SAYS("err", "/t; rr replay /");
    ck_assert_int_eq(shell("test -e t/version"), 0);
    assert_nothing_is_left();
    ck_assert_int_eq(spillway("rr --record-only t a.sched"), 2);
    ASSERT_SAYS("err", "t: there is something already");
}
END_TEST

START_TEST(test_software_counters_are_asked_for_where_there_are_any)
{
    setenv("SOFTWARE", "  -W, --software-counters", 1);
    ck_assert_int_eq(spillway("rr --record-only t a.sched"), 0);
    ASSERT_SAYS("err", "rr replay -W /");
    setenv("SOFTWARE", "some", 1);
    ck_assert_int_eq(spillway("rr --record-only u a.sched"), 3);
    ASSERT_SAYS("err", "on this machine: no counters");
}
END_TEST

START_TEST(test_a_trace_of_another_run_is_not_kept)
{
    ck_assert_int_eq(shell("sed -e 's/^\\(decisions .*hash \\).*/\\10123456789abcdef/' "
                           "-e 's/^check.*/check none/' a.sched >b.sched"),
                     0);
    ck_assert_int_eq(spillway("rr --record-only t b.sched"), 1);
    ASSERT_SAYS("err", "the trace is of another run than the recorded one, and was removed");
    ck_assert_int_ne(shell("test -e t"), 0);
}
END_TEST

START_TEST(test_it_is_opened_in_gdb_with_our_commands)
{
    ck_assert_int_eq(spillway("rr a.sched -- -ex 'info threads'"), 0);
    ASSERT_SAYS("out", "lib/gdb/spillway_gdb.py");
    ASSERT_SAYS("out", "-ex info threads -ex target extended-remote 127.0.0.1:");
    ASSERT_SAYS("out", "/usr/bin/python3.11\n");
    assert_nothing_is_left();
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *tcase = tcase_create("rr");

    tcase_add_checked_fixture(tcase, setup_recorded, teardown);
    tcase_set_timeout(tcase, 120);
    tcase_set_tags(tcase, "no-memcheck"); /* it mostly starts other programs */
    tcase_add_test(tcase, test_the_real_ones_first_line_is_the_reason);
    tcase_add_test(tcase, test_one_that_is_not_there);
    tcase_add_test(tcase, test_one_that_records_and_cannot_replay);
    tcase_add_test(tcase, test_a_trace_is_kept_where_it_is_wanted);
    tcase_add_test(tcase, test_software_counters_are_asked_for_where_there_are_any);
    tcase_add_test(tcase, test_a_trace_of_another_run_is_not_kept);
    tcase_add_test(tcase, test_it_is_opened_in_gdb_with_our_commands);
    suite_add_tcase(suite, tcase);
}

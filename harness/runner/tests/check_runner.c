/* SPDX-License-Identifier: MIT
 *
 * check_runner.c - every way in which a child of spillway can end, what it may
 * leave behind, and every report.
 */
#include <fcntl.h>
#include <sys/file.h>

#include "contract/utf8.h"
#include "harness/tests/runner_fixture.h"

static char *xml; /* the JUnit file that was read last */

/* Does any process that holds the lock of "alive" still live? */
static int somebody_lives(void)
{
    int fd = open("alive", O_RDWR | O_CLOEXEC);
    int free = flock(fd, LOCK_EX | LOCK_NB) == 0;

    ck_assert_int_ge(fd, 0);
    close(fd);
    return !free;
}

/* ---- how a child can end ---- */

START_TEST(test_as_expected)
{
    accept_all();
    ck_assert_int_eq(run("fake-good", "f/s.spec"), 0);
    ck_assert_str_eq(out, "ok     f/s                                          x\n"
                          "1 scenario, 1 run: 1 passed\n");
    ck_assert_str_eq(err, "");
}
END_TEST

START_TEST(test_a_crash_is_a_result)
{
    write_schedules("x y");
    ck_assert_int_eq(run("fake-crashes", "f"), 1);
    ck_assert_int_eq(count(out, "CRASH  f/s"), 2);
    has(out, "f/s.spec:4: crashed (crash): SIGSEGV in worker\n");
    has(out, "again: spillway run --interp ./fake-crashes --schedule y f/s.spec\n");
    has(out, "2 runs: 0 passed, 2 crashed\n");
}
END_TEST

START_TEST(test_killed_before_the_agent_has_done_anything)
{
    ck_assert_int_eq(run("fake-is-killed", "f"), 1);
    has(out, "crashed (crash): SIGKILL in the interpreter\n");
}
END_TEST

START_TEST(test_a_hang_is_ended_by_the_watchdog)
{
    ck_assert_int_eq(run("fake-hangs", "--watchdog 1 f"), 2);
    has(out, "ERROR  f/s");
    has(out, "harness error (watchdog): no end in sight");
}
END_TEST

START_TEST(test_an_early_end)
{
    ck_assert_int_eq(run("fake-exits-early", "f"), 2);
    has(out, "the child ended before its schedule, with exit status 7\n");
}
END_TEST

START_TEST(test_a_late_bad_end)
{
    ck_assert_int_eq(run("fake-exits-late", "f"), 2);
    has(out, "its exit status is 3\n");
}
END_TEST

START_TEST(test_no_agent_is_never_green)
{
    shell(": >p.py");
    ck_assert_int_eq(run("fake-has-no-agent", "f"), 2);
    has(out, "no agent has answered");
    ck_assert_int_eq(run("fake-has-no-agent", "p.py"), 2);
    has(out, "no agent has answered");
}
END_TEST

START_TEST(test_what_cannot_be_executed)
{
    shell("echo '#!/nowhere/at/all' >script && chmod +x script");
    ck_assert_int_eq(spillway("run --interp ./script f"), 2);
    has(out, "    | spillway: cannot start ./script: No such file or directory\n");
}
END_TEST

START_TEST(test_a_gap_is_inconclusive)
{
    accept_all();
    ck_assert_int_eq(run("fake-fills-up", "f"), 3);
    has(out, "UNSURE f/s");
    has(out, "1 run: 0 passed, 1 inconclusive\n");
}
END_TEST

START_TEST(test_much_output_is_bounded)
{
    ck_assert_int_eq(run("fake-prints-much", "f"), 2);
    has(out, "  it printed 67108");
    has(out, "bytes, of which these are the last:\n");
    has(out, "the very endx"); /* written over what came before the limit */
    ck_assert_uint_lt(strlen(out), 10000);
}
END_TEST

START_TEST(test_worse_statuses_win)
{
    write_schedules("x hang");
    ck_assert_int_eq(run("fake-hangs-once", "--watchdog 1 f"), 2);
    has(out, "FAIL   f/s"); /* no transcript */
    has(out, "ERROR  f/s");
}
END_TEST

/* _i: the seeds of twelve schedules */
START_TEST(test_a_scribbled_event_shm)
{
    char names[200] = "";

    shell("mkfifo a-pipe");
    for (int i = 0; i < 12; i++)
        sprintf(names + strlen(names), "s%d ", 12 * _i + i);
    write_schedules(names);
    int status = run("fake-scribbles", "--junit j.xml f");
    ck_assert_int_ge(status, 1);
    ck_assert_int_le(status, 2);
    for (int i = 0; i < 12; i++) {
        char line[100];
        snprintf(line, sizeof line, " f/s                                          s%d\n",
                 12 * _i + i);
        has(out, line);
    }
    shell("xmllint --huge --noout j.xml");
}
END_TEST

/* ---- what a child leaves behind ---- */

START_TEST(test_nothing_outlives_a_run)
{
    accept_all();
    ck_assert_int_eq(run("fake-forks", "f"), 0);
    ck_assert_int_eq(somebody_lives(), 0);
}
END_TEST

static const int deadly[] = {SIGINT, SIGTERM, SIGHUP};

START_TEST(test_nothing_outlives_an_interruption)
{
    write_schedules("hang");
    pid_t pid = begin_fake("", "fake-forks", "f");
    await_file("hanging");
    kill(pid, deadly[_i]);
    ck_assert_int_eq(end(pid), 130);
    ck_assert_str_eq(out, "interrupted: 0 of 1 runs done\n1 scenario, 0 runs: 0 passed\n");
    ck_assert_int_eq(somebody_lives(), 0);
}
END_TEST

START_TEST(test_only_what_is_ours_is_ended)
{
    accept_all();
    shell("ln -sf %s/harness/runner/tests/fake_interp fake-forks", binaries);
    ck_assert_int_eq(end(begin("exec 8>alive; flock 8; sleep 1000 & echo $! >pid; exec 8>&-;",
                               "run --interp ./fake-good f")),
                     0);
    ck_assert_int_eq(somebody_lives(), 1);
    shell("kill $(cat pid)");
}
END_TEST

START_TEST(test_descriptors_and_processes_are_given_back)
{
    accept_all();
    ck_assert_int_eq(end(begin_fake("ulimit -n 20;", "fake-good", "--repeat 200 --jobs 2 f")), 0);
    has(out, "x: 200 runs, 1 distinct transcript\n");
    has(out, "200 runs: 200 passed\n");
}
END_TEST

START_TEST(test_interrupted_between_two_schedules)
{
    write_schedules("x hang z");
    accept_all();
    pid_t pid =
        begin_fake("", "fake-hangs-once", _i ? "--tap -j1 --junit j.xml f" : "-j1 --junit j.xml f");
    await_file("hanging");
    kill(pid, SIGINT);
    ck_assert_int_eq(end(pid), 130);
    has(out, "interrupted: 1 of 3 runs done\n");
    has(out, _i ? "ok 1 - f/s x\nBail out! interrupted\n" : "ok     f/s");
    has_not(out, " z\n");
    shell("xmllint --noout j.xml");
    read_file("j.xml", &xml);
    has(xml, "tests=\"1\" failures=\"0\" errors=\"0\"");
    ck_assert_int_eq(count(xml, "<testcase"), 1);
}
END_TEST

START_TEST(test_interrupted_between_two_repetitions)
{
    write_schedules("hang");
    pid_t pid = begin_fake("", "fake-hangs-once", "--repeat 5 f");
    await_file("hanging");
    kill(pid, SIGTERM);
    ck_assert_int_eq(end(pid), 130);
    has(out, "interrupted: 0 of 5 runs done\n");
}
END_TEST

/* ---- reports ---- */

START_TEST(test_lines_are_in_order)
{
    write_schedules("first second third");
    accept_all();
    ck_assert_int_eq(run("fake-late-first", "--jobs 2 f"), 0);
    const char *first = strstr(out, " first\n"), *second = strstr(out, " second\n"),
               *third = strstr(out, " third\n");
    ck_assert(first != NULL && second != NULL && third != NULL);
    ck_assert(first < second && second < third);
}
END_TEST

static void expect_tap(const char *text, int tests)
{
    char head[50];
    int number = 0;

    snprintf(head, sizeof head, "TAP version 13\n1..%d\n", tests);
    ck_assert_msg(strncmp(text, head, strlen(head)) == 0, "%s", text);
    for (const char *line = text + strlen(head); *line != '\0'; line = strchr(line, '\n') + 1) {
        int found = 0;
        ck_assert_ptr_nonnull(strchr(line, '\n'));
        if (*line == '#')
            continue;
        if (sscanf(line, "ok %d - f/", &found) != 1)
            ck_assert_msg(sscanf(line, "not ok %d - f/", &found) == 1, "%s", line);
        ck_assert_int_eq(found, ++number);
    }
    ck_assert_int_eq(number, tests);
}

static void expect_clean(const char *text)
{
    const char *stop = text + strlen(text);

    for (const char *at = text; at < stop;) {
        size_t length = *at == '\n' ? 1 : sw_utf8_printable(at, stop);
        ck_assert_msg(length > 0, "byte 0x%02x in %s", (unsigned char)*at, text);
        at += length;
    }
}

START_TEST(test_tap)
{
    write_schedules("x y");
    accept_all();
    ck_assert_int_eq(run("fake-good", "--tap f"), 0);
    expect_tap(out, 2);
    has(out, "\nok 2 - f/s y\n# 1 scenario, 2 runs: 2 passed\n");
    ck_assert_int_eq(run("fake-crashes", "--tap f"), 1);
    expect_tap(out, 2);
    ck_assert_int_eq(run("fake-prints-strangely", "--tap f"), 1);
    expect_tap(out, 2);
    expect_clean(out);
}
END_TEST

START_TEST(test_what_a_child_printed_is_shown_clean)
{
    ck_assert_int_eq(run("fake-prints-strangely", "--junit j.xml f"), 1);
    expect_clean(out);
    has(out, "failed (setup-raised): the setup raised Err?or<: two lines ? ?[0m \xc3\xa9 ]]>\n");
    has(out, "    | a\\x00b\\x1b[31m \\x7f \\xff\\xfe \xc3\xa9 ]]> <&\"' \\xed\\xa0\\x80 ");
    shell("xmllint --noout j.xml");
    has(read_file("j.xml", &xml), "message=\"the setup raised Err?or&lt;: two lines");
}
END_TEST

START_TEST(test_junit_counts)
{
    write_schedules("x hang z");
    accept_all();
    ck_assert_int_eq(run("fake-hangs-once", "--watchdog 1 --junit j.xml f"), 2);
    shell("xmllint --noout j.xml");
    read_file("j.xml", &xml);
    has(xml, "<testsuite name=\"spillway\" tests=\"3\" failures=\"0\" errors=\"1\">\n");
    has(xml, "  <testcase classname=\"f/s\" name=\"x\"/>\n");
    has(xml, "<error type=\"watchdog\" message=\"no end in sight");
    ck_assert_int_eq(run("fake-crashes", "--junit j.xml f"), 1);
    has(read_file("j.xml", &xml), "tests=\"3\" failures=\"3\" errors=\"0\"");
}
END_TEST

START_TEST(test_junit_that_cannot_be_written)
{
    accept_all();
    ck_assert_int_eq(run("fake-good", "--junit nowhere/j.xml f"), 2);
    has(err, "nowhere/j.xml: cannot be written: No such file or directory");
    has(out, "1 passed");
    ck_assert_int_eq(run("fake-good", "--junit /dev/full f"), 2);
    has(err, "/dev/full: cannot be written: No space left on device");
}
END_TEST

START_TEST(test_names_of_all_kinds)
{
    shell("mv f/s.spec 'f/\xc3\xa9 <&> # \\ \"x.spec' && cp 'f/\xc3\xa9 <&> # \\ \"x.spec' "
          "\"$(printf 'f/\\377\\033.spec')\"");
    ck_assert_int_eq(run("fake-crashes", "--tap --junit j.xml f"), 1);
    expect_tap(out, 2);
    has(out, "not ok 1 - f/\xc3\xa9 <&> \\# \\\\ \"x x\n");
    has(out, "--schedule x 'f/\xc3\xa9 <&> # \\ \"x.spec'\n");
    has(out, "not ok 2 - f/\\xff\\x1b x\n");
    shell("xmllint --noout j.xml");
}
END_TEST

START_TEST(test_stdout_that_cannot_be_written)
{
    accept_all();
    pid_t pid = begin_fake("", "fake-good", "f >/dev/full 2>err #");
    ck_assert_int_eq(end(pid), 2);
    has(err, "cannot write the report");
}
END_TEST

START_TEST(test_verbose_tells_the_story_of_a_success)
{
    accept_all();
    ck_assert_int_eq(run("fake-good", "--verbose f"), 0);
    has(out, "  the schedule, as it went:\n     1  work : done\n         points:");
}
END_TEST

/* ---- repetitions ---- */

START_TEST(test_repetitions_must_be_alike)
{
    accept_all();
    ck_assert_int_eq(run("fake-differs", "--repeat 5 f"), 1);
    has(out, "FAIL   f/s");
    has(out, "x: 5 runs, 5 failed, 5 distinct transcripts\n");
    has(out, "+           worker-");
    ck_assert_int_eq(count(out, "again: "), 1);
    ck_assert_int_eq(run("fake-differs", "--repeat 30 f"), 1);
    has(out, "16 or more distinct transcripts\n");
}
END_TEST

START_TEST(test_repetitions_are_one_case_each_schedule)
{
    write_schedules("x y");
    accept_all();
    ck_assert_int_eq(run("fake-good", "--tap --repeat 7 --junit j.xml f"), 0);
    expect_tap(out, 2);
    has(out, "ok 2 - f/s y: 7 runs, 1 distinct transcript\n");
    has(out, "# 1 scenario, 14 runs: 14 passed\n");
    shell("xmllint --noout j.xml");
    has(read_file("j.xml", &xml), "tests=\"2\"");
}
END_TEST

/* ---- all of them ---- */

CHECK_SUITE(suite)
{
    TCase *ends = tcase_create("ends"), *leftovers = tcase_create("leftovers"),
          *reports = tcase_create("reports");
    TCase *cases[] = {ends, leftovers, reports};

    for (int i = 0; i < COUNT_OF(cases); i++) {
        suite_add_tcase(suite, cases[i]);
        tcase_add_checked_fixture(cases[i], setup, teardown);
        tcase_set_timeout(cases[i], 60);
        tcase_set_tags(cases[i], "no-memcheck"); /* it only starts other programs */
    }
    tcase_add_test(ends, test_as_expected);
    tcase_add_test(ends, test_a_crash_is_a_result);
    tcase_add_test(ends, test_killed_before_the_agent_has_done_anything);
    tcase_add_test(ends, test_a_hang_is_ended_by_the_watchdog);
    tcase_add_test(ends, test_an_early_end);
    tcase_add_test(ends, test_a_late_bad_end);
    tcase_add_test(ends, test_no_agent_is_never_green);
    tcase_add_test(ends, test_what_cannot_be_executed);
    tcase_add_test(ends, test_a_gap_is_inconclusive);
    tcase_add_test(ends, test_much_output_is_bounded);
    tcase_add_test(ends, test_worse_statuses_win);
    tcase_add_loop_test(ends, test_a_scribbled_event_shm, 0, 3);
    tcase_add_test(leftovers, test_nothing_outlives_a_run);
    tcase_add_loop_test(leftovers, test_nothing_outlives_an_interruption, 0, COUNT_OF(deadly));
    tcase_add_test(leftovers, test_only_what_is_ours_is_ended);
    tcase_add_test(leftovers, test_descriptors_and_processes_are_given_back);
    tcase_add_loop_test(leftovers, test_interrupted_between_two_schedules, 0, 2);
    tcase_add_test(leftovers, test_interrupted_between_two_repetitions);
    tcase_add_test(reports, test_lines_are_in_order);
    tcase_add_test(reports, test_tap);
    tcase_add_test(reports, test_what_a_child_printed_is_shown_clean);
    tcase_add_test(reports, test_junit_counts);
    tcase_add_test(reports, test_junit_that_cannot_be_written);
    tcase_add_test(reports, test_names_of_all_kinds);
    tcase_add_test(reports, test_stdout_that_cannot_be_written);
    tcase_add_test(reports, test_verbose_tells_the_story_of_a_success);
    tcase_add_test(reports, test_repetitions_must_be_alike);
    tcase_add_test(reports, test_repetitions_are_one_case_each_schedule);
}

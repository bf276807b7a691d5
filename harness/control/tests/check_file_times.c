/* SPDX-License-Identifier: MIT
 *
 * check_file_times.c - the times of files, old and new: file_times.py, on each interpreter that is
 * here.
 */
#include "harness/tests/control_fixture.h"

static char tests[PATH_MAX + 64];

enum { INTERPRETERS = 3 };

static const char *find_interpreter(int i)
{
    static char own[PATH_MAX + 16];

    snprintf(own, sizeof own, "%s/slpython", binaries);
    const char *const interpreters[INTERPRETERS] = {"/usr/bin/python3.11", "/usr/bin/pypy3", own};
    return interpreters[i];
}

static const struct {
    const char *name, *prints;
} wanted[] = {
    {"cache", "0.0\n100.0 True\n0.0\n7.0 7.0\nTrue\n3.0\n0.0\n"},
    {"before", "1200000000.0 True True\nTrue True\nTrue\nTrue\nTrue\n1790000000.0\n"
               "1790000000.0\n0.0\n"},
    {"touch", "3600.0 0.0\n0.0\n1 2\n20.0 10.0\n0.0 10.0\n0.0\n"},
    {"folders", "True True\nTrue\n"},
    {"modules", "0\n1\n2\n3\n4\n7\n"},
    {"unseen", "0.0\n10.0\n0.0\n"},
};
enum { PROGRAMS = sizeof wanted / sizeof *wanted };

/* As they would be years from now, too: what the program sees of them does not depend on today. */
static void make_old_files(void)
{
    ck_assert_int_eq(shell("rm -rf run && mkdir run && cd run && "
                           "touch -d @1200000000 ancient && touch -d @1789000000 older && "
                           "touch -d @1790000000 old && echo number = 7 >module.py && "
                           "touch -d @1790000000 module.py"),
                     0);
}

static void setup_file_times(void)
{
    ck_assert_ptr_nonnull(realpath("harness/control/tests", tests));
    setup();
}

static int is_here(const char *interpreter)
{
    if (access(interpreter, X_OK) == 0)
        return 1;
    printf("check_file_times: skipped: no %s\n", interpreter);
    return 0;
}

/* In the folder of the old files. */
static int run(const char *what)
{
    make_old_files();
    return shell("cd run && timeout 600 %s/spillway %s >../out 2>../err </dev/null", binaries,
                 what);
}

START_TEST(test_files_have_virtual_times)
{
    const char *name = wanted[_i % PROGRAMS].name, *prints = wanted[_i % PROGRAMS].prints;
    char command[2 * PATH_MAX];

    if (!is_here(find_interpreter(_i / PROGRAMS)))
        return;
    snprintf(command, sizeof command,
             "record --interp %s --seed %d -o ../a.sched -- %s/file_times.py %s",
             find_interpreter(_i / PROGRAMS), _i, tests, name);
    ck_assert_msg(run(command) == 0, "%s: %.2000s", name, content("err"));
    ck_assert_msg(strncmp(content("out"), prints, strlen(prints)) == 0, "%s: %.2000s", name,
                  content("out"));
    /* Behind that may be numbers: the same ones again. */
    ck_assert_int_eq(shell("mv out recorded"), 0);
    ck_assert_msg(run("replay ../a.sched") == 0, "%s: %.2000s", name, content("err"));
    ck_assert_int_eq(shell("cmp out recorded"), 0);
    ck_assert_int_eq(run(command), 0);
    ck_assert_int_eq(shell("cmp out recorded"), 0);
}
END_TEST

/* Each schedule of one process begins as the first one did. */
START_TEST(test_what_a_schedule_leaves_is_old_in_the_next)
{
    write_file("test_left.py", "import os, time\n\n\n"
                               "def test_it():\n"
                               "    if os.path.exists('left'):\n"
                               "        assert 3600 < time.time() - os.path.getmtime('left')\n"
                               "    open('left', 'w').close()\n"
                               "    time.sleep(10)\n"
                               "    assert 10 <= time.time() - os.path.getmtime('left') < 11\n");
    int status = spillway("explore --jobs 1 --schedules 20 test_left.py::test_it");
    ck_assert_msg(status == 0, "%.2000s%.2000s", content("out"), content("err"));
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *times = tcase_create("times");

    tcase_add_loop_test(times, test_files_have_virtual_times, 0, INTERPRETERS * PROGRAMS);
    tcase_add_test(times, test_what_a_schedule_leaves_is_old_in_the_next);
    tcase_add_checked_fixture(times, setup_file_times, teardown);
    tcase_set_timeout(times, 120);
    tcase_set_tags(times, "no-memcheck"); /* it only starts other programs */
    suite_add_tcase(suite, times);
}

/* SPDX-License-Identifier: MIT
 *
 * check_first_hour.c - what somebody types who does not know it yet: each gets one line that says what
 * is wrong, and no verdict about something else.
 */
#include <sys/stat.h>

#include "harness/tests/control_fixture.h"

static void setup_files(void)
{
    setup();
    write_file("text", "root:x:0:0:root:/root:/bin/bash\n");
    write_file("fails.py", "raise SystemExit(1)\n");
    write_file("broken.py", "def f(:\n    pass\n");
    write_file("test_it.py", "import threading\n"
                             "def test_y():\n"
                             "    thread = threading.Thread(target=print)\n"
                             "    thread.start()\n"
                             "    thread.join()\n");
}

/* ---- the program ---- */

START_TEST(test_what_is_no_python_is_no_failure)
{
    ck_assert_int_eq(spillway("explore text"), 2);
    ASSERT_SAYS("out", "ERROR  text (it is no Python: line 1: invalid syntax)");
    ck_assert_int_eq(spillway("explore broken.py"), 2);
    ASSERT_SAYS("out", "ERROR  broken.py (it is no Python: line 1: ");
    ck_assert_int_eq(spillway("explore --strategy dpor text"), 2);
    ASSERT_SAYS("out", "ERROR  text (text: it is no Python)");
    ck_assert_int_eq(spillway("record -o a.sched text"), 2);
    ASSERT_SAYS("err", "spillway: text: it is no Python: line 1: invalid syntax\n");
    ck_assert_int_eq(access("a.sched", F_OK), -1);
    ck_assert_int_eq(access("text.sched", F_OK), -1);
}
END_TEST

/* Neither needs to be a text of Python's. */
START_TEST(test_a_program_that_fails_is_one)
{
    ck_assert_int_eq(spillway("explore fails.py"), 1);
    ASSERT_SAYS("out", "FAIL   fails.py (exit 1 under ");
    ck_assert_int_eq(shell("mkdir app && cp fails.py app/__main__.py && "
                           "/usr/bin/python3.11 -m zipapp -p /usr/bin/python3.11 -o app.pyz app && "
                           "/usr/bin/python3.11 -c 'import py_compile; "
                           "py_compile.compile(\"fails.py\", \"fails.pyc\")'"),
                     0);
    ck_assert_int_eq(spillway("record -o a.sched app.pyz"), 1);
    ck_assert_int_eq(spillway("record -o a.sched fails.pyc"), 1);
}
END_TEST

/* ---- the interpreter ---- */

static const char *const uses[] = {"explore -i /bin/rm text", "record -i /bin/rm -o a.sched text",
                                   "explore -i /bin/rm test_it.py::test_y",
                                   "run -i /bin/rm test_it.py::test_y",
                                   "record -i /bin/rm -o a.sched test_it.py::test_y"};

START_TEST(test_an_interpreter_is_looked_at_before_it_is_used)
{
    ck_assert_int_eq(spillway("%s", uses[_i]), 2);
    ASSERT_SAYS("err", "/bin/rm: it is no Python, and starts no threads\n");
    ck_assert_int_eq(access("text", F_OK), 0);
    ck_assert_int_eq(access("test_it.py", F_OK), 0);
}
END_TEST

/* A script starts the lab under memcheck, say: fine for a spec, whose agent is wherever it ends up. */
START_TEST(test_a_script_may_start_the_interpreter_of_specs)
{
    shell("printf '#!/bin/sh\\nexec %s/slpython-lab \"$@\"\\n' >lab; chmod +x lab", binaries);
    ck_assert_int_eq(spillway("run -i ./lab %s/../channel/main-waits-for-its-value.spec", programs),
                     0);
}
END_TEST

START_TEST(test_another_interpreter_never_stands_in)
{
    ck_assert_int_eq(
        shell("VIRTUAL_ENV=$PWD/gone %s/spillway explore test_it.py::test_y >out 2>err", binaries),
        2);
    ASSERT_SAYS("err", "/gone/bin/python3: No such file or directory\n");
    ck_assert_int_eq(shell("/usr/bin/python3.11 -m venv --without-pip venv"), 0);
    ck_assert_int_eq(shell("VIRTUAL_ENV=$PWD/venv %s/spillway record -o a.sched "
                           "test_it.py::test_y >out 2>err",
                           binaries),
                     0);
    ck_assert_int_eq(shell("grep -q '^interp .*venv/bin/python3' a.sched"), 0);
}
END_TEST

/* The conftest.py would count for nothing. */
START_TEST(test_a_project_of_pytests_is_not_run_without_it)
{
    static const char *const how[] = {"explore test_it.py::test_y", "explore .",
                                      "run test_it.py::"};

    ck_assert_int_eq(shell("/usr/bin/python3.11 -m venv --without-pip venv && touch conftest.py"),
                     0);
    for (size_t i = 0; i < sizeof how / sizeof *how; i++) {
        ck_assert_int_eq(shell("VIRTUAL_ENV=$PWD/venv %s/spillway %s >out 2>err", binaries, how[i]),
                         2);
        ASSERT_SAYS("err", "/conftest.py), and pytest is not installed for ");
        ASSERT_SAYS("err", "/venv/bin/python3\n");
    }
}
END_TEST

/* ---- the tests ---- */

static const char numbers[] = "import pytest\n"
                              "def test_plain(): pass\n"
                              "@pytest.mark.parametrize('n', [1, 2, 3])\n"
                              "def test_n(n): assert n != 2\n"
                              "class TestThem:\n"
                              "    @pytest.mark.parametrize('n', [1, 2])\n"
                              "    def test_m(self, n): pass\n";

START_TEST(test_each_parameter_is_a_test_without_a_project_too)
{
    write_file("test_numbers.py", numbers);
    ck_assert_int_eq(spillway("explore --schedules 2 test_numbers.py::"), 1);
    ASSERT_SAYS("out", "FAIL   test_numbers.py::test_n[2] (");
    ASSERT_SAYS("out", "6 tests: 5 passed, 1 failed\n");
    ck_assert_int_eq(spillway("run test_numbers.py::TestThem"), 0);
    ASSERT_SAYS("out", "2 tests: 2 passed\n");
}
END_TEST

/* ---- what it prints ---- */

static const char loud[] = "import sys, threading\n"
                           "def test_it():\n"
                           "    for out in (sys.stdout, sys.stderr):\n"
                           "        print('the begin', file=out)\n"
                           "        for i in range(50000): print('x' * 99, file=out)\n"
                           "        print('the end', file=out)\n"
                           "    assert 0, 'm' * 5000000\n";

static const char *const shown[][2] = {
    {"^the begin$", "out"},
    {"^spillway: 4918098 bytes of the test.s output are left out here$", "out"},
    {"^the end$", "out"},
    {"^the begin$", "err"}};

static long size_of(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 ? (long)status.st_size : -1;
}

START_TEST(test_of_much_output_the_begin_and_the_end_are_shown)
{
    write_file("loud.py", loud);
    ck_assert_int_eq(spillway("explore --schedules 2 --junit a.xml loud.py::test_it"), 1);
    for (int i = 0; i < 4; i++)
        ck_assert_msg(shell("grep -q '%s' %s", shown[i][0], shown[i][1]) == 0, "%s", shown[i][0]);
    ck_assert_int_lt(size_of("out"), 100000);
    ck_assert_int_lt(size_of("err"), 100000);
    ck_assert_int_lt(size_of("a.xml"), 300000);
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *names = tcase_create("names"), *tests = tcase_create("tests");

    tcase_add_checked_fixture(names, setup_files, teardown);
    tcase_set_tags(names, "no-memcheck");
    tcase_set_timeout(names, 120);
    tcase_add_test(names, test_what_is_no_python_is_no_failure);
    tcase_add_test(names, test_a_program_that_fails_is_one);
    tcase_add_loop_test(names, test_an_interpreter_is_looked_at_before_it_is_used, 0,
                        sizeof uses / sizeof *uses);
    tcase_add_test(names, test_a_script_may_start_the_interpreter_of_specs);
    tcase_add_test(names, test_another_interpreter_never_stands_in);
    suite_add_tcase(suite, names);
    tcase_add_checked_fixture(tests, setup_files, teardown);
    tcase_set_tags(tests, "no-memcheck");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, test_a_project_of_pytests_is_not_run_without_it);
    tcase_add_test(tests, test_each_parameter_is_a_test_without_a_project_too);
    tcase_add_test(tests, test_of_much_output_the_begin_and_the_end_are_shown);
    suite_add_tcase(suite, tests);
}

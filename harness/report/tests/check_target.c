/* SPDX-License-Identifier: MIT
 *
 * check_target.c - tests of Python files as a user writes and names them: what is found, what is
 * shown, what passes and what fails, and that a failure is there to be replayed.
 */
#include "harness/tests/control_fixture.h"

static const char suite_py[] =
    "import _thread, os, sys, threading, time, unittest\n"
    "\n"
    "def point():\n"
    "    pass\n"
    "\n"
    "def test_passes():\n"
    "    print('printed by the test')\n"
    "\n"
    "def test_fails():\n"
    "    assert 1 + 1 == 3, 'sums'\n"
    "\n"
    "def test_thread_raises():\n"
    "    thread = threading.Thread(target=lambda: 1 // 0)\n"
    "    thread.start()\n"
    "    thread.join()\n"
    "\n"
    "def test_raw_thread_raises():\n"
    "    _thread.start_new_thread(lambda: 1 // 0, ())\n"
    "    time.sleep(1)\n"
    "\n"
    "def test_late_thread_raises():\n"
    "    def late():\n"
    "        time.sleep(1)\n"
    "        raise ValueError('late')\n"
    "    threading.Thread(target=late).start()\n"
    "\n"
    "def test_skips():\n"
    "    raise unittest.SkipTest('not today')\n"
    "\n"
    "def test_exits():\n"
    "    sys.exit(3)\n"
    "\n"
    "def test_ends_the_process():\n"
    "    os._exit(4)\n"
    "\n"
    "def test_crashes():\n"
    "    os.abort()\n"
    "\n"
    "def test_starts_a_process():\n"
    "    import subprocess\n"
    "    subprocess.check_call(['/bin/true'])\n"
    "\n"
    "def test_takes_a_fixture(tmp_path):\n"
    "    assert tmp_path.is_dir()\n"
    "\n"
    "def test_deadlock():\n"
    "    a, b = threading.Lock(), threading.Lock()\n"
    "    has_a, has_b = threading.Event(), threading.Event()\n"
    "    def first():\n"
    "        with a:\n"
    "            has_a.set()\n"
    "            has_b.wait()\n"
    "            b.acquire()\n"
    "    def second():\n"
    "        with b:\n"
    "            has_b.set()\n"
    "            has_a.wait()\n"
    "            a.acquire()\n"
    "    threads = [threading.Thread(target=one) for one in (first, second)]\n"
    "    for thread in threads:\n"
    "        thread.start()\n"
    "    for thread in threads:\n"
    "        thread.join()\n"
    "\n"
    "class TestPlain:\n"
    "    def setup_method(self):\n"
    "        self.value = 5\n"
    "    def test_was_set_up(self):\n"
    "        assert self.value == 5\n"
    "\n"
    "class Case(unittest.TestCase):\n"
    "    @classmethod\n"
    "    def setUpClass(cls):\n"
    "        cls.value = 1\n"
    "    def setUp(self):\n"
    "        self.value += 1\n"
    "    def tearDown(self):\n"
    "        print('torn down')\n"
    "    def test_was_set_up(self):\n"
    "        self.assertEqual(self.value, 2)\n"
    "    def test_fails(self):\n"
    "        self.assertEqual(self.value, 3)\n"
    "    @unittest.expectedFailure\n"
    "    def test_is_expected_to_fail(self):\n"
    "        self.assertEqual(self.value, 3)\n"
    "    @unittest.expectedFailure\n"
    "    def test_passes_unexpectedly(self):\n"
    "        pass\n"
    "    @unittest.skip('never')\n"
    "    def test_skips(self):\n"
    "        pass\n";

/* Also for 2.7 and PyPy. */
static const char race_py[] = "import threading\n"
                              "\n"
                              "def point():\n"
                              "    pass\n"
                              "\n"
                              "def test_lost_update():\n"
                              "    number = [0]\n"
                              "    def increment():\n"
                              "        for _ in range(4):\n"
                              "            read = number[0]\n"
                              "            point()\n"
                              "            number[0] = read + 1\n"
                              "    threads = [threading.Thread(target=increment) for _ in 'ab']\n"
                              "    for thread in threads:\n"
                              "        thread.start()\n"
                              "    for thread in threads:\n"
                              "        thread.join()\n"
                              "    assert number[0] == 8, number[0]\n"
                              "\n"
                              "def test_with_a_lock():\n"
                              "    lock = threading.Lock()\n"
                              "    number = [0]\n"
                              "    def increment():\n"
                              "        with lock:\n"
                              "            read = number[0]\n"
                              "            point()\n"
                              "            number[0] = read + 1\n"
                              "    threads = [threading.Thread(target=increment) for _ in 'ab']\n"
                              "    for thread in threads:\n"
                              "        thread.start()\n"
                              "    for thread in threads:\n"
                              "        thread.join()\n"
                              "    assert number[0] == 2, number[0]\n";

static void setup_files(void)
{
    setup();
    write_file("suite.py", suite_py);
    write_file("race.py", race_py);
}

static void expect(int status, const char *arguments)
{
    int got = spillway("run %s", arguments);

    ck_assert_msg(got == status, "run %s: exit status %d, not %d\n%s", arguments, got, status,
                  content("err"));
}

/* ---- one schedule ---- */

static const struct {
    const char *test;
    int status;
    const char *out, *err; /* what they say; NULL: anything */
} singles[] = {
    {"test_passes", 0, "ok     suite.py::test_passes (1 schedule, the default schedule; 0 decis",
     NULL},
    {"test_passes", 0, "printed by the test\n", NULL},
    {"test_fails", 1, "FAIL   suite.py::test_fails (", "AssertionError: sums\n"},
    {"test_fails", 1, "again: spillway replay suite-test_fails.sched\n",
     "/suite.py\", line 10, in test_fails\n"},
    {"test_thread_raises", 1, "FAIL ", "Exception in thread Thread-1 "},
    {"test_raw_thread_raises", 1, "FAIL ", "ZeroDivisionError"},
    {"test_late_thread_raises", 1, "FAIL ", "ValueError: late"},
    {"test_skips", 0, "skip   suite.py::test_skips\n", "spillway: skipped: not today\n"},
    {"test_exits", 1, "FAIL ", "SystemExit: 3"},
    {"test_ends_the_process", 1, "(exit 4 in the middle of it, under the default schedule)", NULL},
    {"test_crashes", 1, "CRASH  suite.py::test_crashes (crashed SIGABRT", NULL},
    {"test_starts_a_process", 3, "not controlled: a subprocess", NULL},
    {"test_deadlock", 1, "deadlock T1 waits for ", "cycle: T1 waits for "},
    {"TestPlain::test_was_set_up", 0, "ok     suite.py::TestPlain::test_was_set_up (", NULL},
    {"TestPlain", 0, "ok     suite.py::TestPlain::test_was_set_up (", NULL},
    {"Case::test_was_set_up", 0, "torn down\nok ", NULL},
    {"Case::test_fails", 1, "FAIL ", "AssertionError: 2 != 3"},
    {"Case::test_is_expected_to_fail", 0, "ok ", NULL},
    {"Case::test_passes_unexpectedly", 1, "FAIL ", "it passed, which was not expected"},
    {"Case::test_skips", 0, "skip ", "spillway: skipped: never\n"},
    {"Case", 1, "5 tests: 2 passed, 1 skipped, 2 failed\n", NULL},
    {"point", 0, "ok     suite.py::point (", NULL},
    {"test_pases", 2, "", "suite.py: there is no 'test_pases' in it; did you mean 'test_passes'?"},
    {"Case::test_skip", 2, "", "did you mean 'Case::test_skips'?"},
    {"nothing_like_it", 2, "", "suite.py: there is no 'nothing_like_it' in it\n"},
};

START_TEST(test_one_schedule)
{
    char arguments[200];

    snprintf(arguments, sizeof arguments, "suite.py::%s", singles[_i].test);
    expect(singles[_i].status, arguments);
    ASSERT_SAYS("out", singles[_i].out);
    if (singles[_i].err != NULL)
        ASSERT_SAYS("err", singles[_i].err);
}
END_TEST

START_TEST(test_a_failure_is_there_to_be_replayed)
{
    static const char *const names[] = {"test_fails", "test_deadlock", "test_crashes"};

    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(spillway("run --seed 5 suite.py::%s", names[i]), 1);
        ck_assert_int_eq(spillway("replay suite-%s.sched", names[i]), 0);
    }
    ck_assert_int_eq(spillway("run suite.py::Case::test_fails"), 1);
    ck_assert_int_eq(spillway("replay suite-Case.test_fails.sched"), 0);
    ck_assert_int_eq(shell("echo >>suite.py"), 0);
    ck_assert_int_eq(spillway("replay suite-Case.test_fails.sched"), 0);
    ASSERT_SAYS("err", "it is of another input: ");
    ASSERT_SAYS("err", "as recorded");
}
END_TEST

START_TEST(test_all_tests_of_a_file_are_run)
{
    expect(
        3,
        "--tap --junit report.xml race.py:: suite.py::TestPlain suite.py::test_starts_a_process");
    ASSERT_SAYS("out", "TAP version 13\n1..4\nok 1 - race.py::test_lost_update\n# 1 schedule, ");
    ASSERT_SAYS("out", "ok 2 - race.py::test_with_a_lock\n");
    ASSERT_SAYS("out", "\nnot ok 4 - suite.py::test_starts_a_process\n");
    ASSERT_SAYS("out", "# 4 tests: 3 passed, 1 inconclusive\n");
    ASSERT_SAYS("report.xml",
                "<testsuite name=\"spillway\" tests=\"4\" failures=\"0\" errors=\"1\"");
}
END_TEST

/* ---- files that are none ---- */

START_TEST(test_a_whole_file_is_a_test_too)
{
    write_file("whole.py", "import sys, threading\n"
                           "assert __name__ == '__main__' and sys.argv == [__file__]\n"
                           "assert 'seen' not in globals()\n"
                           "seen = sys.modules['__main__'].seen = 1\n"
                           "t = threading.Thread(target=print)\n"
                           "t.start()\n"
                           "sys.exit(0)\n");
    ck_assert_int_eq(spillway("run --schedules 50 whole.py::__main__"), 0);
    write_file("whole.py", "import sys\n"
                           "sys.exit('not today')\n");
    ck_assert_int_eq(spillway("run whole.py::__main__"), 1);
    ASSERT_SAYS("err", "not today");
    write_file("whole.py", "here is no Python\n");
    ck_assert_int_eq(spillway("run whole.py::__main__"), 2);
    ASSERT_SAYS("err", "SyntaxError");
    ASSERT_SAYS("err", "whole.py: it is no Python");
}
END_TEST

START_TEST(test_a_syntax_error_is_shown_with_its_place)
{
    write_file("bad.py", "def test_x():\n    return return\n");
    expect(2, "bad.py::");
    ASSERT_SAYS("err", "/bad.py\", line 2\n");
    ASSERT_SAYS("err", "SyntaxError");
    ASSERT_SAYS("err", "spillway: bad.py: it cannot be imported\n");
}
END_TEST

START_TEST(test_an_error_of_the_import_is_shown_with_its_place)
{
    write_file("bad.py", "import no_such_module\n");
    expect(2, "bad.py::test_x");
    ASSERT_SAYS("err", "/bad.py\", line 1, in <module>\n");
}
END_TEST

START_TEST(test_what_is_no_target_is_refused)
{
    write_file("none.py", "def helper():\n    pass\n");
    expect(2, "nowhere.py::test_x");
    ASSERT_SAYS("err", "nowhere.py: No such file or directory");
    expect(2, "none.py::");
    ASSERT_SAYS("err", "none.py: no test in it");
    expect(2, "none.py::helper none.py");
    ASSERT_SAYS("err", "need commands of their own");
    expect(2, "--seed 4 none.py");
    ASSERT_SAYS("err", "are for tests, FILE.py::NAME");
    expect(2, "--strategy default --seed 4 none.py::helper");
    ASSERT_SAYS("err", "--strategy default is one schedule");
    expect(2, "--engine fibres none.py::helper");
    expect(2, "--schedules 0 none.py::helper");
}
END_TEST

/* As pytest has it; but "none.py" was a program that did nothing, and passed. */
START_TEST(test_a_file_named_like_tests_stands_for_its_tests)
{
    write_file("test_two.py", "def test_a():\n    pass\n\ndef test_b():\n    assert 0\n");
    write_file("test_none.py", "print('a script')\n");
    expect(1, "test_two.py");
    ASSERT_SAYS("out", "test_two.py::test_a");
    ASSERT_SAYS("out", "FAIL   test_two.py::test_b");
    ck_assert_int_eq(spillway("explore --schedules 5 test_none.py"), 0);
    ASSERT_SAYS("out", "ok     test_none.py (1 schedule");
    ck_assert_int_eq(spillway("explore test_two.py --schedules 5"), 1);
    ASSERT_SAYS("out", "FAIL   test_two.py::test_b");
    ck_assert_int_eq(spillway("explore --schedules 5 -- test_two.py 1"), 0); /* with an argument */
    ASSERT_SAYS("out", "ok     test_two.py");
}
END_TEST

START_TEST(test_a_fixture_needs_pytest)
{
    int there = shell("/usr/bin/python3.11 -c 'import pytest' 2>/dev/null") == 0;

    expect(there ? 0 : 2, "suite.py::test_takes_a_fixture");
    if (!there)
        ASSERT_SAYS("err", "needs pytest for the fixture 'tmp_path', and pytest is not installed "
                           "for /usr/bin/python3.11\n");
}
END_TEST

START_TEST(test_a_file_in_a_package_imports_from_it)
{
    ck_assert_int_eq(shell("mkdir package && touch package/__init__.py"), 0);
    write_file("package/other.py", "value = 3\n");
    write_file("package/test_it.py",
               "from .other import value\ndef test_x():\n    assert value == 3\n");
    expect(0, "package/test_it.py::test_x");
}
END_TEST

/* ---- many schedules ---- */

START_TEST(test_a_pass_says_what_was_shown)
{
    static const char *const engines[] = {"threads", "fibers", "pool"};
    char arguments[200];

    snprintf(arguments, sizeof arguments,
             "--engine %s --seed 7 --schedules 100 race.py::test_with_a_lock", engines[_i]);
    expect(0, arguments);
    ASSERT_SAYS("out", "ok     race.py::test_with_a_lock (100 schedules of a random walk, "
                       "seeds 7 to 106, ");
    ASSERT_SAYS("out", " distinct, ");
    ASSERT_SAYS("out", " a second)\n");
}
END_TEST

static void find_lost_update(const char *options)
{
    char arguments[PATH_MAX];

    snprintf(arguments, sizeof arguments, "%s --schedules 1000 race.py::test_lost_update", options);
    expect(1, arguments);
    ASSERT_SAYS("out", "FAIL   race.py::test_lost_update (failed under the random walk of seed ");
    ASSERT_SAYS("out", " of 1000 schedules\n");
    ASSERT_SAYS("err", "AssertionError: ");
    ck_assert_int_eq(spillway("replay race-test_lost_update.sched"), 0);
}

START_TEST(test_a_lost_update_is_found_and_replays)
{
    find_lost_update("--schedules 200");
    ck_assert_int_eq(shell("grep -q '^begin    program$' race-test_lost_update.sched"), 0);
    find_lost_update("--seed 5000 --engine pool");
}
END_TEST

START_TEST(test_a_deadlock_is_found_among_many)
{
    expect(1, "--schedules 20 suite.py::test_deadlock");
    ASSERT_SAYS("out",
                "FAIL   suite.py::test_deadlock (under the random walk of seed 1: deadlock T1");
    ASSERT_SAYS("out", "number 1 of 20 schedules");
}
END_TEST

START_TEST(test_what_only_others_would_cause_is_not_there)
{
    write_file(
        "state.py",
        "times = [0]\ndef test_third_time():\n    times[0] += 1\n    assert times[0] != 3\n");
    expect(0, "--schedules 10 state.py::test_third_time");
}
END_TEST

START_TEST(test_among_many_too_all_are_controlled_or_it_is_unsure)
{
    expect(3, "--schedules 3 suite.py::test_starts_a_process");
    ASSERT_SAYS("out", "not controlled: a subprocess");
    expect(0, "--schedules 3 suite.py::test_skips");
    ASSERT_SAYS("out", "skip   suite.py::test_skips\n");
    expect(2, "--schedules 3 suite.py::test_skip");
}
END_TEST

/* ---- other interpreters ---- */

START_TEST(test_slpython_runs_tasklets)
{
    char arguments[PATH_MAX + 100];

    if (strstr(binaries, "/san-") != NULL) {
        printf("skipped: nothing can be preloaded into a sanitizer build\n");
        return;
    }
    write_file("tasklets.py", "import stackless\n"
                              "def test_x():\n"
                              "    channel, got = stackless.channel(), []\n"
                              "    stackless.tasklet(lambda: got.append(channel.receive()))()\n"
                              "    stackless.tasklet(channel.send)(4)\n"
                              "    stackless.run()\n"
                              "    assert got == [4]\n");
    snprintf(arguments, sizeof arguments, "--interp %s/%s --schedules 3 tasklets.py::test_x",
             binaries, _i == 0 ? "slpython" : "slpython-lab");
    expect(0, arguments);
}
END_TEST

static int is_there(const char *path)
{
    if (access(path, X_OK) == 0)
        return 1;
    printf("skipped: no %s\n", path);
    return 0;
}

START_TEST(test_python_2_runs_the_same_file)
{
    static const char path[] = "/usr/bin/python2.7";

    if (!is_there(path))
        return;
    find_lost_update("--interp /usr/bin/python2.7");
    expect(0, "--interp /usr/bin/python2.7 race.py::test_with_a_lock");
}
END_TEST

START_TEST(test_pypy_runs_the_same_file)
{
    if (!is_there("/usr/bin/pypy3"))
        return;
    expect(0, "--interp /usr/bin/pypy3 --schedules 20 race.py::test_with_a_lock");
    expect(1, "--interp /usr/bin/pypy3 suite.py::test_fails");
    ck_assert_int_eq(spillway("replay suite-test_fails.sched"), 0);
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *one = tcase_create("one schedule"), *bad = tcase_create("bad files"),
          *many = tcase_create("many schedules"), *others = tcase_create("other interpreters");
    TCase *const cases[] = {one, bad, many, others};

    for (int i = 0; i < 4; i++) {
        tcase_add_checked_fixture(cases[i], setup_files, teardown);
        tcase_set_timeout(cases[i], 120);
        tcase_set_tags(cases[i], "no-memcheck"); /* it only starts other programs */
        suite_add_tcase(suite, cases[i]);
    }
    tcase_add_loop_test(one, test_one_schedule, 0, sizeof singles / sizeof *singles);
    tcase_add_test(one, test_a_failure_is_there_to_be_replayed);
    tcase_add_test(one, test_all_tests_of_a_file_are_run);
    tcase_add_test(bad, test_a_whole_file_is_a_test_too);
    tcase_add_test(bad, test_a_syntax_error_is_shown_with_its_place);
    tcase_add_test(bad, test_an_error_of_the_import_is_shown_with_its_place);
    tcase_add_test(bad, test_what_is_no_target_is_refused);
    tcase_add_test(bad, test_a_file_named_like_tests_stands_for_its_tests);
    tcase_add_test(bad, test_a_fixture_needs_pytest);
    tcase_add_test(bad, test_a_file_in_a_package_imports_from_it);
    tcase_add_loop_test(many, test_a_pass_says_what_was_shown, 0, 3);
    tcase_add_test(many, test_a_lost_update_is_found_and_replays);
    tcase_add_test(many, test_a_deadlock_is_found_among_many);
    tcase_add_test(many, test_what_only_others_would_cause_is_not_there);
    tcase_add_test(many, test_among_many_too_all_are_controlled_or_it_is_unsure);
    tcase_add_loop_test(others, test_slpython_runs_tasklets, 0, 2);
    tcase_add_test(others, test_python_2_runs_the_same_file);
    tcase_add_test(others, test_pypy_runs_the_same_file);
}

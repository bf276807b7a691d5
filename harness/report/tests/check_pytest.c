/* SPDX-License-Identifier: MIT
 *
 * check_pytest.c - tests of a project of pytest's: pyproject.toml with pythonpath, a conftest.py,
 * fixtures of every scope, classes of unittest's and coroutines.  The project is
 * harness/pytest/tests/project; the fixtures of it fail where one is set up twice or torn down by
 * another schedule.
 */
#include "harness/tests/control_fixture.h"

/* Debian's, with Debian's pytest. */
static void setup_project(void)
{
    setup();
    ck_assert_int_eq(shell("cp -r %s/../../harness/pytest/tests/project/. .", programs), 0);
}

static void expect_lines(const char *const *lines)
{
    for (; *lines != NULL; lines++)
        ASSERT_SAYS("out", *lines);
}

START_TEST(test_a_file_is_run_as_pytest_would)
{
    static const char *const lines[] = {
        "ok     tests/test_stock.py::test_sold_safely (1 schedule",
        "ok     tests/test_stock.py::test_counts[1] (1 schedule",
        "ok     tests/test_stock.py::test_counts[4] (1 schedule",
        "ok     tests/test_stock.py::test_only_one_thread (1 schedule",
        "skip   tests/test_stock.py::test_skipped\n",
        "ok     tests/test_stock.py::test_expected_to_fail (1 schedule",
        "ok     tests/test_stock.py::TestShelf::test_name (1 schedule",
        "9 tests: 8 passed, 1 skipped\n",
        NULL};

    ck_assert_int_eq(spillway("run tests/test_stock.py::"), 0);
    expect_lines(lines);
    ASSERT_SAYS("err", "spillway: skipped: not today\n");
}
END_TEST

START_TEST(test_classes_of_unittest_and_coroutines_are_run)
{
    ck_assert_int_eq(spillway("run tests/test_cases.py:: tests/test_coroutines.py::"), 0);
    ASSERT_SAYS("out", "test_cases.py::StockCase::test_sold_twice (1 schedule");
    ASSERT_SAYS("out", "test_cases.py::AsyncCase::test_in_threads (1 schedule");
    ASSERT_SAYS("out", "test_coroutines.py::test_gathered (1 schedule");
    ASSERT_SAYS("out", "3 tests: 3 passed\n");
}
END_TEST

/* Each sets up shop and shelf, and finds nothing that another has left: also warm, as run has them,
 * one after the other in a process. */
START_TEST(test_fixtures_are_those_of_each_schedule)
{
    ck_assert_int_eq(spillway("run --schedules 20 tests/test_stock.py::test_only_one_thread "
                              "tests/test_stock.py::test_temporary_folder"),
                     0);
    ASSERT_SAYS("out", "test_only_one_thread (20 schedules of a random walk");
    ck_assert_int_eq(spillway("explore --grain call --schedules 20 "
                              "tests/test_stock.py::test_temporary_folder"),
                     0);
    ASSERT_SAYS("out", "ok     tests/test_stock.py::test_temporary_folder (20 schedules of ");
}
END_TEST

/* pytest asks tempfile, which draws a seed for names: no chance that a search would have to vary. */
START_TEST(test_who_only_has_a_temporary_folder_has_one_schedule)
{
    write_file("tests/test_alone.py", "def test_alone(tmp_path):\n    assert tmp_path.is_dir()\n");
    ck_assert_int_eq(spillway("explore tests/test_alone.py"), 0);
    ASSERT_SAYS("out", "ok     tests/test_alone.py::test_alone (1 schedule, ");
}
END_TEST

START_TEST(test_what_is_found_is_explained_and_replayed)
{
    ck_assert_int_eq(spillway("explore tests/test_stock.py::test_oversold"), 1);
    ASSERT_SAYS("out", "kind: check then act, of Stock.count\n");
    ASSERT_SAYS("out", "raises AssertionError: assert -1 >= 0\n");
    ASSERT_SAYS("err", ">       assert stock.count >= 0\nE       assert -1 >= 0\n");
    ck_assert_int_eq(spillway("replay test_stock-test_oversold.sched"), 0);
    ASSERT_SAYS("err", "spillway: as recorded: exit 1; ");
}
END_TEST

/* A pass, too, and never over the failure that a search has kept. */
START_TEST(test_one_is_recorded)
{
    ck_assert_int_eq(spillway("explore tests/test_stock.py::test_oversold"), 1);
    ck_assert_int_eq(spillway("record tests/test_stock.py::test_oversold --strategy default"), 0);
    ck_assert_int_eq(spillway("replay test_stock-test_oversold.recorded.sched"), 0);
    ASSERT_SAYS("err", "spillway: as recorded: exit 0; ");
    ck_assert_int_eq(
        spillway("diff test_stock-test_oversold.recorded.sched test_stock-test_oversold.sched"), 1);
    ASSERT_SAYS("out", "they part at step ");
    ck_assert_int_eq(spillway("replay test_stock-test_oversold.sched"), 0);
    ASSERT_SAYS("err", "spillway: as recorded: exit 1; ");
    /* The folder for temporary files is no input, though pytest lists it. */
    write_file("tests/test_temp.py", "def test_it(tmp_path):\n    assert tmp_path.is_dir()\n");
    ck_assert_int_eq(spillway("record tests/test_temp.py::test_it -o temp.sched"), 0);
    ck_assert_int_ne(shell("grep '^reads */tmp/spillway-' temp.sched"), 0);
    ck_assert_int_eq(spillway("record tests/test_stock.py::"), 2);
    ASSERT_SAYS("err", "one test at a time: FILE.py::NAME\n");
    ck_assert_int_eq(spillway("record tests/test_stock.py::test_oversold 3"), 2);
    ASSERT_SAYS("err", "a test takes no arguments\n");
    ck_assert_int_eq(spillway("record temp.sched"), 2);
    ASSERT_SAYS("err", "a schedule is no program: spillway replay repeats it\n");
}
END_TEST

/* What is not there is no reason to run all that is. */
START_TEST(test_a_name_that_is_not_there_runs_nothing)
{
    write_file("tests/test_numbers.py", "import pytest\n"
                                        "@pytest.mark.parametrize('n', [1, 2])\n"
                                        "def test_number(n):\n"
                                        "    open('came', 'w')\n");
    ck_assert_int_eq(spillway("explore tests/test_numbers.py::test_number[3]"), 2);
    ASSERT_SAYS("err", "there is no 'test_number[3]' in it; did you mean 'test_number[");
    ck_assert_int_eq(spillway("record tests/test_numbers.py::test_number[3]"), 2);
    ASSERT_SAYS("err", "there is no 'test_number[3]' in it; did you mean 'test_number[");
    ck_assert_int_lt(access("came", F_OK), 0);
    ck_assert_int_ne(shell("ls *test_number*sched 2>/dev/null"), 0);
    remove("tests/test_numbers.py");
}
END_TEST

START_TEST(test_a_unittest_class_of_the_project_is_explained_too)
{
    ck_assert_int_eq(spillway("explore tests/test_cases.py::StockCase::test_sold_twice"), 1);
    ASSERT_SAYS("out", "kind: check then act, of Stock.count\n");
}
END_TEST

START_TEST(test_a_folder_is_explored)
{
    ck_assert_int_eq(
        spillway("explore --schedules 20 --jobs 1 --junit j.xml --json j.json -o found/ "
                 "tests"),
        1);
    ASSERT_SAYS("out", "FAIL   tests/test_cases.py::StockCase::test_sold_twice (failed under ");
    ASSERT_SAYS("out", "ok     tests/test_coroutines.py::test_gathered (15 schedules of portfolio");
    ASSERT_SAYS("out", "again: spillway replay found/test_stock-test_oversold.sched\n");
    ASSERT_SAYS("out", "12 tests: 9 passed, 1 skipped, 2 failed\n");
    ck_assert_int_eq(shell("xmllint --noout j.xml"), 0);
    ASSERT_SAYS("j.xml", "tests=\"12\" failures=\"2\" errors=\"0\"");
    ASSERT_SAYS("j.xml",
                "<testcase classname=\"tests/test_stock.py\" name=\"test_oversold\" time=\"");
    ASSERT_SAYS("j.xml", "<system-err>");
    ASSERT_SAYS("j.xml", "E       assert -1 &gt;= 0");
    ASSERT_SAYS("j.json", "\"schedule\": \"found/test_stock-test_oversold.sched\"");
    ck_assert_int_eq(spillway("replay found/test_stock-test_oversold.sched"), 0);
}
END_TEST

START_TEST(test_what_goes_with_one_test_only_is_refused)
{
    ck_assert_int_eq(spillway("explore -o a.sched tests"), 2);
    ASSERT_SAYS("err", "of several tests --output names a folder: FOLDER/\n");
    ck_assert_int_eq(spillway("explore --campaign c tests/test_cases.py::"), 2);
    ASSERT_SAYS("err", "is of one test: FILE.py::NAME\n");
    ck_assert_int_eq(spillway("explore tests/test_cases.py:: src/stock/__init__.py"), 2);
    ASSERT_SAYS("err", "go together, and nothing else with them\n");
    /* A folder has no arguments either: what stands behind it is explore's. */
    ck_assert_int_eq(spillway("explore tests --schedules 0"), 2);
    ASSERT_SAYS("err", "--schedules: '0' is not a number");
    ck_assert_int_eq(spillway("explore tests/test_cases.py::StockCase::test_sold_twice tests "
                              "-o a.sched"),
                     2);
    ASSERT_SAYS("err", "of several tests --output names a folder: FOLDER/\n");
}
END_TEST

/* As a shell has them: without a slash on PATH, and that of the environment that is active. */
START_TEST(test_the_interpreter_is_the_one_that_a_shell_would_have)
{
    ck_assert_int_eq(shell("mkdir bin venv && ln -s /usr/bin/python3.11 bin/py && "
                           "/usr/bin/python3.11 -m venv --without-pip --system-site-packages venv"),
                     0);
    write_file("tests/test_where.py", "import sys\n\ndef test_x():\n    print(sys.executable)\n");
    ck_assert_int_eq(shell("PATH=$PWD/bin:$PATH %s/spillway run -i py tests/test_where.py::test_x "
                           ">out 2>err",
                           binaries),
                     0);
    ASSERT_SAYS("out", "/bin/py\n");
    ck_assert_int_eq(shell("VIRTUAL_ENV=$PWD/venv %s/spillway run tests/test_where.py::test_x "
                           ">out 2>err",
                           binaries),
                     0);
    ASSERT_SAYS("out", "/venv/bin/python3\n");
    ck_assert_int_eq(spillway("run -i nothing_of_that_name tests/test_where.py::test_x"), 2);
    ASSERT_SAYS("err", "no interpreter at nothing_of_that_name: ");
}
END_TEST

START_TEST(test_the_environment_is_given_where_it_is_wanted)
{
    write_file("tests/test_env.py", "import os\n\ndef test_x():\n"
                                    "    print(*[os.environ.get(name) for name in 'ABC'])\n"
                                    "    print(os.environ.get('MY_TOKEN'))\n");
    ck_assert_int_eq(spillway("run --env A=1 tests/test_env.py::test_x"), 0);
    ASSERT_SAYS("out", "1 None None\nNone\n");
    ck_assert_int_eq(shell("env -i PATH=/usr/bin:/bin B=2 C=3 MY_TOKEN=x %s/spillway run "
                           "--env-from-here --junit j.xml --json j.json tests/test_env.py::test_x "
                           ">out 2>err",
                           binaries),
                     0);
    ASSERT_SAYS("out", "None 2 3\nNone\n");
    ASSERT_SAYS("j.json", "\"end\": \"as expected\"");
}
END_TEST

/* run has explore's grain. */
START_TEST(test_run_has_the_grain_too)
{
    ck_assert_int_eq(
        spillway("run --grain access --schedules 40 tests/test_stock.py::test_oversold"), 1);
    ASSERT_SAYS("test_stock-test_oversold.sched", "\ngrain    access\n");
}
END_TEST

/* ---- the plugin ---- */

/* The exit status of pytest with the plugin. */
static int pytest(const char *arguments)
{
    return shell(
        "PYTHONPATH=%s/../lib/python PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3.11 -m pytest "
        "-p no:cacheprovider -p spillway_pytest %s >out 2>err",
        binaries, arguments);
}

START_TEST(test_the_plugin_explores_what_pytest_has_selected)
{
    ck_assert_int_eq(
        pytest("--spillway=14 --junitxml=j.xml tests/test_cases.py tests/test_stock.py "
               "-k 'twice or skipped or name'"),
        1);
    ASSERT_SAYS("out", "spillway: 14 schedules a test; failing ones are kept in spillway-found\n");
    ASSERT_SAYS("out", "tests/test_cases.py F");
    ASSERT_SAYS("out", "tests/test_stock.py s.");
    ASSERT_SAYS("out", ">       self.assertGreaterEqual(self.stock.count, 0)\n");
    ASSERT_SAYS("out", "kind: check then act, of Stock.count\n");
    ASSERT_SAYS("out", "1 failed, 1 passed, 1 skipped, ");
    ASSERT_SAYS("j.xml", "kind: check then act, of Stock.count");
    ck_assert_int_eq(spillway("replay spillway-found/test_cases-StockCase.test_sold_twice.sched"),
                     0);
}
END_TEST

/* What is not marked runs as ever, with what is set up for it. */
START_TEST(test_a_mark_explores_one_test)
{
    write_file("tests/test_marked.py",
               "import pytest\n\n"
               "def test_before(shelf):\n    assert shelf == 'shop/shelf'\n\n"
               "@pytest.mark.spillway(schedules=40, grain='access')\n"
               "def test_marked(stock, together):\n"
               "    together(lambda: stock.sell(2), lambda: stock.sell(2))\n"
               "    assert stock.count >= 0\n\n"
               "def test_behind(shelf):\n    assert shelf == 'shop/shelf'\n");
    ck_assert_int_eq(pytest("tests/test_marked.py"), 1);
    ASSERT_SAYS("out", "tests/test_marked.py .F.");
    ASSERT_SAYS("out", "grain access");
    ck_assert_int_eq(shell("sed -i 's/schedules=40/number=40/' tests/test_marked.py"), 0);
    ck_assert_int_ne(pytest("tests/test_marked.py"), 0);
    ck_assert_int_eq(
        shell("cat out err | grep -q 'mark spillway takes schedules=, grain= and early='"), 0);
}
END_TEST

START_TEST(test_what_is_undecided_is_no_pass)
{
    write_file("tests/test_process.py",
               "import subprocess\n\ndef test_x(together):\n"
               "    together(lambda: subprocess.check_call(['/bin/true']))\n");
    ck_assert_int_eq(pytest("--spillway=3 tests/test_process.py"), 1);
    ASSERT_SAYS("out", "UNSURE tests/test_process.py::test_x (not controlled: ");
    ck_assert_int_eq(pytest("--spillway=3 --spillway-unsure=skip -rs tests/test_process.py"), 0);
    ASSERT_SAYS("out", "undecided: not controlled: ");
}
END_TEST

/* ---- what is wrong ---- */

START_TEST(test_what_pytest_cannot_collect_is_said)
{
    ck_assert_int_eq(spillway("run tests/test_stock.py::test_oversoldd"), 2);
    ASSERT_SAYS("err", "there is no 'test_oversoldd' in it; did you mean 'test_oversold'?\n");
    write_file("tests/test_wrong.py", "import nothing_of_that_name\n\ndef test_x():\n    pass\n");
    ck_assert_int_eq(spillway("run tests/test_wrong.py::"), 2);
    ASSERT_SAYS("err", "pytest cannot collect it");
    ASSERT_SAYS("err", "No module named 'nothing_of_that_name'");
    write_file("tests/test_none.py", "");
    ck_assert_int_eq(spillway("run tests/test_none.py::"), 2);
    ASSERT_SAYS("err", "tests/test_none.py: no test in it that pytest collects\n");
}
END_TEST

START_TEST(test_a_whole_file_may_be_skipped)
{
    write_file("tests/test_later.py", "import pytest\n\npytest.skip('not here', "
                                      "allow_module_level=True)\n\ndef test_x():\n    pass\n");
    ck_assert_int_eq(spillway("run tests/test_later.py::"), 0);
    ASSERT_SAYS("out", "skip   tests/test_later.py::");
    ck_assert_int_eq(spillway("explore tests/test_later.py::test_x"), 0);
    ASSERT_SAYS("out", "skip   tests/test_later.py::test_x\n");
}
END_TEST

START_TEST(test_a_line_to_begin_at_is_found_in_what_pytest_imports)
{
    ck_assert_int_eq(spillway("explore --from 13 --schedules 5 tests/test_stock.py::test_oversold"),
                     0);
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *all = tcase_create("projects");

    tcase_add_checked_fixture(all, setup_project, teardown);
    tcase_set_timeout(all, 120);
    tcase_set_tags(all, "no-memcheck");
    suite_add_tcase(suite, all);
    tcase_add_test(all, test_a_file_is_run_as_pytest_would);
    tcase_add_test(all, test_classes_of_unittest_and_coroutines_are_run);
    tcase_add_test(all, test_fixtures_are_those_of_each_schedule);
    tcase_add_test(all, test_who_only_has_a_temporary_folder_has_one_schedule);
    tcase_add_test(all, test_what_is_found_is_explained_and_replayed);
    tcase_add_test(all, test_one_is_recorded);
    tcase_add_test(all, test_a_unittest_class_of_the_project_is_explained_too);
    tcase_add_test(all, test_a_name_that_is_not_there_runs_nothing);
    tcase_add_test(all, test_a_folder_is_explored);
    tcase_add_test(all, test_what_goes_with_one_test_only_is_refused);
    tcase_add_test(all, test_the_interpreter_is_the_one_that_a_shell_would_have);
    tcase_add_test(all, test_the_environment_is_given_where_it_is_wanted);
    tcase_add_test(all, test_run_has_the_grain_too);
    tcase_add_test(all, test_the_plugin_explores_what_pytest_has_selected);
    tcase_add_test(all, test_a_mark_explores_one_test);
    tcase_add_test(all, test_what_is_undecided_is_no_pass);
    tcase_add_test(all, test_what_pytest_cannot_collect_is_said);
    tcase_add_test(all, test_a_whole_file_may_be_skipped);
    tcase_add_test(all, test_a_line_to_begin_at_is_found_in_what_pytest_imports);
}

/* SPDX-License-Identifier: MIT
 *
 * check_versions.c - what explore finds and tells on each version of Python, and what it refuses
 * there in words of its own: on the interpreters of harness/tests/interps.h.
 */
#include "harness/tests/control_fixture.h"
#include "harness/tests/interps.h"

/* A line between whose bytecodes another thread can come in, where the interpreter itself lets none
 * in from 3.10 on. */
static const char programs_py[] =
    "import threading\n"
    "\n"
    "class Counter(object):\n"
    "    value = 0\n"
    "\n"
    "def run(work):\n"
    "    threads = [threading.Thread(target=work) for _ in range(2)]\n"
    "    for thread in threads:\n"
    "        thread.start()\n"
    "    for thread in threads:\n"
    "        thread.join()\n"
    "\n"
    "def test_counter():\n"
    "    counter = Counter()\n"
    "    def work():\n"
    "        counter.value += 1\n"
    "    run(work)\n"
    "    assert counter.value == 2\n"
    "\n"
    "def test_with_a_lock():\n"
    "    counter, lock = Counter(), threading.Lock()\n"
    "    def work():\n"
    "        with lock:\n"
    "            counter.value += 1\n"
    "    run(work)\n"
    "    assert counter.value == 2\n"
    "\n"
    "def test_deadlock():\n"
    "    a, b = threading.Lock(), threading.Lock()\n"
    "    turns = [(a, b), (b, a)]\n"
    "    def work():\n"
    "        one, other = turns.pop()\n"
    "        with one:\n"
    "            len(str(one))\n"
    "            with other:\n"
    "                pass\n"
    "    run(work)\n";

static void setup_programs(void)
{
    setup();
    write_file("p.py", programs_py);
}

/* Does that expression of sys and v, its version, hold there? */
static int is_where(const char *interp, const char *expression)
{
    return shell("%s -c 'import sys; v = sys.version_info[:2]; c = not hasattr(sys, "
                 "\"pypy_version_info\"); sys.exit(not (%s))'",
                 interp, expression) == 0;
}

static int has_grain_access(const char *interp)
{
    return is_where(interp, "c and (3, 11) <= v <= (3, 13)");
}

START_TEST(test_grain_access_comes_between_two_bytecodes)
{
    if (!has_grain_access(interps[_i]))
        return;
    ck_assert_int_eq(
        spillway("explore --jobs 1 --grain access --schedules 100 --interp %s p.py::test_counter",
                 interps[_i]),
        1);
    ASSERT_SAYS("out", "is stopped at p.py:");
    ASSERT_SAYS("out", "grain access, ");
    ck_assert_int_eq(spillway("replay p-test_counter.sched"), 0);
    ASSERT_SAYS("err", "as recorded: exit 1");
    ck_assert_int_eq(shell("grep ^decisions p-test_counter.sched >warm"), 0);
    /* From a checkpoint and in a process of its own: the same schedule. */
    ck_assert_int_eq(spillway("explore --jobs 1 --cold --grain access --schedules 100 --interp %s "
                              "-o cold.sched p.py::test_counter",
                              interps[_i]),
                     1);
    ck_assert_int_eq(shell("grep ^decisions cold.sched | cmp - warm"), 0);
}
END_TEST

START_TEST(test_what_is_right_is_right_at_grain_access)
{
    if (!has_grain_access(interps[_i]))
        return;
    ck_assert_msg(spillway("explore --jobs 1 --grain access --schedules 40 --interp %s "
                           "p.py::test_with_a_lock",
                           interps[_i]) == 0,
                  "%s", content("out"));
}
END_TEST

START_TEST(test_what_is_for_other_versions_is_refused)
{
    if (!has_grain_access(interps[_i])) {
        ck_assert_int_eq(
            spillway("explore --grain access --interp %s p.py::test_counter", interps[_i]), 2);
        ASSERT_SAYS("out", "p.py::test_counter (grain access is for CPython 3.11 to 3.13; ");
    }
    if (!is_where(interps[_i], "c and v == (3, 11)")) {
        ck_assert_int_eq(
            spillway("explore --strategy dpor --interp %s p.py::test_counter", interps[_i]), 2);
        ASSERT_SAYS("out", "p.py::test_counter (strategy dpor is for CPython 3.11; ");
    }
}
END_TEST

/* Python 2.7 has nothing that could be asked. */
START_TEST(test_a_report_names_lines)
{
    if (!is_where(interps[_i], "c and v >= (3, 6)"))
        return;
    ck_assert_int_eq(
        spillway("explore --jobs 1 --schedules 300 --interp %s p.py::test_deadlock", interps[_i]),
        1);
    ASSERT_SAYS("out", "kind: deadlock");
    ASSERT_SAYS("out", "p.py:35  with other:");
}
END_TEST

/* As managers of versions have it, of each version on PATH. */
START_TEST(test_a_script_stands_for_the_interpreter_that_it_starts)
{
    write_file("python3", "#!/bin/sh\nexec /usr/bin/python3.11 \"$@\"\n");
    ck_assert_int_eq(shell("mkdir bin && chmod +x python3 && mv python3 bin"), 0);
    ck_assert_msg(shell("PATH=$PWD/bin:$PATH %s/spillway explore --schedules 2 -i python3 "
                        "p.py::test_with_a_lock >out 2>err",
                        binaries) == 0,
                  "%s%s", content("out"), content("err"));
    ck_assert_int_eq(spillway("record --interp bin/python3 -o a.sched -- p.py"), 0);
    ck_assert_int_eq(shell("grep -q '^interp   /usr/bin/python3.11 ' a.sched"), 0);
    shell("PATH=$PWD/bin:$PATH %s/spillway doctor >out", binaries);
    ck_assert_ptr_null(strstr(content("out"), "it is a script"));
    ASSERT_SAYS("out", " grain access, dpor");
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *tcase = tcase_create("versions");

    interps_find();
    tcase_add_loop_test(tcase, test_grain_access_comes_between_two_bytecodes, 0, interp_count);
    tcase_add_loop_test(tcase, test_what_is_right_is_right_at_grain_access, 0, interp_count);
    tcase_add_loop_test(tcase, test_what_is_for_other_versions_is_refused, 0, interp_count);
    tcase_add_loop_test(tcase, test_a_report_names_lines, 0, interp_count);
    tcase_add_test(tcase, test_a_script_stands_for_the_interpreter_that_it_starts);
    tcase_add_checked_fixture(tcase, setup_programs, teardown);
    tcase_set_timeout(tcase, 300);
    tcase_set_tags(tcase, "no-memcheck"); /* it only starts other programs */
    suite_add_tcase(suite, tcase);
}

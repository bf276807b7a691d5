/* SPDX-License-Identifier: MIT
 *
 * check_steady.c - run --repeat N --steady: what a test leaves behind in each run.
 */
#include "harness/tests/control_fixture.h"

/* Each test does one thing with what outlives it. */
static void setup_tests(void)
{
    setup();
    write_file("t.py", "import os, threading\n"
                       "kept, cache, runs = [], {}, []\n"
                       "class Leaky: pass\n"
                       "def in_thread(function):\n"
                       "    thread = threading.Thread(target=function)\n"
                       "    thread.start()\n"
                       "    thread.join()\n"
                       "def test_steady(): in_thread(lambda: [Leaky() for _ in range(100)])\n"
                       "def test_cache():\n"
                       "    for n in range(500): cache[n] = Leaky()\n"
                       "def test_object(): in_thread(lambda: kept.append(Leaky()))\n"
                       "def test_bytes(): kept.append(b'x' * 1000 + str(len(kept)).encode())\n"
                       "def test_descriptor(): os.dup(0)\n"
                       "def test_fails_once():\n"
                       "    runs.append(1)\n"
                       "    assert len(runs) != 4\n");
}

static int steady(const char *test)
{
    return spillway("run --repeat 20 --steady t.py::test_%s", test);
}

START_TEST(test_what_is_let_go_is_steady)
{
    ck_assert_int_eq(steady("steady"), 0);
    ASSERT_SAYS("err", "steady: nothing grows");
}
END_TEST

START_TEST(test_a_cache_that_is_filled_once_is_steady)
{
    ck_assert_int_eq(steady("cache"), 0);
    ASSERT_SAYS("err", "steady: nothing grows");
}
END_TEST

START_TEST(test_an_object_a_run_is_named_by_its_type)
{
    ck_assert_int_eq(steady("object"), 1);
    ASSERT_SAYS("err", "types, a run: t.Leaky +1.0");
    ASSERT_SAYS("err", "steady: objects");
    ASSERT_SAYS("out", "FAIL");
    /* Nothing is explained: it would take all runs once more, with each operation noted. */
    shell("! grep -q kind: out");
}
END_TEST

START_TEST(test_bytes_are_named_by_their_line)
{
    ck_assert_int_eq(steady("bytes"), 1);
    ASSERT_SAYS("err", "lines, a run: t.py:12 +1");
    ASSERT_SAYS("err", "traced bytes grow");
}
END_TEST

START_TEST(test_a_descriptor_a_run_grows)
{
    ck_assert_int_eq(steady("descriptor"), 1);
    ASSERT_SAYS("err", "steady: descriptors grow");
}
END_TEST

START_TEST(test_a_run_that_fails_is_said)
{
    ck_assert_int_eq(steady("fails_once"), 1);
    ASSERT_SAYS("err", "steady: run 4 of 20 did not pass");
}
END_TEST

START_TEST(test_a_whole_program_is_one_too)
{
    write_file("p.py", "import sys\n"
                       "sys.modules.setdefault('kept_here', []).append(open('/dev/null'))\n");
    ck_assert_int_eq(spillway("run --repeat 20 --steady p.py"), 1);
    ASSERT_SAYS("err", "descriptors");
}
END_TEST

START_TEST(test_what_it_needs_is_said)
{
    ck_assert_int_eq(spillway("run --steady t.py::test_steady"), 2);
    ASSERT_SAYS("err", "--steady needs --repeat N, of 20 to 10000 runs");
    ck_assert_int_eq(spillway("run --repeat 20 --steady --seed 3 t.py::test_steady"), 2);
    ASSERT_SAYS("err", "--steady is for the default schedule");
    ck_assert_int_eq(spillway("run --repeat 20 --steady a.sched"), 2);
    ASSERT_SAYS("err", "--steady is for tests");
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *tcase = tcase_create("steady");

    tcase_add_checked_fixture(tcase, setup_tests, teardown);
    tcase_set_timeout(tcase, 120);
    tcase_set_tags(tcase, "no-memcheck"); /* it mostly starts other programs */
    tcase_add_test(tcase, test_what_is_let_go_is_steady);
    tcase_add_test(tcase, test_a_cache_that_is_filled_once_is_steady);
    tcase_add_test(tcase, test_an_object_a_run_is_named_by_its_type);
    tcase_add_test(tcase, test_bytes_are_named_by_their_line);
    tcase_add_test(tcase, test_a_descriptor_a_run_grows);
    tcase_add_test(tcase, test_a_run_that_fails_is_said);
    tcase_add_test(tcase, test_a_whole_program_is_one_too);
    tcase_add_test(tcase, test_what_it_needs_is_said);
    suite_add_tcase(suite, tcase);
}

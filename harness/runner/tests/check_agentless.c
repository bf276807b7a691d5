/* SPDX-License-Identifier: MIT
 *
 * check_agentless.c - specs in interpreters that have no agent: slpython itself, PyPy, plain
 * Python.
 */
#include "harness/formats/spec/spec_need.h"
#include "harness/tests/control_fixture.h"

#define SLPYTHON "--interp %s/slpython"

static const char *const setup_text = "# A sample.\n"
                                      "\n"
                                      "setup {\n"
                                      "    ch = stackless.channel()\n"
                                      "    got = []\n"
                                      "}\n"
                                      "tasklet receiver on T0\n"
                                      "  step wait    { got.append(ch.receive()) }\n"
                                      "tasklet sender on %s\n"
                                      "  step send    { ch.send(%s) }\n"
                                      "  step fail    { assert not got, got }\n"
                                      "\n"
                                      "schedule one\n"
                                      "  wait : blocks ch.receive\n"
                                      "  %s\n"
                                      "  fail : %s\n"
                                      "\n"
                                      "never None in got\n";

static void write_spec(const char *thread, const char *value, const char *send, const char *fail)
{
    char text[2048];

    ck_assert_int_eq(shell("mkdir -p f"), 0);
    snprintf(text, sizeof text, setup_text, thread, value, send, fail);
    write_file("f/s.spec", text);
}

static const char send_wakes[] = "send : done, wakes wait: done";

START_TEST(test_moves_and_rest_states_are_judged)
{
    write_spec("T0", "1", send_wakes, "raises AssertionError");
    ck_assert_int_eq(spillway("run " SLPYTHON " f/s.spec", binaries), 0);
    ASSERT_SAYS("out", "ok     f/s");
    write_spec("T0", "1", send_wakes, "done");
    ck_assert_int_eq(spillway("run " SLPYTHON " f/s.spec", binaries), 1);
    ASSERT_SAYS("out", "move 3: expected fail: done, was fail: raises AssertionError: [1]");
}
END_TEST

START_TEST(test_conditions_are_judged)
{
    write_spec("T0", "None", send_wakes, "raises AssertionError");
    ck_assert_int_eq(spillway("run " SLPYTHON " f/s.spec", binaries), 1);
    ASSERT_SAYS("out", "failed (condition): None in got");
}
END_TEST

START_TEST(test_threads_share_a_channel)
{
    write_spec("T1", "1", send_wakes, "raises AssertionError");
    ck_assert_int_eq(spillway("run " SLPYTHON " f/s.spec", binaries), 0);
}
END_TEST

START_TEST(test_every_run_is_the_same)
{
    write_spec("T1", "1", send_wakes, "raises AssertionError");
    ck_assert_int_eq(spillway("run --repeat %d " SLPYTHON " f/s.spec", colds, binaries), 0);
    ASSERT_SAYS("out", "runs, 1 distinct transcript");
}
END_TEST

START_TEST(test_what_needs_a_point_is_skipped)
{
    write_spec("T0", "1", "send spill at eval.enter#1 : done, wakes wait: done", "done");
    ck_assert_int_eq(spillway("run " SLPYTHON " f/s.spec", binaries), 0);
    ASSERT_SAYS("out", "skip   f/s");
    ASSERT_SAYS("out", "one: needs POINT eval.enter");
    ASSERT_SAYS("out", "0 passed, 1 skipped");
    ck_assert_int_eq(spillway("run --tap " SLPYTHON " f/s.spec", binaries), 0);
    ASSERT_SAYS("out", "ok 1 - f/s one # SKIP needs POINT eval.enter");
}
END_TEST

static void write_spec_that_requires(const char *need)
{
    write_spec("T0", "1", send_wakes, "raises AssertionError");
    ck_assert_int_eq(shell("sed -i '2i requires %s' f/s.spec", need), 0);
}

/* slpython has all of them. */
START_TEST(test_what_a_spec_requires_is_tried_out)
{
    for (int i = 0; i < SW_SPEC_NEED_COUNT; i++) {
        write_spec_that_requires(sw_spec_need_words[i]);
        ck_assert_int_eq(spillway("run " SLPYTHON " f/s.spec", binaries), 0);
        ASSERT_SAYS("out", "1 passed");
    }
}
END_TEST

/* What the driver itself cannot do without. */
START_TEST(test_an_interpreter_without_ctypes_is_passed_over)
{
    write_spec("T0", "1", send_wakes, "done");
    ck_assert_int_eq(shell("mkdir without && echo 'raise ImportError' >without/ctypes.py"), 0);
    ck_assert_int_eq(spillway("run " SLPYTHON " --env PYTHONPATH=without f/s.spec", binaries), 0);
    ASSERT_SAYS("out", "needs the modules ctypes, mmap and struct");
    ASSERT_SAYS("out", "0 passed, 1 skipped");
}
END_TEST

START_TEST(test_what_is_required_and_not_there_is_told)
{
    if (access("/usr/bin/pypy3", X_OK) != 0) {
        puts("skipped: there is no /usr/bin/pypy3");
        return;
    }
    uint32_t has = 1u << SW_SPEC_NEED_RUNS | 1u << SW_SPEC_NEED_LIVES | 1u << SW_SPEC_NEED_LEAVING |
                   1u << SW_SPEC_NEED_WAITS; /* PyPy */
    for (int i = 0; i < SW_SPEC_NEED_COUNT; i++) {
        if (has >> i & 1)
            continue;
        write_spec_that_requires(sw_spec_need_words[i]);
        ck_assert_int_eq(spillway("run --interp /usr/bin/pypy3 f/s.spec"), 0);
        ASSERT_SAYS("out", sw_spec_need_text(i));
        ASSERT_SAYS("out", "0 passed, 1 skipped");
    }
}
END_TEST

/* What the spec's own Python ends with is never taken for that. */
START_TEST(test_an_exit_status_of_a_step_is_no_need)
{
    write_spec("T0", "__import__(\"os\")._exit(80)", send_wakes, "done");
    ck_assert_int_eq(shell("sed -i '2i requires ring' f/s.spec"), 0);
    ck_assert_int_eq(spillway("run " SLPYTHON " f/s.spec", binaries), 2);
    ASSERT_SAYS("out", "the child ended before its schedule, with exit status 80");
}
END_TEST

/* PyPy's does, once something went wrong in it. */
START_TEST(test_a_run_that_only_raises_is_given_up)
{
    write_spec("T0", "1", send_wakes, "raises AssertionError");
    ck_assert_int_eq(shell("sed -i '4i \\    stackless.run = lambda: 1 // 0' f/s.spec"), 0);
    ck_assert_int_eq(spillway("run " SLPYTHON " f/s.spec", binaries), 1);
    ASSERT_SAYS("out", "was wait: unfinished: run() on its thread only raises");
}
END_TEST

START_TEST(test_plain_python_has_no_tasklets)
{
    write_spec("T0", "1", send_wakes, "done");
    ck_assert_int_eq(spillway("run --interp /usr/bin/python3.11 f/s.spec"), 0);
    ASSERT_SAYS("out", "needs the module stackless");
}
END_TEST

START_TEST(test_a_setup_that_raises_is_told)
{
    write_spec("T0", "1", send_wakes, "done");
    ck_assert_int_eq(shell("sed -i 's/got = ../got = missing/' f/s.spec"), 0);
    ck_assert_int_eq(spillway("run " SLPYTHON " f/s.spec", binaries), 1);
    ASSERT_SAYS("out", "the setup raised NameError");
}
END_TEST

START_TEST(test_pypy_runs_what_it_can)
{
    if (access("/usr/bin/pypy3", X_OK) != 0) {
        puts("skipped: there is no /usr/bin/pypy3");
        return;
    }
    write_spec("T0", "1", send_wakes, "raises AssertionError");
    ck_assert_int_eq(spillway("run --interp /usr/bin/pypy3 f/s.spec"), 0);
    ASSERT_SAYS("out", "1 passed");
    write_spec("T1", "1", send_wakes, "raises AssertionError");
    ck_assert_int_eq(spillway("run --interp /usr/bin/pypy3 f/s.spec"), 0);
    ASSERT_SAYS("out", "needs threads: channels between threads");
}
END_TEST

START_TEST(test_all_scenarios_that_need_no_point_hold_without_one)
{
    ck_assert_int_eq(spillway("run " SLPYTHON " %s/..", binaries, programs), 0);
    ASSERT_SAYS("out", "passed, ");
    ASSERT_SAYS("out", " skipped");
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *c = tcase_create("specs");

    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 120);
    tcase_set_tags(c, "no-memcheck"); /* it only starts other programs */
    tcase_add_test(c, test_moves_and_rest_states_are_judged);
    tcase_add_test(c, test_conditions_are_judged);
    tcase_add_test(c, test_threads_share_a_channel);
    tcase_add_test(c, test_every_run_is_the_same);
    tcase_add_test(c, test_what_needs_a_point_is_skipped);
    tcase_add_test(c, test_what_a_spec_requires_is_tried_out);
    tcase_add_test(c, test_an_interpreter_without_ctypes_is_passed_over);
    tcase_add_test(c, test_what_is_required_and_not_there_is_told);
    tcase_add_test(c, test_an_exit_status_of_a_step_is_no_need);
    tcase_add_test(c, test_a_run_that_only_raises_is_given_up);
    tcase_add_test(c, test_plain_python_has_no_tasklets);
    tcase_add_test(c, test_a_setup_that_raises_is_told);
    tcase_add_test(c, test_pypy_runs_what_it_can);
    tcase_add_test(c, test_all_scenarios_that_need_no_point_hold_without_one);
    suite_add_tcase(suite, c);
}

/* SPDX-License-Identifier: MIT
 *
 * check_run_end.c - an end made of what is known of a process, as a line and back.
 */
#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "contract/tests/suite_main.h"
#include "harness/runner/run_end.h"

static struct sw_control_shm *shm;
static struct sw_end end;
static char line[SW_END_LINE_MAX];

static void setup(void)
{
    shm = calloc(1, sizeof *shm);
    ck_assert_ptr_nonnull(shm);
}

static void teardown(void)
{
    free(shm);
}

static const char *made(int status, int timed_out)
{
    sw_run_end_make(&end, status, timed_out, shm);
    return sw_run_end_format(&end, line, sizeof line);
}

static int exited(int code)
{
    return code << 8; /* as waitpid() has it */
}

/* ---- made ---- */

START_TEST(test_an_exit_and_a_signal)
{
    ck_assert_str_eq(made(exited(0), 0), "exit 0");
    ck_assert(!sw_run_end_is_failure(&end));
    ck_assert_str_eq(made(exited(77), 0), "exit 77");
    ck_assert(sw_run_end_is_failure(&end));
    ck_assert_str_eq(made(SIGSEGV, 0), "crashed SIGSEGV");
    ck_assert(!sw_run_end_is_kill(&end));
    ck_assert_str_eq(made(SIGTERM, 0), "crashed SIGTERM");
    ck_assert(sw_run_end_is_kill(&end));
    ck_assert_str_eq(made(SIGRTMIN + 3, 0), "crashed signal 37");
}
END_TEST

START_TEST(test_the_engine_says_more_than_the_exit)
{
    strcpy(shm->report, "T1 waits\nfor lock#3");
    shm->end = SW_END_DEADLOCK;
    ck_assert_str_eq(made(exited(1), 0), "deadlock T1 waits for lock#3");
    ck_assert(sw_run_end_is_engine(&end));
    shm->end = SW_END_BUDGET;
    ck_assert_str_eq(made(exited(1), 0), "livelock T1 waits for lock#3");
    shm->end = SW_END_DIVERGED;
    ck_assert_str_eq(made(exited(1), 0), "diverged");
    ck_assert_str_eq(end.text, "T1 waits for lock#3");
    shm->end = SW_END_COUNT;
    made(exited(1), 0);
    ck_assert_int_eq(end.kind, SW_ENDED_ENGINE_ERROR);
}
END_TEST

START_TEST(test_the_watchdog_says_more_than_the_engine)
{
    shm->end = SW_END_DEADLOCK;
    ck_assert_str_eq(made(SIGKILL, 1), "watchdog");
    ck_assert(sw_run_end_is_failure(&end) && !sw_run_end_is_kill(&end));
}
END_TEST

START_TEST(test_a_report_without_an_end_is_cut)
{
    memset(shm->report, 'x', sizeof shm->report);
    shm->end = SW_END_DEADLOCK;
    ck_assert_uint_eq(strlen(made(exited(1), 0)), strlen("deadlock ") + SW_REPORT_MAX - 1);
}
END_TEST

START_TEST(test_an_oracle_says_more_than_an_exit_only)
{
    made(exited(0), 0);
    sw_run_end_set_oracle(&end, "");
    ck_assert_int_eq(end.kind, SW_ENDED_EXITED);
    sw_run_end_set_oracle(&end, "value-lost ch: sent 1");
    ck_assert_str_eq(sw_run_end_format(&end, line, sizeof line), "value-lost ch: sent 1");
    made(SIGSEGV, 0);
    sw_run_end_set_oracle(&end, "value-lost ch: sent 1");
    ck_assert_str_eq(sw_run_end_format(&end, line, sizeof line), "crashed SIGSEGV");
}
END_TEST

START_TEST(test_a_test_among_others)
{
    struct sw_result result = {.outcome = SW_LOOP_PASSED};

    sw_run_end_of_test(&end, &result);
    ck_assert(!sw_run_end_is_failure(&end));
    result.outcome = SW_LOOP_SKIPPED;
    sw_run_end_of_test(&end, &result);
    ck_assert(!sw_run_end_is_failure(&end));
    for (result.outcome = SW_LOOP_FAILED; result.outcome < 9; result.outcome += 8) {
        result.signature = 5;
        sw_run_end_of_test(&end, &result);
        ck_assert_str_eq(sw_run_end_format(&end, line, sizeof line), "exit 1");
        ck_assert(sw_run_end_is_failure(&end));
        ck_assert_uint_eq(end.signature, 5);
    }
}
END_TEST

/* ---- there and back ---- */

static const struct {
    const char *line;
    enum sw_end_kind kind;
    const char *word;
} lines[] = {
    {"exit 0", SW_ENDED_EXITED, "exit"},
    {"exit 255", SW_ENDED_EXITED, "exit"},
    {"crashed SIGABRT", SW_ENDED_CRASHED, "crashed"},
    {"crashed signal 37", SW_ENDED_CRASHED, "crashed"},
    {"deadlock T0 waits for lock#1", SW_ENDED_DEADLOCK, "deadlock"},
    {"livelock 3 decisions", SW_ENDED_LIVELOCK, "livelock"},
    {"diverged", SW_ENDED_DIVERGED, "diverged"},
    {"watchdog", SW_ENDED_WATCHDOG, "watchdog"},
    {"value-lost ch: sent 1 by a, for b", SW_ENDED_ORACLE, "value-lost"},
    /* what we do not write ourselves is an oracle's name for all that we know */
    {"exit 007", SW_ENDED_ORACLE, "exit"},
    {"exit 256", SW_ENDED_ORACLE, "exit"},
    {"crashed SIGNONE", SW_ENDED_ORACLE, "crashed"},
    {"deadlock", SW_ENDED_ORACLE, "deadlock"},
    {"", SW_ENDED_ORACLE, ""},
};

START_TEST(test_a_line_is_parsed_to_what_writes_it)
{
    char word[SW_END_WORD_MAX];

    sw_run_end_parse(&end, lines[_i].line);
    ck_assert_int_eq(end.kind, lines[_i].kind);
    ck_assert_str_eq(sw_run_end_format(&end, line, sizeof line), lines[_i].line);
    ck_assert_str_eq(sw_run_end_word(&end, word), lines[_i].word);
    ck_assert(sw_run_end_is_recorded(&end, lines[_i].line));
    ck_assert(!sw_run_end_is_recorded(&end, "exit 9"));
}
END_TEST

static int are_alike(const char *a, const char *b)
{
    struct sw_end of_a, of_b;

    sw_run_end_parse(&of_a, a);
    sw_run_end_parse(&of_b, b);
    return sw_run_end_is_alike(&of_a, &of_b);
}

START_TEST(test_alike_is_what_another_schedule_can_have_too)
{
    ck_assert(are_alike("exit 3", "exit 3"));
    ck_assert(!are_alike("exit 3", "exit 4"));
    ck_assert(are_alike("deadlock T0 waits for lock#1", "deadlock T9 waits for lock#4"));
    ck_assert(!are_alike("deadlock T0 waits", "livelock T0 waits"));
    ck_assert(are_alike("crashed SIGSEGV", "crashed SIGABRT"));
    ck_assert(are_alike("value-lost ch: 1", "value-lost ch: 2"));
    ck_assert(!are_alike("value-lost ch: 1", "value-wrong ch: 1"));
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *c = tcase_create("made");

    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, test_an_exit_and_a_signal);
    tcase_add_test(c, test_the_engine_says_more_than_the_exit);
    tcase_add_test(c, test_the_watchdog_says_more_than_the_engine);
    tcase_add_test(c, test_a_report_without_an_end_is_cut);
    tcase_add_test(c, test_an_oracle_says_more_than_an_exit_only);
    tcase_add_test(c, test_a_test_among_others);
    suite_add_tcase(suite, c);
    c = tcase_create("lines");
    tcase_add_loop_test(c, test_a_line_is_parsed_to_what_writes_it, 0,
                        (int)(sizeof lines / sizeof *lines));
    tcase_add_test(c, test_alike_is_what_another_schedule_can_have_too);
    suite_add_tcase(suite, c);
}

/* SPDX-License-Identifier: MIT
 *
 * check_judge.c - each verdict, and which of two decides.
 */
#include <signal.h>
#include <stdio.h>

#include "harness/report/judge.h"
#include "harness/formats/spec/plan.h"
#include "contract/points.h"
#include "harness/tests/runner_event_shm.h"
#include "harness/formats/tests/spec_texts.h"

static struct sw_spec *spec;
static struct sw_spec_process child;
static struct sw_verdict verdict;

/* The moves are in lines 6 and 7. */
static const char two_moves[] = "tasklet r on T0\n"
                                " step wait {}\n"
                                "tasklet s on T0\n"
                                " step send {}\n"
                                "schedule x\n"
                                " wait : blocks ch.receive\n"
                                " send : done, wakes wait: raises ValueError\n";

static void setup(void)
{
    event_shm_setup();
    spec = accept(two_moves);
    child =
        (struct sw_spec_process){.event_shm = event_shm, .pidfd = -1, .output = -1, .event_fd = -1};
}

static void teardown(void)
{
    sw_spec_free(spec);
    event_shm_teardown();
}

static struct sw_event *blocks(unsigned move, const char *who, const char *object,
                               const char *operation)
{
    struct sw_event *event = append(SW_EVENT_BLOCKS, move, who);

    event->object = text(object);
    event->text = text(operation);
    return event;
}

static struct sw_event *raises(unsigned move, const char *who, const char *type, const char *note)
{
    struct sw_event *event = append(SW_EVENT_RAISED, move, who);

    event->text = text(type);
    event->note = text(note);
    return event;
}

static void first_move(void)
{
    append(SW_EVENT_MOVE, 1, "wait");
    blocks(1, "wait", "ch", "receive");
}

static void second_move(void)
{
    append(SW_EVENT_MOVE, 2, "send");
    append(SW_EVENT_DONE, 2, "send");
    raises(2, "wait", "ValueError", "no good");
}

static void finished(void)
{
    append(SW_EVENT_FINISHED, 2, "");
}

/* As the spec has it. */
static void all_moves(void)
{
    first_move();
    second_move();
    finished();
}

static void judge(void)
{
    sw_event_shm_sanitize(event_shm);
    sw_judge(&child, spec, &spec->schedules[0], &verdict);
}

static void judge_program(void)
{
    sw_event_shm_sanitize(event_shm);
    sw_judge(&child, NULL, NULL, &verdict);
}

/* Behind a first move that was not: what comes is as the spec has it. */
static void go_on_as_expected(void)
{
    second_move();
    finished();
    judge();
}

static void expect(enum sw_verdict_kind kind, const char *oracle, unsigned line, const char *wanted)
{
    ck_assert_str_eq(verdict.text, wanted);
    ck_assert_str_eq(sw_judge_name(verdict.kind), sw_judge_name(kind));
    ck_assert_str_eq(verdict.oracle, oracle);
    ck_assert_uint_eq(verdict.line, line);
}

/* status: as waitpid() has it. */
static void ended(int status)
{
    sw_run_end_make(&child.end, status, child.timed_out, child.control.shm);
}

static void exits_with(int status)
{
    ended(status << 8);
}

/* ---- as expected, moves ---- */

START_TEST(test_as_expected)
{
    all_moves();
    judge();
    expect(SW_AS_EXPECTED, "", 0, "");
    ck_assert_uint_eq(verdict.event, 0);
}
END_TEST

START_TEST(test_what_is_no_rest_state_does_not_matter)
{
    append(SW_EVENT_SEND, 0, "someone");
    first_move();
    append(SW_EVENT_WAIT, 1, "");
    append(SW_EVENT_NONE, 1, "x");
    append(SW_EVENT_SPILL, 2, "y");
    go_on_as_expected();
    expect(SW_AS_EXPECTED, "", 0, "");
}
END_TEST

START_TEST(test_other_outcome)
{
    append(SW_EVENT_MOVE, 1, "wait");
    append(SW_EVENT_DONE, 1, "wait");
    go_on_as_expected();
    expect(SW_FAILED, "outcome", 6, "move 1: expected wait: blocks ch.receive, was wait: done");
    ck_assert_uint_eq(verdict.event, 2);
}
END_TEST

START_TEST(test_other_object_or_operation)
{
    append(SW_EVENT_MOVE, 1, "wait");
    blocks(1, "wait", "ch", "send");
    go_on_as_expected();
    expect(SW_FAILED, "outcome", 6,
           "move 1: expected wait: blocks ch.receive, was wait: blocks ch.send");
}
END_TEST

START_TEST(test_an_exception_says_what_it_has_to_say)
{
    append(SW_EVENT_MOVE, 1, "wait");
    raises(1, "wait", "NameError", "name 'ch' is not defined");
    finished();
    judge();
    expect(SW_FAILED, "outcome", 6,
           "move 1: expected wait: blocks ch.receive, was wait: raises NameError: "
           "name 'ch' is not defined");
}
END_TEST

START_TEST(test_wake_that_did_not_come)
{
    first_move();
    append(SW_EVENT_MOVE, 2, "send");
    append(SW_EVENT_DONE, 2, "send");
    finished();
    judge();
    expect(SW_FAILED, "outcome", 7, "move 2: expected wait: raises ValueError, it did not");
    ck_assert_uint_eq(verdict.event, 0);
}
END_TEST

START_TEST(test_wake_that_nobody_expected)
{
    first_move();
    append(SW_EVENT_PAUSES, 1, "send");
    finished();
    judge();
    expect(SW_FAILED, "outcome", 6, "move 1: not expected: wakes send: pauses");
}
END_TEST

START_TEST(test_wakes_in_another_order)
{
    first_move();
    raises(2, "wait", "ValueError", "");
    append(SW_EVENT_DONE, 2, "send");
    finished();
    judge();
    expect(SW_FAILED, "outcome", 7, "move 2: expected send: done, was wait: raises ValueError");
}
END_TEST

START_TEST(test_a_directive_that_has_done_nothing)
{
    sw_spec_free(spec);
    spec = accept("tasklet r on T0\n"
                  " step wait {}\n"
                  "tasklet s on T0\n"
                  " step send {}\n"
                  "schedule x\n"
                  " wait : blocks ch.receive\n"
                  " send gc at chan.send#2 : done, wakes wait: raises ValueError\n");
    all_moves();
    event_shm->visits[0][SLP_POINT_CHAN_SEND] = 1;
    event_shm->visits[1][SLP_POINT_CHAN_SEND] = 2;
    judge();
    expect(SW_AS_EXPECTED, "", 0, "");
    event_shm->visits[1][SLP_POINT_CHAN_SEND] = 1;
    judge();
    expect(SW_FAILED, "directive", 7,
           "move 2: gc at chan.send#2: that visit did not come in this move: 1 before it, 0 in it "
           "(run -v numbers them)");
    event_shm->visits[0][SLP_POINT_CHAN_SEND] = event_shm->visits[1][SLP_POINT_CHAN_SEND] = 2;
    judge();
    ck_assert_str_eq(verdict.oracle, "directive");
}
END_TEST

START_TEST(test_a_directive_is_told_before_the_outcome_that_follows_from_it)
{
    sw_spec_free(spec);
    spec = accept("tasklet r on T0\n"
                  " step wait {}\n"
                  "tasklet s on T0\n"
                  " step send {}\n"
                  "schedule x\n"
                  " wait : blocks ch.receive\n"
                  " send gc at chan.send#1 : raises KeyError, wakes wait: raises ValueError\n");
    all_moves();
    event_shm->visits[0][SLP_POINT_CHAN_SEND] = event_shm->visits[1][SLP_POINT_CHAN_SEND] = 1;
    judge();
    expect(SW_FAILED, "directive", 7,
           "move 2: gc at chan.send#1: that visit did not come in this move: 1 before it, 0 in it "
           "(run -v numbers them); expected send: raises KeyError, was send: done");
}
END_TEST

START_TEST(test_every_rest_state_has_its_word)
{
    static const struct {
        unsigned kind;
        const char *words;
    } rests[] = {
        {SW_EVENT_DONE, "done"},         {SW_EVENT_RAISED, "raises t"},
        {SW_EVENT_BLOCKS, "blocks o.t"}, {SW_EVENT_PARKED, "parked"},
        {SW_EVENT_PAUSES, "pauses"},     {SW_EVENT_UNFINISHED, "unfinished"},
    };
    char buf[100];

    for (int i = 0; i < COUNT_OF(rests); i++) {
        struct sw_event *event = append(rests[i].kind, 1, "w");
        event->text = text("t");
        event->object = text("o");
        ck_assert_int_eq(sw_judge_is_rest(rests[i].kind), 1);
        sw_judge_format_rest(event_shm, event, buf, sizeof buf);
        ck_assert_str_eq(buf, rests[i].words);
    }
    ck_assert_int_eq(sw_judge_is_rest(SW_EVENT_MOVE), 0);
    ck_assert_int_eq(sw_judge_is_rest(SW_EVENT_ENDS), 0);
    ck_assert_int_eq(sw_judge_is_rest(SW_EVENT_NONE), 0);
}
END_TEST

/* ---- oracles ---- */

static struct sw_event *oracle(unsigned kind)
{
    struct sw_event *event = append(kind, 2, "r");

    event->object = text("ch");
    event->other = text("s");
    event->text = text("'a'");
    event->note = text("the reason");
    return event;
}

static const struct {
    unsigned kind;
    const char *name, *text;
} oracles[] = {
    {SW_EVENT_LOST, "value-lost", "ch: sent 'a' by s, for r: the reason"},
    {SW_EVENT_WRONG, "value-wrong", "ch: sent 'a', received the reason by r"},
    {SW_EVENT_DOUBLED, "value-doubled", "ch: nobody sent, r received the reason"},
    {SW_EVENT_MISPLACED, "value-misplaced", "ch: nobody sent, r received the reason"},
    {SW_EVENT_PHANTOM, "value-phantom", "ch: nobody sent, r received the reason"},
    {SW_EVENT_DETONATED, "exception-misplaced",
     "ch: 'a', sent by s for r, was raised in a wrong place"},
    {SW_EVENT_CONDITION, "condition", "'a': the reason"},
    {SW_EVENT_SETUP_RAISED, "setup-raised", "the setup raised 'a': the reason"},
};
enum { ORACLE_COUNT = COUNT_OF(oracles) };

START_TEST(test_oracle)
{
    first_move();
    oracle(oracles[_i].kind);
    go_on_as_expected();
    expect(SW_FAILED, oracles[_i].name, 7, oracles[_i].text);
    ck_assert_uint_eq(verdict.event, 3);
}
END_TEST

START_TEST(test_oracle_in_a_program)
{
    oracle(oracles[_i].kind);
    judge_program();
    expect(SW_FAILED, oracles[_i].name, 0, oracles[_i].text);
}
END_TEST

START_TEST(test_the_first_oracle_decides)
{
    oracle(SW_EVENT_WRONG);
    oracle(SW_EVENT_LOST);
    judge();
    ck_assert_str_eq(verdict.oracle, "value-wrong");
    ck_assert_uint_eq(verdict.event, 1);
}
END_TEST

/* _i: whether what is not a condition comes first. */
START_TEST(test_a_condition_weighs_less)
{
    oracle(_i ? SW_EVENT_PHANTOM : SW_EVENT_CONDITION);
    oracle(_i ? SW_EVENT_CONDITION : SW_EVENT_PHANTOM);
    judge();
    ck_assert_str_eq(verdict.oracle, "value-phantom");
}
END_TEST

START_TEST(test_an_oracle_before_the_outcomes)
{
    append(SW_EVENT_MOVE, 1, "wait");
    append(SW_EVENT_DONE, 1, "wait"); /* not expected */
    oracle(SW_EVENT_LOST);
    finished();
    judge();
    ck_assert_str_eq(verdict.oracle, "value-lost");
}
END_TEST

START_TEST(test_an_oracle_before_an_early_end)
{
    oracle(SW_EVENT_SETUP_RAISED);
    exits_with(1);
    judge();
    ck_assert_str_eq(verdict.oracle, "setup-raised");
}
END_TEST

/* ---- ends ---- */

START_TEST(test_crash)
{
    first_move();
    append(SW_EVENT_CRASH, 2, "r")->count = SIGSEGV;
    ended(SIGSEGV);
    judge();
    expect(SW_CRASHED, "crash", 7, "SIGSEGV in r");
    ck_assert_uint_eq(verdict.event, 3);
}
END_TEST

START_TEST(test_crash_that_the_agent_did_not_see)
{
    event_shm->attached = 0;
    ended(SIGKILL);
    judge();
    expect(SW_CRASHED, "crash", 0, "SIGKILL in the interpreter");
    append(SW_EVENT_CRASH, 0, "");
    ended(SIGRTMIN + 3);
    judge();
    ck_assert_ptr_nonnull(strstr(verdict.text, "signal 37 in the interpreter"));
}
END_TEST

START_TEST(test_crash_before_oracles_and_outcomes)
{
    oracle(SW_EVENT_LOST);
    all_moves();
    ended(SIGABRT | 0x80); /* with a core */
    judge();
    expect(SW_CRASHED, "crash", 0, "SIGABRT in the interpreter");
}
END_TEST

START_TEST(test_watchdog_before_everything)
{
    oracle(SW_EVENT_LOST);
    child.timed_out = 1;
    ended(SIGKILL);
    judge();
    expect(SW_HARNESS_ERROR, "watchdog", 0, "no end in sight: the watchdog ended the child");
}
END_TEST

START_TEST(test_no_agent)
{
    oracle(SW_EVENT_LOST); /* whoever wrote that */
    event_shm->attached = 0;
    exits_with(127);
    judge_program();
    ck_assert_int_eq(verdict.kind, SW_HARNESS_ERROR);
    ck_assert_ptr_nonnull(strstr(verdict.text, "its exit status is 127"));
    exits_with(0);
    judge_program();
    ck_assert_int_eq(verdict.kind, SW_HARNESS_ERROR);
}
END_TEST

START_TEST(test_early_end)
{
    first_move();
    exits_with(3);
    judge();
    expect(SW_HARNESS_ERROR, "harness", 0,
           "the child ended before its schedule, with exit status 3");
}
END_TEST

START_TEST(test_what_the_engine_ended)
{
    static const struct {
        enum sw_control_shm_end end;
        enum sw_verdict_kind kind;
        const char *oracle;
    } ends[] = {{SW_END_DEADLOCK, SW_FAILED, "deadlock"},
                {SW_END_BUDGET, SW_FAILED, "livelock"},
                {SW_END_ERROR, SW_HARNESS_ERROR, "harness"},
                {SW_END_COUNT, SW_HARNESS_ERROR, "harness"}};
    struct sw_control_shm *shm = calloc(1, sizeof *shm);

    ck_assert_ptr_nonnull(shm);
    child.control.shm = shm;
    shm->end = ends[_i].end;
    strcpy(shm->report, "T0 waits for lock#1");
    first_move();
    exits_with(1);
    judge();
    expect(ends[_i].kind, ends[_i].oracle, 0, "T0 waits for lock#1");
    child.control.shm = NULL;
    free(shm);
}
END_TEST

START_TEST(test_bad_end_of_a_whole_schedule)
{
    all_moves();
    exits_with(99);
    judge();
    expect(SW_HARNESS_ERROR, "harness", 0,
           "the child has finished its schedule, but its exit status is 99");
}
END_TEST

START_TEST(test_program)
{
    append(SW_EVENT_ENDS, 0, "t");
    judge_program();
    expect(SW_AS_EXPECTED, "", 0, "");
    exits_with(4);
    judge_program();
    expect(SW_FAILED, "exit", 0, "the program exited with 4");
}
END_TEST

START_TEST(test_a_gap_is_inconclusive)
{
    all_moves();
    event_shm->events_lost = 12;
    judge();
    expect(SW_INCONCLUSIVE, "events", 0, "12 events did not fit: what happened there was not seen");
}
END_TEST

START_TEST(test_a_failure_with_a_gap_is_a_failure)
{
    first_move();
    finished();
    event_shm->events_lost = 12;
    judge();
    ck_assert_int_eq(verdict.kind, SW_FAILED);
}
END_TEST

START_TEST(test_long_texts_are_cut_between_characters)
{
    char note[1000] = "";
    struct sw_event *event = oracle(SW_EVENT_CONDITION);

    for (int i = 0; i + 3 < (int)sizeof note; i += 3)
        strcat(note, "\xe2\x82\xac");
    event->note = text(note);
    event->text = text(note);
    judge();
    size_t length = strlen(verdict.text);
    ck_assert_uint_ge(length, sizeof verdict.text - 4);
    ck_assert_str_eq(verdict.text + length - 3, "\xe2\x82\xac");
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *moves = tcase_create("moves"), *values = tcase_create("oracles"),
          *ends = tcase_create("ends");
    TCase *cases[] = {moves, values, ends};

    for (int i = 0; i < COUNT_OF(cases); i++) {
        suite_add_tcase(suite, cases[i]);
        tcase_add_checked_fixture(cases[i], setup, teardown);
    }
    tcase_add_test(moves, test_as_expected);
    tcase_add_test(moves, test_what_is_no_rest_state_does_not_matter);
    tcase_add_test(moves, test_other_outcome);
    tcase_add_test(moves, test_other_object_or_operation);
    tcase_add_test(moves, test_an_exception_says_what_it_has_to_say);
    tcase_add_test(moves, test_wake_that_did_not_come);
    tcase_add_test(moves, test_wake_that_nobody_expected);
    tcase_add_test(moves, test_wakes_in_another_order);
    tcase_add_test(moves, test_a_directive_that_has_done_nothing);
    tcase_add_test(moves, test_a_directive_is_told_before_the_outcome_that_follows_from_it);
    tcase_add_test(moves, test_every_rest_state_has_its_word);
    tcase_add_loop_test(values, test_oracle, 0, ORACLE_COUNT);
    tcase_add_loop_test(values, test_oracle_in_a_program, 0, ORACLE_COUNT);
    tcase_add_test(values, test_the_first_oracle_decides);
    tcase_add_loop_test(values, test_a_condition_weighs_less, 0, 2);
    tcase_add_test(values, test_an_oracle_before_the_outcomes);
    tcase_add_test(values, test_an_oracle_before_an_early_end);
    tcase_add_test(ends, test_crash);
    tcase_add_test(ends, test_crash_that_the_agent_did_not_see);
    tcase_add_test(ends, test_crash_before_oracles_and_outcomes);
    tcase_add_test(ends, test_watchdog_before_everything);
    tcase_add_test(ends, test_no_agent);
    tcase_add_test(ends, test_early_end);
    tcase_add_loop_test(ends, test_what_the_engine_ended, 0, 4);
    tcase_add_test(ends, test_bad_end_of_a_whole_schedule);
    tcase_add_test(ends, test_program);
    tcase_add_test(ends, test_a_gap_is_inconclusive);
    tcase_add_test(ends, test_a_failure_with_a_gap_is_a_failure);
    tcase_add_test(ends, test_long_texts_are_cut_between_characters);
}

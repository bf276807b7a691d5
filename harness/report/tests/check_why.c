/* SPDX-License-Identifier: MIT
 *
 * check_why.c - spillway why: which hops a value goes, which operation is named, what is refused.
 */
#include "harness/tests/control_fixture.h"

#include "harness/report/why_stack.h"

#define RECORD "record -q -i %s/slpython-lab --output x.sched "
#define BOTH_HALVES "--fault release-eats-mailbox --fault spill-entry-eats-mailbox "

/* The loss of May 2012, as its scenario has it. */
static void record_the_loss(void)
{
    ck_assert_int_eq(spillway(RECORD BOTH_HALVES "%s/../story/may-2012-a-chunk-becomes-none.spec",
                              binaries, programs),
                     1);
}

static int is_in_order(const char *text, const char *const *lines)
{
    for (; *lines != NULL; lines++) {
        const char *found = strstr(text, *lines);
        if (found == NULL)
            return 0;
        text = found + strlen(*lines);
    }
    return 1;
}

START_TEST(test_a_lost_value_is_followed_from_its_send_to_its_loss)
{
    static const char *const hops[] = {
        "download waits in the queue of chunks",
        "worker sends v1 ('chunk') on chunks",
        "may-2012-a-chunk-becomes-none.spec:26",
        "hands v1 to download, into its mailbox",
        "download releases worker behind a switch: the last reference",
        "worker is deallocated",
        "the release calls Python code, as download: ",
        "spec:15 on_worker_gone",
        "*** value-lost ***",
        "the release in the transfer",
        "subtype_dealloc",
        "tasklet_dealloc",
        "PyObject_ClearWeakRefs   the callbacks of its weak references",
        "the spill's entry",
        "download receives something never sent from chunks (None)",
        "it went wrong in the operation: release",
        "spill, slp_eval_frame_newstack",
        NULL};

    record_the_loss();
    ck_assert_int_eq(spillway("why x.sched"), 0);
    ck_assert_msg(is_in_order(content("out"), hops), "%s", content("out"));
}
END_TEST

START_TEST(test_the_last_comes_first_if_that_is_wanted)
{
    static const char *const hops[] = {"download receives something never sent",
                                       "*** value-lost ***", "worker sends v1", NULL};

    record_the_loss();
    ck_assert_int_eq(spillway("why --last-first x.sched"), 0);
    ck_assert_msg(is_in_order(content("out"), hops), "%s", content("out"));
}
END_TEST

START_TEST(test_json_has_the_same_hops)
{
    record_the_loss();
    ck_assert_int_eq(spillway("why --json x.sched"), 0);
    ASSERT_SAYS("out", "\"oracle\": \"value-lost\"");
    ASSERT_SAYS("out", "\"operation\": \"release\"");
    ASSERT_SAYS("out", "\"function\": \"PyObject_ClearWeakRefs\"");
    ck_assert_int_eq(shell("/usr/bin/python3.11 -c 'import json; "
                           "hops = json.load(open(\"out\"))[\"hops\"]; "
                           "assert [hop[\"hop\"] for hop in hops] == "
                           "list(range(1, len(hops) + 1)), hops'"),
                     0);
}
END_TEST

START_TEST(test_anything_of_the_run_can_be_followed)
{
    record_the_loss();
    ck_assert_int_eq(spillway("why --value '#1' x.sched"), 0);
    ASSERT_SAYS("out", "followed: v1 ('chunk')");
    ck_assert_int_eq(spillway("why --value chunk x.sched"), 0);
    ASSERT_SAYS("out", "followed: v1 ('chunk')");
    ck_assert_int_eq(spillway("why --value worker x.sched"), 0);
    ASSERT_SAYS("out", "followed: tasklet worker");
    ck_assert_int_eq(spillway("why --value nobody x.sched"), 2);
    ASSERT_SAYS("err", "no value, tasklet or channel 'nobody' is in this run");
    ck_assert_int_eq(spillway("why --value '#9' x.sched"), 2);
    ASSERT_SAYS("err", "no value #9 is in this run");
}
END_TEST

/* The kill goes through the queue, and the balance is looked at much later. */
START_TEST(test_an_invariant_leads_to_the_operation_that_broke_it)
{
    ck_assert_int_eq(spillway(RECORD "--fault kill-keeps-balance "
                                     "%s/../kill/a-killed-waiter-is-not-counted.spec",
                              binaries, programs),
                     1);
    ck_assert_int_eq(spillway("why x.sched"), 0);
    ASSERT_SAYS("out", "I6 balance");
    ASSERT_SAYS("out", "it went wrong in the operation: throw");
}
END_TEST

/* Explained, it must be the very run: in every decision, and with every object where it was. */
START_TEST(test_a_program_is_the_recorded_run_when_it_is_explained)
{
    spillway(RECORD BOTH_HALVES "--spill 16384 -- %s/http_download.py --chunks 100", binaries,
             programs);
    ck_assert_int_eq(shell("grep -aq '^outcome *value-lost' x.sched"), 0);
    ck_assert_int_eq(spillway("why x.sched"), 0);
    ASSERT_SAYS("out", "*** value-lost ***");
    ASSERT_SAYS("out", "behind a switch: the last reference");
    ASSERT_SAYS("out", "it went wrong in the operation: release");
    /* Whose value it is. */
    ck_assert_int_eq(shell("who() { grep -ao 'by tasklet#[0-9]*, for tasklet#[0-9]*' $1 | "
                           "head -n 1; }; test \"$(who x.sched)\" = \"$(who out)\""),
                     0);
}
END_TEST

/* ---- threads ---- */

START_TEST(test_a_write_that_was_destroyed_is_named)
{
    static const char *const hops[] = {"followed: total",          "reads total (0)",
                                       "writes total (0 -> 1)",    "*** destroyed by hop ",
                                       "writes total (1 -> 1)",    "made of what hop ",
                                       "ends with AssertionError", NULL};

    write_file("test_total.py", "import threading\n"
                                "total = 0\n"
                                "def one(): return 1\n"
                                "def add():\n"
                                "    global total\n"
                                "    total = total + one()\n"
                                "def test_total():\n"
                                "    threads = [threading.Thread(target=add) for _ in range(2)]\n"
                                "    for thread in threads: thread.start()\n"
                                "    for thread in threads: thread.join()\n"
                                "    assert total == 2\n");
    ck_assert_int_eq(spillway("explore -o x.sched test_total.py::test_total"), 1);
    ck_assert_int_eq(spillway("why x.sched"), 0);
    ck_assert_msg(is_in_order(content("out"), hops), "%s", content("out"));
    ck_assert_int_eq(spillway("why --json --value total x.sched"), 0);
    ASSERT_SAYS("out", "\"destroyed_by\": ");
    ck_assert_int_eq(spillway("why --value nothing x.sched"), 2);
    ASSERT_SAYS("err", "no variable or lock 'nothing' is in this run");
}
END_TEST

/* What the test asserts is a list of what went wrong, and not what went wrong. */
START_TEST(test_an_exception_of_which_the_failure_tells_is_followed)
{
    static const char *const hops[] = {"that raised the exception of which the failure tells",
                                       "test_each.py:5",
                                       "test_each.py:12",
                                       "exception: RuntimeError: dictionary changed size",
                                       "ends with AssertionError: [<RuntimeError>]",
                                       NULL};

    write_file("test_each.py", "import threading\n"
                               "def look(value): return value\n"
                               "def each(things, errors):\n"
                               "    try:\n"
                               "        for thing in things: look(thing)\n"
                               "    except RuntimeError as error:\n"
                               "        errors.append(error)\n"
                               "def test_each():\n"
                               "    things, errors = {1: 1, 2: 2}, []\n"
                               "    thread = threading.Thread(target=each, args=(things, errors))\n"
                               "    thread.start()\n"
                               "    things[3] = 3\n"
                               "    thread.join()\n"
                               "    assert not errors, errors\n");
    ck_assert_int_eq(spillway("explore -o x.sched test_each.py::test_each"), 1);
    ck_assert_int_eq(spillway("why x.sched"), 0);
    ck_assert_msg(is_in_order(content("out"), hops), "%s", content("out"));
}
END_TEST

START_TEST(test_of_a_deadlock_the_locks_are_followed)
{
    static const char *const hops[] = {"the locks of the deadlock",
                                       "takes lock#",
                                       "abba_deadlock.py:19 move: with one:",
                                       "takes lock#",
                                       "waits for lock#",
                                       "failure: deadlock",
                                       NULL};

    ck_assert_int_eq(spillway("explore -o x.sched %s/abba_deadlock.py", programs), 1);
    ck_assert_int_eq(spillway("why x.sched"), 0);
    ck_assert_msg(is_in_order(content("out"), hops), "%s", content("out"));
}
END_TEST

START_TEST(test_what_cannot_be_explained_is_refused)
{
    write_file("p.py", "raise SystemExit(1)\n");
    ck_assert_int_eq(spillway("record -q -o p.sched -- p.py"), 1);
    ck_assert_int_eq(spillway("why p.sched"), 3);
    ASSERT_SAYS("err", "no second thread has run");
    write_file("p.py", "import threading\n"
                       "t = threading.Thread(target=print)\n"
                       "t.start(); t.join()\n"
                       "raise SystemExit(1)\n");
    ck_assert_int_eq(spillway("record -q -o p.sched -- p.py"), 1);
    ck_assert_int_eq(spillway("why p.sched"), 3);
    ASSERT_SAYS("err", "what its threads read and write is not known");
    write_file("p.py", "print('ran')\n");
    ck_assert_int_eq(spillway("record -q -o p.sched -- p.py"), 0);
    ck_assert_int_eq(spillway("why p.sched"), 1);
    ASSERT_SAYS("err", "it does not fail");
    ck_assert_int_eq(spillway("why nowhere.sched"), 2);
    ASSERT_SAYS("err", "nowhere.sched");
    ck_assert_int_eq(spillway("why --value '#0' p.sched"), 2);
    ASSERT_SAYS("err", "a value's number is from 1");
    ck_assert_int_eq(spillway("record -q -o p.schedz -- p.py"), 0);
    ck_assert_int_eq(spillway("why p.schedz"), 2);
    ASSERT_SAYS("err", "it is an archive");
    ck_assert_int_eq(spillway("record -q -i %s/slpython-lab -o p.sched -- p.py", binaries), 0);
    ck_assert_int_eq(spillway("why p.sched"), 1);
    ASSERT_SAYS("err", "it does not fail");
}
END_TEST

/* ---- stacks ---- */

static struct sw_why_stack stack_of(const char *const *functions)
{
    struct sw_why_stack stack = {0};

    for (; functions[stack.count] != NULL; stack.count++)
        snprintf(stack.frames[stack.count].function, SW_WHY_NAME_MAX, "%s", functions[stack.count]);
    return stack;
}

START_TEST(test_the_innermost_operation_is_found_and_named)
{
    static const char *const functions[] = {"slp_mailbox_set",         "spill_with_faults",
                                            "slp_eval_frame_newstack", "PyObject_CallOneArg",
                                            "slp_transfer_release",    NULL};
    const struct sw_why_stack stack = stack_of(functions);
    uint32_t at = 0;

    ck_assert_str_eq(sw_why_stack_operation(&stack, &at), "spill");
    ck_assert_uint_eq(at, 1);
    ck_assert_str_eq(sw_why_stack_name(&stack, at)->function, "slp_eval_frame_newstack");
    at = 3;
    ck_assert_str_eq(sw_why_stack_operation(&stack, &at), "release");
    at++;
    ck_assert_ptr_null(sw_why_stack_operation(&stack, &at));
}
END_TEST

START_TEST(test_c_code_ends_where_python_code_begins)
{
    static const char *const functions[] = {"slp_schedule", "cfunction_call",
                                            "_PyEval_EvalFrameDefault", "slp_transfer", NULL};
    const struct sw_why_stack stack = stack_of(functions);

    ck_assert_uint_eq(sw_why_stack_of_c(&stack), 2);
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *runs = tcase_create("runs"), *stacks = tcase_create("stacks");

    tcase_set_timeout(runs, 600);
    tcase_set_tags(runs, "no-memcheck"); /* it only starts other programs */
    tcase_add_checked_fixture(runs, setup, teardown);
    tcase_add_test(runs, test_a_lost_value_is_followed_from_its_send_to_its_loss);
    tcase_add_test(runs, test_the_last_comes_first_if_that_is_wanted);
    tcase_add_test(runs, test_json_has_the_same_hops);
    tcase_add_test(runs, test_anything_of_the_run_can_be_followed);
    tcase_add_test(runs, test_an_invariant_leads_to_the_operation_that_broke_it);
    tcase_add_test(runs, test_a_program_is_the_recorded_run_when_it_is_explained);
    tcase_add_test(runs, test_a_write_that_was_destroyed_is_named);
    tcase_add_test(runs, test_an_exception_of_which_the_failure_tells_is_followed);
    tcase_add_test(runs, test_of_a_deadlock_the_locks_are_followed);
    tcase_add_test(runs, test_what_cannot_be_explained_is_refused);
    suite_add_tcase(suite, runs);
    tcase_add_test(stacks, test_the_innermost_operation_is_found_and_named);
    tcase_add_test(stacks, test_c_code_ends_where_python_code_begins);
    suite_add_tcase(suite, stacks);
}

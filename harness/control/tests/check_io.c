/* SPDX-License-Identifier: MIT
 *
 * check_io.c - descriptors, loopback, children and signals under control: io_programs.py,
 * tcp_semantics.py and http_loopback.py, on each interpreter that is here.
 *
 * With CI in the environment: more seeds.  SPILLWAY_COLD_RUNS=1000 makes so many of
 * test_a_server_and_its_clients_are_one_run.
 */
#include "harness/tests/control_fixture.h"

static char tests[PATH_MAX + 64];
static int pairs, cold_runs;

static void setup_io(void)
{
    const char *cold = getenv("SPILLWAY_COLD_RUNS");

    ck_assert_ptr_nonnull(realpath("harness/control/tests", tests));
    setup();
    pairs = seeds > 4 ? 20 : 3;
    cold_runs = cold != NULL ? atoi(cold) : seeds > 4 ? 15 : 4;
}

/* ---- interpreters ---- */

static const char *const interpreters[] = {"/usr/bin/python3.11", "/usr/bin/pypy3"};
enum { INTERPRETERS = sizeof interpreters / sizeof *interpreters };

static int is_here(const char *interpreter)
{
    if (access(interpreter, X_OK) == 0)
        return 1;
    printf("check_io: skipped: no %s\n", interpreter);
    return 0;
}

/* Records a program of io_programs.py. */
static int record(const char *name, int seed)
{
    return spillway("record --seed %d -o a.sched -- %s/io_programs.py %s", seed, tests, name);
}

static void record_and_replay(const char *name, int seed, const char *options)
{
    int status = spillway("record %s --seed %d -o a.sched -- %s/io_programs.py %s", options, seed,
                          tests, name);

    ck_assert_msg(status == 0, "%s, seed %d: %.2000s", name, seed, content("err"));
    ck_assert_int_eq(shell("mv out recorded; mv err told"), 0);
    status = spillway("replay a.sched");
    ck_assert_msg(status == 0, "%s, seed %d: %.2000s", name, seed, content("err"));
    ck_assert_int_eq(shell("cmp out recorded"), 0);
}

/* ---- loopback ---- */

START_TEST(test_mapped_tcp_does_what_the_kernels_does)
{
    if (!is_here(interpreters[_i]))
        return;
    ck_assert_int_eq(shell("%s %s/tcp_semantics.py >real", interpreters[_i], tests), 0);
    ck_assert_int_eq(
        spillway("record --interp %s -o a.sched -- %s/tcp_semantics.py", interpreters[_i], tests),
        0);
    ck_assert_msg(shell("diff real out >differences") == 0, "%s", content("differences"));
    ck_assert_ptr_null(strstr(content("err"), "not controlled"));
}
END_TEST

START_TEST(test_a_server_and_its_clients_are_one_run)
{
    for (int i = 0; i < cold_runs; i++) {
        ck_assert_int_eq(spillway("record --seed 7 -o a.sched -- %s/http_loopback.py", programs),
                         0);
        ck_assert_int_eq(shell("{ tail -2 a.sched | head -1; cat out; } >>runs"), 0);
    }
    ck_assert_int_eq(shell("test $(sort -u runs | wc -l) = 2"), 0); /* a hash, a line of output */
}
END_TEST

START_TEST(test_http_is_replayed)
{
    static const char *const engines[] = {"threads", "fibers", "pool"};

    if (!is_here(interpreters[_i]))
        return;
    for (int seed = 0; seed < 3; seed++) {
        ck_assert_int_eq(spillway("record --interp %s --engine %s --seed %d -o a.sched -- "
                                  "%s/http_loopback.py",
                                  interpreters[_i], engines[seed], seed, programs),
                         0);
        ck_assert_int_eq(shell("mv out recorded"), 0);
        ck_assert_msg(spillway("replay a.sched") == 0, "%s", content("err"));
        ck_assert_int_eq(shell("cmp out recorded"), 0);
    }
}
END_TEST

START_TEST(test_the_real_network_is_replayed_too)
{
    for (int seed = 0; seed < 2; seed++) {
        ck_assert_int_eq(spillway("record --real-network --seed %d -o a.sched -- "
                                  "%s/http_loopback.py",
                                  seed, programs),
                         0);
        ASSERT_SAYS("err", "not controlled: a TCP socket");
        ck_assert_msg(spillway("replay a.sched") == 0, "%s", content("err"));
    }
}
END_TEST

START_TEST(test_a_port_of_nobodys_is_the_kernels)
{
    record_and_replay("nobody_there", 0, "");
    ck_assert_str_eq(content("out"), "ECONNREFUSED\n");
    ASSERT_SAYS("told", "not controlled: a socket to 127.0.0.1:9 (1 time)");
}
END_TEST

/* ---- outside ---- */

/* A child that is quick on a slow machine has written before anybody waits for it: so not every
 * schedule has such a decision. */
START_TEST(test_what_a_child_does_is_replayed)
{
    int waited = 0;

    for (int seed = 0; seed < pairs; seed++) {
        record_and_replay("subprocess_output", seed, "");
        ASSERT_SAYS("out", "one two\\n', 3]\n");
        waited += strstr(content("a.sched"), " ready T1 of T1\n") != NULL;
    }
    ck_assert_int_gt(waited, 0);
}
END_TEST

/* When it comes, and in which pieces, does not depend on how fast the child is. */
START_TEST(test_what_quick_children_do_is_one_run)
{
    if (!is_here(interpreters[_i]))
        return;
    for (int i = 0; i < cold_runs; i++) {
        int status = spillway("record --interp %s --seed 7 -o a.sched -- %s/io_programs.py "
                              "subprocess_quick",
                              interpreters[_i], tests);
        ck_assert_msg(status == 0, "%.2000s", content("err"));
        ck_assert_int_eq(shell("{ tail -2 a.sched | head -1; sort out; } >>runs"), 0);
    }
    /* A hash, and three lines of output. */
    ck_assert_msg(shell("test $(sort -u runs | wc -l) = 4") == 0, "%.2000s", content("runs"));
    ASSERT_SAYS("err", "not controlled: a subprocess (fork)");
    ck_assert_msg(spillway("replay a.sched") == 0, "%.2000s", content("err"));
}
END_TEST

START_TEST(test_a_child_that_does_not_end_is_not_waited_for)
{
    if (!is_here(interpreters[_i]))
        return;
    char options[64];
    snprintf(options, sizeof options, "--interp %s", interpreters[_i]);
    record_and_replay("subprocess_in_turns", 2, options);
    ck_assert_str_eq(content("out"), "0\nready\nNone\n-9\n");
}
END_TEST

START_TEST(test_more_than_a_pipe_holds_goes_both_ways)
{
    record_and_replay("subprocess_both_ways", _i, _i % 2 ? "--engine=fibers" : "");
    ck_assert_str_eq(content("out"), "200000 0\n200000 0\n");
}
END_TEST

/* How fast it was is in the recording: that there was room for all. */
START_TEST(test_a_child_may_read_at_another_pace_in_the_replay)
{
    ck_assert_int_eq(shell("touch slow"), 0);
    ck_assert_int_eq(record("subprocess_at_another_pace", _i), 0);
    ck_assert_int_eq(shell("rm slow; mv out recorded"), 0);
    ck_assert_msg(spillway("replay a.sched") == 0, "%.2000s", content("err"));
    ck_assert_int_eq(shell("cmp out recorded"), 0);
}
END_TEST

START_TEST(test_each_way_to_wait_for_a_child)
{
    char options[64];

    if (!is_here(interpreters[_i]))
        return;
    snprintf(options, sizeof options, "--interp %s", interpreters[_i]);
    record_and_replay("children", 1, options);
    ck_assert_str_eq(content("out"), "1\n2\n3\n4 0.0\n5\npolled True\n7\nECHILD\n3\n");
    ASSERT_SAYS("told", "not controlled: a subprocess (fork)");
    ASSERT_SAYS("told", "not controlled: a subprocess (sh)");
}
END_TEST

START_TEST(test_what_is_read_from_outside_is_told)
{
    ck_assert_int_eq(shell("echo hello | %s/spillway record -o a.sched -- %s/io_programs.py "
                           "standard_input >out 2>err",
                           binaries, tests),
                     0);
    ck_assert_str_eq(content("out"), "hello\n");
    ASSERT_SAYS("err", "not controlled: a pipe from outside, descriptor 0");
    ck_assert_int_eq(record("standard_input", 0), 0); /* it is /dev/null */
    ck_assert_ptr_null(strstr(content("err"), "not controlled"));
}
END_TEST

START_TEST(test_what_the_kernel_makes_up_is_told)
{
    ck_assert_int_eq(record("of_the_moment", 0), 0);
    ck_assert_str_eq(content("out"), "True\n6\n");
    ASSERT_SAYS("err", "not controlled: what the kernel tells in /proc (status) (1 time)");
    ASSERT_SAYS("err", "not controlled: a socket's name that the kernel has chosen (1 time)");
}
END_TEST

/* ---- inside ---- */

START_TEST(test_chance_and_clocks_are_the_same_again)
{
    ck_assert_int_eq(record("chance", 0), 0);
    ck_assert_int_eq(shell("mv out first"), 0);
    ck_assert_int_eq(record("chance", 0), 0);
    ck_assert_int_eq(shell("cmp out first"), 0);
}
END_TEST

START_TEST(test_deadlines_are_virtual)
{
    if (!is_here(interpreters[_i]))
        return;
    ck_assert_int_eq(spillway("record --interp %s -o a.sched -- %s/io_programs.py deadlines",
                              interpreters[_i], tests),
                     0);
    ck_assert_str_eq(content("out"), "([], [], []) 1000.0\n[] 2000.0\n[] 3000.0\n"
                                     "timed out 4000.0\nTrue\n1 4500.0\nb''\n");
}
END_TEST

START_TEST(test_signals_come_in_virtual_time)
{
    record_and_replay("signals", _i, _i % 2 ? "--engine=fibers" : "");
    ck_assert_str_eq(content("out"), "[100.0, 200.0, 300.0, 400.0]\n500.0\n10\n");
    ck_assert_ptr_null(strstr(content("told"), "not controlled"));
}
END_TEST

START_TEST(test_locks_on_files_and_named_pipes_let_others_run)
{
    record_and_replay("file_locks", _i, "");
    ck_assert_str_eq(content("out"), "through it\n");
    ck_assert_ptr_null(strstr(content("told"), "a lock on a file"));
}
END_TEST

START_TEST(test_a_deadlock_on_a_pipe_is_seen_by_state)
{
    ck_assert_int_eq(record("own_pipe", 0), 1);
    ASSERT_SAYS("err", "deadlock: none of 2 threads can run");
    ASSERT_SAYS("err", " waits for descriptor ");
    ck_assert_int_eq(spillway("replay a.sched"), 0);
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *loopback = tcase_create("loopback"), *outside = tcase_create("outside"),
          *inside = tcase_create("inside");
    TCase *all[] = {loopback, outside, inside};

    tcase_add_loop_test(loopback, test_mapped_tcp_does_what_the_kernels_does, 0, INTERPRETERS);
    tcase_add_test(loopback, test_a_server_and_its_clients_are_one_run);
    tcase_add_loop_test(loopback, test_http_is_replayed, 0, INTERPRETERS);
    tcase_add_test(loopback, test_the_real_network_is_replayed_too);
    tcase_add_test(loopback, test_a_port_of_nobodys_is_the_kernels);
    tcase_add_test(outside, test_what_a_child_does_is_replayed);
    tcase_add_loop_test(outside, test_what_quick_children_do_is_one_run, 0, INTERPRETERS);
    tcase_add_loop_test(outside, test_a_child_that_does_not_end_is_not_waited_for, 0, INTERPRETERS);
    tcase_add_loop_test(outside, test_more_than_a_pipe_holds_goes_both_ways, 0, 2);
    tcase_add_loop_test(outside, test_a_child_may_read_at_another_pace_in_the_replay, 0, 2);
    tcase_add_loop_test(outside, test_each_way_to_wait_for_a_child, 0, INTERPRETERS);
    tcase_add_test(outside, test_what_is_read_from_outside_is_told);
    tcase_add_test(outside, test_what_the_kernel_makes_up_is_told);
    tcase_add_test(inside, test_chance_and_clocks_are_the_same_again);
    tcase_add_loop_test(inside, test_deadlines_are_virtual, 0, INTERPRETERS);
    tcase_add_loop_test(inside, test_signals_come_in_virtual_time, 0, 2);
    tcase_add_loop_test(inside, test_locks_on_files_and_named_pipes_let_others_run, 0, 3);
    tcase_add_test(inside, test_a_deadlock_on_a_pipe_is_seen_by_state);
    for (int i = 0; i < 3; i++) {
        tcase_add_checked_fixture(all[i], setup_io, teardown);
        tcase_set_timeout(all[i], getenv("SPILLWAY_COLD_RUNS") != NULL ? 1200 : 120);
        tcase_set_tags(all[i], "no-memcheck"); /* it only starts other programs */
        suite_add_tcase(suite, all[i]);
    }
}

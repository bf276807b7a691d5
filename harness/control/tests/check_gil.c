/* SPDX-License-Identifier: MIT
 *
 * check_gil.c - each kind of GIL is recognised, so that threads are preempted within Python.
 *
 * On each interpreter of harness/tests/interps.h: CPython 2.7 and 3.6 have other kinds.
 */
#include "harness/tests/control_fixture.h"
#include "harness/tests/interps.h"

#define PYTHON "/usr/bin/python3.11"

START_TEST(test_a_lost_update_is_found)
{
    for (int seed = 0; seed < 3; seed++) {
        ck_assert_int_eq(
            spillway("record --interp %s --seed %d -o a.sched -- %s/lost_update.py 100",
                     interps[_i], seed, programs),
            1);
        ASSERT_SAYS("out", "updates arrived");
        ASSERT_SAYS("err", "the GIL's checks were decisions");
        ck_assert_int_eq(spillway("replay a.sched"), 0);
        ASSERT_SAYS("err", "as recorded: exit 1;");
    }
}
END_TEST

START_TEST(test_who_spins_is_preempted)
{
    write_file("spin.py", "import threading\n"
                          "done = False\n"
                          "def f():\n"
                          "    global done\n"
                          "    for _ in range(100):\n"
                          "        pass\n"
                          "    done = True\n"
                          "threading.Thread(target=f).start()\n"
                          "while not done:\n"
                          "    pass\n");
    for (int seed = 0; seed < 3; seed++)
        ck_assert_int_eq(
            spillway("record --interp %s --seed %d -o a.sched -- spin.py", interps[_i], seed), 0);
}
END_TEST

START_TEST(test_the_engines_agree)
{
    static const char *const engines[] = {"threads", "fibers", "pool"};

    for (int i = 0; i < 3; i++) {
        spillway("record --engine %s --interp %s --seed 3 -o a.sched -- %s/work_queue.py",
                 engines[i], interps[_i], programs);
        ck_assert_int_eq(shell("grep '^decisions' a.sched >>hashes"), 0);
    }
    ck_assert_int_eq(shell("test $(sort -u hashes | wc -l) = 1"), 0);
}
END_TEST

/* What sets the trace function, and what the threads do: traced.py. */
static const char *const traced[] = {
    "settrace calls",  "setprofile generators", "pdb coroutines",
    "cprofile calls", /* up to here for test_a_traced_program_is_preempted */
    "threading calls", "setprofile calls",      "one calls",
    "raises calls",    "call_tracing calls",    "settrace generators",
    "pdb calls",       "settrace coroutines",   "cprofile coroutines",
};
enum { TRACED = sizeof traced / sizeof *traced, PREEMPTED = 4 };

static int record_traced(const char *interp, int seed, const char *what)
{
    int status = spillway("record --interp %s --seed %d -o a.sched -- "
                          "%s/../../harness/control/tests/traced.py %s",
                          interp, seed, programs, what);

    ck_assert_msg(status < 2, "%s: %s%s", what, content("out"), content("err"));
    return status;
}

START_TEST(test_a_traced_program_is_recorded_and_replayed)
{
    int has_coroutines =
        shell("%s -c 'import sys; sys.exit(sys.version_info[0] == 2)'", interps[_i]) == 0;

    for (int i = 0; i < TRACED; i++) {
        if (!has_coroutines && strstr(traced[i], "coroutines") != NULL)
            continue;
        record_traced(interps[_i], i, traced[i]);
        ck_assert_int_eq(spillway("replay a.sched"), 0);
        ASSERT_SAYS("err", "as recorded: exit");
    }
}
END_TEST

START_TEST(test_a_traced_program_is_preempted)
{
    int seed = 1;

    while (seed < 40 && record_traced(PYTHON, seed, traced[_i]) == 0)
        seed++;
    ASSERT_SAYS("out", "updates arrived");
    ck_assert_int_lt(seed, 40);
}
END_TEST

/* A profiler in C has no bytecodes of its own, so that each decision is the same. */
START_TEST(test_a_profiler_changes_no_decision)
{
    static const char *const works[] = {"calls 15", "generators 15", "coroutines 15"};
    char with[64], without[64];

    for (int i = 0; i < 3; i++) {
        snprintf(with, sizeof with, "cprofile %s", works[i]);
        snprintf(without, sizeof without, "nothing %s", works[i]);
        record_traced(PYTHON, i, with);
        ck_assert_int_eq(shell("grep '^decisions' a.sched >with"), 0);
        record_traced(PYTHON, i, without);
        ck_assert_int_eq(shell("grep '^decisions' a.sched >without"), 0);
        ck_assert_int_eq(shell("cmp with without"), 0);
    }
}
END_TEST

/* What the threads do: atomic.py. */
static const char *const atomics[] = {"blocks", "flag", "switches", "traced", "blocks-in-c"};

static void check_atomic(const char *interp, const char *what)
{
    static const char *const engines[] = {"threads", "fibers", "pool"};

    for (int seed = 0; seed < 3; seed++) {
        ck_assert_msg(spillway("record --interp %s --engine %s --seed %d -o a.sched -- "
                               "%s/../../harness/control/tests/atomic.py %s",
                               interp, engines[seed], seed, programs, what) == 0,
                      "%s", content("out"));
        ck_assert_int_eq(spillway("replay a.sched"), 0);
    }
}

START_TEST(test_an_atomic_block_is_not_preempted)
{
    char interp[PATH_MAX + 256];

    snprintf(interp, sizeof interp, "%s/slpython", binaries);
    check_atomic(interp, atomics[_i]);
    snprintf(interp, sizeof interp, "%s --env PYTHONPATH=%s/../lib/python", PYTHON, binaries);
    check_atomic(interp, atomics[_i]);
}
END_TEST

/* release.py says why only the release can let the flag be raised there. */
static int is_seen_behind(const char *release)
{
    for (int seed = 0; seed < 10; seed++) {
        int status = spillway("record --seed %d -o a.sched -- %s/../../harness/control/tests/"
                              "release.py %s",
                              seed, programs, release);
        ck_assert_msg(status < 2 && strstr(content("err"), "Traceback") == NULL, "%s",
                      content("err"));
        if (status == 1)
            return 1;
    }
    return 0;
}

START_TEST(test_the_release_of_a_spin_lock_is_followed_by_decisions)
{
    ck_assert(is_seen_behind("spin"));
}
END_TEST

START_TEST(test_the_release_of_a_barrier_is_followed_by_decisions)
{
    ck_assert(is_seen_behind("barrier"));
}
END_TEST

START_TEST(test_the_end_of_an_initialisation_is_followed_by_decisions)
{
    ck_assert(is_seen_behind("once"));
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *preemption = tcase_create("preemption");

    interps_find();
    tcase_add_loop_test(preemption, test_a_lost_update_is_found, 0, interp_count);
    tcase_add_loop_test(preemption, test_who_spins_is_preempted, 0, interp_count);
    tcase_add_loop_test(preemption, test_the_engines_agree, 0, interp_count);
    tcase_add_loop_test(preemption, test_a_traced_program_is_recorded_and_replayed, 0,
                        interp_count);
    tcase_add_loop_test(preemption, test_a_traced_program_is_preempted, 0, PREEMPTED);
    tcase_add_test(preemption, test_a_profiler_changes_no_decision);
    tcase_add_loop_test(preemption, test_an_atomic_block_is_not_preempted, 0,
                        sizeof atomics / sizeof *atomics);
    tcase_add_test(preemption, test_the_release_of_a_spin_lock_is_followed_by_decisions);
    tcase_add_test(preemption, test_the_release_of_a_barrier_is_followed_by_decisions);
    tcase_add_test(preemption, test_the_end_of_an_initialisation_is_followed_by_decisions);
    tcase_add_checked_fixture(preemption, setup, teardown);
    tcase_set_timeout(preemption, 120);
    tcase_set_tags(preemption, "no-memcheck"); /* it only starts other programs */
    suite_add_tcase(suite, preemption);
}

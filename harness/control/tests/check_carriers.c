/* SPDX-License-Identifier: MIT
 *
 * check_carriers.c - OS threads, fibers and pooled fibers make the same decisions, and what belongs
 * to a thread is its own on each; many schedules in one process are what they are in one each.
 */
#include "harness/tests/control_fixture.h"

static const char *const engines[] = {"threads", "fibers", "pool"};
enum { ENGINES = sizeof engines / sizeof *engines };

static const char *const names[] = {"lost_update.py", "work_queue.py", "thread_pool.py",
                                    "abba_deadlock.py"};
enum { NAMES = sizeof names / sizeof *names };

/* Its own source stands in for the program that such an "interpreter" does not read. */
static void record_binary(const char *name, const char *engine, int seed)
{
    ck_assert_msg(spillway("record --engine %s --seed %d --interp "
                           "%s/harness/control/tests/%s -o %s.sched -- nothing",
                           engine, seed, binaries, name, engine) == 0,
                  "%s, %s, seed %d: %s%s", name, engine, seed, content("out"), content("err"));
}

static void expect_one_schedule(int seed)
{
    ck_assert_msg(shell("cmp threads.sched fibers.sched && cmp threads.sched pool.sched") == 0,
                  "seed %d", seed);
}

START_TEST(test_each_engine_makes_the_same_decisions)
{
    for (int seed = 0; seed < seeds; seed++) {
        for (int i = 0; i < ENGINES; i++)
            spillway("record --engine %s --seed %d -o %s.sched -- %s/%s", engines[i], seed,
                     engines[i], programs, names[_i]);
        expect_one_schedule(seed);
    }
}
END_TEST

START_TEST(test_what_one_engine_recorded_another_replays)
{
    ck_assert_int_eq(
        spillway("record --engine pool --seed 9 -o a.sched -- %s/work_queue.py", programs), 0);
    ck_assert_int_eq(spillway("replay --engine threads a.sched"), 0);
    ck_assert_int_eq(spillway("replay --engine fibers a.sched"), 0);
}
END_TEST

START_TEST(test_a_thread_finds_its_own_storage_new)
{
    write_file("nothing", "");
    for (int seed = 0; seed < seeds; seed++) {
        for (int i = 0; i < ENGINES; i++)
            record_binary("thread_local", engines[i], seed);
        expect_one_schedule(seed);
    }
}
END_TEST

START_TEST(test_raw_primitives_are_as_posix_says_on_each)
{
    write_file("nothing", "");
    for (int seed = 0; seed < seeds; seed++) {
        for (int i = 0; i < ENGINES; i++)
            record_binary("raw_threads", engines[i], seed);
        expect_one_schedule(seed);
    }
}
END_TEST

START_TEST(test_fibers_are_the_same_under_valgrind)
{
    ck_assert_int_eq(
        spillway("record --engine pool --seed 3 -o a.sched -- %s/work_queue.py", programs), 0);
    ck_assert_int_eq(spillway("replay --engine pool --under 'valgrind -q --tool=none' a.sched"), 0);
    write_file("nothing", "");
    ck_assert_int_eq(spillway("record --engine pool --seed 3 --under 'valgrind -q "
                              "--error-exitcode=9' --interp %s/harness/control/tests/thread_local "
                              "-o b.sched -- nothing",
                              binaries),
                     0);
}
END_TEST

START_TEST(test_a_fork_from_a_fiber_is_a_process)
{
    write_file("fork.py", "import os, threading\n"
                          "def f():\n"
                          "    pid = os.fork()\n"
                          "    if pid == 0:\n"
                          "        t = threading.Thread(target=os.write, args=(1, b'child\\n'))\n"
                          "        t.start()\n"
                          "        t.join()\n"
                          "        os._exit(3)\n"
                          "    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 3\n"
                          "t = threading.Thread(target=f)\n"
                          "t.start()\n"
                          "t.join()\n"
                          "print('parent')\n");
    for (int i = 0; i < ENGINES; i++) {
        ck_assert_int_eq(spillway("record --engine %s -o a.sched -- fork.py", engines[i]), 0);
        ck_assert_str_eq(content("out"), "child\nparent\n");
    }
}
END_TEST

START_TEST(test_a_process_can_end_on_any_fiber)
{
    write_file("exit.py", "import os, threading\n"
                          "t = threading.Thread(target=os._exit, args=(5,))\n"
                          "t.start()\n"
                          "t.join()\n");
    write_file("last.py", "import _thread, ctypes, time\n"
                          "_thread.start_new_thread(lambda: time.sleep(1), ())\n"
                          "ctypes.CDLL(None).pthread_exit(None)\n");
    for (int i = 0; i < ENGINES; i++) {
        ck_assert_int_eq(spillway("record --engine %s -o a.sched -- exit.py", engines[i]), 1);
        ASSERT_SAYS("a.sched", "outcome  exit 5\n");
        ck_assert_int_eq(spillway("record --engine %s -o a.sched -- last.py", engines[i]), 0);
    }
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *decisions = tcase_create("decisions"), *threads = tcase_create("threads");
    TCase *all[] = {decisions, threads};

    tcase_add_loop_test(decisions, test_each_engine_makes_the_same_decisions, 0, NAMES);
    tcase_add_test(decisions, test_what_one_engine_recorded_another_replays);
    tcase_add_test(decisions, test_fibers_are_the_same_under_valgrind);
    tcase_add_test(threads, test_a_thread_finds_its_own_storage_new);
    tcase_add_test(threads, test_raw_primitives_are_as_posix_says_on_each);
    tcase_add_test(threads, test_a_fork_from_a_fiber_is_a_process);
    tcase_add_test(threads, test_a_process_can_end_on_any_fiber);
    for (int i = 0; i < 2; i++) {
        tcase_add_checked_fixture(all[i], setup, teardown);
        tcase_set_timeout(all[i], 120);
        tcase_set_tags(all[i], "no-memcheck"); /* it only starts other programs */
        suite_add_tcase(suite, all[i]);
    }
}

/* SPDX-License-Identifier: MIT
 *
 * check_control.c - record and replay of whole programs, on Debian's own python3.11 and on
 * raw_threads.c and raw_timed.c in place of an interpreter.
 */
#include "harness/tests/control_fixture.h"

/* Its own source stands in for the program that this "interpreter" does not read. */
#define RAW "--interp %s/harness/control/tests/%s"

/* ---- round trips ---- */

static const char *const names[] = {"lost_update.py", "work_queue.py", "thread_pool.py",
                                    "abba_deadlock.py"};
enum { NAMES = sizeof names / sizeof *names };

START_TEST(test_replay_is_what_was_recorded)
{
    for (int seed = 0; seed < seeds; seed++) {
        int status = spillway("record --seed %d -o a.sched -- %s/%s", seed, programs, names[_i]);
        ck_assert_msg(status <= 1, "seed %d: %s", seed, content("err"));
        ck_assert_int_eq(shell("mv out recorded"), 0);
        status = spillway("replay a.sched");
        ck_assert_msg(status == 0, "seed %d: %s", seed, content("err"));
        ck_assert_int_eq(shell("cmp out recorded"), 0);
    }
}
END_TEST

START_TEST(test_the_default_schedule_has_no_deviations)
{
    ck_assert_int_eq(spillway("record --strategy default -o a.sched -- %s/%s", programs, names[_i]),
                     0);
    ASSERT_SAYS("a.sched", "\n----\n----\n");
    ck_assert_int_eq(spillway("replay a.sched"), 0);
}
END_TEST

START_TEST(test_cold_runs_of_one_seed_are_one)
{
    for (int i = 0; i < colds; i++) {
        ck_assert_int_eq(spillway("record --seed 7 -o a.sched -- %s/work_queue.py", programs), 0);
        ck_assert_int_eq(shell("tail -1 a.sched >>checks"), 0);
    }
    ck_assert_int_eq(shell("test $(sort -u checks | wc -l) = 1"), 0);
}
END_TEST

START_TEST(test_another_seed_is_another_schedule)
{
    spillway("record --seed 1 -o a.sched -- %s/work_queue.py", programs);
    spillway("record --seed 2 -o b.sched -- %s/work_queue.py", programs);
    ck_assert_int_eq(shell("cmp -s a.sched b.sched"), 1);
}
END_TEST

START_TEST(test_a_lost_update_is_found_and_kept)
{
    int seed = 0;

    while (spillway("record --seed %d -o a.sched -- %s/lost_update.py 40", seed, programs) == 0)
        ck_assert_int_lt(++seed, 100);
    ASSERT_SAYS("a.sched", "outcome  exit 1\n");
    ASSERT_SAYS("out", "updates arrived");
    ck_assert_int_eq(spillway("replay a.sched"), 0);
    ASSERT_SAYS("err", "as recorded: exit 1;");
}
END_TEST

/* ---- outcomes ---- */

START_TEST(test_a_deadlock_is_seen_by_state)
{
    write_file("dead.py", "import threading\n"
                          "a, b = threading.Lock(), threading.Lock()\n"
                          "in_a, in_b = threading.Event(), threading.Event()\n"
                          "def f(one, other, mine, yours):\n"
                          "    with one:\n"
                          "        mine.set()\n"
                          "        yours.wait()\n"
                          "        with other:\n"
                          "            pass\n"
                          "threading.Thread(target=f, args=(a, b, in_a, in_b)).start()\n"
                          "threading.Thread(target=f, args=(b, a, in_b, in_a)).start()\n");
    ck_assert_int_eq(spillway("record -o a.sched -- dead.py"), 1);
    ASSERT_SAYS("err", "deadlock: none of 3 threads can run");
    ASSERT_SAYS("err", "cycle: T1 waits for lock#");
    ASSERT_SAYS("err", "line 8 in f");
    ASSERT_SAYS("a.sched", "outcome  deadlock T1 waits for lock#");
    ck_assert_int_eq(spillway("replay a.sched"), 0);
}
END_TEST

START_TEST(test_a_crash_is_the_same_again)
{
    write_file("crash.py", "import os, threading\n"
                           "for n in range(3):\n"
                           "    threading.Thread(target=print, args=(n,)).start()\n"
                           "os.abort()\n");
    ck_assert_int_eq(spillway("record --seed 3 -o a.sched -- crash.py"), 1);
    ASSERT_SAYS("a.sched", "outcome  crashed SIGABRT\n");
    ck_assert_int_eq(spillway("replay a.sched"), 0);
}
END_TEST

START_TEST(test_a_spinning_thread_does_not_starve_the_others)
{
    write_file("spin.py", "import threading\n"
                          "done = False\n"
                          "def f():\n"
                          "    global done\n"
                          "    done = True\n"
                          "threading.Thread(target=f).start()\n"
                          "while not done:\n"
                          "    pass\n");
    ck_assert_int_eq(spillway("record --strategy default -o a.sched -- spin.py"), 0);
}
END_TEST

START_TEST(test_a_sleeper_wakes_beside_one_who_computes)
{
    write_file("wake.py", "import threading, time\n"
                          "def f():\n"
                          "    while True:\n"
                          "        pass\n"
                          "threading.Thread(target=f, daemon=True).start()\n"
                          "time.sleep(0.1)\n"
                          "print('awake')\n");
    ck_assert_int_eq(spillway("record --strategy default -o a.sched -- wake.py"), 0);
    ck_assert_str_eq(content("out"), "awake\n");
    ck_assert_int_eq(spillway("replay a.sched"), 0);
}
END_TEST

START_TEST(test_a_livelock_is_a_budget)
{
    write_file("live.py", "import threading, time\n"
                          "def f():\n"
                          "    while True:\n"
                          "        time.sleep(0)\n"
                          "for _ in range(3):\n"
                          "    threading.Thread(target=f).start()\n");
    ck_assert_int_eq(spillway("record --decisions 1000 -o a.sched -- live.py"), 1);
    ASSERT_SAYS("a.sched", "outcome  livelock 1000 decisions and no end\n");
}
END_TEST

START_TEST(test_time_is_virtual)
{
    write_file("time.py", "import threading, time\n"
                          "began = time.time()\n"
                          "assert not threading.Event().wait(86400)\n"
                          "print('%.0f' % (time.time() - began))\n");
    ck_assert_int_eq(spillway("record -o a.sched -- time.py"), 0);
    ck_assert_str_eq(content("out"), "86400\n");
}
END_TEST

START_TEST(test_blocking_io_lets_others_run)
{
    write_file("io.py", "import os, socket, threading\n"
                        "r, w = os.pipe()\n"
                        "a, b = socket.socketpair()\n"
                        "def f():\n"
                        "    got = 0\n"
                        "    while got < 200000:\n"
                        "        got += len(os.read(r, 65536))\n"
                        "    b.sendall(b'%d' % got * 40000)\n"
                        "    b.close()\n"
                        "threading.Thread(target=f).start()\n"
                        "os.write(w, b'x' * 200000)\n"
                        "got = 0\n"
                        "while data := a.recv(1 << 20):\n"
                        "    got += len(data)\n"
                        "print(got)\n");
    for (int seed = 0; seed < 3; seed++) {
        ck_assert_int_eq(spillway("record --seed %d -o a.sched -- io.py", seed), 0);
        ck_assert_str_eq(content("out"), "240000\n");
    }
}
END_TEST

START_TEST(test_daemons_forks_and_children)
{
    write_file("rest.py", "import os, subprocess, sys, threading, time\n"
                          "def f():\n"
                          "    while True:\n"
                          "        time.sleep(0.01)\n"
                          "for _ in range(3):\n"
                          "    threading.Thread(target=f, daemon=True).start()\n"
                          "pid = os.fork()\n"
                          "if pid == 0:\n"
                          "    t = threading.Thread(target=os.write, args=(1, b'child\\n'))\n"
                          "    t.start()\n"
                          "    t.join()\n"
                          "    os._exit(3)\n"
                          "assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 3\n"
                          "text = subprocess.run([sys.executable, '-c', 'import os;'\n"
                          "    'print(os.environ.get(\"LD_PRELOAD\"))'],\n"
                          "    capture_output=True, timeout=100).stdout\n"
                          "assert text == b'None\\n', text\n"
                          "time.sleep(0.1)\n"
                          "print('parent')\n");
    for (int seed = 0; seed < 3; seed++) {
        ck_assert_msg(spillway("record --seed %d -o a.sched -- rest.py", seed) == 0, "seed %d: %s",
                      seed, content("err"));
        ck_assert_str_eq(content("out"), "child\nparent\n");
        ASSERT_SAYS("err", "not controlled: a subprocess");
    }
}
END_TEST

/* The same places in every run, and not always another: a thousand mappings, each of which goes
 * before the next comes, are in one place.  A part that is left is no place for another. */
START_TEST(test_memory_that_is_given_back_is_used_again)
{
    write_file("maps.py",
               "import ctypes, mmap\n"
               "libc = ctypes.CDLL(None)\n"
               "libc.mmap.restype = ctypes.c_void_p\n"
               "libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 "
               "+ [ctypes.c_long]\n"
               "libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]\n"
               "def get(size):\n"
               "    return libc.mmap(None, size, 3, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, -1, 0)\n"
               "places = set()\n"
               "for _ in range(1000):\n"
               "    place = get(16000)\n"
               "    places.add(place)\n"
               "    libc.munmap(place, 16384)\n"
               "first, second, larger = get(16384), get(16384), get(32768)\n"
               "print(len(places), first in places, len({first, second, larger}))\n"
               "libc.munmap(first, 16384), libc.munmap(second, 16384)\n"
               "print(get(16384) == second, get(16384) == first)\n"
               "libc.munmap(larger, 16384)\n"
               "print(get(16384) == larger)\n");
    for (int run = 0; run < 2; run++) {
        ck_assert_int_eq(spillway("record --seed %d -o a.sched -- maps.py", run), 0);
        ck_assert_str_eq(content("out"), "1 True 3\nTrue True\nFalse\n");
    }
}
END_TEST

static const char *const raw[] = {"raw_threads", "raw_timed"};

START_TEST(test_raw_primitives_are_as_posix_says)
{
    write_file("nothing", "");
    for (int seed = 0; seed < seeds; seed++) {
        ck_assert_msg(spillway("record --seed %d " RAW " -o a.sched -- nothing", seed, binaries,
                               raw[_i]) == 0,
                      "seed %d: %s", seed, content("out"));
        ck_assert_msg(spillway("replay a.sched") == 0, "seed %d: %s", seed, content("err"));
    }
}
END_TEST

/* ---- what does not fit ---- */

START_TEST(test_replay_holds_under_valgrind)
{
    ck_assert_int_eq(spillway("record --seed 5 -o a.sched -- %s/work_queue.py", programs), 0);
    ck_assert_int_eq(spillway("replay --under 'valgrind -q --tool=none' a.sched"), 0);
    ASSERT_SAYS("err", "as recorded: exit 0;");
}
END_TEST

START_TEST(test_divergence_says_step_wanted_and_able)
{
    spillway("record --seed 1 -o a.sched -- %s/work_queue.py", programs);
    ck_assert_int_eq(shell("sed 's/ gil.release  / sem.post     /; s/^check.*/check none/' "
                           "a.sched >b.sched"),
                     0);
    ck_assert_int_eq(spillway("replay b.sched"), 1);
    ASSERT_SAYS("err", "diverged at step ");
    ASSERT_SAYS("err", "the thread is at another place: wanted T");
    ASSERT_SAYS("err", " at sem.post to run T");
    ASSERT_SAYS("err", " at gil.release, and it can run T0 T");
}
END_TEST

START_TEST(test_a_missing_deviation_shows_in_the_hash)
{
    spillway("record --seed 1 -o a.sched -- %s/lost_update.py", programs);
    ck_assert_int_eq(shell("tac a.sched | sed '0,/ of T/{/ of T/d}; s/^check.*/check none/' | tac "
                           ">b.sched; ! cmp -s a.sched b.sched"),
                     0);
    ck_assert_int_eq(spillway("replay b.sched"), 1);
    ASSERT_SAYS("err", "diverged");
}
END_TEST

START_TEST(test_bad_input_is_refused_before_it_runs)
{
    write_file("p.py", "print('ran')\n");
    ck_assert_int_eq(spillway("record -o a.sched -- p.py"), 0);
    write_file("p.py", "print('RAN')\n");
    ck_assert_int_eq(spillway("minimise a.sched"), 2);
    ASSERT_SAYS("err", "a.sched: it is of another program: p.py is xxh128 ");
    ck_assert_str_eq(content("out"), "");
    ck_assert_int_eq(shell("sed -i 's|^interp   .*|interp   /bin/true  xxh128 %032d|; "
                           "s/^check.*/check none/' a.sched",
                           0),
                     0);
    write_file("p.py", "print('ran')\n");
    ck_assert_int_eq(spillway("minimise --yes a.sched"), 2);
    ASSERT_SAYS("err", "it is of another interpreter: /bin/true is");
    ck_assert_int_eq(shell("head -c 100 a.sched >b.sched"), 0);
    ck_assert_int_eq(spillway("replay b.sched"), 2);
    ASSERT_SAYS("err", "b.sched:4:1: the file ends in the middle of a line");
    ck_assert_int_eq(spillway("replay nowhere.sched"), 2);
    ck_assert_int_eq(spillway("record -o a.sched -- nowhere.py"), 2);
    ck_assert_int_eq(spillway("record --strategy best -- p.py"), 2);
    ck_assert_int_eq(spillway("record --seed -1 -- p.py"), 2);
    ck_assert_int_eq(spillway("record"), 2);
    ck_assert_int_eq(spillway("record --engine steam -- p.py"), 2);
    ck_assert_int_eq(spillway("record --env PATH=/ -- p.py"), 2);
    ck_assert_int_eq(spillway("record --fault no-such-fault -- p.py"), 2);
}
END_TEST

START_TEST(test_a_setting_is_recorded_and_had_again)
{
    write_file("env.py", "import os\nprint(os.environ['COLOUR'], sorted(os.environ))\n");
    ck_assert_int_eq(spillway("record --env COLOUR=red -o a.sched -- env.py"), 0);
    ck_assert_int_eq(shell("mv out recorded"), 0);
    ASSERT_SAYS("a.sched", "env      COLOUR=red\n");
    ck_assert_int_eq(spillway("replay a.sched"), 0);
    ck_assert_int_eq(shell("cmp out recorded"), 0);
}
END_TEST

/* A spec's process has an environment of its own, a program that of the caller; both get it. */
START_TEST(test_a_scenario_and_a_program_get_a_variable)
{
    write_file("p.py", "import os\nassert os.environ.get('COLOUR') == 'dark red'\n");
    write_file("s.spec", "# The environment.\n"
                         "setup { import os }\n"
                         "tasklet a on T0\n"
                         "  step look { assert os.environ['COLOUR'] == 'dark red' }\n"
                         "schedule x\n"
                         "  look : done\n");
    ck_assert_int_eq(shell("env -u CI %s/spillway run --accept s.spec >out 2>err", binaries), 1);
    ASSERT_SAYS("out", "look: raises KeyError: 'COLOUR'");
    ck_assert_int_eq(spillway("run p.py"), 1);
    ck_assert_int_eq(spillway("run --env 'COLOUR=dark red' p.py"), 0);
    spillway("run --env 'COLOUR=dark red' s.spec");
    ASSERT_SAYS("out", "there is no transcript to compare with yet");
    ASSERT_SAYS("out", "again: spillway run --env 'COLOUR=dark red' --schedule x s.spec");
    ck_assert_int_eq(spillway("run --env SLP_SPILL=always s.spec"), 2);
    ck_assert_int_eq(spillway("run --accept --env COLOUR=red s.spec"), 2);
    ck_assert_int_eq(spillway("run --env COLOUR=red p.py::test_it"), 2);
}
END_TEST

START_TEST(test_it_does_not_matter_what_the_standard_files_are)
{
    write_file("p.py", "import os, sys, threading\n"
                       "threading.Thread(target=int).start()\n"
                       "print(sys.stdout.isatty(), os.fstat(1).st_size)\n");
    ck_assert_int_eq(spillway("record --strategy default -o a.sched -- p.py"), 0);
    ck_assert_int_eq(shell("%s/spillway replay -q a.sched | cat >pipe", binaries), 0);
    ck_assert_int_eq(shell("%s/spillway replay -q a.sched >>pipe", binaries), 0);
    ck_assert_int_eq(
        shell("script -qec '%s/spillway replay -q a.sched' terminal >terminal", binaries), 0);
    ck_assert_str_eq(content("pipe"), "False 0\nFalse 0\n");
}
END_TEST

START_TEST(test_faults_and_spills_need_our_interpreter)
{
    write_file("p.py", "print('ran')\n");
    ck_assert_int_eq(spillway("record --fault release-eats-mailbox -o a.sched -- p.py"), 2);
    ASSERT_SAYS("err", "/usr/bin/python3.11: it is no slpython-lab: it has no faults");
    ck_assert_int_eq(spillway("record --spill always -o a.sched -- p.py"), 2);
    ASSERT_SAYS("err", "/usr/bin/python3.11: it is no slpython: it does not spill");
    ck_assert_str_eq(content("out"), "");
}
END_TEST

START_TEST(test_an_early_time_out_is_a_decision)
{
    int early = 0;

    write_file("early.py", "import threading\n"
                           "event = threading.Event()\n"
                           "threading.Thread(target=event.set).start()\n"
                           "print(event.wait(3600))\n");
    for (int seed = 0; seed < 50 && !early; seed++) {
        ck_assert_int_eq(spillway("record --early 1 --seed %d -o a.sched -- early.py", seed), 0);
        early = strcmp(content("out"), "False\n") == 0;
    }
    ck_assert(early);
    ASSERT_SAYS("a.sched", "-early of T");
    ck_assert_int_eq(spillway("replay a.sched"), 0);
    ck_assert_str_eq(content("out"), "False\n");
}
END_TEST

START_TEST(test_what_cannot_be_controlled_is_an_error)
{
    write_file("p.py", "print('ran')\n");
    write_file("script", "#!/bin/sh\necho done\n");
    ck_assert_int_eq(shell("chmod +x script"), 0);
    ck_assert_int_eq(spillway("record --interp ./p.py -o a.sched -- p.py"), 2);
    ASSERT_SAYS("err", "p.py: it may not be executed");
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *trips = tcase_create("round trips"), *outcomes = tcase_create("outcomes"),
          *misfits = tcase_create("misfits");
    TCase *all[] = {trips, outcomes, misfits};

    tcase_add_loop_test(trips, test_replay_is_what_was_recorded, 0, NAMES);
    tcase_add_loop_test(trips, test_the_default_schedule_has_no_deviations, 0, NAMES);
    tcase_add_test(trips, test_cold_runs_of_one_seed_are_one);
    tcase_add_test(trips, test_another_seed_is_another_schedule);
    tcase_add_test(trips, test_a_lost_update_is_found_and_kept);
    tcase_add_test(trips, test_replay_holds_under_valgrind);
    tcase_add_test(outcomes, test_a_deadlock_is_seen_by_state);
    tcase_add_test(outcomes, test_a_crash_is_the_same_again);
    tcase_add_test(outcomes, test_a_spinning_thread_does_not_starve_the_others);
    tcase_add_test(outcomes, test_a_sleeper_wakes_beside_one_who_computes);
    tcase_add_test(outcomes, test_a_livelock_is_a_budget);
    tcase_add_test(outcomes, test_time_is_virtual);
    tcase_add_test(outcomes, test_blocking_io_lets_others_run);
    tcase_add_test(outcomes, test_daemons_forks_and_children);
    tcase_add_test(outcomes, test_memory_that_is_given_back_is_used_again);
    tcase_add_loop_test(outcomes, test_raw_primitives_are_as_posix_says, 0, 2);
    tcase_add_test(misfits, test_divergence_says_step_wanted_and_able);
    tcase_add_test(misfits, test_a_missing_deviation_shows_in_the_hash);
    tcase_add_test(misfits, test_bad_input_is_refused_before_it_runs);
    tcase_add_test(misfits, test_a_setting_is_recorded_and_had_again);
    tcase_add_test(misfits, test_a_scenario_and_a_program_get_a_variable);
    tcase_add_test(misfits, test_it_does_not_matter_what_the_standard_files_are);
    tcase_add_test(misfits, test_faults_and_spills_need_our_interpreter);
    tcase_add_test(outcomes, test_an_early_time_out_is_a_decision);
    tcase_add_test(misfits, test_what_cannot_be_controlled_is_an_error);
    for (int i = 0; i < 3; i++) {
        tcase_add_checked_fixture(all[i], setup, teardown);
        tcase_set_timeout(all[i], 120);
        tcase_set_tags(all[i], "no-memcheck"); /* it only starts other programs */
        suite_add_tcase(suite, all[i]);
    }
}

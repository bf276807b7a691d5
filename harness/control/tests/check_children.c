/* SPDX-License-Identifier: MIT
 *
 * check_children.c - children of a fork that wait for ever: a deadlock of the program, which is told
 * with both stacks and is there again in a replay; and those that only look so.
 */
#include "harness/tests/control_fixture.h"

static const char hold_py[] =
    "import multiprocessing, os, pty, signal, subprocess, sys, threading\n"
    "import concurrent.futures, time\n"
    "lock = threading.Lock()\n"
    "held, done = threading.Event(), threading.Event()\n"
    "def hold():\n"
    "    with lock:\n"
    "        held.set()\n"
    "        done.wait()\n"
    "thread = threading.Thread(target=hold)\n"
    "def take():\n"
    "    with lock: pass\n"
    "def take_and_end():\n"
    "    take()\n"
    "    os._exit(0)\n"
    "context = multiprocessing.get_context('fork')\n"
    "def begin():\n"
    "    thread.start()\n"
    "    held.wait()\n"
    "def finish():\n"
    "    done.set()\n"
    "    thread.join()\n";

static void setup_here(void)
{
    setup();
    write_file("hold.py", hold_py);
}

static void write_program(const char *body)
{
    char text[4096];

    snprintf(text, sizeof text,
             "from hold import *\n"
             "if __name__ == '__main__':\n"
             "    begin()\n"
             "%s"
             "    finish()\n",
             body);
    write_file("prog.py", text);
}

/* ---- for ever ---- */

static const char *const for_ever[] = {
    "    pid = os.fork()\n"
    "    if pid == 0: take_and_end()\n"
    "    os.waitpid(pid, 0)\n",
    "    process = context.Process(target=take)\n"
    "    process.start()\n"
    "    process.join()\n",
    "    with concurrent.futures.ProcessPoolExecutor(1, context) as pool:\n"
    "        pool.submit(take).result()\n",
    "    pid, fd = pty.fork()\n"
    "    if pid == 0: take_and_end()\n"
    "    os.waitpid(pid, 0)\n",
    "    subprocess.run(['/bin/true'], preexec_fn=take)\n",
    "    r, w = os.pipe()\n" /* what would come from it is waited for */
    "    if os.fork() == 0: take_and_end()\n"
    "    os.read(r, 1)\n",
    "    pids = [os.fork() for _ in range(1)]\n" /* one that ends beside it */
    "    if pids == [0]: take_and_end()\n"
    "    other = os.fork()\n"
    "    if other == 0: os._exit(0)\n"
    "    os.waitpid(other, 0)\n"
    "    os.waitpid(pids[0], 0)\n",
};

START_TEST(test_a_child_that_waits_for_ever_is_a_deadlock)
{
    write_program(for_ever[_i]);
    ck_assert_int_eq(spillway("record --seed 1 -o out.sched --watchdog 600 -- prog.py"), 1);
    ASSERT_SAYS("err", "spillway: deadlock child 1 waits for lock#");
    ASSERT_SAYS("err", ", which T1 held when it was forked: nobody will release it;");
    ASSERT_SAYS("err", "\nchild 1 (waits for lock#");
    ASSERT_SAYS("err", "/hold.py\", line 11 in take\n");
    ASSERT_SAYS("err", "\nT1, when child 1 was forked:\n");
    ASSERT_SAYS("err", "/hold.py\", line 8 in hold\n");
    ck_assert_int_eq(spillway("replay out.sched"), 0);
}
END_TEST

START_TEST(test_it_is_found_and_kept)
{
    write_program(for_ever[0]);
    ck_assert_int_eq(spillway("explore --schedules 20 --watchdog 600 prog.py"), 1);
    ASSERT_SAYS("out", "FAIL   prog.py (under ");
    ASSERT_SAYS("out", ": deadlock child 1 waits for lock#");
    ck_assert_int_eq(spillway("replay prog.py.sched"), 0);
}
END_TEST

/* Before the first thread, where schedules of a program begin. */
START_TEST(test_a_child_that_ended_before_is_in_the_schedule)
{
    write_file("prog.py", "import subprocess, threading\n"
                          "subprocess.run(['/bin/true'])\n"
                          "thread = threading.Thread(target=len, args=('',))\n"
                          "thread.start()\n"
                          "thread.join()\n"
                          "assert False\n");
    ck_assert_int_eq(spillway("explore --schedules 3 --watchdog 600 prog.py"), 1);
    ASSERT_SAYS("out", "FAIL   prog.py (exit 1 under ");
    ck_assert_int_eq(spillway("replay prog.py.sched"), 0);
    ASSERT_SAYS("err", "as recorded: exit 1; ");
}
END_TEST

/* In a loop of schedules its number is the same in each. */
START_TEST(test_of_a_test_too)
{
    write_file("p.py", "import os\n"
                       "from threading import Lock, Thread\n"
                       "def test_fork():\n"
                       "    lock = Lock()\n"
                       "    def hold():\n"
                       "        with lock:\n"
                       "            for i in range(20): len([])\n"
                       "    def fork():\n"
                       "        pid = os.fork()\n"
                       "        if pid == 0:\n"
                       "            lock.acquire()\n"
                       "            os._exit(0)\n"
                       "        os.waitpid(pid, 0)\n"
                       "    threads = [Thread(target=hold), Thread(target=fork)]\n"
                       "    for t in threads: t.start()\n"
                       "    for t in threads: t.join()\n");
    ck_assert_int_eq(spillway("explore --continue --schedules 60 --watchdog 600 p.py::test_fork"),
                     1);
    ASSERT_SAYS("out", ": deadlock child 1 waits for lock#");
    ck_assert_int_eq(shell("! grep -q 'child [2-9]' out"), 0);
    ck_assert_int_eq(spillway("replay p-test_fork.sched"), 0);
}
END_TEST

/* ---- only so it seems ---- */

static const char *const in_time[] = {
    "    pid = os.fork()\n" /* a deadline */
    "    if pid == 0: os._exit(lock.acquire(timeout=0.2))\n"
    "    assert os.waitpid(pid, 0)[1] == 0\n",
    "    pid = os.fork()\n" /* who waits for it ends it */
    "    if pid == 0: take_and_end()\n"
    "    time.sleep(1)\n"
    "    os.kill(pid, signal.SIGTERM)\n"
    "    assert os.waitpid(pid, 0)[1] == signal.SIGTERM\n",
    "    process = context.Process(target=take)\n"
    "    process.start()\n"
    "    process.join(5)\n"
    "    assert process.is_alive()\n"
    "    process.terminate()\n"
    "    process.join()\n",
    "    r, w = os.pipe()\n" /* a signal's handler releases it */
    "    pid = os.fork()\n"
    "    if pid == 0:\n"
    "        stop = threading.Event()\n"
    "        signal.signal(signal.SIGTERM, lambda *_: stop.set())\n"
    "        os.write(w, b'x')\n"
    "        stop.wait()\n"
    "        os._exit(5)\n"
    "    os.read(r, 1)\n"
    "    os.kill(pid, signal.SIGTERM)\n"
    "    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 5\n",
    "    pid = os.fork()\n" /* its own alarm does */
    "    if pid == 0:\n"
    "        signal.signal(signal.SIGALRM, lambda *_: os._exit(6))\n"
    "        signal.setitimer(signal.ITIMER_REAL, 0.3)\n"
    "        take()\n"
    "    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 6\n",
    "    shared = context.Lock()\n" /* another process does */
    "    shared.acquire()\n"
    "    process = context.Process(target=shared.acquire)\n"
    "    process.start()\n"
    "    time.sleep(0.2)\n"
    "    shared.release()\n"
    "    process.join()\n",
    "    pid = os.fork()\n" /* its brother ends it */
    "    if pid == 0: take_and_end()\n"
    "    if os.fork() == 0:\n"
    "        time.sleep(0.5)\n"
    "        os.kill(pid, signal.SIGKILL)\n"
    "        os._exit(0)\n"
    "    assert os.waitpid(pid, 0)[1] == signal.SIGKILL\n"
    "    os.wait()\n",
};

START_TEST(test_who_is_released_is_no_deadlock)
{
    write_program(in_time[_i]);
    for (int seed = 1; seed <= 3; seed++)
        ck_assert_msg(spillway("record --seed %d -o out.sched --watchdog 600 -- prog.py", seed) ==
                          0,
                      "seed %d: %s", seed, content("err"));
}
END_TEST

/* ---- who is told of an end by a signal ---- */

static const char told_py[] = "import os, signal, subprocess, sys\n"
                              "ended = []\n"
                              "def handler(number, frame):\n"
                              "    ended.append(os.waitpid(child.pid, os.WNOHANG)[0])\n"
                              "signal.signal(signal.SIGCHLD, handler)\n"
                              "child = subprocess.Popen(['/bin/cat'], stdin=-1, stdout=-1)\n"
                              "child.stdin.write(b'up'); child.stdin.flush()\n"
                              "child.stdout.read(2)\n"
                              "child.kill()\n"
                              "while not ended: signal.pause()\n"
                              "assert ended == [child.pid], ended\n";

START_TEST(test_who_is_told_by_a_signal_may_ask_once)
{
    write_file("told.py", told_py);
    for (int seed = 1; seed <= seeds && seed <= 6; seed++)
        ck_assert_msg(spillway("record --seed %d -o out.sched told.py", seed) == 0, "%d: %s", seed,
                      content("err"));
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *all = tcase_create("all");

    tcase_add_checked_fixture(all, setup_here, teardown);
    tcase_set_timeout(all, 240);
    tcase_set_tags(all, "no-memcheck");
    suite_add_tcase(suite, all);
    tcase_add_loop_test(all, test_a_child_that_waits_for_ever_is_a_deadlock, 0,
                        sizeof for_ever / sizeof *for_ever);
    tcase_add_test(all, test_it_is_found_and_kept);
    tcase_add_test(all, test_a_child_that_ended_before_is_in_the_schedule);
    tcase_add_test(all, test_of_a_test_too);
    tcase_add_test(all, test_who_is_told_by_a_signal_may_ask_once);
    tcase_add_loop_test(all, test_who_is_released_is_no_deadlock, 0,
                        sizeof in_time / sizeof *in_time);
}

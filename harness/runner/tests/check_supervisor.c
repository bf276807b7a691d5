/* SPDX-License-Identifier: MIT
 *
 * check_supervisor.c - nothing of a controlled program stays behind, however its run ends: not the
 * child of a child that has left its group and its session either.
 */
#include "harness/tests/control_fixture.h"

/* It leaves behind who sleeps, and then does what is wanted. */
static const char leaves_py[] =
    "import os, signal, sys, threading, time\n"
    "def leave():\n"
    "    r, w = os.pipe()\n"
    "    if os.fork() == 0:\n"
    "        os.setsid()\n"
    "        pid = os.fork()\n"
    "        if pid != 0: os._exit(0)\n"
    "        with open('left', 'w') as file: file.write(str(os.getpid()))\n"
    "        os.write(w, b'x')\n"
    "        os.execv('/bin/sleep', ['sleep', '1000'])\n"
    "    os.wait()\n"
    "    os.read(r, 1)\n"
    "def hang():\n"
    "    os.rename('left', 'hanging')\n"
    "    while True: pass\n"
    "def wait():\n"
    "    lock = threading.Lock()\n"
    "    lock.acquire()\n"
    "    lock.acquire()\n"
    "ways = {'ends': lambda: None, 'fails': lambda: sys.exit(1),\n"
    "        'crashes': os.abort, 'waits': wait, 'hangs': hang}\n"
    "def test_ends(): leave()\n"
    "if __name__ == '__main__':\n"
    "    leave()\n"
    "    ways[sys.argv[1]]()\n";

static void setup_here(void)
{
    setup();
    write_file("leaves.py", leaves_py);
}

static int lives(const char *file)
{
    return shell("kill -0 $(cat %s) 2>/dev/null", file) == 0;
}

static const struct {
    const char *arguments;
    int status;
} ends[] = {
    {"record -- leaves.py ends", 0},
    {"record -- leaves.py fails", 1},
    {"record -- leaves.py crashes", 1},
    {"record -- leaves.py waits", 1},
    {"explore --schedules 3 --jobs 1 leaves.py ends", 3},
    {"explore --schedules 3 --jobs 1 leaves.py::test_ends", 3},
    {"explore --schedules 3 --jobs 1 leaves.py crashes", 1},
};

START_TEST(test_nothing_outlives_a_run)
{
    ck_assert_int_eq(spillway("%s", ends[_i].arguments), ends[_i].status);
    ck_assert_int_eq(lives("left"), 0);
}
END_TEST

START_TEST(test_nothing_outlives_the_watchdog)
{
    ck_assert_int_eq(spillway("record --watchdog 2 -- leaves.py hangs"), 2);
    ck_assert_int_eq(lives("hanging"), 0);
}
END_TEST

static const struct {
    const char *name;
    int status;
} signals[] = {{"INT", 130}, {"TERM", 130}, {"KILL", 137}};

/* Of one that is killed nobody can wait for the end of the rest: libcheck's limit ends a wait in
 * vain. */
START_TEST(test_nothing_outlives_the_runner)
{
    ck_assert_int_eq(shell("%s/spillway explore leaves.py hangs >out 2>err </dev/null & "
                           "until [ -e hanging ]; do sleep 0.02; done; kill -%s $!; wait $!",
                           binaries, signals[_i].name),
                     signals[_i].status);
    while (lives("hanging"))
        usleep(1000);
}
END_TEST

/* Nor a job's beside others: while a process runs what it left to itself is its own business. */
START_TEST(test_a_daemon_lives_as_long_as_its_program)
{
    write_file("uses.py", "import leaves, os, time\n"
                          "leaves.leave()\n"
                          "with open('left') as file: os.kill(int(file.read()), 0)\n");
    ck_assert_int_eq(spillway("record -- uses.py"), 0);
    ck_assert_int_eq(lives("left"), 0);
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *all = tcase_create("all");

    tcase_add_checked_fixture(all, setup_here, teardown);
    tcase_set_timeout(all, 120);
    tcase_set_tags(all, "no-memcheck");
    suite_add_tcase(suite, all);
    tcase_add_loop_test(all, test_nothing_outlives_a_run, 0, sizeof ends / sizeof *ends);
    tcase_add_test(all, test_nothing_outlives_the_watchdog);
    tcase_add_loop_test(all, test_nothing_outlives_the_runner, 0, 3);
    tcase_add_test(all, test_a_daemon_lives_as_long_as_its_program);
}

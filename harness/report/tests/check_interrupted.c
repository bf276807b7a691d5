/* SPDX-License-Identifier: MIT
 *
 * check_interrupted.c - a Ctrl-C while replay, show, diff and why run a program once more: they end
 * with 130, say so, and have nothing running and nothing half written behind them.
 */
#include "harness/tests/control_fixture.h"

/* As soon as there is a file "slow" it does not end. */
static const char program[] = "import os, threading\n"
                              "threads = [threading.Thread(target=int) for _ in 'ab']\n"
                              "for t in threads: t.start()\n"
                              "for t in threads: t.join()\n"
                              "if os.path.exists('slow'):\n"
                              "    open('there', 'w').close()\n"
                              "    while True: pass\n"
                              "raise SystemExit(1)\n";

/* COMMAND...: interrupts it once its program is there.  A test's time limit ends it if it never
 * is. */
static const char interrupt_py[] =
    "import os, signal, subprocess, sys, time\n"
    "run = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)\n"
    "while not os.path.exists('there') and run.poll() is None:\n"
    "    time.sleep(0.01)\n"
    "run.send_signal(signal.SIGINT)\n"
    "status = run.wait()\n"
    "os.path.exists('there') and os.remove('there')\n"
    "sys.exit(status if status >= 0 else 99)\n";

static const char *const commands[] = {
    "replay a.sched", "replay -q a.schedz",   "show a.sched",  "show --html page.html a.sched",
    "why a.sched",    "diff a.sched b.sched", "why lab.sched",
};

static void setup_program(void)
{
    setup();
    write_file("p.py", program);
    write_file("interrupt.py", interrupt_py);
    spillway("record --strategy default -o a.sched -- p.py");
    spillway("record --seed 5 -o b.sched -- p.py");
    spillway("record --strategy default -o a.schedz -- p.py");
    spillway("record --strategy default -i %s/slpython-lab -o lab.sched -- p.py", binaries);
    ck_assert_int_eq(shell("test -e b.sched && test -e a.schedz && touch slow"), 0);
}

START_TEST(test_a_command_that_is_interrupted_says_so)
{
    ck_assert_int_eq(
        shell("/usr/bin/python3.11 interrupt.py %s/spillway %s >out 2>err", binaries, commands[_i]),
        130);
    ASSERT_SAYS("err", "interrupted\n");
    ck_assert_int_eq(access("page.html", F_OK), -1);
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *all = tcase_create("all");

    tcase_add_checked_fixture(all, setup_program, teardown);
    tcase_add_loop_test(all, test_a_command_that_is_interrupted_says_so, 0,
                        (int)(sizeof commands / sizeof *commands));
    tcase_set_timeout(all, 120);
    tcase_set_tags(all, "no-memcheck"); /* it mostly starts other programs */
    suite_add_tcase(suite, all);
}

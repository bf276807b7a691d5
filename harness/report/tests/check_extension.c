/* SPDX-License-Identifier: MIT
 *
 * check_extension.c - the extension module in a stock Python, under the commands that take slpython.
 */
#include "harness/tests/control_fixture.h"

/* The interpreter, and where the module is. */
#define STOCK "--interp /usr/bin/python3.11 --env PYTHONPATH=%s/../lib/python"

/* Two threads and their tasklets, a channel between them, and calls from C that may be spilled.  It
 * prints in which order values came, and whether there were spills. */
static const char program[] =
    "import stackless, threading\n"
    "channel, got = stackless.channel(), []\n"
    "def through_c(function, *arguments):\n"
    "    return next(map(lambda _: function(*arguments), (0,)))\n"
    "def sends(name, done):\n"
    "    for i in range(5):\n"
    "        through_c(channel.send, name + str(i))\n"
    "    done.send(None)\n"
    "def serves(name):\n"
    "    done = stackless.channel()\n"
    "    for kind in 'xy': stackless.tasklet(sends)(name + kind, done)\n"
    "    for _ in range(2): done.receive()\n"
    "threads = [threading.Thread(target=serves, args=(name,)) for name in 'ab']\n"
    "[thread.start() for thread in threads]\n"
    "while len(got) < 20: got.append(through_c(channel.receive))\n"
    "[thread.join() for thread in threads]\n"
    "print('spilled' if stackless.spill_count() else 'not spilled', *got)\n";

static void record_and_replay(const char *spill)
{
    write_file("p.py", program);
    ck_assert_int_eq(spillway("record " STOCK " %s --seed 3 -o a.sched p.py", binaries, spill), 0);
    ASSERT_SAYS("out", *spill != '\0' ? "spilled " : "not spilled ");
    ck_assert_int_eq(shell("grep -v ^spillway out >first"), 0);
    ck_assert_int_eq(spillway("replay a.sched"), 0);
    ck_assert_int_eq(shell("grep spilled out | cmp - first"), 0);
}

START_TEST(test_recorded_and_replayed)
{
    record_and_replay("");
}
END_TEST

START_TEST(test_spilled)
{
    record_and_replay("--spill always");
    ck_assert_int_eq(shell("grep -q '^spill *always' a.sched"), 0);
}
END_TEST

START_TEST(test_spilled_to_segments)
{
    record_and_replay("--spill always,segment");
}
END_TEST

START_TEST(test_explored)
{
    write_file("p.py", program);
    ck_assert_int_eq(spillway("explore " STOCK " --spill always --schedules 20 p.py", binaries), 0);
    ASSERT_SAYS("out", "20 schedules");
}
END_TEST

START_TEST(test_without_the_module_nothing_spills)
{
    write_file("p.py", program);
    ck_assert_int_eq(spillway("record --interp /usr/bin/python3.11 --env PYTHONPATH=.:/nowhere "
                              "--spill always p.py"),
                     2);
    ASSERT_SAYS("err", "it is no slpython: it does not spill (and no --env=PYTHONPATH has");
}
END_TEST

static const char spec[] = "# A sample.\n"
                           "requires refcounts ring throw traps mailbox run timeout trace\n"
                           "\n"
                           "setup {\n"
                           "    ch = stackless.channel()\n"
                           "}\n"
                           "tasklet receiver on T0\n"
                           "  step wait    { assert ch.receive() == 1 }\n"
                           "tasklet sender on T1\n"
                           "  step send    { ch.send(1) }\n"
                           "\n"
                           "schedule one\n"
                           "  wait : blocks ch.receive\n"
                           "  send : done, wakes wait: done\n";

START_TEST(test_specs_are_run)
{
    ck_assert_int_eq(shell("mkdir -p f"), 0);
    write_file("f/s.spec", spec);
    ck_assert_int_eq(spillway("run " STOCK " f/s.spec", binaries), 0);
    ASSERT_SAYS("out", "1 passed");
    ck_assert_int_eq(spillway("run " STOCK " --spill always f/s.spec", binaries), 0);
    ASSERT_SAYS("out", "1 passed");
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *c = tcase_create("commands");

    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 60);
    tcase_set_tags(c, "no-memcheck"); /* it only starts other programs */
    tcase_add_test(c, test_recorded_and_replayed);
    tcase_add_test(c, test_spilled);
    tcase_add_test(c, test_spilled_to_segments);
    tcase_add_test(c, test_explored);
    tcase_add_test(c, test_without_the_module_nothing_spills);
    tcase_add_test(c, test_specs_are_run);
    suite_add_tcase(suite, c);
}

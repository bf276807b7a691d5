/* SPDX-License-Identifier: MIT
 *
 * check_interrupt.c - Ctrl-C and SIGTERM: what was found is told and kept, and how to go on.
 */
#include "harness/tests/control_fixture.h"

/* The nth schedule says so in a file and then takes for ever, in a way that no engine sees.  They are
 * counted in a file, since each begins from the same state. */
static const char programs_py[] =
    "import os, sys, threading, time\n"
    "def hang():\n"
    "    open('hanging', 'w').close()\n"
    "    while True: pass\n"
    "def point(): pass\n"
    "def two():\n"
    "    other = threading.Thread(target=point)\n"
    "    other.start()\n"
    "    other.join()\n"
    "def nth():\n"
    "    with open('begun', 'a') as f: f.write('x'); return f.tell()\n"
    "def test_hangs():\n"
    "    two()\n"
    "    if nth() == 5: hang()\n"
    "def test_hangs_at_once():\n"
    "    hang()\n"
    "def test_fails_and_hangs():\n"
    "    seen = [0]\n"
    "    def add():\n"
    "        number = seen[0]\n"
    "        point()\n"
    "        seen[0] = number + 1\n"
    "    threads = [threading.Thread(target=add) for _ in range(2)]\n"
    "    for t in threads: t.start()\n"
    "    for t in threads: t.join()\n"
    "    if seen[0] == 1: open('failed', 'w').close()\n"
    "    if os.path.exists('failed') and nth() > 3 and \\\n"
    "       not os.path.exists('hanging'): hang()\n"
    "    assert seen[0] == 2\n"
    "def test_fails_always():\n"
    "    two()\n"
    "    if nth() == 9: hang()\n"
    "    assert False\n"
    "def test_long():\n"
    "    two()\n"
    "    open('hanging', 'w').close()\n"
    "if __name__ == '__main__':\n"
    "    lock = threading.Lock()\n"
    "    other = threading.Thread(target=lock.acquire)\n"
    "    other.start()\n"
    "    other.join()\n"
    "    hang()\n";

static void setup_here(void)
{
    setup();
    write_file("p.py", programs_py);
}

/* Interrupts it once it hangs; its exit status. */
static int interrupted(const char *signal_name, const char *arguments)
{
    return shell("timeout --foreground 600 %s/spillway %s >out 2>err </dev/null & pid=$!; "
                 "until [ -e hanging ] || ! kill -0 $pid; do sleep 0.02; done; kill -%s $(pgrep -P "
                 "$pid); wait $pid",
                 binaries, arguments, signal_name);
}

static const char *const signals[] = {"INT", "TERM", "HUP"};

START_TEST(test_what_was_run_is_told)
{
    ck_assert_int_eq(interrupted(signals[_i], "explore --jobs 1 --strategy random --json out.json "
                                              "p.py::test_hangs"),
                     130);
    ASSERT_SAYS("out", "UNSURE p.py::test_hangs (it was interrupted)");
    ASSERT_SAYS("out", "4 schedules of random, seeds 1 to 4, ");
    ASSERT_SAYS("out", "it was interrupted: go on with --seed 5\n");
    ASSERT_SAYS("out.json", "\"stopped\": \"interrupted\"");
    ASSERT_SAYS("out.json", "\"last_seed\": 4");
}
END_TEST

START_TEST(test_what_was_found_is_kept)
{
    ck_assert_int_eq(interrupted("INT", "explore --jobs 1 --continue --schedules 5000 "
                                        "p.py::test_fails_and_hangs"),
                     130);
    ASSERT_SAYS("out", "FAIL   p.py::test_fails_and_hangs (failed under portfolio of seed ");
    ASSERT_SAYS("out", "again: spillway replay p-test_fails_and_hangs.sched\n");
    ASSERT_SAYS("out", "it was interrupted: go on with --seed ");
    ck_assert_int_eq(spillway("replay p-test_fails_and_hangs.sched"), 0);
}
END_TEST

static const char *const methods[] = {"portfolio", "coverage", "dpor", "preemptions:2", "delays:2"};

START_TEST(test_every_method_stops)
{
    char arguments[200];

    snprintf(arguments, sizeof arguments, "explore --strategy %s p.py::test_hangs_at_once",
             methods[_i]);
    ck_assert_int_eq(interrupted("INT", arguments), 130);
    ASSERT_SAYS("out", "UNSURE p.py::test_hangs_at_once (it was interrupted)");
}
END_TEST

START_TEST(test_the_time_says_where_to_go_on)
{
    ck_assert_int_eq(
        spillway("explore --time 1 --jobs 1 --strategy random --seed 7 p.py::test_long"), 0);
    ASSERT_SAYS("out", "the time was up: go on with --seed ");
    /* Behind the last one that was run. */
    ck_assert_int_eq(shell("last=$(sed -n 's/.*seeds 7 to \\([0-9]*\\),.*/\\1/p' out); "
                           "grep -q \"go on with --seed $((last + 1))\\$\" out"),
                     0);
}
END_TEST

START_TEST(test_run_tells_what_it_did)
{
    ck_assert_int_eq(interrupted("TERM", "run --seed 3 --schedules 100 p.py::test_hangs "
                                         "p.py::test_long"),
                     130);
    ASSERT_SAYS("out", "UNSURE p.py::test_hangs (4 schedules of a random walk, seeds 3 to 6, ");
    ASSERT_SAYS("out", "it was interrupted: go on with --seed 7\n");
    ASSERT_SAYS("out", "interrupted: 1 of 2 tests begun\n");
}
END_TEST

START_TEST(test_record_keeps_what_was_decided)
{
    ck_assert_int_eq(interrupted("TERM", "record -o kept.sched --seed 1 -- p.py"), 130);
    ASSERT_SAYS("err", "spillway: interrupted; ");
    ASSERT_SAYS("err", "again: spillway replay kept.sched");
    ASSERT_SAYS("kept.sched", "outcome  interrupted\n");
}
END_TEST

/* Which hangs where it is looked for what decides: the smallest one was found long ago. */
START_TEST(test_minimise_writes_what_it_has)
{
    ck_assert_int_eq(spillway("explore --jobs 1 -o f.sched p.py::test_fails_always"), 1);
    ck_assert_int_eq(shell("rm -f begun hanging"), 0);
    ck_assert_int_eq(interrupted("INT", "minimise -o min.sched f.sched"), 130);
    ASSERT_SAYS("out", "it was interrupted: go on with: spillway minimise min.sched\n");
    ASSERT_SAYS("min.sched", "outcome  exit 1\n");
}
END_TEST

START_TEST(test_minimise_that_has_nothing_yet_writes_nothing)
{
    ck_assert_int_eq(spillway("explore --jobs 1 -o f.sched p.py::test_fails_always"), 1);
    ck_assert_int_eq(shell("rm -f hanging; printf 12345678 >begun"), 0);
    ck_assert_int_eq(interrupted("INT", "minimise -o min.sched f.sched"), 130);
    ASSERT_SAYS("out", "it was interrupted: go on with: spillway minimise f.sched\n");
    ck_assert_int_eq(shell("test -e min.sched"), 1);
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *all = tcase_create("all");

    tcase_add_checked_fixture(all, setup_here, teardown);
    tcase_set_timeout(all, 120);
    tcase_set_tags(all, "no-memcheck");
    suite_add_tcase(suite, all);
    tcase_add_loop_test(all, test_what_was_run_is_told, 0, 3);
    tcase_add_test(all, test_what_was_found_is_kept);
    tcase_add_loop_test(all, test_every_method_stops, 0, 5);
    tcase_add_test(all, test_the_time_says_where_to_go_on);
    tcase_add_test(all, test_run_tells_what_it_did);
    tcase_add_test(all, test_record_keeps_what_was_decided);
    tcase_add_test(all, test_minimise_writes_what_it_has);
    tcase_add_test(all, test_minimise_that_has_nothing_yet_writes_nothing);
}

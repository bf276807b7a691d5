/* SPDX-License-Identifier: MIT
 *
 * check_spec_run.c - a spec's run as a list of decisions: recorded, replayed, walked at random.
 */
#include "harness/tests/control_fixture.h"

#define STORY "%s/../story/may-2012-a-chunk-becomes-none.spec"
#define FAULTS "--fault release-eats-mailbox --fault spill-entry-eats-mailbox"

START_TEST(test_the_story_is_one_decision)
{
    ck_assert_int_eq(spillway("record " FAULTS " -o a.sched " STORY, programs), 1);
    ASSERT_SAYS("a.sched", "outcome  value-lost chunks: sent 'chunk' by worker, for download");
    ASSERT_SAYS("a.sched", "release.enter      do spill of nothing spill\n----\n");
    ck_assert_int_eq(shell("test $(grep -c '^ ' a.sched) = 1 && mv out recorded"), 0);
    ck_assert_int_eq(spillway("replay a.sched"), 0);
    ck_assert_int_eq(shell("cmp out recorded"), 0);
}
END_TEST

START_TEST(test_without_its_decision_nothing_is_lost)
{
    ck_assert_int_eq(spillway("record " FAULTS " -o a.sched " STORY, programs), 1);
    ck_assert_int_eq(shell("sed -i '/ do spill of /d; s/^check.*/check none/' a.sched"), 0);
    ck_assert_int_eq(spillway("replay a.sched"), 1);
    ASSERT_SAYS("err", "another outcome: exit 0; recorded was: value-lost");
}
END_TEST

START_TEST(test_every_run_has_the_same_hash_on_every_engine)
{
    static const char *const engines[] = {"threads", "fibers", "pool"};

    for (int i = 0; i < colds; i++) {
        ck_assert_int_eq(spillway("record --engine %s -o a.sched " STORY, engines[i % 3], programs),
                         0);
        ck_assert_int_eq(shell("tail -1 a.sched >>checks"), 0);
    }
    ck_assert_int_eq(shell("test $(sort -u checks | wc -l) = 1"), 0);
}
END_TEST

START_TEST(test_a_walk_of_a_spec_replays)
{
    static const char *const specs[] = {"thread/two-made-runnable-at-once",
                                        "thread/send-to-a-waiting-thread",
                                        "value/several-senders-in-order", "release/callback-sends"};

    for (int seed = 0; seed < seeds; seed++) {
        spillway("record --seed %d -o a.sched %s/../%s.spec", seed, programs, specs[seed % 4]);
        ck_assert_int_eq(shell("mv out recorded"), 0);
        ck_assert_msg(spillway("replay a.sched") == 0, "seed %d: %s", seed, content("err"));
        ck_assert_int_eq(shell("cmp out recorded"), 0);
    }
}
END_TEST

START_TEST(test_a_walk_makes_moves_in_another_order)
{
    int moved = 0;

    for (int seed = 0; seed < 30 && !moved; seed++) {
        spillway("record --seed %d -o a.sched %s/../value/several-senders-in-order.spec", seed,
                 programs);
        moved = strstr(content("a.sched"), " move m") != NULL;
    }
    ck_assert(moved);
}
END_TEST

START_TEST(test_a_step_that_waits_for_the_outside_has_not_come_to_rest)
{
    write_file("a.spec",
               "setup { import subprocess }\n"
               "thread a on T1\n"
               "  step go { assert subprocess.check_output(['/bin/sleep', '0.2']) == b'' }\n"
               "schedule one\n"
               "  go : done\n");
    ck_assert_int_eq(spillway("record -o a.sched a.spec"), 0);
    ASSERT_SAYS("out", "  1  go : done\n");
    ck_assert_msg(spillway("replay a.sched") == 0, "%s", content("err"));
}
END_TEST

START_TEST(test_a_deadlock_is_a_verdict)
{
    write_file("a.spec", "setup {\n"
                         "    import threading\n"
                         "    lock = threading.Lock()\n"
                         "    lock.acquire()\n"
                         "    lock.acquire()\n"
                         "}\n"
                         "thread a on T1\n"
                         "  step go { pass }\n"
                         "schedule one\n"
                         "  go : done\n");
    ck_assert_int_eq(spillway("run a.spec"), 1);
    ASSERT_SAYS("out", "failed (deadlock): T0 waits for lock#");
}
END_TEST

START_TEST(test_refuses_what_it_cannot_record)
{
    ck_assert_int_eq(spillway("record --interp /usr/bin/python3.11 -o a.sched " STORY, programs),
                     2);
    ASSERT_SAYS("err", "a spec is recorded in slpython-lab only");
    ck_assert_int_eq(spillway("record -o a.sched " STORY " nowhere", programs), 2);
    ASSERT_SAYS("err", "it has no schedule 'nowhere'");
    ck_assert_int_eq(spillway("record -o a.sched %s/../value/prefers-sender.spec", programs), 2);
    ASSERT_SAYS("err", "it has 2 schedules: name one");
}
END_TEST

START_TEST(test_a_programs_points_are_decisions)
{
    write_file("p.py", "import stackless\n"
                       "ch = stackless.channel()\n"
                       "stackless.tasklet(lambda: [ch.send(n) for n in range(200)])()\n"
                       "print(sum(ch.receive() for n in range(200)))\n"
                       "print(sorted(range(9000), key=lambda n: -n)[0])\n");
    ck_assert_int_eq(spillway("record --points --seed 1 --interp %s/slpython-lab -o a.sched "
                              "-- p.py",
                              binaries),
                     0);
    ASSERT_SAYS("a.sched", "points   decide\n");
    ASSERT_SAYS("a.sched", " do gc of nothing gc\n");
    ASSERT_SAYS("a.sched", " do spill of nothing spill\n");
    ck_assert_int_eq(spillway("replay a.sched"), 0);
    ck_assert_str_eq(content("out"), "19900\n8999\n");
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *c = tcase_create("decisions");

    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 120);
    tcase_set_tags(c, "no-memcheck"); /* it only starts other programs */
    tcase_add_test(c, test_the_story_is_one_decision);
    tcase_add_test(c, test_without_its_decision_nothing_is_lost);
    tcase_add_test(c, test_every_run_has_the_same_hash_on_every_engine);
    tcase_add_test(c, test_a_walk_of_a_spec_replays);
    tcase_add_test(c, test_a_walk_makes_moves_in_another_order);
    tcase_add_test(c, test_a_step_that_waits_for_the_outside_has_not_come_to_rest);
    tcase_add_test(c, test_a_deadlock_is_a_verdict);
    tcase_add_test(c, test_refuses_what_it_cannot_record);
    tcase_add_test(c, test_a_programs_points_are_decisions);
    suite_add_tcase(suite, c);
}

/* SPDX-License-Identifier: MIT
 *
 * check_steps.c - explore at the interpreter's points: a fault for one step, and no memory.
 */
#include "harness/tests/control_fixture.h"

static char lab[PATH_MAX + 64];

/* Each of 300 receives is two switches. */
static const char pings[] = "import stackless\n"
                            "channel = stackless.channel()\n"
                            "def send():\n"
                            "    for i in range(300):\n"
                            "        channel.send(i)\n"
                            "stackless.tasklet(send)()\n"
                            "for i in range(300):\n"
                            "    assert channel.receive() == i\n";

static void setup_here(void)
{
    setup();
    snprintf(lab, sizeof lab, "%s/slpython-lab", binaries);
    write_file("pings.py", pings);
}

static int explore_download(const char *options)
{
    return spillway("explore -i %s --spill 16384 -o found.sched --jobs 1 %s %s/http_download.py "
                    "--chunks 100",
                    lab, options, programs);
}

#define RELEASE "--fault-step release-eats-mailbox "
#define SPILL "--fault-step spill-entry-eats-mailbox "

/* As in 2012; but each of the two faults is there for a moment only. */
START_TEST(test_two_faults_at_the_right_steps_lose_a_value)
{
    ck_assert_int_eq(explore_download("--schedules 100 " RELEASE SPILL), 1);
    ASSERT_SAYS("found.sched", "points   decide\n"
                               "steps    release-eats-mailbox spill-entry-eats-mailbox\n");
    ASSERT_SAYS("found.sched", "do fault:release-eats-mailbox of nothing ");
    ASSERT_SAYS("found.sched", "do fault:spill-entry-eats-mailbox of nothing ");
    ck_assert_int_eq(spillway("replay found.sched"), 0);
    ASSERT_SAYS("err", "as recorded: value-lost ");
    /* Each only once, long before: the step is over, and nothing is lost.  Collections, which were
     * at steps that are others now, go. */
    ck_assert_int_eq(shell("awk '/ do fault:release/ && released++ { next }\n"
                           "/ do fault:spill/ && spilled++ { next }\n"
                           "/ do gc / { next }\n"
                           "/^check / { $2 = \"none\" }\n"
                           "{ print }' found.sched >once.sched"),
                     0);
    ck_assert_int_eq(shell("[ $(grep -c ' do fault:' once.sched) = 2 ]"), 0);
    ck_assert_int_eq(spillway("replay once.sched"), 1);
    ASSERT_SAYS("err", "another outcome: exit 0; recorded was: value-lost ");
}
END_TEST

START_TEST(test_one_of_them_loses_nothing)
{
    ck_assert_int_eq(explore_download(_i == 0 ? "--schedules 6 " RELEASE : "--schedules 6 " SPILL),
                     0);
}
END_TEST

START_TEST(test_as_many_points_fail_as_wanted)
{
    ck_assert_int_eq(spillway("explore -i %s --points --schedules 30 pings.py", lab), 0);
    ck_assert_int_eq(spillway("explore -i %s --fail 1 -o one.sched --schedules 100 pings.py", lab),
                     1);
    ck_assert_int_eq(shell("[ $(grep -c ' do fail of nothing fail' one.sched) = 1 ]"), 0);
    ASSERT_SAYS("one.sched", "fail     1\n");
    ck_assert_int_eq(spillway("replay one.sched"), 0);
    ASSERT_SAYS("err", "MemoryError");
}
END_TEST

START_TEST(test_nonsense_is_refused)
{
    ck_assert_int_eq(spillway("explore -i %s --fault-step nonsense pings.py", lab), 2);
    ASSERT_SAYS("err", "'nonsense'");
    ck_assert_int_eq(spillway("explore --fault-step release-eats-mailbox pings.py"), 2);
    ASSERT_SAYS("out", "it is no slpython-lab");
    ck_assert_int_eq(spillway("explore --fail 1 pings.py"), 2);
    ASSERT_SAYS("out", "it is no slpython-lab");
    ck_assert_int_eq(spillway("explore -i %s --fail some pings.py", lab), 2);
    ASSERT_SAYS("err", "--fail");
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *all = tcase_create("all");

    tcase_add_checked_fixture(all, setup_here, teardown);
    tcase_set_timeout(all, 120);
    tcase_set_tags(all, "no-memcheck");
    suite_add_tcase(suite, all);
    tcase_add_test(all, test_two_faults_at_the_right_steps_lose_a_value);
    tcase_add_loop_test(all, test_one_of_them_loses_nothing, 0, 2);
    tcase_add_test(all, test_as_many_points_fail_as_wanted);
    tcase_add_test(all, test_nonsense_is_refused);
}

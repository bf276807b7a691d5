/* SPDX-License-Identifier: MIT
 *
 * check_promote.c - spillway promote, and spillway run on what it writes.
 */
#include "harness/tests/control_fixture.h"

static const char race_py[] = "import threading\n"
                              "def point(): pass\n"
                              "def test_it():\n"
                              "    number = [0]\n"
                              "    def add():\n"
                              "        seen = number[0]\n"
                              "        point()\n"
                              "        number[0] = seen + 1\n"
                              "    threads = [threading.Thread(target=add) for _ in 'ab']\n"
                              "    for t in threads: t.start()\n"
                              "    for t in threads: t.join()\n"
                              "    assert number[0] == 2\n";

static char spec[PATH_MAX + 128], lab[PATH_MAX + 64];

static void setup_here(void)
{
    setup();
    snprintf(lab, sizeof lab, "%s/slpython-lab", binaries);
    write_file("race.py", race_py);
}

static void find_race(void)
{
    ck_assert_int_eq(spillway("explore race.py::test_it"), 1);
    ck_assert_int_eq(spillway("minimise race-test_it.sched"), 0);
}

START_TEST(test_a_test_is_kept_beside_its_program)
{
    find_race();
    ck_assert_int_eq(spillway("promote race-test_it.min.sched --name lost_one --to kept"), 0);
    ASSERT_SAYS("out", "again: spillway run kept/lost_one.sched");
    ASSERT_SAYS("kept/lost_one.sched", "input    lost_one.py  xxh128 ");
    ck_assert_int_eq(shell("cmp race.py kept/lost_one.py"), 0);
    ck_assert_int_eq(spillway("run kept/lost_one.sched"), 0);
    ASSERT_SAYS("out", "ok     kept/lost_one.sched (exit 1, as recorded; ");
}
END_TEST

START_TEST(test_it_may_be_moved)
{
    find_race();
    ck_assert_int_eq(spillway("promote race-test_it.min.sched --name lost_one --to kept"), 0);
    ck_assert_int_eq(shell("mv kept elsewhere"), 0);
    ck_assert_int_eq(spillway("run elsewhere/lost_one.sched"), 0);
    ck_assert_int_eq(shell("cd elsewhere && %s/spillway run lost_one.sched >../out 2>&1", binaries),
                     0);
    ck_assert_int_eq(spillway("replay elsewhere/lost_one.sched"), 0);
    ASSERT_SAYS("err", "as recorded: exit 1");
    ck_assert_int_eq(spillway("minimise elsewhere/lost_one.sched"), 0);
    ASSERT_SAYS("out", "which is before lost_one.py:");
}
END_TEST

START_TEST(test_a_program_is_kept_too)
{
    int seed = 1;

    while (spillway("record --seed %d --output lost.sched -- %s/lost_update.py 4", seed,
                    programs) != 1)
        ck_assert_int_lt(seed++, 100);
    ck_assert_int_eq(spillway("promote lost.sched --name lost-update --to kept"), 0);
    ck_assert_int_eq(spillway("run kept/lost-update.sched"), 0);
    ASSERT_SAYS("kept/lost-update.sched", "program  lost-update.py  xxh128 ");
    ASSERT_SAYS("kept/lost-update.sched", "args     4");
}
END_TEST

START_TEST(test_what_is_there_stays)
{
    find_race();
    ck_assert_int_eq(spillway("promote race-test_it.min.sched --name one --to kept"), 0);
    write_file("kept/one.py", "changed\n");
    ck_assert_int_eq(spillway("promote race-test_it.min.sched --name one --to kept"), 2);
    ASSERT_SAYS("err", "it is there already: --force");
    ASSERT_SAYS("kept/one.py", "changed");
    ck_assert_int_eq(spillway("promote race-test_it.min.sched --name one --to kept --force"), 0);
    ck_assert_int_eq(spillway("run kept/one.sched"), 0);
}
END_TEST

START_TEST(test_another_end_is_no_pass)
{
    find_race();
    ck_assert_int_eq(spillway("promote race-test_it.min.sched --name one --to kept"), 0);
    ck_assert_int_eq(shell("sed -i 's/^outcome .*/outcome  exit 3/; s/^check .*/check none/' "
                           "kept/one.sched"),
                     0);
    ck_assert_int_eq(spillway("run kept/one.sched"), 1);
    ASSERT_SAYS("out", "FAIL   kept/one.sched (exit 1; recorded was: exit 3)");
}
END_TEST

START_TEST(test_another_program_is_refused)
{
    find_race();
    ck_assert_int_eq(spillway("promote race-test_it.min.sched --name one --to kept"), 0);
    ck_assert_int_eq(shell("echo >>kept/one.py"), 0);
    ck_assert_int_eq(spillway("run kept/one.sched"), 2);
    ASSERT_SAYS("out", "it is of another input: ");
    ck_assert_int_eq(shell("rm kept/one.py"), 0);
    ck_assert_int_eq(spillway("run kept/one.sched"), 2);
    ASSERT_SAYS("out", "there is no 'one.py', neither here nor beside it");
    ck_assert_int_eq(spillway("run nothing.sched"), 2);
}
END_TEST

START_TEST(test_a_schedule_that_does_not_fit_fails)
{
    find_race();
    ck_assert_int_eq(spillway("promote race-test_it.min.sched --name one --to kept"), 0);
    ck_assert_int_eq(shell("sed -i 's/run T[0-9]* of .*/run T9 of T8 T9/; s/^check .*/check none/' "
                           "kept/one.sched"),
                     0);
    ck_assert_int_eq(spillway("run kept/one.sched"), 1);
    ASSERT_SAYS("out", "it cannot be repeated: diverged at ");
}
END_TEST

/* The program runs in its new folder; the interpreter is named from ours. */
START_TEST(test_a_relative_interpreter_is_found_from_elsewhere)
{
    ck_assert_int_eq(shell("mkdir bin && ln -s /usr/bin/python3.11 bin/py"), 0);
    ck_assert_int_eq(spillway("explore -i bin/py race.py::test_it"), 1);
    ck_assert_int_eq(spillway("promote race-test_it.sched --name one --to kept"), 0);
    ck_assert_int_eq(spillway("run kept/one.sched"), 0);
    ck_assert_int_eq(spillway("replay kept/one.sched"), 0);
    ck_assert_int_eq(spillway("minimise kept/one.sched"), 0);
    ck_assert_int_eq(spillway("run --interp bin/py kept/one.sched"), 0);
}
END_TEST

/* A message is about files whose paths are gone when it is printed (valgrind, ASAN). */
START_TEST(test_a_relative_interpreter_that_is_gone_is_named)
{
    ck_assert_int_eq(shell("mkdir bin && cp /usr/bin/python3.11 bin/py"), 0);
    ck_assert_int_eq(spillway("explore -i bin/py race.py::test_it"), 1);
    ck_assert_int_eq(shell("rm bin/py"), 0);
    ck_assert_int_eq(spillway("promote race-test_it.sched --name one --to kept"), 2);
    ASSERT_SAYS("err", "bin/py");
    ck_assert_int_eq(shell("test ! -e kept"), 0);
}
END_TEST

START_TEST(test_names_are_checked)
{
    find_race();
    ck_assert_int_eq(spillway("promote race-test_it.min.sched --name ../one --to kept"), 2);
    ASSERT_SAYS("err", "'../one' is no name: ");
    ck_assert_int_eq(spillway("promote race-test_it.min.sched"), 2);
    ck_assert_int_eq(spillway("promote race.py --name one"), 2);
    ASSERT_SAYS("err", "race.py:1");
}
END_TEST

/* ---- of specs ---- */

static void setup_spec(void)
{
    setup_here();
    snprintf(spec, sizeof spec, "%s/../thread/parked-after-the-hand-over.spec", programs);
    ck_assert_int_eq(shell("cp %s mine.spec", spec), 0);
}

/* In another order of moves.  Returns the seed. */
static int record_another(int seed)
{
    do {
        ck_assert_int_lt(++seed, 50);
        spillway("record -i %s --seed %d --output mine.sched mine.spec", lab, seed);
    } while (shell("grep -q ' move ' mine.sched && ! grep -q ' do ' mine.sched") != 0);
    return seed;
}

START_TEST(test_a_spec_gets_a_block)
{
    record_another(0);
    ck_assert_int_eq(spillway("promote mine.sched --name found"), 0);
    ck_assert_int_eq(shell("grep -A9 '^schedule found$' mine.spec | grep -q ' : '"), 0);
    /* Conditions stay at the end. */
    ck_assert_int_eq(shell("tail -1 mine.spec | grep -q '^never'"), 0);
    ck_assert_int_eq(shell("env -u CI %s/spillway run --accept mine.spec >out 2>err", binaries), 0);
    ck_assert_int_eq(spillway("run --schedule found mine.spec"), 0);
    ASSERT_SAYS("out", "found");
}
END_TEST

START_TEST(test_a_name_is_taken_once)
{
    record_another(0);
    ck_assert_int_eq(shell("cp mine.spec before.spec"), 0);
    ck_assert_int_eq(spillway("promote mine.sched --name seen-from-outside"), 2);
    ASSERT_SAYS("err", "mine.spec:17:1: there is a schedule 'seen-from-outside' already");
    ck_assert_int_eq(shell("cmp mine.spec before.spec && ! ls | grep -q 'spec\\.'"), 0);
}
END_TEST

START_TEST(test_what_a_spec_cannot_say_is_refused)
{
    int seed = 0;

    do {
        ck_assert_int_lt(++seed, 200);
        spillway("record -i %s --points --seed %d --output mine.sched mine.spec", lab, seed);
    } while (shell("grep -q ' do ' mine.sched") != 0);
    ck_assert_int_eq(shell("cp mine.spec before.spec"), 0);
    ck_assert_int_eq(spillway("promote mine.sched --name found"), 2);
    ASSERT_SAYS("err", "mine.sched: a spec cannot say this: decision ");
    ck_assert_int_eq(shell("cmp mine.spec before.spec"), 0);
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *all = tcase_create("programs"), *specs = tcase_create("specs");

    tcase_add_checked_fixture(all, setup_here, teardown);
    tcase_set_timeout(all, 120);
    tcase_set_tags(all, "no-memcheck");
    suite_add_tcase(suite, all);
    tcase_add_test(all, test_a_test_is_kept_beside_its_program);
    tcase_add_test(all, test_it_may_be_moved);
    tcase_add_test(all, test_a_program_is_kept_too);
    tcase_add_test(all, test_what_is_there_stays);
    tcase_add_test(all, test_another_end_is_no_pass);
    tcase_add_test(all, test_another_program_is_refused);
    tcase_add_test(all, test_a_schedule_that_does_not_fit_fails);
    tcase_add_test(all, test_a_relative_interpreter_is_found_from_elsewhere);
    tcase_add_test(all, test_a_relative_interpreter_that_is_gone_is_named);
    tcase_add_test(all, test_names_are_checked);
    tcase_add_checked_fixture(specs, setup_spec, teardown);
    tcase_set_timeout(specs, 120);
    tcase_set_tags(specs, "no-memcheck");
    suite_add_tcase(suite, specs);
    tcase_add_test(specs, test_a_spec_gets_a_block);
    tcase_add_test(specs, test_a_name_is_taken_once);
    tcase_add_test(specs, test_what_a_spec_cannot_say_is_refused);
}

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

/* The test, mended. */
static void mend_race(void)
{
    ck_assert_int_eq(shell("sed -i 's/^    def add():/    lock = threading.Lock()\\n    def add():"
                           "\\n     with lock:/' race.py"),
                     0);
}

START_TEST(test_it_passes_once_the_test_passes)
{
    find_race();
    ck_assert_int_eq(shell("rm race-test_it.sched"), 0);
    ck_assert_int_eq(spillway("promote race-test_it.min.sched"), 0);
    ASSERT_SAYS("out", "race-test_it.sched\nit is to pass; again: spillway run ");
    ASSERT_SAYS("race-test_it.sched", "\ninput    race.py  xxh128 ");
    ASSERT_SAYS("race-test_it.sched", "\nexpect   pass\n");
    ck_assert_int_eq(spillway("run race-test_it.sched"), 1);
    ASSERT_SAYS("out", "FAIL   race-test_it.sched (it fails: exit 1; its schedule fits)\n");
    ASSERT_SAYS("err", "assert number[0] == 2");
    mend_race();
    ck_assert_int_eq(spillway("run race-test_it.sched"), 0);
    ASSERT_SAYS("out", "ok     race-test_it.sched (it passes; ");
}
END_TEST

START_TEST(test_the_other_polarity_holds_as_long_as_it_fails)
{
    find_race();
    ck_assert_int_eq(
        spillway("promote --expect-failure race-test_it.min.sched --name lost_one --to kept"), 0);
    ASSERT_SAYS("out",
                "kept/lost_one.sched\nit is to fail; again: spillway run kept/lost_one.sched");
    ck_assert_int_eq(spillway("run kept/lost_one.sched"), 0);
    ASSERT_SAYS("out", "(it fails, as is expected: exit 1; its schedule fits)");
    mend_race();
    ck_assert_int_eq(spillway("run kept/lost_one.sched"), 1);
    ASSERT_SAYS("out", "(it passes, and is expected to fail; ");
}
END_TEST

START_TEST(test_code_that_has_moved_too_far_proves_nothing)
{
    find_race();
    ck_assert_int_eq(spillway("promote race-test_it.min.sched --name lost_one"), 0);
    write_file("race.py", "def test_it():\n    pass\n");
    ck_assert_int_eq(spillway("run lost_one.sched"), 3);
    ASSERT_SAYS("out",
                "UNSURE lost_one.sched (it passes, which proves nothing: the code has moved: 0 "
                "of ");
    ck_assert_int_eq(shell("rm race.py"), 0);
    ck_assert_int_eq(spillway("run lost_one.sched"), 2);
    ASSERT_SAYS("out", "there is no 'race.py', neither here nor beside it");
    ck_assert_int_eq(spillway("run nothing.sched"), 2);
}
END_TEST

/* It stands beside the test, and both go together. */
START_TEST(test_it_may_be_moved)
{
    find_race();
    ck_assert_int_eq(spillway("promote --expect-failure race-test_it.min.sched --name lost_one"),
                     0);
    ck_assert_int_eq(shell("mkdir elsewhere && mv race.py lost_one.sched elsewhere"), 0);
    ck_assert_int_eq(spillway("run elsewhere/lost_one.sched"), 0);
    ck_assert_int_eq(shell("cd elsewhere && %s/spillway run lost_one.sched >../out 2>&1", binaries),
                     0);
}
END_TEST

START_TEST(test_a_program_is_kept_too)
{
    int seed = 1;

    while (spillway("record --seed %d --output lost.sched -- %s/lost_update.py 4", seed,
                    programs) != 1)
        ck_assert_int_lt(seed++, 100);
    ck_assert_int_eq(spillway("promote --expect-failure lost.sched --name lost-update --to kept"),
                     0);
    ck_assert_int_eq(spillway("run kept/lost-update.sched"), 0);
    ASSERT_SAYS("kept/lost-update.sched", "args     4");
    ck_assert_int_eq(spillway("replay kept/lost-update.sched"), 0);
    ASSERT_SAYS("err", "as recorded: exit 1");
}
END_TEST

START_TEST(test_what_is_there_stays)
{
    find_race();
    ck_assert_int_eq(spillway("promote race-test_it.min.sched --name one --to kept"), 0);
    ck_assert_int_eq(shell("cp kept/one.sched before"), 0);
    ck_assert_int_eq(
        spillway("promote --expect-failure race-test_it.min.sched --name one --to kept"), 2);
    ASSERT_SAYS("err", "it is there already: --force");
    ck_assert_int_eq(shell("cmp kept/one.sched before"), 0);
    ck_assert_int_eq(spillway("promote race-test_it.min.sched --name one --to kept --force"), 0);
}
END_TEST

/* The schedule is in another folder; the interpreter is named from ours. */
START_TEST(test_a_relative_interpreter_is_found_from_elsewhere)
{
    ck_assert_int_eq(shell("mkdir bin && ln -s /usr/bin/python3.11 bin/py"), 0);
    ck_assert_int_eq(spillway("explore -i bin/py race.py::test_it"), 1);
    ck_assert_int_eq(spillway("promote --expect-failure race-test_it.sched --name one --to kept"),
                     0);
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
    ck_assert_int_eq(spillway("promote mine.sched"), 2);
    ASSERT_SAYS("err", "a schedule of a spec needs a --name");
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
    tcase_add_test(all, test_it_passes_once_the_test_passes);
    tcase_add_test(all, test_the_other_polarity_holds_as_long_as_it_fails);
    tcase_add_test(all, test_code_that_has_moved_too_far_proves_nothing);
    tcase_add_test(all, test_it_may_be_moved);
    tcase_add_test(all, test_a_program_is_kept_too);
    tcase_add_test(all, test_what_is_there_stays);
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

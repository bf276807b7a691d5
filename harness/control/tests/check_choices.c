/* SPDX-License-Identifier: MIT
 *
 * check_choices.c - what a program chooses by spillway_choose() is a decision like any other.
 */
#include "harness/tests/control_fixture.h"

static char raw[PATH_MAX + 64];

/* "dice 6" in a file says what is chosen: the program is the same, but not what it asks. */
static const char named[] = "import sys\n"
                            "sys.path.append(sys.argv[1])\n"
                            "import spillway\n"
                            "name, n = open('what').read().split()\n"
                            "first = spillway.choose('first', 3)\n"
                            "sys.exit((first, spillway.choose(name, int(n))) == (2, 4))\n";

static void setup_here(void)
{
    setup();
    snprintf(raw, sizeof raw, "%s/harness/control/tests/raw_choices", binaries);
    write_file("named.py", named);
    write_file("what", "dice 6\n");
    write_file("input", "");
}

static int explore_named(void)
{
    return spillway("explore -o found.sched named.py %s/../lib/python", binaries);
}

static int replay_with(const char *what)
{
    write_file("what", what);
    return spillway("replay found.sched");
}

/* ---- without control ---- */

START_TEST(test_without_control_it_is_the_default)
{
    ck_assert_int_eq(shell("%s x >out", raw), 0);
    ASSERT_SAYS("out", "0 0 0\n");
    ck_assert_int_eq(shell("%s x any-name 3 >out", raw), 0);
    ASSERT_SAYS("out", "0, errno 77\n");
    ck_assert_int_eq(shell("PYTHONPATH=%s/../lib/python /usr/bin/python3.11 -c 'import spillway; "
                           "print(spillway.choose(\"dice\", 6))' >out",
                           binaries),
                     0);
    ASSERT_SAYS("out", "0\n");
}
END_TEST

static const char *const refused[] = {"'dice', 0", "'dice', -1", "'dice', 1025", "'', 2",
                                      "'a b', 2",  "'a\"', 2",   "u'\\xe4', 2",  "'a' * 41, 2"};

START_TEST(test_python_refuses_what_is_no_choice)
{
    char code[256];

    snprintf(code, sizeof code,
             "import spillway\ntry:\n    spillway.choose(%s)\nexcept ValueError:\n"
             "    print('refused')\n",
             refused[_i]);
    write_file("bad.py", code);
    ck_assert_int_eq(shell("PYTHONPATH=%s/../lib/python /usr/bin/python3.11 bad.py >out", binaries),
                     0);
    ASSERT_SAYS("out", "refused\n");
}
END_TEST

/* ---- under control ---- */

START_TEST(test_c_is_recorded_and_replayed)
{
    ck_assert_int_eq(spillway("explore -i %s -o found.sched --schedules 2000 input", raw), 1);
    ASSERT_SAYS("found.sched", " choice:dice        choose 4 of 0 1 2 3 4 5\n");
    ASSERT_SAYS("found.sched", " choice:dice        choose 2 of 0 1 2 3 4 5\n");
    ASSERT_SAYS("found.sched", " choice:coin        choose 1 of 0 1\n");
    ck_assert_int_eq(spillway("replay found.sched"), 0);
    ASSERT_SAYS("out", "4 2 1\n");
    ASSERT_SAYS("err", "as recorded: exit 1");
}
END_TEST

START_TEST(test_the_default_schedule_has_the_defaults)
{
    ck_assert_int_eq(spillway("record -i %s --strategy default -o a.sched input", raw), 0);
    ASSERT_SAYS("out", "0 0 0\n");
    ck_assert_int_ne(shell("grep -q choose a.sched"), 0);
}
END_TEST

START_TEST(test_one_of_one_is_no_decision)
{
    ck_assert_int_eq(spillway("record -i %s -o a.sched input only 1", raw), 0);
    ASSERT_SAYS("out", "0, errno 77\n");
    ASSERT_SAYS("a.sched", "\ndecisions 0  ");
    ck_assert_int_eq(spillway("record -i %s --seed 3 -o a.sched input many 1024", raw), 0);
    ASSERT_SAYS("a.sched", "\ndecisions 1  ");
    ASSERT_SAYS("err", "spillway: chose: T0 choice:many ");
    ck_assert_int_eq(spillway("replay a.sched"), 0);
}
END_TEST

static const char *const wrong[][2] = {{"dice 0", "choice:dice of 0; there can be 1 to 1024"},
                                       {"dice 1025", "of 1025; there can be 1 to 1024"},
                                       {"'' 2", "a name has 1 to 40 characters"},
                                       {"'a b' 2", "a name has 1 to 40 characters"}};

START_TEST(test_c_ends_with_what_is_wrong)
{
    ck_assert_int_eq(spillway("record -i %s -o a.sched input %s", raw, wrong[_i][0]), 2);
    ASSERT_SAYS("err", "harness error: spillway_choose: ");
    ASSERT_SAYS("err", wrong[_i][1]);
}
END_TEST

START_TEST(test_carriers_choose_alike)
{
    static const char *const engines[] = {"threads", "fibers", "pool"};
    char hash[3][64];

    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(
            spillway("record -i %s -q --seed 5 --engine %s -o a.sched input", raw, engines[i]), 0);
        const char *at = strstr(content("a.sched"), "\ndecisions ");
        snprintf(hash[i], sizeof hash[i], "%.40s", at);
        ck_assert_str_eq(hash[i], hash[0]);
    }
}
END_TEST

/* ---- another choice than the recorded one ---- */

static const char *const others[][2] = {
    {"die 6\n", "the thread is at another place: wanted T0 at choice:dice to choose 4 of 0 1 2 3 4 "
                "5; there is T0 at choice:die, and it can choose 0 1 2 3 4 5"},
    {"dice 7\n", "it is a choice of more, or of fewer: wanted T0 at choice:dice"},
    {"dice 5\n", "it is a choice of more, or of fewer: wanted T0 at choice:dice"},
    {"dice 4\n", "the wanted number is too high for this choice: wanted T0 at choice:dice to "
                 "choose 4 of 0 1 2 3 4 5; there is T0 at choice:dice, and it can choose 0 1 2 3"},
    {"dice 1\n", "never came: wanted T0 at choice:dice to choose 4"},
};

START_TEST(test_a_replay_names_what_differs)
{
    ck_assert_int_eq(explore_named(), 1);
    ASSERT_SAYS("found.sched", "choice:first       choose 2 of 0 1 2\n");
    ASSERT_SAYS("found.sched", "choice:dice        choose 4 of 0 1 2 3 4 5\n");
    ck_assert_int_eq(replay_with("dice 6\n"), 0);
    ck_assert_int_eq(replay_with(others[_i][0]), 1);
    ASSERT_SAYS("err", others[_i][1]);
}
END_TEST

/* Of an archive the names are in its list of sites.  It does not keep what was read. */
START_TEST(test_an_archive_has_the_names)
{
    ck_assert_int_eq(explore_named(), 1);
    ck_assert_int_eq(spillway("convert found.sched all.schedz"), 0);
    ck_assert_int_eq(spillway("convert all.schedz back.sched"), 0);
    ck_assert_int_eq(shell("sed '/^reads /d; /^printed /d; /^check /d' found.sched >was; "
                           "sed '/^check /d' back.sched | cmp was -"),
                     0);
    ck_assert_int_eq(spillway("replay all.schedz"), 0);
}
END_TEST

/* ---- programs that do not choose ---- */

START_TEST(test_a_module_of_that_name_is_the_programs_own)
{
    write_file("spillway.py", "def choose(name, n): return 5\n");
    write_file("prog.py", "import spillway\n"
                          "def test_it(): assert spillway.choose('dice', 6) == 5\n");
    ck_assert_int_eq(spillway("run prog.py::test_it"), 0);
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *outside = tcase_create("outside"), *inside = tcase_create("inside");

    tcase_set_tags(outside, "no-memcheck"); /* it only starts other programs */
    tcase_set_tags(inside, "no-memcheck");
    tcase_add_checked_fixture(outside, setup_here, teardown);
    tcase_add_test(outside, test_without_control_it_is_the_default);
    tcase_add_loop_test(outside, test_python_refuses_what_is_no_choice, 0,
                        (int)(sizeof refused / sizeof *refused));
    suite_add_tcase(suite, outside);
    tcase_add_checked_fixture(inside, setup_here, teardown);
    tcase_set_timeout(inside, 60);
    tcase_add_test(inside, test_c_is_recorded_and_replayed);
    tcase_add_test(inside, test_the_default_schedule_has_the_defaults);
    tcase_add_test(inside, test_one_of_one_is_no_decision);
    tcase_add_loop_test(inside, test_c_ends_with_what_is_wrong, 0,
                        (int)(sizeof wrong / sizeof *wrong));
    tcase_add_test(inside, test_carriers_choose_alike);
    tcase_add_loop_test(inside, test_a_replay_names_what_differs, 0,
                        (int)(sizeof others / sizeof *others));
    tcase_add_test(inside, test_an_archive_has_the_names);
    tcase_add_test(inside, test_a_module_of_that_name_is_the_programs_own);
    suite_add_tcase(suite, inside);
}

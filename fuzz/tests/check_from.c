/* SPDX-License-Identifier: MIT
 *
 * check_from.c - explore --from LINE: where a schedule begins; and programs with arguments, whose
 * accesses are seen.
 */
#include "harness/tests/control_fixture.h"

/* The lines that are meant have a name, below. */
static const char program[] = "'''A race before the line, and one behind it.'''\n"
                              "import sys, threading, uuid\n"
                              "\n"
                              "def point():\n"
                              "    pass\n"
                              "\n"
                              "def pair(body):\n"
                              "    threads = [threading.Thread(target=body) for _ in range(2)]\n"
                              "    for thread in threads: thread.start()\n"
                              "    for thread in threads: thread.join()\n"
                              "\n"
                              "number = [0, 0]\n" /* EARLY */
                              "def add(index):\n"
                              "    read = number[index]\n" /* OTHERS */
                              "    point()\n"
                              "    number[index] = read + 1\n"
                              "\n"
                              "def first():\n"
                              "    pair(lambda: add(0))\n"
                              "    assert number[0] == 2, 'the first race'\n"
                              "    return uuid.uuid4()\n"
                              "\n"
                              "def second():\n"
                              "    pair(lambda: add(1))\n"
                              "    assert number[1] == 2, 'the second race'\n"
                              "\n"
                              "def test_both():\n"
                              "    name = first()\n"
                              "    later = [name,\n" /* AFTER_ONE */
                              "             uuid.uuid4()]\n" /* INSIDE */
                              "    assert later[0] != later[1], 'one name twice'\n"
                              "    second()\n"
                              "    pair(point)\n" /* AFTER_BOTH */
                              "\n"
                              "def test_others():\n"
                              "    event = threading.Event()\n"
                              "    thread = threading.Thread(target=event.wait)\n"
                              "    thread.start()\n"
                              "    event.set()\n" /* BESIDE */
                              "    thread.join()\n"
                              "\n"
                              "def never():\n"
                              "    pass\n" /* NEVER */
                              "\n"
                              "if __name__ == '__main__':\n"
                              "    assert sys.argv[1:] == ['a', 'two words'], sys.argv\n"
                              "    second()\n"; /* LAST */

enum {
    EARLY = 12,
    OTHERS = 14,
    AFTER_ONE = 29,
    INSIDE = 30,
    AFTER_BOTH = 33,
    BESIDE = 39,
    NEVER = 43,
    LAST = 47,
};

static char slpython[PATH_MAX + 16];
static const char *const interps[] = {"/usr/bin/python3.11", slpython, "/usr/bin/pypy3"};

static void setup_files(void)
{
    setup();
    write_file("p.py", program);
    snprintf(slpython, sizeof slpython, "%s/slpython", binaries);
}

/* What is before the line is never decided; what is behind it is found, and again. */
START_TEST(test_what_is_behind_the_line_is_found)
{
    if (access(interps[_i], X_OK) != 0)
        return;
    ck_assert_msg(
        spillway("explore -i %s --from p.py:%d p.py::test_both", interps[_i], AFTER_ONE) == 1,
        "%s%s", content("out"), content("err"));
    ASSERT_SAYS("err", "the second race");
    ck_assert_int_eq(shell("grep -q '^from     29$' p-test_both.sched"), 0);
    ck_assert_int_eq(spillway("replay p-test_both.sched"), 0);
}
END_TEST

START_TEST(test_it_is_minimised_from_there)
{
    ck_assert_int_eq(spillway("explore --from %d p.py::test_both", AFTER_ONE), 1);
    ck_assert_int_eq(spillway("minimise p-test_both.sched"), 0);
    ck_assert_int_eq(shell("grep -q '^from     29$' p-test_both.min.sched"), 0);
    ck_assert_int_eq(spillway("replay p-test_both.min.sched"), 0);
}
END_TEST

static const struct {
    int status;
    const char *options;
    int line;
} searches[] = {
    {1, "--strategy preemptions:1", AFTER_ONE},
    {1, "--strategy dpor", AFTER_ONE},
    {0, "--strategy preemptions:1", AFTER_BOTH},
    {0, "--strategy random --cold --schedules 3", AFTER_BOTH},
};

START_TEST(test_every_strategy_begins_there)
{
    int status =
        spillway("explore %s --from %d p.py::test_both", searches[_i].options, searches[_i].line);

    ck_assert_msg(status == searches[_i].status, "%s%s", content("out"), content("err"));
    if (status == 1)
        ASSERT_SAYS("err", "the second race");
}
END_TEST

static const struct {
    int line;
    const char *test, *message;
} refusals[] = {
    {LAST + 1, "test_both", "p.py:48: the file has 47 lines\n"},
    {1, "test_both", "p.py:1: no statement begins there\n"}, /* a docstring */
    {3, "test_both", "p.py:3: no statement begins there\n"},
    {INSIDE, "test_both",
     "p.py:30: no statement begins there; the one around it begins in line 29\n"},
    {NEVER, "test_both", "p.py:43: the main thread never comes to it\n"},
    {OTHERS, "test_both", "p.py:14: the main thread never comes to it\n"},
    {EARLY, "test_both",
     "p.py:12: the main thread never comes to it in the test: it did before that\n"},
    {BESIDE, "test_others",
     "p.py:39: no schedule can begin there: the main thread comes to it with 1 other thread\n"},
};

START_TEST(test_a_line_where_nothing_can_begin_is_refused)
{
    ck_assert_int_eq(spillway("explore --from %d p.py::%s", refusals[_i].line, refusals[_i].test),
                     2);
    ASSERT_SAYS("err", refusals[_i].message);
    ASSERT_SAYS("out", "ERROR  p.py::");
}
END_TEST

START_TEST(test_the_line_is_one_of_the_file)
{
    write_file("q.py", program);
    ck_assert_int_eq(spillway("explore --from q.py:%d p.py::test_both", AFTER_ONE), 2);
    ASSERT_SAYS("err", "q.py: --from: it is not p.py\n");
    ck_assert_int_eq(spillway("explore --from r.py:3 p.py::test_both"), 2);
    ASSERT_SAYS("err", "r.py: --from: No such file or directory\n");
    ck_assert_int_eq(spillway("explore --from here p.py::test_both"), 2);
    ASSERT_SAYS("err", "--from: 'here' is neither LINE nor FILE:LINE\n");
}
END_TEST

/* A program is begun by the starter then; its arguments are in the schedule. */
START_TEST(test_a_program_has_its_arguments)
{
    static const char *const ways[] = {"--strategy dpor", "--from 47"};

    ck_assert_msg(spillway("explore %s -- p.py a 'two words'", ways[_i]) == 1, "%s%s",
                  content("out"), content("err"));
    ASSERT_SAYS("err", "the second race");
    ck_assert_int_eq(shell("grep -q '^args     p.py __main__ a \"two words\"$' p-__main__.sched"),
                     0);
    ck_assert_int_eq(spillway("replay p-__main__.sched"), 0);
    if (_i != 0)
        return;
    ck_assert_int_eq(spillway("minimise p-__main__.sched"), 0);
    ck_assert_int_eq(spillway("run p-__main__.min.sched"), 0);
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *from = tcase_create("from"), *with_arguments = tcase_create("programs");

    tcase_add_checked_fixture(from, setup_files, teardown);
    tcase_set_tags(from, "no-memcheck");
    tcase_set_timeout(from, 120);
    tcase_add_loop_test(from, test_what_is_behind_the_line_is_found, 0, 3);
    tcase_add_test(from, test_it_is_minimised_from_there);
    tcase_add_loop_test(from, test_every_strategy_begins_there, 0,
                        sizeof searches / sizeof *searches);
    tcase_add_loop_test(from, test_a_line_where_nothing_can_begin_is_refused, 0,
                        sizeof refusals / sizeof *refusals);
    tcase_add_test(from, test_the_line_is_one_of_the_file);
    suite_add_tcase(suite, from);
    tcase_add_checked_fixture(with_arguments, setup_files, teardown);
    tcase_set_tags(with_arguments, "no-memcheck");
    tcase_set_timeout(with_arguments, 120);
    tcase_add_loop_test(with_arguments, test_a_program_has_its_arguments, 0, 2);
    suite_add_tcase(suite, with_arguments);
}

/* SPDX-License-Identifier: MIT
 *
 * check_show.c - spillway show, from a schedule to a picture: in the terminal, as a page, as a trace;
 * what is refused; what cannot be written.
 */
#include "harness/tests/control_fixture.h"

static char repository[PATH_MAX];

/* A race, in a program whose names and values would like to be something else. */
static void write_bank(const char *path)
{
    write_file(path,
               "import threading\n"
               "class Account: pass\n"
               "account = Account()\n"
               "account.balance = 100\n"
               "account.owner = '</script><script>alert(1)</script>'\n"
               "def withdraw():\n"
               "    account.owner += '<img src=x>'\n"
               "    if account.balance >= 70:\n"
               "        pay(70)\n"
               "def pay(amount):\n"
               "    account.balance -= amount\n"
               "def test_withdraw():\n"
               "    threads = [threading.Thread(target=withdraw, name='<!--<script>' + str(i))\n"
               "               for i in range(2)]\n"
               "    for thread in threads: thread.start()\n"
               "    for thread in threads: thread.join()\n"
               "    assert account.balance >= 0, account.owner\n");
}

/* Once, since all tests read it and none writes it. */
static void setup_all(void)
{
    ck_assert_ptr_nonnull(getcwd(repository, sizeof repository));
    setup();
    write_bank("test_bank.py");
    ck_assert_int_eq(spillway("explore --seed 1 -o bank.sched test_bank.py::test_withdraw"), 1);
}

START_TEST(test_the_terminal_has_lanes_and_what_they_do)
{
    ck_assert_int_eq(spillway("show bank.sched"), 0);
    ASSERT_SAYS("out", "test_bank.py::test_withdraw\n");
    ASSERT_SAYS("out", "exit 1\nkind: check then act, of Account.balance\nschedule: ");
    ASSERT_SAYS("out", "step  T0  T1  T2\n");
    ASSERT_SAYS("out", "writes Account.balance  100 → 30");
    ASSERT_SAYS("out", "is ended by AssertionError");
    ck_assert_int_eq(shell("grep -q . err"), 1);
    ck_assert_int_eq(shell("LC_ALL=C.UTF-8 grep -qE '.{81}' out"), 1);
    ck_assert_int_eq(shell("grep -q \"$(printf '\\033')\" out"), 1);
}
END_TEST

START_TEST(test_a_terminal_gets_colours_unless_no_color_is_set)
{
    static const char in_terminal[] =
        "%s TERM=xterm script -qec '%s/spillway show bank.sched' /dev/null </dev/null >out; "
        "grep -q \"$(printf '\\033')\\[\" out";

    ck_assert_int_eq(shell(in_terminal, "env -u NO_COLOR", binaries), 0);
    ck_assert_int_eq(shell(in_terminal, "NO_COLOR=1", binaries), 1);
}
END_TEST

START_TEST(test_a_terminal_gets_utf_8_only_if_it_takes_it)
{
    static const char in_terminal[] =
        "env -u LC_ALL -u LC_CTYPE LANG=%s TERM=xterm script -qec '%s/spillway show bank.sched' "
        "/dev/null </dev/null >out; grep -q '○' out";

    ck_assert_int_eq(shell(in_terminal, "C.UTF-8", binaries), 0);
    ck_assert_int_eq(shell(in_terminal, "C", binaries), 1);
    ASSERT_SAYS("out", "reads Account.balance");
}
END_TEST

START_TEST(test_steps_from_and_to)
{
    ck_assert_int_eq(spillway("show --all bank.sched"), 0);
    ck_assert_int_eq(shell("grep -q ' more, steps ' out"), 1);
    ck_assert_int_eq(spillway("show --to 3 bank.sched"), 0);
    ck_assert_int_eq(shell("test $(grep -c ' more, steps ' out) = 1"), 0);
    ck_assert_int_eq(spillway("show --from 999999 bank.sched"), 0);
    ck_assert_int_eq(shell("test $(grep -c ' more, steps ' out) = 1"), 0);
    ASSERT_SAYS("out", "nothing is in these steps; the last of all is ");
    ck_assert_int_eq(
        shell("%s/spillway show bank.sched | grep -E ' steps ([0-9]+) to \\1$'", binaries), 1);
    ck_assert_int_eq(spillway("show --runs 500 bank.sched"), 2);
    ASSERT_SAYS("err", "--runs is for --inevitable");
}
END_TEST

/* Four of the five scripts are data, and none is the program's. */
START_TEST(test_a_page_is_one_file_in_which_nothing_is_the_programs)
{
    ck_assert_int_eq(spillway("show --html bank.html bank.sched"), 0);
    ck_assert_int_eq(shell("cat out err | grep -q ."), 1);
    ck_assert_int_eq(shell("test $(grep -o '<script' bank.html | wc -l) = 5"), 0);
    ck_assert_int_eq(shell("grep -qE '<img|<!--|https?:' bank.html"), 1);
    ck_assert_int_eq(shell("grep -q 'u003cimg src=x' bank.html"), 0);
    ck_assert_int_eq(shell("iconv -f UTF-8 -t UTF-8 bank.html >/dev/null"), 0);
}
END_TEST

START_TEST(test_a_run_by_default_stands_beside)
{
    ck_assert_int_eq(spillway("show --html bank.html --beside default bank.sched"), 0);
    ck_assert_int_eq(shell("grep -q '\"title\":\"default\",\"outcome\":\"exit 0\"' bank.html"), 0);
    ck_assert_int_eq(spillway("show --html bank.html --beside bank.sched bank.sched"), 0);
    ck_assert_int_eq(spillway("show --html bank.html --beside nowhere.sched bank.sched"), 2);
    ASSERT_SAYS("err", "nowhere.sched");
    ck_assert_int_eq(spillway("show --beside default bank.sched"), 2);
}
END_TEST

START_TEST(test_the_page_and_the_trace_have_the_curve)
{
    ck_assert_int_eq(spillway("show --inevitable --runs 60 --html bank.html --perfetto bank.json "
                              "bank.sched"),
                     0);
    ck_assert_int_eq(shell("grep -qE '\"odds\":\\[\\[0,0\\.[0-9]+,' bank.html"), 0);
    ck_assert_int_eq(shell("grep -q '\"ph\":\"C\".*P(failure)' bank.json"), 0);
    ck_assert_int_eq(spillway("show --inevitable bank.sched"), 2);
}
END_TEST

START_TEST(test_a_trace_is_json)
{
    ck_assert_int_eq(spillway("show --perfetto bank.json bank.sched"), 0);
    ck_assert_int_eq(
        shell("/usr/bin/python3.11 -c 'import json; "
              "events = json.load(open(\"bank.json\"))[\"traceEvents\"]; "
              "assert any(\"writes Account.balance\" in e[\"name\"] for e in events)'"),
        0);
}
END_TEST

START_TEST(test_where_the_agent_has_a_stack_the_page_has_it)
{
    ck_assert_int_eq(spillway("record -q --fault release-eats-mailbox "
                              "--fault spill-entry-eats-mailbox -o loss.sched "
                              "%s/scenarios/story/may-2012-a-chunk-becomes-none.spec",
                              repository),
                     1);
    ck_assert_int_eq(spillway("show --html loss.html loss.sched"), 0);
    ck_assert_int_eq(shell("grep -q slp_transfer_release loss.html"), 0);
    ck_assert_int_eq(spillway("show loss.sched"), 0);
    ASSERT_SAYS("out", "sends 'chunk' on chunks");
    ASSERT_SAYS("out", "reads and writes of variables are not in it");
}
END_TEST

/* PAGE WHY.json BEHIND: what the page marks are the hops of why.  An agent's hop has the number of
 * decisions before it, a page that of the last of them: BEHIND is 1. */
static const char hops_py[] =
    "import json, re, sys\n"
    "page = open(sys.argv[1]).read()\n"
    "story = re.findall(r'<li data-mark=\"\\d+\" class=\"(\\w+)\"><span class=\"step\">(\\d+)<', "
    "page)\n"
    "hops = {hop['step'] - int(sys.argv[3]) for hop in json.load(open(sys.argv[2]))['hops']}\n"
    "path = {int(step) for how, step in story if how == 'path'}\n"
    "told = {int(step) for how, step in story if how != 'other'}\n"
    "assert path and path <= hops, (path, hops)\n"
    "assert hops <= told, (hops, told)\n";

/* Of a value by what the agent tells, and of threads by what they read and write. */
START_TEST(test_the_page_marks_the_way_that_why_tells)
{
    const char *const recorded[] = {"bank.sched", "loss2.sched"};

    write_file("hops.py", hops_py);
    spillway("record -q --fault release-eats-mailbox --fault spill-entry-eats-mailbox "
             "-o loss2.sched %s/scenarios/story/may-2012-a-chunk-becomes-none.spec",
             repository);
    ck_assert_int_eq(spillway("show --html hops.html %s", recorded[_i]), 0);
    ck_assert_int_eq(spillway("why --json %s", recorded[_i]), 0);
    ck_assert_msg(shell("/usr/bin/python3.11 hops.py hops.html out %d 2>err", _i) == 0, "%s",
                  content("err"));
}
END_TEST

START_TEST(test_another_run_is_drawn_and_says_so)
{
    ck_assert_int_eq(shell("mkdir other && cp bank.sched other"), 0);
    ck_assert_int_eq(shell("sed 's/^def pay.*/import queue/; s/^    account.balance -=.*/def pay("
                           "amount): threading.Event().set()/' test_bank.py >other/test_bank.py"),
                     0);
    ck_assert_int_eq(spillway("show other/bank.sched"), 1);
    ASSERT_SAYS("out", "is not the recorded one");
    ck_assert_int_eq(spillway("show --html other.html other/bank.sched"), 1);
    ASSERT_SAYS("err", "is not the recorded one");
    ck_assert_int_eq(shell("grep -q 'is not the recorded one' other.html"), 0);
}
END_TEST

/* Decided is as before, so that nothing else would tell. */
START_TEST(test_a_changed_program_is_said_and_another_end_is_another_run)
{
    static const char said[] = "it is of another input: ", noted[] = "is not what was recorded any";

    ck_assert_int_eq(shell("mkdir changed && cp bank.sched changed/a.sched && "
                           "(cat test_bank.py; echo '# more') >changed/test_bank.py"),
                     0);
    ck_assert_int_eq(spillway("show changed/a.sched"), 0);
    ASSERT_SAYS("err", said);
    ASSERT_SAYS("out", noted);
    ck_assert_int_eq(spillway("show --html changed.html changed/a.sched"), 0);
    ck_assert_int_eq(shell("grep -q '%s' changed.html", noted), 0);
    ck_assert_int_eq(spillway("why changed/a.sched"), 0);
    ASSERT_SAYS("err", said);
    ck_assert_int_eq(shell("sed 's/^    assert .*/    pass/' test_bank.py >changed/test_bank.py"),
                     0);
    ck_assert_int_eq(spillway("show changed/a.sched"), 1);
    ASSERT_SAYS("out", "is not the recorded one");
    ck_assert_int_eq(spillway("why changed/a.sched"), 1);
    ASSERT_SAYS("err", said);
    ASSERT_SAYS("err", "another run than the recorded one");
}
END_TEST

static void assert_refused(const char *arguments, const char *why)
{
    ck_assert_int_eq(spillway("%s", arguments), 2);
    ASSERT_SAYS("err", why);
    ck_assert_int_eq(shell("grep -q . out"), 1);
}

START_TEST(test_bad_input_is_refused_in_one_line)
{
    assert_refused("show nowhere.sched", "nowhere.sched: No such file");
    assert_refused("show test_bank.py", "test_bank.py:1");
    assert_refused("show --html no/where.html bank.sched", "no/where.html");
    assert_refused("show --perfetto no/where.json bank.sched", "no/where.json");
    assert_refused("show --number 1 bank.sched", "--number");
    assert_refused("show --from 9 --to 3 bank.sched", "--from is behind --to");
    assert_refused("show --width 79 bank.sched", "--width");
    ck_assert_int_eq(spillway("convert bank.sched bank.schedz"), 0);
    assert_refused("show bank.schedz", "--number: which schedule of bank.schedz?");
    ck_assert_int_eq(spillway("show --number 1 bank.schedz"), 0);
}
END_TEST

START_TEST(test_nothing_that_is_read_is_drawn_over)
{
    ck_assert_int_eq(shell("cp bank.sched own.sched && cp bank.sched two.sched && "
                           "ln -s own.sched link.html && md5sum own.sched test_bank.py >sums"),
                     0);
    assert_refused("show --html own.sched own.sched", "own.sched: cannot be written: ");
    assert_refused("show --perfetto link.html own.sched", "link.html: cannot be written: ");
    assert_refused("show --html own.sched --beside own.sched two.sched", "own.sched: cannot be");
    assert_refused("show --html test_bank.py own.sched", "test_bank.py: cannot be written: ");
    assert_refused("show --html one --perfetto one own.sched", "--html and --perfetto");
    assert_refused("replay -q --timeline own.sched own.sched", "own.sched: cannot be written: ");
    ck_assert_int_eq(shell("md5sum --quiet -c sums"), 0);
}
END_TEST

START_TEST(test_what_cannot_be_written_is_an_error)
{
    ck_assert_int_eq(spillway("show --html /dev/full bank.sched"), 2);
    ASSERT_SAYS("err", "/dev/full");
    ck_assert_int_eq(shell("%s/spillway show bank.sched >/dev/full 2>err", binaries), 2);
    ASSERT_SAYS("err", "spillway: cannot write the report: ");
    ck_assert_int_eq(shell("test $(wc -l <err) = 1"), 0);
    write_file("kept.html", "as it was\n");
    ck_assert_int_eq(
        shell("ulimit -f 8; %s/spillway show --html kept.html bank.sched 2>err", binaries), 2);
    ck_assert_str_eq(content("kept.html"), "as it was\n");
}
END_TEST

/* The number of a closed one would else be that of the memory which the program is told of. */
START_TEST(test_standard_files_that_are_closed_take_nothing_from_us)
{
    ck_assert_int_eq(shell("%s/spillway show bank.sched <&- >out", binaries), 0);
    ASSERT_SAYS("out", "is ended by AssertionError");
    ck_assert_int_eq(shell("%s/spillway show bank.sched 2>&- >out", binaries), 0);
    ASSERT_SAYS("out", "is ended by AssertionError");
    ck_assert_int_eq(shell("%s/spillway show bank.sched >&- 2>err", binaries), 2);
    ASSERT_SAYS("err", "spillway: cannot write the report: ");
    ck_assert_int_eq(shell("test $(wc -l <err) = 1"), 0);
    ck_assert_int_eq(shell("%s/spillway replay bank.sched >&- 2>err", binaries), 0);
    ASSERT_SAYS("err", "as recorded: exit 1");
    ck_assert_int_eq(shell("grep -qE 'not controlled|spillway_starter' err"), 1);
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *tests = tcase_create("show");

    tcase_set_timeout(tests, 600);
    tcase_set_tags(tests, "no-memcheck"); /* it only starts other programs */
    tcase_add_unchecked_fixture(tests, setup_all, teardown);
    tcase_add_test(tests, test_the_terminal_has_lanes_and_what_they_do);
    tcase_add_test(tests, test_a_terminal_gets_colours_unless_no_color_is_set);
    tcase_add_test(tests, test_a_terminal_gets_utf_8_only_if_it_takes_it);
    tcase_add_test(tests, test_steps_from_and_to);
    tcase_add_test(tests, test_a_page_is_one_file_in_which_nothing_is_the_programs);
    tcase_add_test(tests, test_a_run_by_default_stands_beside);
    tcase_add_test(tests, test_the_page_and_the_trace_have_the_curve);
    tcase_add_test(tests, test_a_trace_is_json);
    tcase_add_test(tests, test_where_the_agent_has_a_stack_the_page_has_it);
    tcase_add_loop_test(tests, test_the_page_marks_the_way_that_why_tells, 0, 2);
    tcase_add_test(tests, test_another_run_is_drawn_and_says_so);
    tcase_add_test(tests, test_a_changed_program_is_said_and_another_end_is_another_run);
    tcase_add_test(tests, test_bad_input_is_refused_in_one_line);
    tcase_add_test(tests, test_nothing_that_is_read_is_drawn_over);
    tcase_add_test(tests, test_what_cannot_be_written_is_an_error);
    tcase_add_test(tests, test_standard_files_that_are_closed_take_nothing_from_us);
    suite_add_tcase(suite, tests);
}

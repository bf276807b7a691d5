/* SPDX-License-Identifier: MIT
 *
 * check_explore.c - spillway explore: what is found, that it is there to be replayed, and what
 * exactly is said when nothing is.
 */
#include "harness/tests/control_fixture.h"

static const char programs_py[] = "import os, sys, threading, unittest\n"
                                  "\n"
                                  "def point():\n"
                                  "    pass\n"
                                  "\n"
                                  "def run(*bodies):\n"
                                  "    threads = [threading.Thread(target=one) for one in bodies]\n"
                                  "    for thread in threads:\n"
                                  "        thread.start()\n"
                                  "    for thread in threads:\n"
                                  "        thread.join()\n"
                                  "\n"
                                  "def test_lost_update():\n"
                                  "    number = [0]\n"
                                  "    def increment():\n"
                                  "        read = number[0]\n"
                                  "        point()\n"
                                  "        number[0] = read + 1\n"
                                  "    run(increment, increment)\n"
                                  "    assert number[0] == 2, number[0]\n"
                                  "\n"
                                  "def test_with_a_lock():\n"
                                  "    lock = threading.Lock()\n"
                                  "    number = [0]\n"
                                  "    def increment():\n"
                                  "        with lock:\n"
                                  "            number[0] += 1\n"
                                  "    run(increment, increment)\n"
                                  "    assert number[0] == 2, number[0]\n"
                                  "\n"
                                  "def test_deadlock():\n"
                                  "    a, b = threading.Lock(), threading.Lock()\n"
                                  "    def first():\n"
                                  "        with a:\n"
                                  "            point()\n"
                                  "            with b:\n"
                                  "                point()\n"
                                  "    def second():\n"
                                  "        with b:\n"
                                  "            point()\n"
                                  "            with a:\n"
                                  "                point()\n"
                                  "    run(first, second)\n"
                                  "\n"
                                  "def test_crashes():\n"
                                  "    os.abort()\n"
                                  "\n"
                                  "def test_starts_a_process():\n"
                                  "    import subprocess\n"
                                  "    subprocess.check_call(['/bin/true'])\n"
                                  "\n"
                                  "def test_alone():\n"
                                  "    pass\n"
                                  "\n"
                                  "def test_fails_alone():\n"
                                  "    assert 0\n"
                                  "\n"
                                  "def test_skips():\n"
                                  "    raise unittest.SkipTest('not today')\n"
                                  "\n"
                                  "times = 0\n"
                                  "def test_fails_the_tenth_time():\n"
                                  "    global times\n"
                                  "    times += 1\n"
                                  "    run(point, point)\n"
                                  "    assert times != 10\n"
                                  "\n"
                                  "def test_fails_the_tenth_time_with_a_file():\n"
                                  "    number = int(open('times').read())\n"
                                  "    open('times', 'w').write(str(number + 1))\n"
                                  "    run(point, point)\n"
                                  "    assert number != 10\n"
                                  "\n"
                                  "if __name__ == '__main__':\n"
                                  "    globals()[sys.argv[1]]()\n";

static void setup_files(void)
{
    setup();
    write_file("p.py", programs_py);
    write_file("tests_only.py", "import threading\n\ndef test_one():\n    pass\n");
}

static void expect(int status, const char *arguments)
{
    int got = spillway("explore %s", arguments);

    if (got == status)
        return;
    shell("cat out err >both");
    ck_abort_msg("explore %s: exit status %d, not %d\n%s", arguments, got, status, content("both"));
}

/* ---- what is found ---- */

static const struct {
    const char *options, *test, *out;
} findings[] = {
    {"", "test_lost_update", "FAIL   p.py::test_lost_update (failed under portfolio of seed "},
    {"--strategy random", "test_lost_update", "(failed under the random walk of seed "},
    {"--strategy pct", "test_lost_update", "(failed under pct of seed "},
    {"--strategy pct:10", "test_lost_update", "(failed under pct:10 of seed "},
    {"--strategy pos", "test_lost_update", "(failed under pos"},
    {"--strategy surw", "test_lost_update", "(failed under surw of seed "},
    {"--engine threads", "test_lost_update", ", grain call, "},
    {"--engine fibers --seed 5000", "test_lost_update", ", seeds 5000 to "},
    {"", "test_deadlock", ": deadlock T1 waits for "},
    {"", "test_crashes", "(crashed SIGABRT under pos:1 of seed 1)\n"},
    {"--grain access --schedules 50", "test_lost_update", "finer than the real interpreter"},
    {"--grain access --schedules 50 --strategy surw", "test_lost_update", ", grain access, "},
    {"--grain access --schedules 50 --strategy pct", "test_lost_update", ", grain access, "},
    {"--grain access --schedules 50 --strategy pos", "test_deadlock", "deadlock T1 waits for "},
};

START_TEST(test_a_failure_is_found_and_replays)
{
    char arguments[200];

    snprintf(arguments, sizeof arguments, "%s p.py::%s",
             *findings[_i].options == '\0' ? "--schedules 2000" : findings[_i].options,
             findings[_i].test);
    expect(1, arguments);
    ASSERT_SAYS("out", findings[_i].out);
    snprintf(arguments, sizeof arguments, "again: spillway replay p-%s.sched\n", findings[_i].test);
    ASSERT_SAYS("out", arguments);
    ck_assert_int_eq(spillway("replay p-%s.sched", findings[_i].test), 0);
}
END_TEST

/* Of the lowest seed that fails, however many processes look for it. */
START_TEST(test_the_jobs_change_nothing)
{
    static const char *const options[] = {"--schedules 2000", "--schedules 50 --grain access"};

    for (int jobs = 1; jobs <= 3; jobs++) {
        ck_assert_int_eq(spillway("explore -j %d %s p.py::test_lost_update", jobs, options[_i]), 1);
        shell("sed -n 's/ distinct.*//p' out >said%d; cp p-test_lost_update.sched found%d", jobs,
              jobs);
        ck_assert_int_eq(shell("cmp said1 said%d && cmp found1 found%d", jobs, jobs), 0);
    }
}
END_TEST

START_TEST(test_a_whole_program_begins_where_it_makes_its_first_thread)
{
    expect(0, "-j 1 --schedules 12 p.py test_with_a_lock");
    ASSERT_SAYS("out",
                "ok     p.py (12 schedules of portfolio (the first 2 pos, to learn), seeds 1 "
                "to 12, grain call, ");
    /* Two learn, each in one of its own. */
    ASSERT_SAYS("out", " distinct in 3 processes, ");
    expect(1, "--schedules 400 --strategy pct:10 -o found.sched p.py test_lost_update");
    ASSERT_SAYS("out", "FAIL   p.py (exit 1 under pct:10 of seed ");
    ASSERT_SAYS("out", "again: spillway replay found.sched\n");
    ck_assert_int_eq(spillway("replay found.sched"), 0);
}
END_TEST

START_TEST(test_all_failures_are_counted_if_wanted)
{
    expect(1, "--continue --schedules 3000 --json out.json p.py::test_deadlock");
    ASSERT_SAYS("out", " of 3000 schedules, from seed ");
    ck_assert_int_eq(
        shell(
            "/usr/bin/python3.11 -c \"\n"
            "import json\n"
            "r = json.load(open('out.json'))\n"
            "assert r['end'] == 'found' and r['grain'] == 'call' and r['strategy'] == 'portfolio'\n"
            "assert r['schedules'] == 3000 and r['last_seed'] == 3000\n"
            "assert r['failures'][0]['outcome'].startswith('deadlock T')\n"
            "assert r['failing_seed'] == min(f['seed'] for f in r['failures'])\n\""),
        0);
}
END_TEST

/* ---- what is not ---- */

START_TEST(test_nothing_found_says_what_was_run)
{
    expect(0, "--schedules 300 --seed 7 -j 2 p.py::test_with_a_lock");
    ASSERT_SAYS("out",
                "ok     p.py::test_with_a_lock (225 schedules of portfolio (the first 2 pos, "
                "to learn), seeds 7 to 231, grain call, ");
    ASSERT_SAYS(
        "out", "\n       and 75 schedules of portfolio (the first 2 pos, to learn), seeds 7 to 81, "
               "grain access, ");
    expect(0, "--schedules 300 --grain call --strategy random p.py::test_with_a_lock");
    ASSERT_SAYS("out", "(300 schedules of random, seeds 1 to 300, grain call, ");
    expect(0, "--schedules 300 --grain access p.py::test_with_a_lock");
    ASSERT_SAYS("out", ", grain access, ");
    expect(0, "--schedules 1 p.py::test_with_a_lock");
    ASSERT_SAYS("out", "(1 schedule of portfolio (the first 1 pos, to learn), seeds 1 to 1,");
}
END_TEST

START_TEST(test_where_nothing_is_decided_one_schedule_is_all)
{
    expect(0, "--seed 7 -j 2 p.py::test_alone");
    ASSERT_SAYS("out", "ok     p.py::test_alone (1 schedule, grain call: only one thread ran, and "
                       "nothing was left to decide; all others are like it)");
    expect(0, "--strategy random -j 2 p.py::test_alone");
    ASSERT_SAYS("out", "(1 schedule, grain call: only one thread ran");
    expect(1, "--continue p.py::test_fails_alone");
    ASSERT_SAYS("out", "       1 schedule, grain call: only one thread ran");
    ASSERT_SAYS("out", "it fails always, and this is no race");
    expect(0, "tests_only.py");
    ASSERT_SAYS("out", "       a test in it runs if it is named: tests_only.py::test_one\n");
    expect(3, "--schedules 5 p.py::test_starts_a_process");
}
END_TEST

START_TEST(test_what_lives_on_behind_a_test_is_said)
{
    static const char said[] =
        "\n       1 thread lives on when it has passed, a daemon or a pool's: ";

    write_file("on.py", "import queue, threading\n"
                        "def test_on():\n"
                        "    threading.Thread(target=queue.Queue().get, daemon=True).start()\n"
                        "def test_joined():\n"
                        "    t = threading.Thread(target=int)\n"
                        "    t.start()\n"
                        "    t.join()\n");
    expect(0, "--schedules 5 --json on.json on.py::test_on");
    ASSERT_SAYS("out", said);
    ASSERT_SAYS("on.json", "\"threads_that_live_on\": 1");
    expect(0, "--strategy coverage --schedules 5 on.py::test_on");
    ASSERT_SAYS("out", said);
    expect(0, "--strategy dpor on.py::test_on");
    ASSERT_SAYS("out", said);
    ck_assert_int_eq(spillway("run on.py::test_on"), 0);
    ASSERT_SAYS("out", said);
    expect(0, "--schedules 5 on.py::test_joined");
    ck_assert_ptr_null(strstr(content("out"), "on when it has passed"));
}
END_TEST

/* On a terminal the line comes ten times a second, so that there is one at last. */
START_TEST(test_a_bound_says_how_many_are_known_to_be_left)
{
    write_file("many.py", "import threading\n"
                          "def test_many():\n"
                          "    ts = [threading.Thread(target=int) for _ in range(4)]\n"
                          "    for t in ts: t.start()\n"
                          "    for t in ts: t.join()\n");
    ck_assert_int_eq(shell("script -qec '%s/spillway explore --strategy preemptions:1 "
                           "many.py::test_many' /dev/null </dev/null >out",
                           binaries),
                     0);
    ASSERT_SAYS("out", " of at least ");
    ASSERT_SAYS("out", "(all ");
}
END_TEST

START_TEST(test_the_clock_ends_it_but_judges_nothing)
{
    expect(0, "--time 1 p.py::test_with_a_lock");
    ASSERT_SAYS("out", "the time was up: go on with --seed ");
    expect(0, "--time 1 p.py test_with_a_lock");
    ASSERT_SAYS("out", "the time was up: go on with --seed ");
}
END_TEST

START_TEST(test_what_is_not_controlled_proves_nothing)
{
    expect(3, "--schedules 5 p.py::test_starts_a_process");
    ASSERT_SAYS("out", "UNSURE p.py::test_starts_a_process (not controlled: a subprocess");
}
END_TEST

START_TEST(test_no_schedule_sees_what_another_has_left)
{
    expect(0, "--schedules 40 -j 1 p.py::test_fails_the_tenth_time");
    expect(0, "--schedules 40 -j 1 p.py test_fails_the_tenth_time");
}
END_TEST

/* What is outside of the process is not put back. */
START_TEST(test_what_does_not_fail_again_is_kept_and_the_search_goes_on)
{
    write_file("times", "1");
    expect(3, "--schedules 40 -j 1 p.py::test_fails_the_tenth_time_with_a_file");
    ASSERT_SAYS("out", "seed 10: exit 1; run again by its decisions, in a process of its own, it "
                       "passes");
    ASSERT_SAYS("out", "40 schedules of portfolio");
    ASSERT_SAYS("out",
                "again: spillway replay p-test_fails_the_tenth_time_with_a_file.unsure.sched");
    ck_assert_int_eq(access("p-test_fails_the_tenth_time_with_a_file.unsure.sched", R_OK), 0);
}
END_TEST

START_TEST(test_what_does_not_fail_again_takes_no_file_of_others)
{
    write_file("times", "1");
    write_file("p-test_fails_the_tenth_time_with_a_file.unsure.sched", "mine\n");
    expect(3, "--schedules 40 -j 1 p.py::test_fails_the_tenth_time_with_a_file");
    ASSERT_SAYS("out", "test_fails_the_tenth_time_with_a_file-2.unsure.sched\n");
    ASSERT_SAYS("p-test_fails_the_tenth_time_with_a_file.unsure.sched", "mine\n");
    write_file("times", "1");
    write_file("u.unsure.sched", "mine\n");
    expect(2, "--schedules 40 -j 1 -o u.sched p.py::test_fails_the_tenth_time_with_a_file");
    ASSERT_SAYS("err", "u.unsure.sched: it is no schedule, and stays as it is; the schedule that "
                       "should stand there:\nspillway schedule ");
    ASSERT_SAYS("u.unsure.sched", "mine\n");
}
END_TEST

START_TEST(test_a_skipped_test_is_skipped)
{
    expect(0, "p.py::test_skips");
    ASSERT_SAYS("out", "skip   p.py::test_skips\n");
}
END_TEST

START_TEST(test_an_exception_in_a_thread_is_named_as_such)
{
    write_file("thread.py", "import threading\n"
                            "def test_thread():\n"
                            "    all = {}\n"
                            "    def put():\n"
                            "        all['a'] = 1\n"
                            "    def get():\n"
                            "        all['a']\n"
                            "    threads = [threading.Thread(target=one) for one in (put, get)]\n"
                            "    for t in threads: t.start()\n"
                            "    for t in threads: t.join()\n");
    expect(1, "thread.py::test_thread");
    ASSERT_SAYS("out", "thread: T2 (Thread-2 (get)) ends with an exception, KeyError: a\n");
    expect(1, "p.py::test_lost_update");
    ck_assert(strstr(content("out"), "thread: ") == NULL);
}
END_TEST

/* The hooks are the interpreter's own, whoever looks; and what comes to them is a failure, however they
 * came back.  A program's own is called. */
START_TEST(test_hooks_for_exceptions_are_what_they_are)
{
    write_file("hooks.py", "import sys, threading\n"
                           "def raises():\n"
                           "    thread = threading.Thread(target=int, args='x')\n"
                           "    thread.start()\n"
                           "    thread.join()\n"
                           "def test_same():\n"
                           "    assert sys.excepthook is sys.__excepthook__\n"
                           "    assert sys.unraisablehook is sys.__unraisablehook__\n"
                           "    assert threading.excepthook is threading.__excepthook__\n"
                           "def test_caught():\n"
                           "    seen = []\n"
                           "    threading.excepthook = lambda one: seen.append(one.exc_type)\n"
                           "    raises()\n"
                           "    assert seen == [ValueError]\n"
                           "def test_put_back():\n"
                           "    threading.excepthook = threading.__excepthook__\n"
                           "    raises()\n"
                           "if __name__ == '__main__':\n"
                           "    sys.excepthook = lambda kind, *_: print('mine:', kind.__name__)\n"
                           "    test_caught()\n"
                           "    [][0]\n");
    expect(0, "--schedules 5 hooks.py::test_same");
    expect(0, "--schedules 5 hooks.py::test_caught");
    expect(1, "--schedules 5 hooks.py::test_put_back");
    ck_assert_int_eq(spillway("run hooks.py::__main__"), 1);
    ASSERT_SAYS("out", "mine: IndexError\n");
}
END_TEST

/* ---- two grains ---- */

static const char between_py[] = "import threading\n"
                                 "number = 0\n"
                                 "def add():\n"
                                 "    global number\n"
                                 "    number += 1\n"
                                 "def run():\n"
                                 "    threads = [threading.Thread(target=add) for _ in 'ab']\n"
                                 "    for t in threads: t.start()\n"
                                 "    for t in threads: t.join()\n"
                                 "def test_between():\n"
                                 "    run()\n"
                                 "    assert number == 2\n"
                                 "def test_passes():\n"
                                 "    run()\n";

START_TEST(test_both_grains_are_tried_and_each_find_says_which)
{
    write_file("between.py", between_py);
    expect(0, "--schedules 40 --grain call between.py::test_between");
    expect(1, "--schedules 40 between.py::test_between");
    ASSERT_SAYS("out",
                "it needs a switch between two bytecodes; where this interpreter switches it "
                "did not fail: 30 schedules of portfolio");
    ASSERT_SAYS("between-test_between.sched", "\ngrain    access\n");
    expect(0, "--schedules 40 --json j.json between.py::test_passes");
    ASSERT_SAYS("out", "(30 schedules of portfolio");
    ASSERT_SAYS("out", "       and 10 schedules of portfolio");
    ASSERT_SAYS("out", "grain access");
    ASSERT_SAYS("j.json", "\"other_grain\": \"and 10 schedules");
    expect(1, "--schedules 100 --grain both p.py::test_lost_update");
    ck_assert(strstr(content("out"), "two bytecodes") == NULL);
    expect(2, "--strategy dpor --grain both between.py::test_passes");
    /* As if nobody had thought of it, where it is not possible or was not meant. */
    expect(0, "--schedules 40 -i /usr/bin/pypy3 between.py::test_passes");
    ASSERT_SAYS("out", "(40 schedules of portfolio");
    expect(0, "--schedules 3 between.py::test_passes");
    ASSERT_SAYS("out", "(3 schedules of portfolio");
    expect(0, "--schedules 40 --continue between.py::test_passes");
    ASSERT_SAYS("out", "(40 schedules of portfolio");
}
END_TEST

/* ---- what is refused ---- */

static const struct {
    const char *arguments, *err;
} refusals[] = {
    {"", "no PROGRAM or TEST given"},
    {"--strategy dfs p.py::test_crashes", "--strategy: 'dfs' is none of portfolio, "},
    {"--strategy pos:3 p.py::test_crashes", "--strategy: 'pos:3' is none of"},
    {"--strategy pct:0 p.py::test_crashes", "not a number from 1 to 1000"},
    {"--grain fine p.py::test_crashes", "--grain: 'fine' is none of call, access and both"},
    {"--jobs 0 p.py::test_crashes", "not a number from 1 to 64"},
    {"--schedules 0 p.py::test_crashes", "--schedules"},
    {"--campaign c p.py::", "a campaign, or a corpus, is of one test: FILE.py::NAME"},
    {"p.py::test_crashes more", "a test takes no arguments; FILE.py::__main__"},
    {"nowhere.py::test_x", "nowhere.py: No such file or directory"},
    {"p.py::test_x", "there is no 'test_x' in it"},
    {"--interp /nowhere p.py::test_crashes", ""},
    {".", "spillway explore: .: no test_*.py and no *_test.py in this folder\n"},
    {"x.sched", "spillway explore: a schedule is no program: spillway replay repeats it\n"},
    {"x.schedz more", "a schedule is no program"},
    {"-o nowhere/x.sched p.py::test_crashes", "nowhere/x.sched: cannot be written: No such file"},
    {"-o . p.py::test_crashes", ".: cannot be written: it is a folder\n"},
    {"--json nowhere/x p.py::test_crashes", "nowhere/x: cannot be written: No such file"},
    {"--json p.py p.py::test_crashes", "p.py: cannot be written: it is the same file as p.py"},
    {"--campaign p.py p.py::test_crashes", "p.py: it is no folder\n"},
};

START_TEST(test_nonsense_is_refused)
{
    expect(2, refusals[_i].arguments);
    ASSERT_SAYS("err", refusals[_i].err);
}
END_TEST

START_TEST(test_a_folder_of_scenarios_and_tests_is_none_of_tests)
{
    shell("mkdir -p both && touch both/test_a.py both/a.spec");
    expect(2, "both");
    ASSERT_SAYS("err", "both: in this folder are scenarios beside the tests; name a folder or a");
    shell("rm -r both");
}
END_TEST

/* The line that says why, and no file of our own in the one that follows. */
START_TEST(test_what_cannot_begin_names_the_users_file)
{
    expect(2, "p.py::test_x");
    ASSERT_SAYS("err", "spillway: p.py: there is no 'test_x' in it");
    ASSERT_SAYS("out", "ERROR  p.py::test_x (p.py: there is no 'test_x' in it");
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *found = tcase_create("found"), *nothing = tcase_create("nothing"),
          *refused = tcase_create("refused");

    tcase_add_checked_fixture(found, setup_files, teardown);
    tcase_set_tags(found, "no-memcheck");
    tcase_set_timeout(found, 120);
    tcase_add_loop_test(found, test_a_failure_is_found_and_replays, 0,
                        sizeof findings / sizeof *findings);
    tcase_add_loop_test(found, test_the_jobs_change_nothing, 0, 2);
    tcase_add_test(found, test_an_exception_in_a_thread_is_named_as_such);
    tcase_add_test(found, test_hooks_for_exceptions_are_what_they_are);
    tcase_add_test(found, test_both_grains_are_tried_and_each_find_says_which);
    tcase_add_test(found, test_a_whole_program_begins_where_it_makes_its_first_thread);
    tcase_add_test(found, test_all_failures_are_counted_if_wanted);
    suite_add_tcase(suite, found);
    tcase_add_checked_fixture(nothing, setup_files, teardown);
    tcase_set_tags(nothing, "no-memcheck");
    tcase_set_timeout(nothing, 120);
    tcase_add_test(nothing, test_nothing_found_says_what_was_run);
    tcase_add_test(nothing, test_where_nothing_is_decided_one_schedule_is_all);
    tcase_add_test(nothing, test_the_clock_ends_it_but_judges_nothing);
    tcase_add_test(nothing, test_what_is_not_controlled_proves_nothing);
    tcase_add_test(nothing, test_what_lives_on_behind_a_test_is_said);
    tcase_add_test(nothing, test_a_bound_says_how_many_are_known_to_be_left);
    tcase_add_test(nothing, test_no_schedule_sees_what_another_has_left);
    tcase_add_test(nothing, test_what_does_not_fail_again_is_kept_and_the_search_goes_on);
    tcase_add_test(nothing, test_what_does_not_fail_again_takes_no_file_of_others);
    tcase_add_test(nothing, test_a_skipped_test_is_skipped);
    suite_add_tcase(suite, nothing);
    tcase_add_checked_fixture(refused, setup_files, teardown);
    tcase_set_tags(refused, "no-memcheck");
    tcase_set_timeout(refused, 60);
    tcase_add_loop_test(refused, test_nonsense_is_refused, 0, sizeof refusals / sizeof *refusals);
    tcase_add_test(refused, test_a_folder_of_scenarios_and_tests_is_none_of_tests);
    tcase_add_test(refused, test_what_cannot_begin_names_the_users_file);
    suite_add_tcase(suite, refused);
}

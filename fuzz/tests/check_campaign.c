/* SPDX-License-Identifier: MIT
 *
 * check_campaign.c - spillway explore --campaign and spillway merge: nothing is run twice or
 * forgotten, whoever dies; a cause is told once.
 */
#include <signal.h>

#include "fuzz/explore/failure_dedup.h"
#include "harness/tests/control_fixture.h"

static const char two_causes[] = "import threading\n"
                                 "def point(): pass\n"
                                 "def run(*bodies):\n"
                                 "    threads = [threading.Thread(target=b) for b in bodies]\n"
                                 "    for t in threads: t.start()\n"
                                 "    for t in threads: t.join()\n"
                                 "class Counter:\n"
                                 "    number = 0\n"
                                 "    def add(self):\n"
                                 "        seen = self.number\n"
                                 "        point()\n"
                                 "        self.number = seen + 1\n"
                                 "def test_two():\n"
                                 "    a, b = Counter(), Counter()\n"
                                 "    def body():\n"
                                 "        a.add()\n"
                                 "        b.add()\n"
                                 "    run(body, body)\n"
                                 "    assert a.number == 2\n"
                                 "    assert b.number == 2\n"
                                 "def test_none():\n"
                                 "    a, lock = Counter(), threading.Lock()\n"
                                 "    def body():\n"
                                 "        with lock:\n"
                                 "            a.add()\n"
                                 "    run(body, body)\n"
                                 "    assert a.number == 2\n";

static void setup_here(void)
{
    setup();
    write_file("prog.py", two_causes);
}

static int explore(const char *options, const char *test)
{
    return spillway("explore %s prog.py::%s", options, test);
}

/* What is said of it, up to that. */
static char *cut_claim(const char *end)
{
    const char *text = strchr(content("out"), '('), *behind;

    ck_assert_ptr_nonnull(text);
    behind = strstr(text, end);
    ck_assert_msg(behind != NULL, "%s", text);
    return strndup(text, (size_t)(behind - text));
}

static struct sw_failure_cause cause_of(const char *kind, const char *sentence, const char *pair)
{
    struct sw_failure_cause cause = {.object = "Counter.number"};

    snprintf(cause.kind, sizeof cause.kind, "%s", kind);
    snprintf(cause.sentence, sizeof cause.sentence, "%s", sentence);
    snprintf(cause.pair, sizeof cause.pair, "%s", pair);
    return cause;
}

static int are_one(struct sw_failure_cause one, struct sw_failure_cause other)
{
    char texts[2][SW_FAILURE_CAUSE_TEXT];

    return strcmp(sw_failure_dedup_describe(&one, texts[0], sizeof texts[0]),
                  sw_failure_dedup_describe(&other, texts[1], sizeof texts[1])) == 0;
}

/* Whatever else their schedules deviate in; and not by their place alone. */
START_TEST(test_what_is_explained_alike_is_one_cause)
{
    static const char known[] =
        "as by default, except for 2 choices, of which this one comes in "
        "between: T1 is stopped at a.py:2 `f()`, and T2 runs `g` to its end";
    static const char again[] = "as by default, except: T3 is stopped at a.py:2 `f()`, and T1 runs "
                                "`g` to its end";
    static const char other[] = "as by default, except: T3 is stopped at a.py:4 `f()`, and T1 runs "
                                "`g` to its end";

    ck_assert(
        are_one(cause_of("lost update", known, "a | b"), cause_of("lost update", again, "a | c")));
    ck_assert(
        !are_one(cause_of("lost update", known, "a | b"), cause_of("lost update", other, "a | b")));
    ck_assert(
        !are_one(cause_of("lost update", known, "a | b"), cause_of("torn pair", known, "a | b")));
    ck_assert(are_one(cause_of("not known", known, "a | b"), cause_of("", other, "a | b")));
    ck_assert(
        !are_one(cause_of("not known", known, "a | b"), cause_of("not known", known, "a | c")));
}
END_TEST

START_TEST(test_a_cause_is_told_once)
{
    ck_assert_int_eq(explore("--campaign dir --schedules 1000 --json out.json", "test_two"), 1);
    ASSERT_SAYS("out", "critical pair: prog.py:");
    ck_assert_int_eq(shell("[ $(grep -c ' cause ' out) = $(ls dir/failures/*.json | wc -l) ]"), 0);
    ck_assert_int_eq(shell("[ $(ls dir/failures/*.json | wc -l) -ge 2 ]"), 0);
    /* Hundreds of schedules, a handful of causes: at most two pairs for each counter. */
    ck_assert_int_eq(shell("[ $(ls dir/failures/*.json | wc -l) -le 6 ]"), 0);
    ck_assert_int_eq(shell("! ls dir/failures | grep -q found"), 0);
    ASSERT_SAYS("out.json", "\"end\": \"found\"");
    ck_assert_int_eq(shell("for f in dir/failures/*.sched; do "
                           "%s/spillway replay $f >/dev/null 2>&1 || exit 1; done",
                           binaries),
                     0);
}
END_TEST

START_TEST(test_shards_together_are_the_whole)
{
    const char *const order = "--grain access --schedules 1500";
    char *whole, *parts;

    ck_assert_int_eq(explore(order, "test_none --campaign whole"), 0);
    whole = cut_claim(" distinct, ");
    for (int i = 1; i <= 3; i++) {
        ck_assert_int_eq(spillway("explore %s --campaign %s --resume --shard %d/3 "
                                  "prog.py::test_none",
                                  order, i == 2 ? "a" : "b", i),
                         0); /* the shard is whole */
        ASSERT_SAYS("out",
                    i == 2 ? "nothing is here of shard 1 of 3" : "nothing is here of shard 2 of 3");
    }
    ck_assert_int_eq(spillway("merge a"), 3);
    ck_assert_int_eq(spillway("merge --json out.json a b"), 0);
    parts = cut_claim(" distinct, ");
    ck_assert_str_eq(parts, whole);
    free(parts);
    ASSERT_SAYS("out.json", "\"shards_done\": 3");
    ck_assert_int_eq(spillway("merge b a b"), 0); /* once more is no more */
    parts = cut_claim(" distinct, ");
    ck_assert_str_eq(parts, whole);
    free(parts);
    free(whole);
}
END_TEST

START_TEST(test_shards_find_the_same_failures)
{
    ck_assert_int_eq(explore("--campaign whole --schedules 200", "test_two"), 1);
    ck_assert_int_eq(shell("grep ' fails\\?, ' out >whole.txt"), 0);
    ck_assert_int_eq(explore("--campaign a --shard 1/2 --schedules 200", "test_two"), 1);
    ck_assert_int_eq(explore("--campaign b --shard 2/2 --schedules 200", "test_two"), 1);
    ck_assert_int_eq(spillway("merge a b"), 1);
    ck_assert_int_eq(shell("grep ' fails\\?, ' out | sort >parts.txt; sort whole.txt | "
                           "cmp - parts.txt"),
                     0);
}
END_TEST

/* A function, a method of unittest, a whole program, and a failure in a module that the test gets
 * from beside its folder. */
static const char *const portable[] = {"test_race.py::test_race", "test_race.py::Case::test_case",
                                       "test_race.py::__main__", "test_race.py::test_beside"};

static void make_checkout(const char *path)
{
    static const char test[] = "import os, sys, threading, unittest\n"
                               "here = os.path.dirname(os.path.abspath(__file__))\n"
                               "exec(compile(open(here + '/../beside.py').read(),\n"
                               "             os.path.dirname(here) + '/beside.py', 'exec'))\n"
                               "def point(): pass\n"
                               "def race():\n"
                               "    number = [0]\n"
                               "    def add():\n"
                               "        seen = number[0]\n"
                               "        point()\n"
                               "        number[0] = seen + 1\n"
                               "    threads = [threading.Thread(target=add) for _ in 'ab']\n"
                               "    for t in threads: t.start()\n"
                               "    for t in threads: t.join()\n"
                               "    return number[0]\n"
                               "def test_race():\n"
                               "    assert race() == 2, here\n"
                               "def test_beside():\n"
                               "    check(race())\n"
                               "class Case(unittest.TestCase):\n"
                               "    def test_case(self):\n"
                               "        self.assertEqual(race(), 2, here)\n"
                               "if __name__ == '__main__':\n"
                               "    sys.exit(here if race() != 2 else 0)\n";
    char name[PATH_MAX];

    ck_assert_int_eq(shell("mkdir -p %s/tests && touch %s/setup.cfg", path, path), 0);
    snprintf(name, sizeof name, "%s/beside.py", path);
    write_file(name, "def check(number):\n    assert number == 2\n");
    snprintf(name, sizeof name, "%s/tests/test_race.py", path);
    write_file(name, test);
}

/* Whatever folder the checkout is in, and whatever folder spillway is started in. */
START_TEST(test_two_checkouts_have_the_same_causes)
{
    make_checkout("here");
    make_checkout("a/much/deeper/folder/of/another/name");
    ck_assert_int_eq(spillway("explore --campaign one --schedules 60 here/tests/%s", portable[_i]),
                     1);
    ck_assert_int_eq(shell("cd a/much/deeper/folder/of/another/name/tests; timeout 600 %s/spillway "
                           "explore --campaign $OLDPWD/two --schedules 60 %s >out 2>err </dev/null",
                           binaries, portable[_i]),
                     1);
    ck_assert_int_eq(spillway("merge one"), 1);
    ck_assert_int_eq(shell("grep -c ' cause ' out >alone.txt"), 0);
    ck_assert_int_eq(spillway("merge one two"), 1);
    ck_assert_int_eq(shell("grep -c ' cause ' out | cmp - alone.txt"), 0);
}
END_TEST

/* Seconds of work: whoever waits for the first range to be done has time to end the second. */
#define MANY "6000"

/* In the background, and ended within its second range; its status is in "status". */
static void start_and_stop(const char *signal_name)
{
    ck_assert_int_eq(
        shell("timeout --foreground 600 %s/spillway explore --campaign dir --schedules " MANY
              " prog.py::test_none >out 2>err </dev/null & pid=$!; "
              "until grep -qs ^did dir/shards/1-of-1/ledger; do sleep 0.02; done; "
              "kill -%s $(pgrep -P $pid); wait $pid 2>/dev/null; echo $? >status",
              binaries, signal_name),
        0);
}

START_TEST(test_interrupted_and_resumed_is_the_whole)
{
    start_and_stop("INT");
    ASSERT_SAYS("status", "3\n");
    ASSERT_SAYS("out", "it was interrupted");
    ck_assert_int_eq(explore("--campaign dir --schedules " MANY, "test_none"), 2);
    ASSERT_SAYS("err", "dir: it holds this campaign already: --resume goes on with it");
    ck_assert_int_eq(explore("--campaign dir --resume --schedules " MANY, "test_none"), 0);
    ASSERT_SAYS("out", "(" MANY " schedules of portfolio");
    ASSERT_SAYS("out", "seeds 1 to " MANY ", ");
}
END_TEST

START_TEST(test_killed_and_resumed_is_the_whole)
{
    start_and_stop("KILL");
    ck_assert_int_eq(spillway("merge dir"), 3);
    ck_assert_int_eq(explore("--campaign dir --resume --schedules " MANY, "test_none"), 0);
    ASSERT_SAYS("out", "(" MANY " schedules of portfolio");
    ASSERT_SAYS("out", "seeds 1 to " MANY ", ");
}
END_TEST

START_TEST(test_killed_before_a_range_has_ended_is_said)
{
    ck_assert_int_eq(explore("--campaign dir --schedules 30", "test_none"), 0);
    ck_assert_int_eq(shell("printf 'spillway ledger 1\\njoin 1\\ntake 0 9 by 1\\n' "
                           ">dir/shards/1-of-1/ledger"),
                     0);
    ck_assert_int_eq(spillway("merge dir"), 3);
    ASSERT_SAYS("out", "       shard 1 of 1 was ended before its first schedules were kept\n");
    ck_assert_ptr_null(strstr(content("out"), "nothing is here"));
    ck_assert_int_eq(explore("--campaign dir --resume --schedules 30", "test_none"), 0);
    ASSERT_SAYS("out", "(30 schedules of portfolio");
}
END_TEST

/* As Slurm does: all processes of a job get the signal, and some before spillway itself.  Its nth
 * process ends itself and spillway, while it begins. */
static void explore_ended_with_process(int nth)
{
    write_file("dies.py", "import os, signal, prog\n"
                          "open('begun', 'a').write('.')\n"
                          "if os.path.getsize('begun') == int(open('nth').read()):\n"
                          "    os.kill(os.getppid(), signal.SIGTERM)\n"
                          "    os.kill(os.getpid(), signal.SIGTERM)\n"
                          "test_none = prog.test_none\n");
    ck_assert_int_eq(shell("echo %d >nth", nth), 0);
    ck_assert_int_eq(
        spillway("explore --campaign dir --jobs 1 --schedules 1000 dies.py::test_none"), 3);
    ASSERT_SAYS("out", "UNSURE dies.py::test_none");
    ASSERT_SAYS("out", "it was interrupted");
    ck_assert_int_eq(
        spillway("explore --campaign dir --resume --schedules 1000 dies.py::test_none"), 0);
    ASSERT_SAYS("out", "(1000 schedules of portfolio");
}

START_TEST(test_ended_while_it_learns_or_later_is_no_failure)
{
    explore_ended_with_process(_i + 1);
}
END_TEST

START_TEST(test_processes_share_a_folder)
{
    ck_assert_int_eq(shell("for i in 1 2 3; do timeout 600 %s/spillway explore --campaign dir "
                           "--resume --jobs 1 --schedules 3000 prog.py::test_none >out$i 2>err$i & "
                           "done; wait",
                           binaries),
                     0);
    ck_assert_int_eq(spillway("merge dir"), 0);
    ASSERT_SAYS("out", "(3000 schedules of portfolio");
    /* No range was taken twice. */
    ck_assert_int_eq(shell("[ -z \"$(grep ^did dir/shards/1-of-1/ledger | cut -d' ' -f2 | "
                           "sort | uniq -d)\" ]"),
                     0);
}
END_TEST

START_TEST(test_another_campaign_is_refused)
{
    ck_assert_int_eq(explore("--campaign dir --schedules 100", "test_none"), 0);
    ck_assert_int_eq(explore("--campaign dir --resume --schedules 200", "test_none"), 2);
    ASSERT_SAYS("err", "dir: it holds a campaign with this number of schedules: 100, not 200");
    ck_assert_int_eq(
        explore("--campaign dir --resume --strategy random --schedules 100", "test_none"), 2);
    ASSERT_SAYS("err", "with the strategy 'portfolio', not 'random'");
    ck_assert_int_eq(explore("--campaign dir --resume --schedules 100", "test_two"), 2);
    ASSERT_SAYS("err", "of the program 'prog.py::test_none', not 'prog.py::test_two'");
    ck_assert_int_eq(explore("--campaign other --schedules 100 --shard 1/2", "test_none"), 0);
    ck_assert_int_eq(spillway("merge dir other"), 2);
    ASSERT_SAYS("err", "other: it holds a campaign with this number of shards: 2, not 1");
    ck_assert_int_eq(spillway("merge ."), 2);
    ASSERT_SAYS("err", ".: it holds no campaign");
    ck_assert_int_eq(shell("echo hello >>dir/shards/1-of-1/ledger"), 0);
    ck_assert_int_eq(spillway("merge dir"), 2);
    ASSERT_SAYS("err", "it is not what a ledger says here: 'hello'");
}
END_TEST

/* Each text that is printed of files which came from elsewhere. */
START_TEST(test_what_a_stranger_wrote_commands_no_terminal)
{
    ck_assert_int_eq(explore("--campaign dir --schedules 100", "test_two"), 1);
    ck_assert_int_eq(shell("sed -i 's/: \"/&\\\\u001b[31m\\\\u009b1m/' dir/failures/*.json && "
                           "grep -q u001b dir/failures/*.json && "
                           "sed -i 's/^saw .*: /&\x1b[31m/' dir/shards/*/ledger && "
                           "cat dir/failures/*.min.sched | sed 's/^check.*/check none/; "
                           "s/^\\(found\\|outcome\\).../&\x1b[31m/; "
                           "s/^args .*/& \"\\\\x1b[31m\"/' >bad.sched"),
                     0);
    spillway("merge dir");
    ASSERT_SAYS("out", "?[31m");
    ck_assert_int_eq(shell("grep -q '\x1b' out err"), 1);
    spillway("minimise --check bad.sched");
    ck_assert_int_eq(shell("grep -q '\x1b' out err"), 1);
}
END_TEST

START_TEST(test_what_cannot_begin_says_why)
{
    write_file("bad.py", "raise KeyError('nowhere')\n");
    ck_assert_int_eq(spillway("explore --campaign dir --schedules 100 bad.py::test_none"), 2);
    ASSERT_SAYS("err", "KeyError: 'nowhere'");
    ASSERT_SAYS("err", "bad.py: it cannot be imported");
}
END_TEST

START_TEST(test_what_needs_a_campaign_says_so)
{
    ck_assert_int_eq(explore("--resume", "test_none"), 2);
    ASSERT_SAYS("err", "--campaign DIR");
    ck_assert_int_eq(explore("--shard 1/2", "test_none"), 2);
    ck_assert_int_eq(explore("--campaign dir --strategy coverage", "test_none"), 2);
    ck_assert_int_eq(explore("--campaign dir --shard 3/2", "test_none"), 2);
    ASSERT_SAYS("err", "'3/2' is none");
    ck_assert_int_eq(spillway("merge"), 2);
}
END_TEST

START_TEST(test_a_program_has_campaigns_too)
{
    ck_assert_int_eq(spillway("explore --campaign dir --schedules 30 %s/lost_update.py", programs),
                     1);
    ASSERT_SAYS("out", "critical pair: lost_update.py:");
    ck_assert_int_eq(spillway("explore --campaign well --schedules 8 %s/work_queue.py", programs),
                     0);
    ASSERT_SAYS("out", "(8 schedules of portfolio");
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *all = tcase_create("all"), *strangers = tcase_create("strangers");

    tcase_add_checked_fixture(all, setup_here, teardown);
    tcase_set_timeout(all, 240);
    tcase_set_tags(all, "no-memcheck");
    suite_add_tcase(suite, all);
    tcase_add_checked_fixture(strangers, setup_here, teardown);
    tcase_set_tags(strangers, "no-memcheck");
    tcase_set_timeout(strangers, 120);
    tcase_add_test(strangers, test_what_a_stranger_wrote_commands_no_terminal);
    suite_add_tcase(suite, strangers);
    tcase_add_test(all, test_what_is_explained_alike_is_one_cause);
    tcase_add_test(all, test_a_cause_is_told_once);
    tcase_add_test(all, test_shards_together_are_the_whole);
    tcase_add_test(all, test_shards_find_the_same_failures);
    tcase_add_loop_test(all, test_two_checkouts_have_the_same_causes, 0,
                        sizeof portable / sizeof *portable);
    tcase_add_test(all, test_interrupted_and_resumed_is_the_whole);
    tcase_add_test(all, test_killed_and_resumed_is_the_whole);
    tcase_add_test(all, test_killed_before_a_range_has_ended_is_said);
    tcase_add_loop_test(all, test_ended_while_it_learns_or_later_is_no_failure, 0, 4);
    tcase_add_test(all, test_processes_share_a_folder);
    tcase_add_test(all, test_another_campaign_is_refused);
    tcase_add_test(all, test_what_cannot_begin_says_why);
    tcase_add_test(all, test_what_needs_a_campaign_says_so);
    tcase_add_test(all, test_a_program_has_campaigns_too);
}

/* SPDX-License-Identifier: MIT
 *
 * check_explore_exhaustive.c - strategies that try all: how many schedules there are, what may be
 * said when all have been run, and that what can fail never holds.
 */
#include "bench_fixture.h"

/* ---- dpor ---- */

/* As published, or in closed form; of correct programs and, going on, of those that fail. */
static const struct {
    const char *test;
    unsigned traces;
    int fails;
} counted[] = {
    {"lost_update.py::test_lost_update_1", 4, 1},   {"lost_update.py::test_lost_update_2", 34, 1},
    {"lost_update.py::test_lost_update_3", 328, 1}, {"account.py::test_account", 6, 1},
    {"account.py::test_account_fixed", 6, 0},       {"lazy01.py::test_lazy01", 6, 1},
    {"lazy01.py::test_lazy01_fixed", 6, 0},         {"deadlock01.py::test_deadlock01", 3, 1},
    {"deadlock01.py::test_deadlock01_fixed", 2, 0}, {"carter01.py::test_carter01", 4, 1},
    {"carter01.py::test_carter01_fixed", 2, 0},     {"stringbuffer.py::test_stringbuffer", 6, 1},
    {"reorder.py::test_reorder_3_fixed", 6, 0},
};

START_TEST(test_as_many_traces_as_there_are)
{
    char claim[64];
    int status = spillway("explore --strategy dpor --continue %s/%s", bench, counted[_i].test);

    snprintf(claim, sizeof claim, "all %u traces,", counted[_i].traces);
    ASSERT_SAYS("out", claim);
    ck_assert_int_eq(status, counted[_i].fails);
}
END_TEST

/* What stands around them in a file is done before the first thread begins, and adds none. */
START_TEST(test_a_whole_program_has_as_many)
{
    static const unsigned traces[] = {4, 34, 328};
    char claim[64];

    write_file("rounds.py", "import sys, threading\n"
                            "class Shared: x = 0\n"
                            "def add(s, n):\n"
                            "    for i in range(n):\n"
                            "        s.x = s.x + 1\n"
                            "if __name__ == '__main__':\n"
                            "    n = int(open('n').read())\n"
                            "    s = Shared()\n"
                            "    s.x = 0\n"
                            "    threads = [threading.Thread(target=add, args=(s, n))\n"
                            "               for i in range(2)]\n"
                            "    for t in threads: t.start()\n"
                            "    for t in threads: t.join()\n"
                            "    if s.x != 2 * n: sys.exit('%d of %d' % (s.x, 2 * n))\n");
    ck_assert_int_eq(shell("echo %d >n", _i + 1), 0);
    ck_assert_int_eq(spillway("explore --strategy dpor --continue rounds.py::__main__"), 1);
    snprintf(claim, sizeof claim, "all %u traces", traces[_i]);
    ASSERT_SAYS("out", claim);
    ck_assert_int_eq(spillway("explore --strategy dpor rounds.py::__main__"), 1);
    ck_assert_int_eq(spillway("replay rounds-__main__.sched"), 0);
    ASSERT_SAYS("err", " of ");
}
END_TEST

START_TEST(test_abba_in_three_executions)
{
    ck_assert_int_eq(spillway("explore --strategy dpor --continue %s/abba.py::test_abba", bench),
                     1);
    ASSERT_SAYS("out", "all 3 traces,");
    ASSERT_SAYS("out", "1 of 3 schedules");
    ASSERT_SAYS("out", "kind: deadlock\n");
    ASSERT_SAYS("out", "because: T1 waits for lock#");
}
END_TEST

START_TEST(test_what_is_taken_for_independent_is_told)
{
    ck_assert_int_eq(
        spillway("explore --strategy dpor --why-all %s/account.py::test_account_fixed", bench), 0);
    ASSERT_SAYS("out", "why all: what each thread does in the default schedule\n"
                       "  dependent, both orders were run:\n"
                       "    lock#");
    ASSERT_SAYS("out",
                "\n    State.balance: T2 reads and writes (account.py:17), T3 reads and writes "
                "(account.py:23)\n"
                "  independent, one order stands for both:\n"
                "    State.withdrawn: T3 writes (account.py:24)\n");
    ck_assert_int_eq(spillway("explore --why-all %s/account.py::test_account_fixed", bench), 2);
    ASSERT_SAYS("err", "--why-all is about what --strategy dpor takes for independent\n");
}
END_TEST

START_TEST(test_what_it_finds_is_there_to_be_replayed)
{
    ck_assert_int_eq(
        spillway("explore --strategy dpor %s/lost_update.py::test_lost_update_2", bench), 1);
    ck_assert_int_eq(spillway("replay lost_update-test_lost_update_2.sched"), 0);
    ASSERT_SAYS("err", "as recorded");
}
END_TEST

START_TEST(test_a_limit_is_no_proof)
{
    ck_assert_int_eq(
        spillway("explore --strategy dpor --schedules 3 %s/account.py::test_account_fixed", bench),
        3);
    ASSERT_SAYS("out", "UNSURE");
    ASSERT_SAYS("out", "there are more than 3");
}
END_TEST

START_TEST(test_nor_is_a_program_that_is_not_the_same_each_time)
{
    write_file("moody.py", "import threading\n"
                           "class State: pass\n"
                           "def test_it():\n"
                           "    times = int(open('times').read()) + 1\n"
                           "    open('times', 'w').write(str(times))\n"
                           "    s = State(); s.x = 0\n"
                           "    def body():\n"
                           "        for _ in range(1 + times % 2): s.x += 1\n"
                           "    threads = [threading.Thread(target=body) for _ in range(2)]\n"
                           "    for t in threads: t.start()\n"
                           "    for t in threads: t.join()\n");
    write_file("times", "0"); /* what is outside of the process is not put back */
    ck_assert_int_eq(spillway("explore --strategy dpor moody.py::test_it"), 3);
    ASSERT_SAYS("out", "the program is not the same each time");
}
END_TEST

/* All orders of the operations pass; the time-out that comes before them does not. */
START_TEST(test_nor_is_an_early_time_out)
{
    write_file("early.py", "import threading\n"
                           "def test_it():\n"
                           "    lock, got = threading.Lock(), [1]\n"
                           "    lock.acquire()\n"
                           "    def body(): got[0] = lock.acquire(timeout=1)\n"
                           "    t = threading.Thread(target=body)\n"
                           "    t.start()\n"
                           "    lock.release()\n"
                           "    t.join()\n"
                           "    assert got[0]\n");
    ck_assert_int_eq(spillway("explore --strategy dpor early.py::test_it"), 0);
    ck_assert_int_eq(spillway("explore --strategy dpor --early 1 early.py::test_it"), 3);
    ASSERT_SAYS("out", "it decides which time-out comes early, too, and dpor tries the default");
    ck_assert_int_eq(spillway("explore --strategy preemptions:1 --early 1 early.py::test_it"), 1);
}
END_TEST

START_TEST(test_nor_is_what_starts_a_process)
{
    write_file("starts.py", "import subprocess\n"
                            "def test_it(): subprocess.check_call(['/bin/true'])\n");
    ck_assert_int_eq(spillway("explore --strategy dpor starts.py::test_it"), 3);
    ASSERT_SAYS("out", "UNSURE");
    ASSERT_SAYS("out", "not controlled");
}
END_TEST

/* What the tracer must not overlook: each is a race that one of all schedules loses. */
static const char *const races[] = {
    /* a list, by methods, by length, by iteration, by truth */
    "x = []\ndef one(): x.append(1)\ndef other():\n    if len(x) == 0: x.append(2)\n"
    "def check(): assert len(x) == 1\n",
    "x = [0]\ndef one(): x[0] += 1\ndef other(): x[0] += 1\ndef check(): assert x == [2]\n",
    "x = [1]\ndef one(): x.clear()\ndef other(): y.extend(i for i in x)\ny = []\n"
    "def check(): assert y == []\n",
    "x = [1]\ndef one():\n    if x: x.pop()\none_ = one\ndef other():\n    if x: x.pop()\n"
    "def check(): assert x == []\n",
    /* a dict, a set, a deque, by keys */
    "x = {}\ndef one(): x['a'] = x.get('a', 0) + 1\nother = one\ndef check(): assert x['a'] == 2\n",
    "x = {'a': 0}\ndef one(): x['a'] += 1\nother = one\ndef check(): assert x['a'] == 2\n",
    "x = set()\ny = []\ndef one():\n    if 1 not in x:\n        x.add(1); y.append(1)\nother = "
    "one\n"
    "def check(): assert y == [1]\n",
    "import collections\nx = collections.deque([1])\ny = []\ndef one():\n    if x: y.append(x[0])\n"
    "    if x: x.popleft()\nother = one\ndef check(): assert y == [1]\n",
    /* a global, an attribute by name, a class's, a closure's */
    "x = 0\ndef one():\n    global x\n    x += 1\nother = one\ndef check(): assert x == 2\n",
    "class S: pass\ns = S()\ns.x = 0\ndef one(): setattr(s, 'x', getattr(s, 'x') + 1)\nother = "
    "one\n"
    "def check(): assert s.x == 2\n",
    "class S: x = 0\ndef one(): S.x += 1\nother = one\ndef check(): assert S.x == 2\n",
    "def make():\n    x = 0\n    def one():\n        nonlocal x\n        x += 1\n"
    "    def check(): assert x == 2\n    return one, check\none, check = make()\nother = one\n",
    "def one(): globals()['x'] = globals()['x'] + 1\nx = 0\nother = one\ndef check(): assert x == "
    "2\n",
    /* what C code keeps */
    "import itertools\nx = itertools.count()\ny = []\ndef one(): y.append(next(x))\n"
    "def other(): y.append(next(x) + 10)\ndef check(): assert y == [0, 11]\n",
    "import queue\nx = queue.SimpleQueue()\nx.put(1)\ny = []\ndef one():\n"
    "    if not x.empty():\n        y.append(1)\n        x.get()\nother = one\n"
    "def check(): assert y == [1]\n",
    "import queue\nx = queue.Queue()\nx.put(1)\ny = []\ndef one():\n    if not x.empty():\n"
    "        y.append(1)\n        x.get()\nother = one\ndef check(): assert y == [1]\n",
    "x = bytearray(1)\ndef one(): x[0] += 1\nother = one\ndef check(): assert x[0] == 2\n",
    /* a lock that is tried, or waited for only so long */
    "import threading\nm = threading.Lock()\ny = []\ndef one():\n    if m.acquire(False):\n"
    "        y.append(1); m.release()\nother = one\ndef check(): assert len(y) == 2\n",
    "import threading\nm = threading.Lock()\ny = []\ndef one():\n    if not m.locked():\n"
    "        with m: y.append(1)\ndef other():\n    with m: y.append(2)\n"
    "def check(): assert len(y) == 2\n",
};
enum { RACE_COUNT = sizeof races / sizeof *races };

static const char around[] = "import threading\n"
                             "%s\n"
                             "def test_it():\n"
                             "    namespace = {}\n"
                             "    exec(compile(SOURCE, __file__, 'exec'), namespace)\n"
                             "    threads = [threading.Thread(target=namespace[name])\n"
                             "               for name in ('one', 'other')]\n"
                             "    for t in threads: t.start()\n"
                             "    for t in threads: t.join()\n"
                             "    namespace['check']()\n";

START_TEST(test_no_race_is_overlooked)
{
    char source[4096], text[8192];

    snprintf(source, sizeof source, "SOURCE = '''%s'''", races[_i]);
    snprintf(text, sizeof text, around, source);
    write_file("race.py", text);
    int status = spillway("explore --strategy dpor race.py::test_it");
    ck_assert_msg(status == 1, "exit %d: %s\n%s", status, content("out"), races[_i]);
}
END_TEST

/* ---- bounds ---- */

START_TEST(test_the_first_failure_is_one_of_the_least)
{
    ck_assert_int_eq(
        spillway("explore --strategy preemptions:2 %s/account.py::test_account", bench), 1);
    ASSERT_SAYS("out", "none with less fails");
    ck_assert_int_eq(spillway("replay account-test_account.sched"), 0);
    ASSERT_SAYS("err", "as recorded");
}
END_TEST

START_TEST(test_all_within_the_bound)
{
    ck_assert_int_eq(
        spillway("explore --strategy preemptions:1 %s/account.py::test_account_fixed", bench), 0);
    ASSERT_SAYS("out", "with at most 1 preemption (1 + ");
}
END_TEST

START_TEST(test_there_are_no_others)
{
    write_file("alone.py", "def test_it(): pass\n");
    ck_assert_int_eq(spillway("explore --strategy delays:2 alone.py::test_it"), 0);
    ASSERT_SAYS("out", "all 1 schedule with at most 2 delays (1 + 0 + 0), and there are no others");
}
END_TEST

START_TEST(test_a_finer_grain_needs_fewer)
{
    ck_assert_int_eq(spillway("explore --grain access --strategy preemptions:1 "
                              "%s/lost_update.py::test_lost_update_1",
                              bench),
                     1);
    ck_assert_int_eq(
        spillway("explore --strategy preemptions:2 %s/lost_update.py::test_lost_update_1", bench),
        0);
}
END_TEST

START_TEST(test_what_is_refused)
{
    ck_assert_int_eq(spillway("explore --strategy preemptions:17 %s/abba.py::test_abba", bench), 2);
    ck_assert_int_eq(
        spillway("explore --strategy dpor --interp /usr/bin/pypy3 %s/abba.py::test_abba", bench),
        2);
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *dpor = tcase_create("dpor"), *bounds = tcase_create("bounds"), *cases[] = {dpor, bounds};

    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        tcase_add_checked_fixture(cases[i], setup_bench, teardown);
        tcase_set_timeout(cases[i], 120);
        tcase_set_tags(cases[i], "no-memcheck");
        suite_add_tcase(suite, cases[i]);
    }
    tcase_add_loop_test(dpor, test_as_many_traces_as_there_are, 0,
                        (int)(sizeof counted / sizeof *counted));
    tcase_add_loop_test(dpor, test_a_whole_program_has_as_many, 0, 3);
    tcase_add_test(dpor, test_abba_in_three_executions);
    tcase_add_test(dpor, test_what_is_taken_for_independent_is_told);
    tcase_add_test(dpor, test_what_it_finds_is_there_to_be_replayed);
    tcase_add_test(dpor, test_a_limit_is_no_proof);
    tcase_add_test(dpor, test_nor_is_a_program_that_is_not_the_same_each_time);
    tcase_add_test(dpor, test_nor_is_an_early_time_out);
    tcase_add_test(dpor, test_nor_is_what_starts_a_process);
    tcase_add_loop_test(dpor, test_no_race_is_overlooked, 0, RACE_COUNT);
    tcase_add_test(bounds, test_the_first_failure_is_one_of_the_least);
    tcase_add_test(bounds, test_all_within_the_bound);
    tcase_add_test(bounds, test_there_are_no_others);
    tcase_add_test(bounds, test_a_finer_grain_needs_fewer);
    tcase_add_test(bounds, test_what_is_refused);
}

/* SPDX-License-Identifier: MIT
 *
 * check_explained.c - the text that explains a failure: the schedule that passes beside it, points
 * that only cold code has, and what is said where accesses cannot be seen.
 */
#include "harness/tests/control_fixture.h"

static const char bank_py[] = "import threading\n"
                              "class Account:\n"
                              "    def __init__(self): self.balance = 100\n"
                              "    def has(self, amount): return self.balance >= amount\n"
                              "    def take(self, amount): self.balance -= amount\n"
                              "def test_bank():\n"
                              "    account = Account()\n"
                              "    def withdraw():\n"
                              "        if account.has(70): account.take(70)\n"
                              "    threads = [threading.Thread(target=withdraw) for _ in 'ab']\n"
                              "    for t in threads: t.start()\n"
                              "    for t in threads: t.join()\n"
                              "    assert account.balance >= 0\n";

static void setup_bank(void)
{
    setup();
    write_file("bank.py", bank_py);
    ck_assert_int_eq(spillway("explore --grain access -o bank.sched bank.py::test_bank"), 1);
}

/* What makes the other one pass is there: the second thread has seen 30. */
START_TEST(test_what_passes_stands_beside)
{
    ck_assert_int_eq(spillway("replay --explain bank.sched"), 0);
    ASSERT_SAYS("err", "\nbeside it, the default schedule, which passes:\n"
                       "  step  fails                                   step  passes\n");
    const char *beside = strstr(content("err"), "\nbeside it");
    ck_assert_msg(strstr(beside, "writes Account.balance: 30 -> -40") != NULL, "%s", beside);
    ck_assert_msg(strstr(beside, "  T2 reads Account.balance: 30\n") != NULL, "%s", beside);
    ck_assert_msg(strstr(beside, " \n") == NULL, "%s", beside);
    ck_assert_int_eq(spillway("replay bank.sched"), 0);
    ck_assert_ptr_null(strstr(content("err"), "beside it"));
    ck_assert_int_eq(spillway("explore --explain -o again.sched bank.py::test_bank"), 1);
    ASSERT_SAYS("out", "beside it, the default schedule, which passes:\n");
}
END_TEST

START_TEST(test_what_always_fails_has_nothing_beside)
{
    write_file("bad.py", "import threading\n"
                         "def test_bad():\n"
                         "    seen = []\n"
                         "    t = threading.Thread(target=lambda: seen.append(1))\n"
                         "    t.start()\n"
                         "    t.join()\n"
                         "    assert seen == [2]\n");
    ck_assert_int_eq(spillway("explore -o bad.sched bad.py::test_bad"), 1);
    ck_assert_int_eq(spillway("replay --explain bad.sched"), 0);
    ASSERT_SAYS("err", "beside it: nothing; the default schedule and 8 random ones fail, too\n");
}
END_TEST

/* ---- chance ---- */

/* Nobody has to look for two threads: with the same choices it passes with other random numbers, or
 * with objects that lie otherwise. */
static const struct {
    const char *source, *kind, *because;
} of_chance[] = {
    {"import random\n"
     "def test_it(): assert random.getrandbits(1) == 0\n",
     "random numbers", "fails with the random numbers of chance "},
    {"import random, threading\n"
     "def test_it():\n"
     "    drawn = []\n"
     "    ts = [threading.Thread(target=lambda: drawn.append(random.getrandbits(1))) for _ in "
     "'ab']\n"
     "    for t in ts: t.start()\n"
     "    for t in ts: t.join()\n"
     "    assert drawn != [1, 1]\n",
     "random numbers", "fails with the random numbers of chance "},
    {"class One: pass\n"
     "def test_it():\n"
     "    many = [One() for _ in range(4)]\n"
     "    assert many.index(set(many).pop()) % 2 == 0\n",
     "order of addresses", "fails with objects that lie as in layout "},
};

START_TEST(test_what_chance_decides_is_called_so)
{
    write_file("chance.py", of_chance[_i].source);
    ck_assert_int_eq(spillway("explore -o a.sched chance.py::test_it"), 1);
    ck_assert_msg(strstr(content("out"), of_chance[_i].kind) != NULL, "%s", content("out"));
    ASSERT_SAYS("out", of_chance[_i].because);
    ASSERT_SAYS("out", ", and passes ");
    ck_assert_int_eq(spillway("replay --explain a.sched"), 0);
    ASSERT_SAYS("err", of_chance[_i].because);
    if (strstr(of_chance[_i].source, "Thread") != NULL)
        return; /* why follows what they share */
    ck_assert_int_eq(spillway("why a.sched"), 3);
    ASSERT_SAYS("err", of_chance[_i].because);
}
END_TEST

/* Both have to be so: then it is not said that one of them decides. */
START_TEST(test_what_needs_a_schedule_too_is_not_chance)
{
    shell("cp %s/../../fuzz/tests/shuffled_batches.py .", programs);
    ck_assert_int_eq(spillway("explore -o a.sched shuffled_batches.py::test_both"), 1);
    ck_assert_ptr_null(strstr(content("out"), "kind: random numbers"));
    ck_assert_ptr_null(strstr(content("out"), "of chance 1, and"));
}
END_TEST

/* Of another interpreter, and of a program, in one line; of a deadlock, which needs no accesses, where
 * all is asked for. */
/* The one way to lose an update is behind a call, where only cold code looks: warmed, all pass. */
static void write_add(const char *name, const char *call, const char *warm_up)
{
    char text[1024];

    snprintf(text, sizeof text,
             "import threading\n"
             "count, items = [0], []\n"
             "def add():\n"
             "    seen = count[0]\n"
             "    %s\n"
             "    count[0] = seen + 1\n"
             "%s"
             "def test_add():\n"
             "    count[0] = 0\n"
             "    threads = [threading.Thread(target=add) for _ in 'ab']\n"
             "    for t in threads: t.start()\n"
             "    for t in threads: t.join()\n"
             "    assert count[0] == 2\n",
             call, warm_up);
    write_file(name, text);
}

START_TEST(test_a_point_that_only_cold_code_has_is_called_so)
{
    static const char *const calls[] = {"items.append(seen)", "x = len(items)", "x = type(seen)",
                                        "x = isinstance(seen, int)"};
    static const char said[] = "       cold: only cold code has the preemption point of step ";

    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        write_add("cold.py", calls[i], "");
        write_add("warm.py", calls[i], "for _ in range(50): add()\n");
        ck_assert_int_eq(spillway("explore --strategy preemptions:1 cold.py::test_add"), 1);
        ASSERT_SAYS("out", said);
        ASSERT_SAYS("out", ", behind a call in cold.py:5; where ");
        ck_assert_int_eq(spillway("explore --strategy preemptions:1 warm.py::test_add"), 0);
        ASSERT_SAYS("out", "(all ");
    }
    write_add("any.py", "x = int('1')", "");
    ck_assert_int_eq(spillway("explore --strategy preemptions:1 any.py::test_add"), 1);
    ck_assert_ptr_null(strstr(content("out"), "cold: "));
}
END_TEST

/* The program sees that somebody looks, and decides more often then: behind what has failed. */
START_TEST(test_what_looks_is_another_run_but_fails_as_well)
{
    write_file("tail.py", "import sys, threading\n"
                          "count = [0]\n"
                          "def add():\n"
                          "    seen = count[0]\n"
                          "    str(seen)\n"
                          "    count[0] = seen + 1\n"
                          "def tail():\n"
                          "    for _ in range(30 if sys.gettrace() is None else 40): str(count)\n"
                          "def run(body):\n"
                          "    threads = [threading.Thread(target=body) for _ in 'ab']\n"
                          "    for t in threads: t.start()\n"
                          "    for t in threads: t.join()\n"
                          "def test_tail():\n"
                          "    count[0] = 0\n"
                          "    run(add)\n"
                          "    run(tail)\n"
                          "    assert count[0] == 2\n");
    ck_assert_int_eq(spillway("explore -o tail.sched tail.py::test_tail"), 1);
    ASSERT_SAYS("out", "kind: lost update, of ");
    ASSERT_SAYS("out",
                "note: accesses and values are those of a run that looks at them, which fails "
                "as well, and is another one");
    ck_assert_int_eq(spillway("show tail.sched"), 0);
    ASSERT_SAYS("out",
                "accesses and values are those of a run that looks at them, which fails as well");
}
END_TEST

/* When a run that is looked at ends, a daemon may still wait for its time. */
START_TEST(test_a_daemon_that_waits_for_later_does_not_keep_it)
{
    write_file("later.py", "import threading\n"
                           "def test_later():\n"
                           "    later = threading.Timer(3600, int)\n"
                           "    later.daemon = True\n"
                           "    later.start()\n"
                           "    assert 0\n");
    ck_assert_int_eq(spillway("explore --watchdog 20 -o later.sched later.py::test_later"), 1);
    ASSERT_SAYS("out", "kind: not known\n");
    ck_assert_ptr_null(strstr(content("out"), "not explained"));
}
END_TEST

START_TEST(test_what_cannot_be_seen_is_said)
{
    static const char note[] = "note: reads and writes are not seen here: that takes a test, "
                               "FILE.py::NAME, on CPython 3.11\n";

    write_file("dead.py", "import threading\n"
                          "lock = threading.Lock()\n"
                          "lock.acquire()\n"
                          "def test_dead(): lock.acquire()\n"
                          "if __name__ == '__main__': test_dead()\n");
    ck_assert_int_eq(spillway("explore -o dead.sched dead.py"), 1);
    ck_assert_int_eq(spillway("replay dead.sched"), 0);
    ck_assert_ptr_null(strstr(content("err"), "note: "));
    ck_assert_int_eq(spillway("replay --explain dead.sched"), 0);
    ASSERT_SAYS("err", note);
    write_file("fails.py", "import threading\n"
                           "def test_it():\n"
                           "    t = threading.Thread(target=int)\n"
                           "    t.start()\n"
                           "    t.join()\n"
                           "    assert 0\n"
                           "def test_alone(): assert 0\n"
                           "if __name__ == '__main__': test_it()\n");
    ck_assert_int_eq(spillway("explore -o fails.sched fails.py"), 1);
    ASSERT_SAYS("out", note);
    /* With one thread there is nothing to be seen. */
    ck_assert_int_eq(spillway("explore -o alone.sched fails.py::test_alone"), 1);
    ASSERT_SAYS("out", "kind: not known\n");
    ck_assert_ptr_null(strstr(content("out"), "note: "));
    if (access("/usr/bin/pypy3", X_OK) == 0) {
        ck_assert_int_eq(spillway("explore -i /usr/bin/pypy3 -o pypy.sched fails.py::test_it"), 1);
        ASSERT_SAYS("out", note);
    }
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *all = tcase_create("all");

    tcase_add_checked_fixture(all, setup_bank, teardown);
    tcase_add_test(all, test_what_passes_stands_beside);
    tcase_add_test(all, test_what_always_fails_has_nothing_beside);
    tcase_add_test(all, test_a_point_that_only_cold_code_has_is_called_so);
    tcase_add_test(all, test_what_looks_is_another_run_but_fails_as_well);
    tcase_add_test(all, test_a_daemon_that_waits_for_later_does_not_keep_it);
    tcase_add_test(all, test_what_cannot_be_seen_is_said);
    tcase_add_loop_test(all, test_what_chance_decides_is_called_so, 0,
                        sizeof of_chance / sizeof *of_chance);
    tcase_add_test(all, test_what_needs_a_schedule_too_is_not_chance);
    tcase_set_timeout(all, 120);
    tcase_set_tags(all, "no-memcheck"); /* it mostly starts other programs */
    suite_add_tcase(suite, all);
}

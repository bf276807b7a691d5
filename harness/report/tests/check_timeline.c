/* SPDX-License-Identifier: MIT
 *
 * check_timeline.c - what a run's timeline has: threads, decisions, waits, locks and their partners.
 */
#include "harness/tests/control_fixture.h"

static void record_two_threads(void)
{
    write_file("p.py", "import threading\n"
                       "lock = threading.Lock()\n"
                       "def work():\n"
                       "    with lock:\n"
                       "        pass\n"
                       "lock.acquire()\n"
                       "thread = threading.Thread(target=work)\n"
                       "thread.start()\n"
                       "lock.release()\n"
                       "thread.join()\n");
    ck_assert_int_eq(spillway("record --seed 3 -o p.sched -- p.py"), 0);
    ck_assert_int_eq(spillway("replay p.sched --timeline t.json"), 0);
}

START_TEST(test_the_run_is_the_recorded_one)
{
    record_two_threads();
    ASSERT_SAYS("t.json", "{\"is\":\"run\",");
    ASSERT_SAYS("t.json", "\"outcome\":\"exit 0\",\"same\":true");
}
END_TEST

START_TEST(test_threads_have_makers_and_lines)
{
    record_two_threads();
    ASSERT_SAYS("t.json", "{\"is\":\"thread\",\"thread\":1,\"maker\":0}");
    ck_assert_int_eq(shell("grep '\"kind\":\"spawn\",\"thread\":0,\"other\":1' t.json | "
                           "grep -q '\"line\":8,'"),
                     0);
    ck_assert_int_eq(shell("grep '\"kind\":\"end\",\"thread\":1' t.json >/dev/null"), 0);
}
END_TEST

/* The lock that the main thread gives back is the one that the other takes next. */
START_TEST(test_an_unlock_has_the_lock_that_follows_as_its_partner)
{
    record_two_threads();
    ck_assert_int_eq(
        shell("n=$(grep '\"kind\":\"unlock\",\"thread\":0' t.json | grep '\"line\":9,' | "
              "sed 's/.*\"partner\":\\([0-9]*\\).*/\\1/'); "
              "grep \"\\\"number\\\":$n,\" t.json | grep '\"kind\":\"lock\",\"thread\":1' | "
              "grep -q '\"line\":4,'"),
        0);
}
END_TEST

/* At grain "call" too, and the run under the tracer is the found one in all of its decisions: also
 * where the interpreter has specialised a call, and looks no more whether to switch behind it. */
START_TEST(test_accesses_have_values)
{
    write_file("test_a.py", "import threading\n"
                            "class Account:\n"
                            "    balance = 100\n"
                            "    def has(self, amount):\n"
                            "        return self.balance >= amount\n"
                            "    def take(self, amount):\n"
                            "        self.balance -= amount\n"
                            "def withdraw(account):\n"
                            "    for _ in range(20):\n"
                            "        len([])\n"
                            "    if account.has(70):\n"
                            "        account.take(70)\n"
                            "def test_it():\n"
                            "    account = Account()\n"
                            "    threads = [threading.Thread(target=withdraw, args=(account,))\n"
                            "               for _ in range(2)]\n"
                            "    for thread in threads: thread.start()\n"
                            "    for thread in threads: thread.join()\n"
                            "    assert account.balance >= 0, account.balance\n");
    ck_assert_int_eq(spillway("explore test_a.py::test_it"), 1);
    ck_assert_int_eq(spillway("replay test_a-test_it.sched --timeline t.json"), 0);
    ASSERT_SAYS("t.json", "\"same\":true,\"accesses\":true}");
    ASSERT_SAYS("t.json", "\"line\":7,\"function\":\"Account.take\",\"text\":\"Account.balance\","
                          "\"before\":\"30\",\"after\":\"-40\"}");
    ASSERT_SAYS("t.json", "\"kind\":\"exception\",\"thread\":0,");
    ASSERT_SAYS("t.json", "\"text\":\"AssertionError: -40\"");
    ck_assert_int_eq(spillway("explore --grain access test_a.py::test_it"), 1);
    ck_assert_int_eq(spillway("replay test_a-test_it.sched --timeline t.json"), 0);
    ASSERT_SAYS("t.json", "\"same\":true,\"accesses\":true}");
}
END_TEST

START_TEST(test_a_deadlock_is_the_last_entry)
{
    write_file("d.py", "import threading\n"
                       "lock = threading.Lock()\n"
                       "lock.acquire()\n"
                       "threading.Thread(target=lock.acquire).start()\n"
                       "lock.acquire()\n");
    ck_assert_int_eq(spillway("record -o d.sched -- d.py"), 1);
    ck_assert_int_eq(spillway("replay d.sched --timeline t.json"), 0);
    ck_assert_int_eq(shell("grep '\"kind\":\"block\",\"thread\":0' t.json | grep '\"line\":5,' | "
                           "grep -q 'waits for lock#'"),
                     0);
    ck_assert_int_eq(shell("tail -n 1 t.json | grep '\"kind\":\"failure\"' | "
                           "grep -q '\"text\":\"deadlock T'"),
                     0);
}
END_TEST

START_TEST(test_a_file_that_cannot_be_written_is_an_error)
{
    record_two_threads();
    ck_assert_int_eq(spillway("replay p.sched --timeline no/t.json"), 2);
    ASSERT_SAYS("err", "no/t.json: cannot be written: No such file or directory");
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *tests = tcase_create("timeline");

    tcase_set_timeout(tests, 600);
    tcase_set_tags(tests, "no-memcheck"); /* it only starts other programs */
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, test_the_run_is_the_recorded_one);
    tcase_add_test(tests, test_threads_have_makers_and_lines);
    tcase_add_test(tests, test_an_unlock_has_the_lock_that_follows_as_its_partner);
    tcase_add_test(tests, test_accesses_have_values);
    tcase_add_test(tests, test_a_deadlock_is_the_last_entry);
    tcase_add_test(tests, test_a_file_that_cannot_be_written_is_an_error);
    suite_add_tcase(suite, tests);
}

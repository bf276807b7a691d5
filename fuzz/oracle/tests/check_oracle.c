/* SPDX-License-Identifier: MIT
 *
 * check_oracle.c - dpor-oracle: its programs, and that it sees certificates which are false.
 */
#include "harness/tests/control_fixture.h"

static char sources[PATH_MAX + 64];

static void setup_oracle(void)
{
    char repository[PATH_MAX];

    ck_assert_ptr_nonnull(getcwd(repository, sizeof repository));
    snprintf(sources, sizeof sources, "%s/fuzz/oracle/tests", repository);
    setup();
}

START_TEST(test_the_grammar_has_every_opcode_that_can_touch_what_threads_share)
{
    ck_assert_int_eq(shell("%s/dpor-oracle --grammar >all.py", binaries), 0);
    ck_assert_int_eq(shell("/usr/bin/python3.11 %s/opcodes.py all.py >out", sources), 0);
    ASSERT_SAYS("out", " 0 are missing");
}
END_TEST

START_TEST(test_equal_seeds_make_equal_programs)
{
    ck_assert_int_eq(shell("%s/dpor-oracle --show -n 50 -s 7 >one.py", binaries), 0);
    ck_assert_int_eq(shell("%s/dpor-oracle --show -n 50 -s 7 >two.py", binaries), 0);
    ck_assert_int_eq(shell("cmp -s one.py two.py"), 0);
    ck_assert_int_eq(shell("%s/dpor-oracle --show -n 50 -s 8 >two.py", binaries), 0);
    ck_assert_int_ne(shell("cmp -s one.py two.py"), 0);
}
END_TEST

START_TEST(test_wrong_use_is_one_message)
{
    ck_assert_int_eq(shell("%s/dpor-oracle -n many 2>err", binaries), 2);
    ASSERT_SAYS("err", "dpor-oracle: ");
    ck_assert_int_eq(shell("%s/dpor-oracle -i /nowhere -n 1 2>err", binaries), 2);
    ASSERT_SAYS("err", "dpor-oracle: ");
}
END_TEST

/* ---- is it true? ---- */

/* Of those that have more classes than are run here, what was run is compared.  They are most: what is
 * done to a dict that is somebody's attributes depends on everything, and so has many. */
START_TEST(test_no_certificate_is_false)
{
    int agree = 0;

    ck_assert_msg(shell("%s/dpor-oracle -n 40 -m 150 -c 1 -q >out 2>err", binaries) == 0, "%s%s",
                  content("out"), content("err"));
    ASSERT_SAYS("out", "40 programs, seeds 1 to 40:");
    ASSERT_SAYS("out", " 0 false, 0 fewer, 0 more,");
    ck_assert_int_eq(sscanf(content("out"), "40 programs, seeds 1 to 40: %d agrees", &agree), 1);
    ck_assert_msg(2 * agree >= 40, "it decides too few: %s", content("out"));
}
END_TEST

/* Two namespaces of class bodies and one of type(), one after the other in the same memory: with
 * one name for both there were fewer traces than classes. */
START_TEST(test_memory_that_is_used_again_is_another_object)
{
    write_file("bodies.py", "import threading\n"
                            "def first(o):\n"
                            "    class Body:\n"
                            "        x: int = o[0]\n"
                            "        o.append(x)\n"
                            "        del x\n"
                            "def second(o, type=type):\n"
                            "    return type('Made', (), {'x': o[0]}).x\n"
                            "def third(o):\n"
                            "    o.append(3)\n"
                            "def outcome():\n"
                            "    o = [0]\n"
                            "    threads = [threading.Thread(target=body, args=(o,))\n"
                            "               for body in (first, second, third)]\n"
                            "    for thread in threads: thread.start()\n"
                            "    for thread in threads: thread.join()\n"
                            "    return repr(o)\n");
    shell("%s/dpor-oracle --cold -m 700 -c 0 bodies.py >out 2>err", binaries);
    ASSERT_SAYS("out", "agrees    bodies.py: 9 traces,");
    ASSERT_SAYS("out", " of 9 classes,");
}
END_TEST

/* Programs that showed what of the tracer was wrong, one of each kind.  All run in one process, which
 * has thousands of modules in its time: what the tracer keeps of each of them goes with it, or else
 * it knows nothing any more at the end. */
START_TEST(test_what_was_false_once)
{
    ck_assert_int_eq(
        shell("%s/dpor-oracle -m 700 -c 0 %s/once_false/*.py >out 2>err", binaries, sources), 0);
    ASSERT_SAYS("out", "71 programs: 56 agrees, 0 false, 0 fewer, 0 more, 15 unsure, 0 undecided;");
}
END_TEST

/* What is looked at changes without an operation: the last reference goes away, a thread comes to its
 * next line. */
static const char *const unsaid[] = {
    "o = [object()]|kept = o[0], o[0]|seen[0] = sys.getrefcount(o[0])",
    "o = []|o.append(sys._getframe()); own = 1|seen[0] = o and o[0].f_locals",
    "o = [One()]; o.append(weakref.proxy(o[0]))|one = o[0]|seen[0] = o[1].x",
    "o = [One()]; o.append(weakref.KeyedRef(o[0], None, 1))|one = o[0]|seen[0] = o[1]()",
};

START_TEST(test_what_no_operation_says_is_no_certificate)
{
    char parts[256], *rest = parts;

    snprintf(parts, sizeof parts, "%s", unsaid[_i]);
    const char *make = strsep(&rest, "|"), *write = strsep(&rest, "|");
    char text[1024];
    snprintf(text, sizeof text,
             "import sys, threading, weakref\n"
             "class One: x = 1\n"
             "def write(o): %s\n"
             "def read(o, seen): %s\n"
             "def test():\n"
             "    seen = [None]\n"
             "    %s\n"
             "    threads = [threading.Thread(target=write, args=(o,)),\n"
             "               threading.Thread(target=read, args=(o, seen))]\n"
             "    for thread in threads: thread.start()\n"
             "    for thread in threads: thread.join()\n",
             write, rest, make);
    write_file("mine.py", text);
    shell("%s/spillway explore --strategy dpor mine.py::test >out 2>err", binaries);
    ASSERT_SAYS("out", "UNSURE ");
    ASSERT_SAYS("out", " and no operation says so)");
}
END_TEST

/* The first schedule fills what an abstract class knows of its subclasses; the next one has fewer
 * operations, unless it begins where the first one did. */
START_TEST(test_what_a_warm_process_keeps_is_not_the_programs)
{
    ck_assert_int_eq(
        shell("%s/dpor-oracle -k 'kinds of dict' -s 14 -n 1 -m 40 -c 0 -q >out 2>err", binaries),
        0);
    ASSERT_SAYS("out", " 0 unsure,");
}
END_TEST

/* ---- kinds of programs ---- */

static const char *const kinds[] = {
    "-k slots -l",          "-k lock",
    "-k 'tried lock'",      "--cold -k 'condition that is waited for'",
    "-k attribute -j list", "-k attribute -j tuple",
    "-k attribute -j set"};

START_TEST(test_a_kind_has_as_many_traces_as_classes)
{
    ck_assert_msg(
        shell("%s/dpor-oracle %s -s 4 -n 4 -m 60 -c 1 -q >out 2>err", binaries, kinds[_i]) == 0,
        "%s%s", content("out"), content("err"));
    ASSERT_SAYS("out", " 0 false, 0 fewer, 0 more, 0 unsure,");
    ASSERT_SAYS("out", " 0 have more traces than classes;");
}
END_TEST

/* Seed 2 has too many interleavings. */
START_TEST(test_what_cannot_be_decided_is_passed_over)
{
    ck_assert_int_eq(
        shell("%s/dpor-oracle -k slots -n 2 -m 60 -c 0 --decided -s 2 -q >out 2>err", binaries), 0);
    ASSERT_SAYS("out", "programs, seeds 2 to 5: 2 agrees, 0 false,");
    ASSERT_SAYS("out", " 2 undecided;");
}
END_TEST

START_TEST(test_a_kind_that_is_none_is_refused)
{
    ck_assert_int_eq(shell("%s/dpor-oracle -k nothing 2>err", binaries), 2);
    ASSERT_SAYS("err", "dpor-oracle: the grammar has no shape 'nothing'");
    ck_assert_int_eq(shell("%s/dpor-oracle -j dict 2>err", binaries), 2);
    ASSERT_SAYS("err", "and not over a 'dict'");
}
END_TEST

START_TEST(test_a_file_is_judged)
{
    write_file("mine.py",
               "import threading\n"
               "def outcome():\n"
               "    seen = []\n"
               "    def body(n, seen=seen): seen.append(n)\n"
               "    threads = [threading.Thread(target=body, args=(n,)) for n in range(3)]\n"
               "    for thread in threads: thread.start()\n"
               "    for thread in threads: thread.join()\n"
               "    return repr(seen)\n");
    ck_assert_int_eq(shell("%s/dpor-oracle -m 200 -c 1 mine.py >out 2>err", binaries), 0);
    ASSERT_SAYS("out", "agrees    mine.py: 6 traces,");
    ASSERT_SAYS("out", " of 6 classes, 6 outcomes");
    ck_assert_int_eq(shell("%s/dpor-oracle nowhere.py 2>err", binaries), 2);
    ASSERT_SAYS("err", "dpor-oracle: nowhere.py: ");
}
END_TEST

/* ---- would it notice? ---- */

/* Rules of the tracer and steps of dpor that are switched off, and the seed of a program that shows
 * it; `dpor-oracle --fault all` finds them.  All of them take minutes: here is one of each kind. */
static const struct {
    const char *fault;
    int seed;
} seen[] = {
    {"store-attr-reads", 1}, {"load-deref", 1}, {"star-call", 2},     {"call-list-writes", 2},
    {"call-attribute", 1},   {"no-races", 1},   {"backtrack-far", 1}, {"initials-none", 1},
};

START_TEST(test_a_fault_is_noticed)
{
    ck_assert_int_eq(shell("%s/dpor-oracle --fault %s -s %d -n 3 -m 80 -c 0 >out 2>&1", binaries,
                           seen[_i].fault, seen[_i].seed),
                     0);
    ASSERT_SAYS("out", " noticed: ");
    ASSERT_SAYS("out", "1 of 1 faults noticed");
}
END_TEST

START_TEST(test_a_fault_that_is_none_is_refused)
{
    ck_assert_int_eq(shell("%s/dpor-oracle --fault nothing 2>err", binaries), 2);
    ASSERT_SAYS("err", "there is no fault 'nothing'");
}
END_TEST

static void add_kinds(Suite *suite)
{
    TCase *tcase = tcase_create("kinds");

    tcase_add_checked_fixture(tcase, setup_oracle, teardown);
    tcase_set_tags(tcase, "no-memcheck");
    tcase_set_timeout(tcase, 300);
    tcase_add_loop_test(tcase, test_a_kind_has_as_many_traces_as_classes, 0,
                        sizeof kinds / sizeof *kinds);
    tcase_add_test(tcase, test_what_cannot_be_decided_is_passed_over);
    tcase_add_test(tcase, test_a_kind_that_is_none_is_refused);
    suite_add_tcase(suite, tcase);
}

CHECK_SUITE(suite)
{
    TCase *tcase = tcase_create("programs");

    add_kinds(suite);
    tcase_add_checked_fixture(tcase, setup_oracle, teardown);
    tcase_set_tags(tcase, "no-memcheck");
    tcase_set_timeout(tcase, 300);
    tcase_add_test(tcase, test_the_grammar_has_every_opcode_that_can_touch_what_threads_share);
    tcase_add_test(tcase, test_equal_seeds_make_equal_programs);
    tcase_add_test(tcase, test_wrong_use_is_one_message);
    tcase_add_test(tcase, test_no_certificate_is_false);
    tcase_add_test(tcase, test_memory_that_is_used_again_is_another_object);
    tcase_add_test(tcase, test_what_was_false_once);
    tcase_add_loop_test(tcase, test_what_no_operation_says_is_no_certificate, 0,
                        sizeof unsaid / sizeof *unsaid);
    tcase_add_test(tcase, test_what_a_warm_process_keeps_is_not_the_programs);
    tcase_add_test(tcase, test_a_file_is_judged);
    tcase_add_loop_test(tcase, test_a_fault_is_noticed, 0, sizeof seen / sizeof *seen);
    tcase_add_test(tcase, test_a_fault_that_is_none_is_refused);
    suite_add_tcase(suite, tcase);
}

/* SPDX-License-Identifier: MIT
 *
 * check_portable.c - a schedule goes where its project goes, and is replayed by another spillway.
 */
#include "harness/tests/control_fixture.h"

static const char race_py[] = "import threading\n"
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
                              "    assert race() == 2\n"
                              "if __name__ == '__main__':\n"
                              "    test_race()\n";

static void setup_project(void)
{
    setup();
    ck_assert_int_eq(shell("mkdir -p project/tests project/kept && touch project/setup.cfg"), 0);
    write_file("project/tests/race.py", race_py);
}

/* Run in the project: how its schedules are found, and where they are then. */
static const struct {
    const char *command, *sched;
} kept[] = {
    {"explore tests/race.py::test_race", "race-test_race.sched"},
    {"explore $PWD/tests/race.py::test_race", "race-test_race.sched"},
    {"explore -o kept/a.sched tests/race.py::test_race", "kept/a.sched"},
    {"explore tests/race.py", "race.py.sched"},
    {"explore -o kept/a.sched $PWD/tests/race.py", "kept/a.sched"},
    {"record --strategy random --seed 7 -o kept/a.sched tests/race.py", "kept/a.sched"},
    {"record --strategy random --seed 7 -o kept/a.schedz $PWD/tests/race.py", "kept/a.schedz"},
    {"explore --campaign kept --schedules 40 tests/race.py::test_race",
     "kept/failures/*[0-9a-f].sched"},
    {"explore tests/race.py::test_race; $spillway minimise race-test_race.sched",
     "race-test_race.min.sched"},
};

START_TEST(test_a_schedule_goes_where_its_project_goes)
{
    shell("cd project; spillway=%s/spillway; $spillway %s >../out 2>../err </dev/null", binaries,
          kept[_i].command);
    ck_assert_msg(shell("cp project/%s .", kept[_i].sched) == 0, "%s", content("err"));
    ck_assert_int_eq(shell("! grep -a '%s' project/%s", folder, kept[_i].sched), 0);
    ck_assert_int_eq(shell("mkdir -p a/deeper/place; mv project a/deeper/place/other; mkdir here"),
                     0);
    ck_assert_msg(shell("cd here; for s in ../a/deeper/place/other/%s; do "
                        "%s/spillway replay $s >../out 2>../err </dev/null || exit 1; done",
                        kept[_i].sched, binaries) == 0,
                  "%s", content("err"));
    ASSERT_SAYS("err", "as recorded");
}
END_TEST

/* Its paths are longer there, and its objects lie elsewhere: the set of a pool's threads would have
 * another order. */
static const char pools_py[] = "import concurrent.futures, threading\n"
                               "class Place: pass\n"
                               "def test_pool():\n"
                               "    print(Place(), hex(4096), '0x' + 20 * 'a', '0x')\n"
                               "    number = [0]\n"
                               "    def add():\n"
                               "        seen = number[0]\n"
                               "        threading.current_thread()\n"
                               "        number[0] = seen + 1\n"
                               "    with concurrent.futures.ThreadPoolExecutor(4) as pool:\n"
                               "        for _ in range(4): pool.submit(add)\n"
                               "    print(Place(), number)\n"
                               "    assert number[0] == 4\n";

START_TEST(test_addresses_are_others_in_another_place)
{
    write_file("project/tests/pools.py", pools_py);
    ck_assert_int_eq(
        shell("cd project; %s/spillway explore tests/pools.py::test_pool >../out 2>&1", binaries),
        1);
    ck_assert_ptr_null(strstr(content("out"), "layout"));
    ck_assert_int_eq(shell("mkdir -p a/much/deeper/place/than/that; "
                           "mv project a/much/deeper/place/than/that/other"),
                     0);
    ck_assert_int_eq(shell("cd a/much/deeper/place/than/that/other; "
                           "%s/spillway replay pools-test_pool.sched >$OLDPWD/out 2>$OLDPWD/err",
                           binaries),
                     0);
    ASSERT_SAYS("err", "as recorded");
    ck_assert_int_eq(shell("cd a/much/deeper/place/than/that/other; "
                           "sed -i \"s/hex(4096)/hex(4097)/\" tests/pools.py; "
                           "%s/spillway replay --anyway pools-test_pool.sched 2>$OLDPWD/err",
                           binaries),
                     1);
    ASSERT_SAYS("err", "on stdout it printed otherwise");
}
END_TEST

/* What is not of the project has no name within it. */
START_TEST(test_a_schedule_outside_of_the_project_says_where_that_is)
{
    ck_assert_int_eq(spillway("explore -o a.sched project/tests/race.py::test_race"), 1);
    ck_assert_int_eq(shell("cd project; %s/spillway explore -o ../b.sched tests/race.py::test_race "
                           ">../out 2>../err",
                           binaries),
                     1);
    ck_assert_int_eq(shell("! grep -q ^folder a.sched && grep -q '^folder   /.*/project$' b.sched"),
                     0);
    ck_assert_int_eq(shell("mkdir away; mv b.sched away"), 0);
    ck_assert_int_eq(spillway("replay away/b.sched"), 0);
    ck_assert_int_eq(shell("mv project moved"), 0);
    ck_assert_int_eq(spillway("replay away/b.sched"), 2);
    ASSERT_SAYS("err", "away/b.sched: there is no 'tests/race.py', neither in '/");
    /* Whoever stands where it was recorded may say so by that. */
    ck_assert_int_eq(shell("cd moved; %s/spillway replay ../away/b.sched 2>../err", binaries), 0);
}
END_TEST

/* Its own library and starter; the latter is not the file that the schedule was recorded with. */
START_TEST(test_another_spillway_replays_it)
{
    ck_assert_int_eq(
        shell("cd project; %s/spillway explore tests/race.py::test_race >../out 2>&1", binaries),
        1);
    ck_assert_int_eq(shell("mkdir -p other/bin other/lib; cp %s/spillway other/bin; "
                           "cp %s/../lib/libspillway.so %s/../lib/spillway_starter*.py other/lib; "
                           "echo '# another' >>other/lib/spillway_starter.py",
                           binaries, binaries, binaries),
                     0);
    ck_assert_int_eq(shell("other/bin/spillway replay project/race-test_race.sched 2>err"), 0);
    ASSERT_SAYS("err", "as recorded");
}
END_TEST

/* As it was written before: absolute paths, and hashes of all files. */
START_TEST(test_version_2_is_replayed)
{
    ck_assert_int_eq(shell("cd project/tests; %s/spillway explore race.py::test_race "
                           ">../../out 2>&1",
                           binaries),
                     1);
    ck_assert_int_eq(
        shell("sed 's/^spillway schedule 5/spillway schedule 2/; s/^check .*/check none/; "
              "/^reads/d; /^printed/d; /^program/s|.*|program  /no/lib/spillway_starter.py  xxh128 "
              "%032d|; "
              "/^interp/s|  cpython.*|  xxh128 %032d|' project/tests/race-test_race.sched "
              ">project/tests/old.sched",
              0, 0),
        0);
    ck_assert_int_eq(spillway("replay project/tests/old.sched"), 0);
    ASSERT_SAYS("err", "it is of another interpreter: ");
    ASSERT_SAYS("err", "as recorded");
    ck_assert_int_eq(shell("cd project/tests; %s/spillway replay old.sched 2>err", binaries), 0);
}
END_TEST

/* Its hash is of other numbers, and so may be those of an outcome's locks; all else is the same. */
START_TEST(test_version_3_is_replayed)
{
    write_file("abba.py", "import threading\n"
                          "a, b = threading.Lock(), threading.Lock()\n"
                          "def take(one, other):\n"
                          "    with one:\n"
                          "        point()\n"
                          "        with other: pass\n"
                          "def point(): pass\n"
                          "threading.Thread(target=take, args=(a, b)).start()\n"
                          "take(b, a)\n");
    ck_assert_int_eq(spillway("explore -o a.sched abba.py"), 1);
    ck_assert_int_eq(shell("sed 's/^spillway schedule 5/spillway schedule 3/; s/lock#/&70/; "
                           "s/hash .*/hash 0123456789abcdef/; s/^check .*/check none/' a.sched "
                           ">old.sched; grep -q '^outcome  .*lock#70' old.sched"),
                     0);
    ck_assert_int_eq(spillway("replay old.sched"), 0);
    ASSERT_SAYS("err", "as recorded: deadlock");
    ck_assert_int_eq(
        shell("sed 's/^spillway schedule 3/spillway schedule 5/' old.sched >new.sched"), 0);
    ck_assert_int_eq(spillway("replay new.sched"), 1);
}
END_TEST

/* ---- what Python imports before the program ---- */

/* What env1 imports, by a .pth file; env0 has none. */
static const char noise_py[] = "import threading, queue, logging, random\n"
                               "kept = [threading.Lock() for _ in range(7)]\n"
                               "for c in [threading.Condition() for _ in 'abc']:\n"
                               "    with c: c.notify_all()\n"
                               "files = [open('/dev/null') for _ in 'abc']\n";

static void make_environments(void)
{
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(shell("mkdir -p env%d/bin env%d/lib/python3.11/site-packages && "
                               "ln -s /usr/bin/python3.11 env%d/bin/python3 && "
                               "echo 'home = /usr/bin' >env%d/pyvenv.cfg",
                               i, i, i, i),
                         0);
    }
    write_file("env1/lib/python3.11/site-packages/noise.py", noise_py);
    write_file("env1/lib/python3.11/site-packages/noise.pth", "import noise\n");
}

static const char locks_py[] = "import queue, threading\n"
                               "def point(): pass\n"
                               "def deadlock():\n"
                               "    a, b = threading.Lock(), threading.Lock()\n"
                               "    def take(one, other):\n"
                               "        with one:\n"
                               "            point()\n"
                               "            with other: pass\n"
                               "    run(lambda: take(a, b), lambda: take(b, a))\n"
                               "def run(*functions):\n"
                               "    threads = [threading.Thread(target=f) for f in functions]\n"
                               "    for t in threads: t.start()\n"
                               "    for t in threads: t.join()\n"
                               "def order():\n"
                               "    q = queue.Queue()\n"
                               "    run(lambda: q.put(1), lambda: q.put(2))\n"
                               "    return q.get(), q.get()\n"
                               "def test_deadlock(): deadlock()\n"
                               "def test_order(): assert order() == (1, 2)\n"
                               "if __name__ == '__main__':\n"
                               "    print(order())\n";

static const char *const travelling[] = {
    "explore -o a.sched -i env/bin/python3 locks.py::test_deadlock",
    "explore -o a.sched -i env/bin/python3 locks.py::test_order",
    "explore -o a.sched -i env/bin/python3 --grain access locks.py::test_order",
    "record -o a.sched -i env/bin/python3 --seed 5 locks.py",
};

/* Another interpreter's site-packages, in both directions: the same hash, and the same outcome. */
START_TEST(test_what_site_imports_is_not_in_it)
{
    make_environments();
    write_file("locks.py", locks_py);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(shell("ln -sfn env%d env", i), 0);
        spillway("%s", travelling[_i]);
        ck_assert_int_eq(shell("grep -E '^outcome|^decisions' a.sched >end%d", i), 0);
        ck_assert_msg(spillway("replay --interp env%d/bin/python3 a.sched", 1 - i) == 0, "%s",
                      content("err"));
        ASSERT_SAYS("err", "as recorded");
    }
    ck_assert_int_eq(shell("cmp end0 end1"), 0);
}
END_TEST

/* --interp, also where the recorded one is nowhere. */
START_TEST(test_another_interpreter_is_named)
{
    ck_assert_int_eq(
        shell("cd project; %s/spillway explore tests/race.py::test_race >../out 2>&1", binaries),
        1);
    ck_assert_int_eq(shell("sed 's|^interp .*|interp   /no/python0.1  cpython 0.1|; "
                           "s/^check .*/check none/' project/race-test_race.sched "
                           ">project/other.sched"),
                     0);
    ck_assert_int_eq(spillway("replay project/other.sched"), 2);
    ck_assert_int_eq(spillway("replay --interp /usr/bin/python3.11 project/other.sched"), 0);
    ASSERT_SAYS("err", "as recorded");
    ck_assert_int_eq(spillway("replay --interp /no/python project/other.sched"), 2);
    ASSERT_SAYS("err", "/no/python: no interpreter: No such file or directory");
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *all = tcase_create("all");

    tcase_add_checked_fixture(all, setup_project, teardown);
    tcase_set_timeout(all, 120);
    tcase_set_tags(all, "no-memcheck");
    suite_add_tcase(suite, all);
    tcase_add_loop_test(all, test_a_schedule_goes_where_its_project_goes, 0,
                        (int)(sizeof kept / sizeof *kept));
    tcase_add_test(all, test_addresses_are_others_in_another_place);
    tcase_add_test(all, test_a_schedule_outside_of_the_project_says_where_that_is);
    tcase_add_test(all, test_another_spillway_replays_it);
    tcase_add_test(all, test_version_2_is_replayed);
    tcase_add_test(all, test_version_3_is_replayed);
    tcase_add_loop_test(all, test_what_site_imports_is_not_in_it, 0,
                        (int)(sizeof travelling / sizeof *travelling));
    tcase_add_test(all, test_another_interpreter_is_named);
}

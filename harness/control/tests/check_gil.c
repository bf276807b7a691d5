/* SPDX-License-Identifier: MIT
 *
 * check_gil.c - each kind of GIL is recognised, so that threads are preempted within Python.
 *
 * On Debian's python3.11, on its pypy3 where that is, and on the interpreters that
 * SPILLWAY_INTERPS names, with colons between: CPython 2.7 and 3.6 have other kinds.
 */
#include "harness/tests/control_fixture.h"

enum { INTERPS_MAX = 16 };

static const char *interps[INTERPS_MAX];
static int interp_count;

static void find_interps(void)
{
    static char named[4 * PATH_MAX];
    const char *more = getenv("SPILLWAY_INTERPS");

    snprintf(named, sizeof named, "/usr/bin/python3.11:/usr/bin/pypy3:%s",
             more != NULL ? more : "");
    for (char *path = strtok(named, ":"); path != NULL && interp_count < INTERPS_MAX;
         path = strtok(NULL, ":")) {
        if (access(path, X_OK) == 0)
            interps[interp_count++] = path;
        else
            printf("skipped: no interpreter at %s\n", path);
    }
}

START_TEST(test_a_lost_update_is_found)
{
    for (int seed = 0; seed < 3; seed++) {
        ck_assert_int_eq(
            spillway("record --interp %s --seed %d -o a.sched -- %s/lost_update.py 100",
                     interps[_i], seed, programs),
            1);
        ASSERT_SAYS("out", "updates arrived");
        ASSERT_SAYS("err", "the GIL's checks were decisions");
        ck_assert_int_eq(spillway("replay a.sched"), 0);
        ASSERT_SAYS("err", "as recorded: exit 1;");
    }
}
END_TEST

START_TEST(test_who_spins_is_preempted)
{
    write_file("spin.py", "import threading\n"
                          "done = False\n"
                          "def f():\n"
                          "    global done\n"
                          "    for _ in range(100):\n"
                          "        pass\n"
                          "    done = True\n"
                          "threading.Thread(target=f).start()\n"
                          "while not done:\n"
                          "    pass\n");
    for (int seed = 0; seed < 3; seed++)
        ck_assert_int_eq(
            spillway("record --interp %s --seed %d -o a.sched -- spin.py", interps[_i], seed), 0);
}
END_TEST

START_TEST(test_the_engines_agree)
{
    static const char *const engines[] = {"threads", "fibers", "pool"};

    for (int i = 0; i < 3; i++) {
        spillway("record --engine %s --interp %s --seed 3 -o a.sched -- %s/work_queue.py",
                 engines[i], interps[_i], programs);
        ck_assert_int_eq(shell("grep '^decisions' a.sched >>hashes"), 0);
    }
    ck_assert_int_eq(shell("test $(sort -u hashes | wc -l) = 1"), 0);
}
END_TEST

/* release.py says why only the release can let the flag be raised there. */
static int is_seen_behind(const char *release)
{
    for (int seed = 0; seed < 10; seed++) {
        int status = spillway("record --seed %d -o a.sched -- %s/../../harness/control/tests/"
                              "release.py %s",
                              seed, programs, release);
        ck_assert_msg(status < 2 && strstr(content("err"), "Traceback") == NULL, "%s",
                      content("err"));
        if (status == 1)
            return 1;
    }
    return 0;
}

START_TEST(test_the_release_of_a_spin_lock_is_followed_by_decisions)
{
    ck_assert(is_seen_behind("spin"));
}
END_TEST

START_TEST(test_the_release_of_a_barrier_is_followed_by_decisions)
{
    ck_assert(is_seen_behind("barrier"));
}
END_TEST

START_TEST(test_the_end_of_an_initialisation_is_followed_by_decisions)
{
    ck_assert(is_seen_behind("once"));
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *preemption = tcase_create("preemption");

    find_interps();
    tcase_add_loop_test(preemption, test_a_lost_update_is_found, 0, interp_count);
    tcase_add_loop_test(preemption, test_who_spins_is_preempted, 0, interp_count);
    tcase_add_loop_test(preemption, test_the_engines_agree, 0, interp_count);
    tcase_add_test(preemption, test_the_release_of_a_spin_lock_is_followed_by_decisions);
    tcase_add_test(preemption, test_the_release_of_a_barrier_is_followed_by_decisions);
    tcase_add_test(preemption, test_the_end_of_an_initialisation_is_followed_by_decisions);
    tcase_add_checked_fixture(preemption, setup, teardown);
    tcase_set_timeout(preemption, 120);
    tcase_set_tags(preemption, "no-memcheck"); /* it only starts other programs */
    suite_add_tcase(suite, preemption);
}

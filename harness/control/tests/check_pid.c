/* SPDX-License-Identifier: MIT
 *
 * check_pid.c - the numbers of processes and threads: pid_programs.py, on each interpreter that is
 * here.
 */
#include "harness/tests/control_fixture.h"

static char tests[PATH_MAX + 64];

enum { INTERPRETERS = 3 };

static const char *find_interpreter(int i)
{
    static char own[PATH_MAX + 16];

    snprintf(own, sizeof own, "%s/slpython", binaries);
    const char *const interpreters[INTERPRETERS] = {"/usr/bin/python3.11", "/usr/bin/pypy3", own};
    return interpreters[i];
}

/* No program prints a number of the kernel's: so each prints this. */
static const struct {
    const char *name, *prints;
} wanted[] = {
    {"threads", "0 [4300001, 4300002]\nTrue\n4200000 4400000\n"},
    {"children", "4200001 (4200001, 4200000) True\n"
                 "4200002 (4200002, 4200000) True\n"
                 "4200003 (4200003, 4200000) True\n"
                 "4200004 4\n"
                 "4200005 (4200005, 1280)\n"
                 "ECHILD\n"},
    {"family", "4200001 4200002 4200000\n"
               "(4210001, 4200002, 0) (4210001, 4200002, 4200000)\n"
               "True True\n"},
    {"calls", "True\n4200001 (4200001, 4200001) 4200001\n"
              "True True\nTrue\nESRCH\nTrue\n"},
    {"paths", "True\nTrue\nTrue True\nTrue True\nTrue False\nTrue\nTrue False\n"},
    {"pool", "[1, 2, 3, 4]\nin the child\n0 False\n"},
    {"is_alive", "True True\n"},
};
enum { PROGRAMS = sizeof wanted / sizeof *wanted };

static void setup_pid(void)
{
    ck_assert_ptr_nonnull(realpath("harness/control/tests", tests));
    setup();
}

static int is_here(const char *interpreter)
{
    if (access(interpreter, X_OK) == 0)
        return 1;
    printf("check_pid: skipped: no %s\n", interpreter);
    return 0;
}

START_TEST(test_numbers_are_the_same_in_every_run)
{
    const char *interpreter = find_interpreter(_i / PROGRAMS);
    const char *name = wanted[_i % PROGRAMS].name;
    static const char *const engines[] = {"threads", "fibers", "pool"};

    if (!is_here(interpreter))
        return;
    for (int seed = 0; seed < 3; seed++) {
        int status = spillway("record --interp %s --engine %s --seed %d -o a.sched -- "
                              "%s/pid_programs.py %s",
                              interpreter, engines[seed], seed, tests, name);
        ck_assert_msg(status == 0, "%s: %.2000s", name, content("err"));
        ck_assert_str_eq(content("out"), wanted[_i % PROGRAMS].prints);
    }
    int status = spillway("replay a.sched");
    /* A pool's children take from the pipe that the program, too, empties at its end; who gets there
     * first nobody controls, and then the replay has to say so. */
    if (status != 0 && strcmp(name, "pool") == 0) {
        ASSERT_SAYS("err", "not controlled: a named semaphore by ");
        return;
    }
    ck_assert_msg(status == 0, "%s: %.2000s", name, content("err"));
    ck_assert_str_eq(content("out"), wanted[_i % PROGRAMS].prints);
}
END_TEST

/* A warm schedule's children are numbered as a cold one's. */
START_TEST(test_each_schedule_numbers_its_own)
{
    write_file("test_forks.py", "import os\n\n\n"
                                "def test_it():\n"
                                "    pid = os.fork()\n"
                                "    if pid == 0:\n"
                                "        os._exit(0)\n"
                                "    assert os.waitpid(pid, 0) == (pid, 0)\n"
                                "    assert (os.getpid(), pid) == (4200000, 4200001)\n");
    int status = spillway("explore --schedules 20 test_forks.py::test_it");
    /* What a child does is not controlled, so that it does not say that all is well. */
    ck_assert_msg(status != 1 && strstr(content("out"), "UNSURE") != NULL, "%.2000s",
                  content("out"));
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *numbers = tcase_create("numbers");

    tcase_add_loop_test(numbers, test_numbers_are_the_same_in_every_run, 0,
                        INTERPRETERS * PROGRAMS);
    tcase_add_test(numbers, test_each_schedule_numbers_its_own);
    tcase_add_checked_fixture(numbers, setup_pid, teardown);
    tcase_set_timeout(numbers, 120);
    tcase_set_tags(numbers, "no-memcheck"); /* it only starts other programs */
    suite_add_tcase(suite, numbers);
}

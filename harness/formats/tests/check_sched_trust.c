/* SPDX-License-Identifier: MIT
 *
 * check_sched_trust.c - a stranger's schedule is data: what it names is not run for the asking.
 */
#include "harness/tests/runner_fixture.h"

#include <sys/stat.h>

#include "harness/runner/scratch_folder.h"

enum { NOBODY = 65534 };

/* One of ours, and changed as somebody else would. */
static void record(void)
{
    unsetenv("SPILLWAY_YES"); /* ci/test says it in a checkout of another user's */
    setup();
    shell(
        "printf 'import threading\\nt = threading.Thread(target=print)\\nt.start()\\nt.join()\\n' "
        ">p.py");
    ck_assert_int_eq(spillway("record -q -o own.sched -- p.py"), 0);
}

static void change(const char *sed)
{
    shell("sed -e '%s' -e 's/^check .*/check none/' own.sched >x.sched", sed);
}

/* timeit runs what it is told. */
static const char planted[] = "s#^program .*#program  /usr/lib/python3.11/timeit.py  xxh128 "
                              "00000000000000000000000000000000\\nargs     -n1 "
                              "\"open(\\\\x22came\\\\x22, \\\\x22w\\\\x22)\"#";

static const struct {
    const char *sed, *why;
} changes[] = {
    {planted, "/usr/lib/python3.11/timeit.py is the system's, and it is given arguments"},
    {"s#^interp .*#interp   /bin/sh  xxh128 00000000000000000000000000000000#",
     "/bin/sh is no Python"},
    {"s#^found #env      LD_AUDIT=./evil.so\\nfound #",
     "LD_AUDIT=./evil.so tells the loader what to load"},
};

static const char *const commands[] = {
    "replay x.sched",   "show x.sched",
    "why x.sched",      "diff x.sched x.sched",
    "minimise x.sched", "promote --name t x.sched",
    "debug x.sched",    "rr x.sched",
    "run x.sched",      "show own.sched --beside x.sched --html x.html"};

START_TEST(test_nothing_strange_is_run)
{
    for (int i = 0; i < COUNT_OF(changes); i++) {
        change(changes[i].sed);
        ck_assert_msg(spillway(commands[_i]) == 2, "%s: %s", commands[_i], err);
        const char *said = *err != '\0' ? err : out; /* run's verdicts are its report */
        has(said, changes[i].why);
        has(said, ": look at it, and run it with --yes");
        ck_assert(access("came", F_OK) < 0);
    }
}
END_TEST

/* It is another run, but it runs. */
START_TEST(test_yes_is_yes)
{
    change(planted);
    if (_i == 0)
        spillway("replay --yes x.sched");
    else
        shell("SPILLWAY_YES=1 %s/spillway replay x.sched >out 2>&1; true", binaries);
    ck_assert_int_eq(access("came", F_OK), 0);
}
END_TEST

START_TEST(test_of_another_user)
{
    static const char *const whose[] = {"x.sched", "p.py"};

    shell("cp own.sched x.sched");
    ck_assert_int_eq(spillway("replay x.sched"), 0);
    if (geteuid() != 0) /* nobody else can give a file away */
        return;
    ck_assert_int_eq(chown(whose[_i], NOBODY, NOBODY), 0);
    ck_assert_int_eq(spillway("replay x.sched"), 2);
    has(err, "belongs to another user: look at it, and run it with --yes\n");
    ck_assert_int_eq(spillway("replay -y x.sched"), 0);
    shell("SUDO_UID=%d %s/spillway replay x.sched 2>err", NOBODY, binaries);
}
END_TEST

/* A module of somebody else's would be imported by a program of ours. */
START_TEST(test_a_variable_that_leads_to_others)
{
    static const char *const names[] = {"PYTHONPATH=ours:theirs", "PYTHONPATH=theirs",
                                        "HOME=theirs"};
    char sed[256];
    int by_owner = geteuid() == 0; /* else only by what all may write to */

    shell("mkdir theirs ours && echo \"open('came', 'w')\" >theirs/sitecustomize.py");
    ck_assert_int_eq(by_owner ? chown("theirs", NOBODY, NOBODY) : chmod("theirs", 0777), 0);
    for (int i = 0; i < (by_owner ? COUNT_OF(names) : 2); i++) {
        snprintf(sed, sizeof sed, "s#^found #env      %s\\nfound #", names[i]);
        change(sed);
        ck_assert_msg(spillway(commands[_i]) == 2, "%s, %s", commands[_i], names[i]);
        has(*err != '\0' ? err : out, "leads to what another user can change: look at it, and");
        ck_assert(access("came", F_OK) < 0);
    }
    change("s#^found #env      PYTHONPATH=ours\\nfound #");
    spillway("replay x.sched");
    ck_assert_ptr_null(strstr(err, "--yes"));
}
END_TEST

/* Those that only read. */
START_TEST(test_reading_runs_nothing)
{
    change(planted);
    ck_assert_int_eq(spillway("convert x.sched y.schedz"), 0);
    ck_assert_int_eq(spillway("convert --number 1 y.schedz z.sched"), 0);
    ck_assert(access("came", F_OK) < 0);
}
END_TEST

/* Their names promise a look.  A terminal is where somebody reads it. */
static const char *const looks[] = {
    "show own.sched", "show --beside own.sched --html x.html own.sched", "why own.sched",
    "why --inevitable --runs 200 own.sched", "diff own.sched other.sched"};

static int count_told(const char *arguments)
{
    shell("script -qc '%s/spillway %s 2>&1 >/dev/null' said >/dev/null; true", binaries, arguments);
    shell("grep -c 'own.sched: for this p.py is run, in .*python' said >count; true");
    FILE *file = fopen("count", "r");
    int count = -1;
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fscanf(file, "%d", &count), 1);
    fclose(file);
    return count;
}

START_TEST(test_a_look_says_that_it_runs_something)
{
    char with_yes[256];

    spillway("record -q -o other.sched --strategy random --seed 4 -- p.py");
    ck_assert_int_eq(count_told(looks[_i]), 1);
    snprintf(with_yes, sizeof with_yes, "%s --yes", looks[_i]);
    ck_assert_int_eq(count_told(with_yes), 0);
    spillway(looks[_i]);
    ck_assert_ptr_null(strstr(err, "for this"));
    ck_assert_int_eq(count_told("minimise --check own.sched"), 0);
}
END_TEST

/* What is not to stay is closed to others, and its name is not to be guessed. */
START_TEST(test_a_work_folder_is_closed)
{
    char path[PATH_MAX], other[PATH_MAX];
    struct stat status;
    struct sw_error e;

    umask(0);
    ck_assert_int_eq(sw_scratch_folder_make(path, "spillway-test", &e), 0);
    ck_assert_int_eq(sw_scratch_folder_make(other, "spillway-test", &e), 0);
    ck_assert_int_eq(stat(path, &status), 0);
    ck_assert_uint_eq(status.st_mode & 0777, 0700);
    ck_assert_str_ne(path, other);
    sw_scratch_folder_remove(path);
    sw_scratch_folder_remove(other);
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *tcase = tcase_create("trust");

    tcase_add_checked_fixture(tcase, record, teardown);
    tcase_set_tags(tcase, "no-memcheck"); /* they look at other processes only */
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, test_nothing_strange_is_run, 0, COUNT_OF(commands));
    tcase_add_loop_test(tcase, test_a_variable_that_leads_to_others, 0, COUNT_OF(commands) - 1);
    tcase_add_loop_test(tcase, test_yes_is_yes, 0, 2);
    tcase_add_loop_test(tcase, test_of_another_user, 0, 2);
    tcase_add_test(tcase, test_reading_runs_nothing);
    tcase_add_loop_test(tcase, test_a_look_says_that_it_runs_something, 0, COUNT_OF(looks));
    tcase_add_test(tcase, test_a_work_folder_is_closed);
    suite_add_tcase(suite, tcase);
}

/* SPDX-License-Identifier: MIT
 *
 * check_fork_server.c - run --warm: a schedule in a fork of an interpreter that has started already
 * is as it is in one that was started for it; and an interpreter that cannot be forked.
 */
#include "harness/tests/runner_fixture.h"

static void write_spec(const char *name, const char *text)
{
    char path[100];

    snprintf(path, sizeof path, "f/%s.spec", name);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
}

/* What a process can see of how it was started: whose child it is, its group, descriptors, limits,
 * signals, environment, arguments, hash seed, modules, threads; and what is spilled. */
static const char sees[] =
    "  import gc, os, resource, signal, sys, stackless\n"
    "  def sees():\n"
    "    status = dict(line.split(':\\t') for line in open('/proc/self/status') if ':\\t' in "
    "line)\n"
    "    with open('/proc/%d/comm' % os.getppid()) as comm: print(comm.read().strip())\n"
    "    print(os.getpid() == os.getpgid(0), sorted(map(int, os.listdir('/proc/self/fd'))))\n"
    "    print([resource.getrlimit(n) for n in range(16)], os.getcwd())\n"
    "    print([status[name] for name in ('SigBlk', 'SigIgn', 'SigCgt', 'Threads')])\n"
    "    print(sorted(os.environ.items()), sys.argv, hash('a'), gc.isenabled())\n"
    "    print(sorted(sys.modules), [os.fstat(fd).st_rdev for fd in (0,)])\n"
    "    raise ValueError\n";

static void write_specs(void)
{
    char text[3000];

    snprintf(text, sizeof text,
             "setup {\n%s}\ntasklet worker on T0\n step work { sees() }\n"
             "schedule x\n work : done\n",
             sees);
    write_spec("s", text);
    snprintf(text, sizeof text,
             "spill always\nsetup {\n%s}\ntasklet worker on T0\n step work { sees() }\n"
             "schedule x\n work : done\nschedule y\n work : done\n",
             sees);
    write_spec("t", text);
}

START_TEST(test_a_fork_sees_what_a_start_does)
{
    write_specs();
    ck_assert_int_eq(spillway("run f"), 1);
    shell("grep -q '| spillway$' out && mv out cold");
    ck_assert_int_eq(spillway("run --warm --jobs 2 f"), 1);
    shell("diff cold out >&2");
}
END_TEST

/* A fork ends as a process of its own does, and the next one is as if it had not been there. */
START_TEST(test_a_fork_that_dies_is_a_result)
{
    write_spec("s", "setup {\n  import os, signal, stackless\n}\ntasklet worker on T0\n"
                    " step work { }\n step dies { os.kill(os.getpid(), signal.SIGKILL) }\n"
                    "schedule a\n work : done\nschedule b\n work : done\n dies : done\n"
                    "schedule c\n work : done\n");
    ck_assert_int_eq(spillway("run --jobs 1 f"), 1);
    shell("grep -q 'crashed (crash): SIGKILL' out && mv out cold");
    ck_assert_int_eq(spillway("run --warm --jobs 1 f"), 1);
    shell("diff cold out >&2");
}
END_TEST

START_TEST(test_a_hang_is_ended)
{
    write_spec("s", "tasklet worker on T0\n step work { while True: pass }\n"
                    "schedule a\n work : done\n");
    ck_assert_int_eq(spillway("run --warm --watchdog 1 f"), 2);
    has(out, "harness error (watchdog): no end in sight");
}
END_TEST

START_TEST(test_what_cannot_be_forked)
{
    ck_assert_int_eq(run("fake-exits-early", "--warm f"), 2);
    has(err, "the interpreter that was started to be forked has ended");
    ck_assert_int_eq(run("fake-hangs", "--warm --watchdog 1 f"), 2);
    has(err, "the interpreter that was started to be forked does not answer");
    ck_assert_int_eq(spillway("run --warm --interp /usr/bin/python3.11 f"), 2);
    has(err, "--warm is for slpython-lab");
    ck_assert_int_eq(spillway("run --warm p.py::test"), 2);
    has(err, "--warm");
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *all = tcase_create("warm");

    tcase_set_timeout(all, 60);
    tcase_set_tags(all, "no-memcheck"); /* it only starts other programs */
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, test_a_fork_sees_what_a_start_does);
    tcase_add_test(all, test_a_fork_that_dies_is_a_result);
    tcase_add_test(all, test_a_hang_is_ended);
    tcase_add_test(all, test_what_cannot_be_forked);
    suite_add_tcase(suite, all);
}

/* SPDX-License-Identifier: MIT
 *
 * check_hang.c - what a process hangs on: it says which lock, which file, and who has it.
 *
 * A process waits when the kernel has its threads in the call that is expected.
 */
#include "harness/tests/runner_fixture.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "harness/runner/hang.h"
#include "harness/runner/hang_maps.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int pipes[2], file;
static pid_t child;
static char *text;

/* ---- who hangs ---- */

static void *lock(void *nothing)
{
    pthread_mutex_lock(&mutex);
    return nothing;
}

static void hang_on_mutex(void)
{
    pthread_t thread;

    pthread_mutex_lock(&mutex);
    pthread_create(&thread, NULL, lock, NULL);
    pthread_join(thread, NULL);
}

static void hang_on_pipe(void)
{
    char byte;

    (void)!read(pipes[0], &byte, 1);
}

static void hang_on_file(void)
{
    flock(open("locked", O_RDONLY), LOCK_EX);
}

static void hang_on_child(void)
{
    pid_t pid = fork();

    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        pause();
    }
    waitpid(pid, NULL, 0);
}

/* ---- looking ---- */

/* Do so many threads of the child stand in that system call? */
static int are_in(int count, long number)
{
    char command[100];

    snprintf(command, sizeof command, "test `cat /proc/%d/task/*/syscall | grep -c '^%ld '` -eq %d",
             (int)child, number, count);
    return system(command) == 0;
}

static void look_at(void (*hangs)(void), int count, long number)
{
    size_t size;
    struct sw_error e;

    ck_assert_int_eq(pipe(pipes), 0);
    child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        hangs();
        _exit(0);
    }
    while (!are_in(count, number))
        continue; /* the test's own time limit ends it */
    FILE *stream = open_memstream(&text, &size);
    int failed = sw_hang_print(stream, child, "> ", &e);
    fclose(stream);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    ck_assert_msg(failed == 0, "%s", e.text);
}

START_TEST(test_a_mutex_and_its_holder)
{
    char holds[64];

    look_at(hang_on_mutex, 2, SYS_futex);
    snprintf(holds, sizeof holds, "waits for a mutex, which thread %d holds: 0x", (int)child);
    has(text, holds);
    has(text, ", data of check_hang\n");
    has(text, ">     called by lock");
}
END_TEST

START_TEST(test_a_pipe)
{
    look_at(hang_on_pipe, 1, SYS_read);
    has(text, ": reads descriptor ");
    has(text, ", pipe:[");
    has(text, "hang_on_pipe  harness/"); /* behind read(), if that is inlined */
}
END_TEST

START_TEST(test_the_lock_of_a_file)
{
    char row[100];

    file = open("locked", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    ck_assert_int_eq(flock(file, LOCK_EX), 0);
    look_at(hang_on_file, 1, SYS_flock);
    has(text, ": waits for the lock of descriptor ");
    snprintf(row, sizeof row, "/locked, is locked by process %d\n", (int)getpid());
    has(text, row);
}
END_TEST

START_TEST(test_a_child)
{
    look_at(hang_on_child, 1, SYS_wait4);
    has(text, ": waits for a child process\n");
}
END_TEST

START_TEST(test_addresses)
{
    char where[100];
    static int zeroes[10000];
    char *heap = malloc(8);

    ck_assert_int_eq(sw_hang_maps_find(getpid(), (uintptr_t)&zeroes[9000], where, sizeof where), 0);
    ck_assert_str_eq(where, "data of check_hang");
    sw_hang_maps_find(getpid(), (uintptr_t)heap, where, sizeof where);
    ck_assert_str_eq(where, "the heap");
    sw_hang_maps_find(getpid(), 8, where, sizeof where);
    ck_assert_str_eq(where, "");
    free(heap);
}
END_TEST

START_TEST(test_no_process)
{
    ck_assert_int_eq(spillway("doctor 2147483647"), 2);
    has(err, "spillway doctor: process 2147483647: there is none\n");
    ck_assert_int_eq(spillway("doctor me"), 2);
    has(err, "PID: 'me' is not a number");
}
END_TEST

/* The watchdog says it, too.  That a second is real time is what a watchdog is for. */
START_TEST(test_the_watchdog_says_it)
{
    char row[100];

    shell("printf 'import fcntl\\nfcntl.flock(open(\"locked\"), fcntl.LOCK_EX)\\n' >p.py");
    file = open("locked", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    ck_assert_int_eq(flock(file, LOCK_EX), 0);
    ck_assert_int_eq(spillway("record --watchdog 1 -o x.sched -- p.py"), 2);
    has(err, "spillway: watchdog: 1 s, and no decision since number ");
    snprintf(row, sizeof row, "/locked, is locked by process %d\n", (int)getpid());
    has(err, row);
}
END_TEST

/* ---- what is at hand ---- */

START_TEST(test_what_is_at_hand)
{
    static const char *const rows[] = {"Interpreters\n  ok       /usr/bin/python3.11 ",
                                       "cpython 3.11.",
                                       "grain access",
                                       "\nTools\n",
                                       " gdb ",
                                       " rr ",
                                       " valgrind ",
                                       " symbols of libc ",
                                       "\nThis machine\n  ok       libspillway.so ",
                                       " ptrace "};

    ck_assert_int_eq(spillway("doctor"), 0);
    for (int i = 0; i < COUNT_OF(rows); i++)
        has(out, rows[i]);
    ck_assert_str_eq(err, "");
}
END_TEST

START_TEST(test_what_is_not_there)
{
    shell("mkdir empty; PATH=empty TMPDIR=/nowhere %s/spillway doctor >out; test $? -eq 1",
          binaries);
    read_file("out", &out);
    has(out, "  -        gdb                          no spillway debug\n");
    has(out, "  -        valgrind                     no --valgrind\n");
    has(out, "  MISSING  folder for what goes again   ");
    has(out, "can be installed: apt-get install gdb rr valgrind");
}
END_TEST

/* A version that does not come, and a program that fails, are no version. */
START_TEST(test_a_tool_that_does_not_work)
{
    shell("mkdir bin; printf '#!/bin/sh\\nexit 3\\n' >bin/gdb; printf '#!/bin/sh\\necho 7.1; echo "
          "x\\n' "
          ">bin/valgrind; chmod +x bin/*; PATH=bin:/bin %s/spillway doctor >out",
          binaries);
    read_file("out", &out);
    has(out, "  -        gdb                          no spillway debug\n");
    has(out, "  ok       valgrind                     7.1\n");
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *hangs = tcase_create("hangs"), *doctor = tcase_create("doctor");
    const TTest *const of_hangs[] = {test_a_mutex_and_its_holder,
                                     test_a_pipe,
                                     test_the_lock_of_a_file,
                                     test_a_child,
                                     test_addresses,
                                     test_no_process,
                                     test_the_watchdog_says_it};

    tcase_add_checked_fixture(hangs, setup, teardown);
    tcase_set_tags(hangs, "no-memcheck"); /* what is looked at would be valgrind */
    tcase_set_timeout(hangs, 120);
    for (int i = 0; i < COUNT_OF(of_hangs); i++)
        tcase_add_test(hangs, of_hangs[i]);
    suite_add_tcase(suite, hangs);
    tcase_add_checked_fixture(doctor, setup, teardown);
    tcase_set_tags(doctor, "no-memcheck"); /* they look at other processes only */
    tcase_set_timeout(doctor, 120);
    tcase_add_test(doctor, test_what_is_at_hand);
    tcase_add_test(doctor, test_what_is_not_there);
    tcase_add_test(doctor, test_a_tool_that_does_not_work);
    suite_add_tcase(suite, doctor);
}

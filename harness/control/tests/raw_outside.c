/* SPDX-License-Identifier: MIT
 *
 * raw_outside.c - plays an interpreter that uses C11 threads, uncommon mutexes, and ways around
 * control, for check_outcomes.
 *
 * Ends with 0 if each did what its manual says; else says which did not.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 4, ROUNDS = 5 };

#define REQUIRE(what) \
    do { \
        if (!(what)) { \
            printf("raw_outside.c:%d: %s\n", __LINE__, #what); \
            exit(1); \
        } \
    } while (0)

/* ---- C11 threads ---- */

static mtx_t mutex;
static cnd_t changed;
static once_flag once = ONCE_FLAG_INIT;
static volatile int turn, begun;

static void begin(void)
{
    thrd_yield();
    begun++;
}

static int take_turns(void *number)
{
    call_once(&once, begin);
    REQUIRE(begun == 1);
    for (int i = 0; i < ROUNDS; i++) {
        REQUIRE(mtx_lock(&mutex) == thrd_success);
        while (turn % THREADS != (int)(intptr_t)number)
            REQUIRE(cnd_wait(&changed, &mutex) == thrd_success);
        turn++;
        REQUIRE(cnd_broadcast(&changed) == thrd_success);
        REQUIRE(mtx_unlock(&mutex) == thrd_success);
    }
    if ((intptr_t)number == 1)
        thrd_exit(101);
    return (int)(intptr_t)number + 100;
}

static int try_it(void *nothing)
{
    struct timespec until;

    (void)nothing;
    REQUIRE(mtx_trylock(&mutex) == thrd_busy);
    timespec_get(&until, TIME_UTC);
    until.tv_sec += 3600;
    REQUIRE(mtx_timedlock(&mutex, &until) == thrd_timedout);
    return 0;
}

static void check_c11(void)
{
    thrd_t threads[THREADS], other;
    struct timespec hour = {.tv_sec = 3600};
    int result;

    REQUIRE(mtx_init(&mutex, mtx_timed) == thrd_success && cnd_init(&changed) == thrd_success);
    for (intptr_t i = 0; i < THREADS; i++)
        REQUIRE(thrd_create(&threads[i], take_turns, (void *)i) == thrd_success);
    for (int i = 0; i < THREADS; i++)
        REQUIRE(thrd_join(threads[i], &result) == thrd_success && result == i + 100);
    REQUIRE(turn == THREADS * ROUNDS && thrd_sleep(&hour, NULL) == 0);
    mtx_lock(&mutex);
    REQUIRE(thrd_create(&other, try_it, NULL) == thrd_success);
    REQUIRE(thrd_join(other, NULL) == thrd_success);
    mtx_unlock(&mutex);
    cnd_destroy(&changed);
    mtx_destroy(&mutex);
}

/* ---- uncommon mutexes ---- */

static pthread_mutex_t uncommon;
static volatile int inside;

static void *share(void *number)
{
    for (int i = 0; i < ROUNDS; i++) {
        REQUIRE(pthread_mutex_lock(&uncommon) == 0);
        REQUIRE(++inside == 1);
        sched_yield();
        inside--;
        REQUIRE(pthread_mutex_unlock(&uncommon) == 0);
    }
    return number;
}

static void *die_with_it(void *nothing)
{
    REQUIRE(pthread_mutex_lock(&uncommon) == 0);
    sched_yield();
    return nothing;
}

static void run(int count, void *(*body)(void *))
{
    pthread_t threads[THREADS];

    for (int i = 0; i < count; i++)
        REQUIRE(pthread_create(&threads[i], NULL, body, NULL) == 0);
    for (int i = 0; i < count; i++)
        REQUIRE(pthread_join(threads[i], NULL) == 0);
}

static void check_inheriting(void)
{
    pthread_mutexattr_t attributes;

    pthread_mutexattr_init(&attributes);
    REQUIRE(pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT) == 0);
    REQUIRE(pthread_mutex_init(&uncommon, &attributes) == 0);
    run(THREADS, share);
    REQUIRE(pthread_mutex_destroy(&uncommon) == 0);
    pthread_mutexattr_destroy(&attributes);
}

static void check_robust(void)
{
    pthread_mutexattr_t attributes;

    pthread_mutexattr_init(&attributes);
    REQUIRE(pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST) == 0);
    REQUIRE(pthread_mutex_init(&uncommon, &attributes) == 0);
    run(THREADS, share);
    run(1, die_with_it);
    REQUIRE(pthread_mutex_lock(&uncommon) == EOWNERDEAD);
    REQUIRE(pthread_mutex_consistent(&uncommon) == 0);
    REQUIRE(pthread_mutex_unlock(&uncommon) == 0);
    run(THREADS, share);
    REQUIRE(pthread_mutex_destroy(&uncommon) == 0);
    pthread_mutexattr_destroy(&attributes);
}

/* ---- around control ---- */

static uint32_t word; /* 0 free, 1 taken, 2 taken and waited for */

static void lock_by_futex(void)
{
    uint32_t before = 0;

    if (__atomic_compare_exchange_n(&word, &before, 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
        return;
    while (__atomic_exchange_n(&word, 2, __ATOMIC_SEQ_CST) != 0)
        syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 2, NULL, NULL, 0);
}

static void unlock_by_futex(void)
{
    if (__atomic_exchange_n(&word, 0, __ATOMIC_SEQ_CST) == 2)
        syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static void *share_by_futex(void *nothing)
{
    for (int i = 0; i < ROUNDS; i++) {
        lock_by_futex();
        REQUIRE(++inside == 1);
        sched_yield();
        inside--;
        unlock_by_futex();
    }
    return nothing;
}

static void check_futex(void)
{
    struct timespec hour = {.tv_sec = 3600};

    run(THREADS, share_by_futex);
    REQUIRE(syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 7, NULL, NULL, 0) == -1 &&
            errno == EAGAIN);
    REQUIRE(syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, &hour, NULL, 0) == -1 &&
            errno == ETIMEDOUT);
}

static volatile sig_atomic_t signalled;
static sem_t *named;

static void note_signal(int number)
{
    signalled = number;
}

static void *wait_for_main(void *nothing)
{
    REQUIRE(sem_wait(named) == 0);
    return nothing;
}

static void check_semaphore_and_signal(void)
{
    pthread_t thread;
    char name[64];

    snprintf(name, sizeof name, "/spillway-test-%d", (int)getpid());
    named = sem_open(name, O_CREAT, 0600, 0);
    REQUIRE(named != SEM_FAILED && sem_unlink(name) == 0);
    signal(SIGUSR1, note_signal);
    REQUIRE(pthread_create(&thread, NULL, wait_for_main, NULL) == 0);
    REQUIRE(pthread_kill(thread, 0) == 0 && pthread_kill(thread, SIGUSR1) == 0);
    REQUIRE(sem_post(named) == 0);
    REQUIRE(pthread_join(thread, NULL) == 0);
    REQUIRE(signalled == SIGUSR1);
    REQUIRE(sem_close(named) == 0);
}

static int live_in_a_clone(void *nothing)
{
    (void)nothing;
    _exit(3);
}

static void check_clone(void)
{
    static char stack[65536] __attribute__((aligned(16)));
    int status;
    pid_t pid = clone(live_in_a_clone, stack + sizeof stack, SIGCHLD, NULL);

    REQUIRE(pid > 0 && waitpid(pid, &status, 0) == pid);
    REQUIRE(WIFEXITED(status) && WEXITSTATUS(status) == 3);
}

int main(void)
{
    check_c11();
    check_inheriting();
    check_robust();
    check_futex();
    check_semaphore_and_signal();
    check_clone();
    puts("all as their manuals say");
    return 0;
}

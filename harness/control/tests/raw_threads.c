/* SPDX-License-Identifier: MIT
 *
 * raw_threads.c - plays an interpreter without a GIL for check_control: each primitive, once.
 *
 * Ends with 0 if each did what POSIX says, which no schedule may change; else
 * says which did not.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 4, ROUNDS = 5 };

#define REQUIRE(what) \
    do { \
        if (!(what)) { \
            printf("raw_threads.c:%d: %s\n", __LINE__, #what); \
            exit(1); \
        } \
    } while (0)

static void run(void *(*body)(void *))
{
    pthread_t threads[THREADS];
    void *result;

    for (long i = 0; i < THREADS; i++)
        REQUIRE(pthread_create(&threads[i], NULL, body, (void *)i) == 0);
    for (long i = 0; i < THREADS; i++) {
        REQUIRE(pthread_join(threads[i], &result) == 0);
        REQUIRE(result == (void *)i);
    }
}

/* ---- mutexes, conditions, semaphores ---- */

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
/* volatile: sched_yield() is declared to change nothing of this file. */
static volatile int turn, inside;
static sem_t two;

static void *take_turns(void *number)
{
    for (int i = 0; i < ROUNDS; i++) {
        pthread_mutex_lock(&mutex);
        while (turn % THREADS != (int)(long)number)
            pthread_cond_wait(&changed, &mutex);
        turn++;
        pthread_cond_broadcast(&changed);
        pthread_mutex_unlock(&mutex);
    }
    return number;
}

static void *share_two(void *number)
{
    for (int i = 0; i < ROUNDS; i++) {
        REQUIRE(sem_wait(&two) == 0);
        REQUIRE(++inside <= 2);
        sched_yield();
        inside--;
        REQUIRE(sem_post(&two) == 0);
    }
    pthread_exit(number);
}

static void check_kinds_of_mutex(void)
{
    pthread_mutexattr_t attributes;
    pthread_mutex_t other;

    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
    REQUIRE(pthread_mutex_init(&other, &attributes) == 0);
    REQUIRE(pthread_mutex_lock(&other) == 0 && pthread_mutex_lock(&other) == 0);
    REQUIRE(pthread_mutex_unlock(&other) == 0 && pthread_mutex_unlock(&other) == 0);
    REQUIRE(pthread_mutex_unlock(&other) == EPERM);
    pthread_mutex_destroy(&other);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
    REQUIRE(pthread_mutex_init(&other, &attributes) == 0);
    REQUIRE(pthread_mutex_lock(&other) == 0 && pthread_mutex_lock(&other) == EDEADLK);
    REQUIRE(pthread_mutex_unlock(&other) == 0 && pthread_mutex_unlock(&other) == EPERM);
    pthread_mutex_destroy(&other);
    pthread_mutexattr_destroy(&attributes);
}

/* ---- read-write locks, spin locks, barriers, once ---- */

static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_spinlock_t spin;
static pthread_barrier_t barrier;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static volatile int readers, writers, spinning, arrived, serial, once_count;

static void *read_and_write(void *number)
{
    for (int i = 0; i < ROUNDS; i++) {
        if ((i + (long)number) % 2 == 0) {
            REQUIRE(pthread_rwlock_rdlock(&rwlock) == 0);
            readers++;
            sched_yield();
            REQUIRE(writers == 0);
            readers--;
        } else {
            REQUIRE(pthread_rwlock_wrlock(&rwlock) == 0);
            REQUIRE(++writers == 1 && readers == 0);
            sched_yield();
            writers--;
        }
        REQUIRE(pthread_rwlock_unlock(&rwlock) == 0);
    }
    return number;
}

static void *spin_in_turn(void *number)
{
    for (int i = 0; i < ROUNDS; i++) {
        REQUIRE(pthread_spin_lock(&spin) == 0);
        REQUIRE(++spinning == 1);
        sched_yield();
        spinning--;
        REQUIRE(pthread_spin_unlock(&spin) == 0);
    }
    return number;
}

static void *meet(void *number)
{
    for (int i = 1; i <= ROUNDS; i++) {
        arrived++;
        serial += pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD;
        REQUIRE(arrived >= i * THREADS);
        pthread_barrier_wait(&barrier);
    }
    return number;
}

static void begin_slowly(void)
{
    sched_yield();
    once_count++;
}

static void *begin_once(void *number)
{
    REQUIRE(pthread_once(&once, begin_slowly) == 0);
    REQUIRE(once_count == 1);
    return number;
}

/* ---- time ---- */

static int64_t now_ms(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void check_time(void)
{
    struct timespec until;
    int64_t began = now_ms(CLOCK_MONOTONIC);

    sleep(3600);
    REQUIRE(now_ms(CLOCK_MONOTONIC) - began == 3600000);
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 60;
    pthread_mutex_lock(&mutex);
    REQUIRE(pthread_cond_timedwait(&changed, &mutex, &until) == ETIMEDOUT);
    REQUIRE(pthread_mutex_trylock(&mutex) == EBUSY);
    pthread_mutex_unlock(&mutex);
    while (sem_trywait(&two) == 0)
        continue;
    until.tv_sec += 60;
    REQUIRE(sem_timedwait(&two, &until) == -1 && errno == ETIMEDOUT);
    REQUIRE(now_ms(CLOCK_MONOTONIC) - began >= 3720000);
}

/* ---- threads that nobody joins ---- */

static void *leave(void *argument)
{
    sched_yield();
    sem_post(&two);
    return argument;
}

static void check_detached(void)
{
    pthread_attr_t attributes;
    pthread_t thread;
    int state;

    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    for (int i = 0; i < ROUNDS; i++) {
        REQUIRE(pthread_create(&thread, &attributes, leave, NULL) == 0);
        REQUIRE(pthread_create(&thread, NULL, leave, NULL) == 0 && pthread_detach(thread) == 0);
        REQUIRE(sem_wait(&two) == 0 && sem_wait(&two) == 0);
    }
    pthread_attr_getdetachstate(&attributes, &state);
    REQUIRE(state == PTHREAD_CREATE_DETACHED);
    pthread_attr_destroy(&attributes);
}

int main(void)
{
    sem_init(&two, 0, 2);
    pthread_spin_init(&spin, 0);
    pthread_barrier_init(&barrier, NULL, THREADS);
    check_kinds_of_mutex();
    run(take_turns);
    REQUIRE(turn == THREADS * ROUNDS);
    run(share_two);
    run(read_and_write);
    run(spin_in_turn);
    run(meet);
    REQUIRE(serial == ROUNDS);
    run(begin_once);
    check_time();
    check_detached();
    puts("all as POSIX says");
    return 0;
}

/* SPDX-License-Identifier: MIT
 *
 * raw_kinds.c - each kind of lock and of thread, and what outlives a thread, a line an answer; run
 * with control and without, by check_as_real.c.
 */
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#define ANSWER(call) (errno = 0, answer(#call, (long)(call)))

static void answer(const char *call, long result)
{
    printf("%s: %ld, errno %d\n", call, result, errno);
    fflush(stdout);
}

static const struct timespec past = {1, 0};
/* CLOCK_REALTIME is 0, and CLOCK_MONOTONIC is 1. */
static const struct timespec *soon(clockid_t clock)
{
    static struct timespec at;

    clock_gettime(clock, &at);
    at.tv_nsec += 1000000;
    at.tv_sec += at.tv_nsec / 1000000000;
    at.tv_nsec %= 1000000000;
    return &at;
}

/* ---- mutexes ---- */

static pthread_mutex_t it;

static void *lock_and_end(void *argument)
{
    (void)argument;
    return (void *)(long)pthread_mutex_lock(&it);
}

static void *try_it(void *argument)
{
    (void)argument;
    ANSWER(pthread_mutex_trylock(&it));
    ANSWER(pthread_mutex_timedlock(&it, &past));
    ANSWER(pthread_mutex_timedlock(&it, soon(CLOCK_REALTIME)));
    ANSWER(pthread_mutex_clocklock(&it, CLOCK_MONOTONIC, soon(CLOCK_MONOTONIC)));
    ANSWER(pthread_mutex_clocklock(&it, CLOCK_BOOTTIME, soon(CLOCK_MONOTONIC)));
    return NULL;
}

static void in_thread(void *(*function)(void *))
{
    pthread_t thread;

    pthread_create(&thread, NULL, function, NULL);
    pthread_join(thread, NULL);
}

/* A thread has ended with it. */
static void answer_left_behind(void)
{
    in_thread(lock_and_end);
    ANSWER(pthread_mutex_trylock(&it));
    ANSWER(pthread_mutex_consistent(&it));
    ANSWER(pthread_mutex_consistent(&it));
    ANSWER(pthread_mutex_unlock(&it));
    in_thread(lock_and_end);
    ANSWER(pthread_mutex_lock(&it));
    ANSWER(pthread_mutex_unlock(&it));
    ANSWER(pthread_mutex_lock(&it));
    ANSWER(pthread_mutex_trylock(&it));
}

static void answer_mutex(int type, int robust, int protocol)
{
    pthread_mutexattr_t attributes;
    int ceiling;

    printf("type %d, robust %d, protocol %d\n", type, robust, protocol);
    pthread_mutexattr_init(&attributes);
    ANSWER(pthread_mutexattr_settype(&attributes, type));
    ANSWER(pthread_mutexattr_setrobust(&attributes, robust));
    ANSWER(pthread_mutexattr_setprotocol(&attributes, protocol));
    ANSWER(pthread_mutex_init(&it, &attributes));
    ANSWER(pthread_mutex_getprioceiling(&it, &ceiling));
    ANSWER(pthread_mutex_lock(&it));
    in_thread(try_it);
    ANSWER(pthread_mutex_trylock(&it));
    if (type == PTHREAD_MUTEX_RECURSIVE || type == PTHREAD_MUTEX_ERRORCHECK) {
        ANSWER(pthread_mutex_lock(&it));
        ANSWER(pthread_mutex_timedlock(&it, soon(CLOCK_REALTIME)));
    }
    ANSWER(pthread_mutex_destroy(&it));
    for (int i = 0; i < 4 && (i == 0 || type == PTHREAD_MUTEX_RECURSIVE); i++)
        ANSWER(pthread_mutex_unlock(&it));
    if (type == PTHREAD_MUTEX_ERRORCHECK)
        ANSWER(pthread_mutex_unlock(&it));
    if (robust)
        answer_left_behind();
    ANSWER(pthread_mutex_destroy(&it));
}

static void answer_mutexes(void)
{
    static const int types[] = {PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_ERRORCHECK,
                                PTHREAD_MUTEX_RECURSIVE, PTHREAD_MUTEX_ADAPTIVE_NP};

    for (int i = 0; i < 4; i++)
        for (int robust = 0; robust < 2; robust++)
            answer_mutex(types[i], robust, PTHREAD_PRIO_NONE);
    answer_mutex(PTHREAD_MUTEX_NORMAL, 0, PTHREAD_PRIO_INHERIT);
    answer_mutex(PTHREAD_MUTEX_ERRORCHECK, 1, PTHREAD_PRIO_INHERIT);
}

/* ---- conditions ---- */

static void answer_conditions(void)
{
    static const clockid_t clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME,
                                       CLOCK_PROCESS_CPUTIME_ID, 77};
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_condattr_t attributes;
    pthread_cond_t cond;

    pthread_mutex_lock(&mutex);
    for (int i = 0; i < 5; i++) {
        printf("clock %d\n", i);
        pthread_condattr_init(&attributes);
        ANSWER(pthread_condattr_setclock(&attributes, clocks[i]));
        ANSWER(pthread_cond_init(&cond, &attributes));
        ANSWER(pthread_cond_timedwait(&cond, &mutex, &past));
        ANSWER(pthread_cond_timedwait(&cond, &mutex, soon(i == 1)));
        ANSWER(pthread_cond_clockwait(&cond, &mutex, clocks[i], soon(i == 1)));
        ANSWER(pthread_cond_signal(&cond));
        ANSWER(pthread_cond_broadcast(&cond));
        ANSWER(pthread_cond_destroy(&cond));
    }
    pthread_mutex_unlock(&mutex);
}

/* ---- semaphores, barriers, spinlocks, C11 ---- */

static int of_one_barrier[3];
static pthread_barrier_t barrier;

static void *meet(void *argument)
{
    *(int *)argument = pthread_barrier_wait(&barrier);
    return NULL;
}

static void answer_barriers(void)
{
    pthread_t threads[3];
    int serial = 0;

    ANSWER(pthread_barrier_init(&barrier, NULL, 0));
    ANSWER(pthread_barrier_init(&barrier, NULL, (unsigned)INT_MAX + 1u));
    ANSWER(pthread_barrier_init(&barrier, NULL, 1));
    ANSWER(pthread_barrier_wait(&barrier));
    ANSWER(pthread_barrier_wait(&barrier));
    ANSWER(pthread_barrier_destroy(&barrier));
    ANSWER(pthread_barrier_init(&barrier, NULL, 3));
    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, meet, &of_one_barrier[i]);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL), serial += of_one_barrier[i];
    ANSWER(serial);
    ANSWER(pthread_barrier_destroy(&barrier));
}

static void answer_semaphores(void)
{
    sem_t sem;
    int value;

    ANSWER(sem_init(&sem, 0, (unsigned)SEM_VALUE_MAX + 1u));
    ANSWER(sem_init(&sem, 0, SEM_VALUE_MAX));
    ANSWER(sem_post(&sem));
    ANSWER(sem_trywait(&sem));
    ANSWER(sem_getvalue(&sem, &value));
    ANSWER(value == SEM_VALUE_MAX - 1);
    ANSWER(sem_init(&sem, 0, 0));
    ANSWER(sem_trywait(&sem));
    ANSWER(sem_timedwait(&sem, &past));
    ANSWER(sem_timedwait(&sem, soon(CLOCK_REALTIME)));
    ANSWER(sem_clockwait(&sem, CLOCK_MONOTONIC, soon(CLOCK_MONOTONIC)));
    ANSWER(sem_clockwait(&sem, CLOCK_TAI, soon(CLOCK_MONOTONIC)));
    ANSWER(sem_destroy(&sem));
}

static void answer_others(void)
{
    pthread_spinlock_t spin;
    mtx_t plain, timed;

    ANSWER(pthread_spin_init(&spin, 0));
    ANSWER(pthread_spin_lock(&spin));
    ANSWER(pthread_spin_trylock(&spin));
    ANSWER(pthread_spin_unlock(&spin));
    ANSWER(pthread_spin_destroy(&spin));
    ANSWER(mtx_init(&plain, 99));
    ANSWER(mtx_init(&plain, mtx_plain | mtx_recursive));
    ANSWER(mtx_lock(&plain));
    ANSWER(mtx_lock(&plain));
    ANSWER(mtx_trylock(&plain));
    ANSWER(mtx_unlock(&plain));
    ANSWER(mtx_init(&timed, mtx_timed));
    ANSWER(mtx_timedlock(&timed, &past));
    ANSWER(mtx_trylock(&timed));
    ANSWER(mtx_timedlock(&timed, soon(CLOCK_REALTIME)));
}

/* ---- threads ---- */

static sem_t stays, over;

static void *stay(void *argument)
{
    sem_wait(&stays);
    return argument;
}

static void *join_oneself(void *argument)
{
    (void)argument;
    ANSWER(pthread_join(pthread_self(), NULL));
    ANSWER(pthread_detach(pthread_self()));
    ANSWER(pthread_detach(pthread_self()));
    sem_post(&over);
    return NULL;
}

static void answer_threads(void)
{
    pthread_t thread, detached;
    pthread_attr_t attributes;
    void *value = NULL;
    char name[16];

    sem_init(&stays, 0, 0);
    sem_init(&over, 0, 0);
    pthread_attr_init(&attributes);
    ANSWER(pthread_attr_setstacksize(&attributes, 100));
    ANSWER(pthread_attr_setdetachstate(&attributes, 7));
    ANSWER(pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED));
    ANSWER(pthread_create(&detached, &attributes, stay, NULL));
    ANSWER(pthread_join(detached, NULL));
    ANSWER(pthread_tryjoin_np(detached, NULL));
    ANSWER(pthread_timedjoin_np(detached, NULL, &past));
    ANSWER(pthread_detach(detached));
    ANSWER(pthread_create(&thread, NULL, stay, &stays));
    ANSWER(pthread_tryjoin_np(thread, &value));
    ANSWER(pthread_timedjoin_np(thread, &value, &past));
    ANSWER(pthread_timedjoin_np(thread, &value, soon(CLOCK_REALTIME)));
    ANSWER(pthread_clockjoin_np(thread, &value, CLOCK_MONOTONIC, soon(CLOCK_MONOTONIC)));
    ANSWER(pthread_clockjoin_np(thread, &value, CLOCK_BOOTTIME, soon(CLOCK_MONOTONIC)));
    ANSWER(pthread_setname_np(thread, "a name of sixteen"));
    ANSWER(pthread_setname_np(thread, "fifteen letters"));
    ANSWER(pthread_getname_np(thread, name, 3));
    ANSWER(pthread_getname_np(thread, name, sizeof name));
    ANSWER(strcmp(name, "fifteen letters"));
    ANSWER(pthread_kill(thread, 0));
    ANSWER(pthread_kill(thread, 99));
    sem_post(&stays);
    sem_post(&stays);
    ANSWER(pthread_join(thread, &value));
    ANSWER(value == &stays);
    pthread_create(&thread, NULL, join_oneself, NULL);
    sem_wait(&over);
}

/* ---- keys ---- */

static pthread_key_t keys[3];

static void destroy(void *value)
{
    long left = (long)value;

    printf("destroyed %ld\n", left);
    fflush(stdout);
    if (left % 10 > 0)
        pthread_setspecific(keys[left / 10], (void *)(left - 1));
}

static void *use_keys(void *argument)
{
    (void)argument;
    ANSWER(pthread_setspecific(keys[2], (void *)21));
    ANSWER(pthread_setspecific(keys[0], (void *)9));
    ANSWER(pthread_setspecific(keys[1], (void *)10));
    return NULL;
}

static void answer_keys(void)
{
    pthread_key_t none = 12345;

    for (int i = 0; i < 3; i++)
        ANSWER(pthread_key_create(&keys[i], destroy));
    in_thread(use_keys);
    ANSWER((long)pthread_getspecific(none));
    ANSWER(pthread_setspecific(none, &none));
    ANSWER(pthread_key_delete(none));
    ANSWER(pthread_key_delete(keys[0]));
    ANSWER(pthread_key_delete(keys[0]));
    ANSWER(pthread_setspecific(keys[0], &none));
}

int main(void)
{
    answer_mutexes();
    answer_conditions();
    answer_semaphores();
    answer_barriers();
    answer_others();
    answer_threads();
    answer_keys();
    return 0;
}

/* SPDX-License-Identifier: MIT
 *
 * raw_cancel.c - pthread_cancel() of threads that wait, and of such as do not; a line an answer.
 *
 *      raw_cancel plain    without control: who waits is seen in /proc
 *      raw_cancel FILE     under control: who waits is seen by a virtual millisecond
 *
 * check_as_real holds one against the other.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kernel_sleep.h"

#define ANSWER(call) (errno = 0, answer(#call, (long)(call)))

static int is_plain;
static atomic_int tid; /* of the waiter, from just before it waits */
static pthread_mutex_t mutex; /* says EDEADLK to who has it */
static pthread_cond_t cond;
static pthread_rwlock_t rwlock;
static pthread_barrier_t barrier;
static sem_t sem, never;
static pthread_t other;
static pthread_key_t key;
static int cancelled; /* what cancelling has answered */
static int pipes[2], sockets[2];
static const struct timespec late = {1L << 31, 0};

static void answer(const char *call, long result)
{
    printf("%s: %ld, errno %d\n", call, result, errno);
}

/* ---- when somebody waits ---- */

static void until_it_waits(void)
{
    if (!is_plain)
        usleep(1000);
    while (is_plain && (tid == 0 || !sleeps_in_the_kernel(tid)))
        sched_yield();
}

/* ---- what waits ---- */

static void on_cond(void)
{
    pthread_mutex_lock(&mutex);
    pthread_cond_wait(&cond, &mutex);
    puts("was woken");
    pthread_mutex_unlock(&mutex);
}

static void on_timed_cond(void)
{
    pthread_mutex_lock(&mutex);
    pthread_cond_timedwait(&cond, &mutex, &late);
}

static void on_clock_cond(void)
{
    pthread_mutex_lock(&mutex);
    pthread_cond_clockwait(&cond, &mutex, CLOCK_MONOTONIC, &late);
}

static void on_sem(void)
{
    ANSWER(sem_wait(&sem));
}

static void on_timed_sem(void)
{
    sem_timedwait(&sem, &late);
}

static void on_read(void)
{
    char byte;

    ANSWER(read(pipes[0], &byte, 1));
}

static void on_recv(void)
{
    char byte;

    recv(sockets[0], &byte, 1, 0);
}

static void on_poll(void)
{
    poll(&(struct pollfd){.fd = pipes[0], .events = POLLIN}, 1, -1);
}

static void on_ppoll(void)
{
    sigset_t none;

    sigemptyset(&none);
    ppoll(NULL, 0, &(struct timespec){1000, 0}, &none);
}

static void on_select(void)
{
    fd_set in;

    FD_ZERO(&in);
    FD_SET(pipes[0], &in);
    select(pipes[0] + 1, &in, NULL, NULL, NULL);
}

static void on_epoll(void)
{
    struct epoll_event event = {.events = EPOLLIN};
    int fd = epoll_create1(0);

    epoll_ctl(fd, EPOLL_CTL_ADD, pipes[0], &event);
    epoll_wait(fd, &event, 1, -1);
}

static void on_sleep(void)
{
    sleep(1000);
}

static void on_usleep(void)
{
    usleep(900000000);
}

static void on_nanosleep(void)
{
    nanosleep(&(struct timespec){1000, 0}, NULL);
}

static void on_clock_nanosleep(void)
{
    clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &late, NULL);
}

static void on_join(void)
{
    pthread_join(other, NULL);
}

static void on_pause(void)
{
    pause();
}

static void on_sigsuspend(void)
{
    sigset_t none;

    sigemptyset(&none);
    sigsuspend(&none);
}

static void on_sigwait(void)
{
    sigset_t set;
    int number;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    ANSWER(sigwait(&set, &number));
}

/* It may be cancelled at no time, until it says so. */
static void on_sem_disabled(void)
{
    int state = -1;

    ANSWER(pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state));
    ANSWER(state == PTHREAD_CANCEL_ENABLE);
    ANSWER(sem_wait(&sem));
    pthread_testcancel();
    puts("lives");
    ANSWER(pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &state));
    ANSWER(state == PTHREAD_CANCEL_DISABLE);
    pthread_testcancel();
}

/* ---- what waits and is no cancellation point ---- */

static void on_mutex(void)
{
    ANSWER(pthread_mutex_lock(&mutex));
    ANSWER(pthread_mutex_unlock(&mutex));
    pthread_testcancel();
}

static void on_rwlock(void)
{
    ANSWER(pthread_rwlock_rdlock(&rwlock));
    ANSWER(pthread_rwlock_unlock(&rwlock));
    pthread_testcancel();
}

static void on_barrier(void)
{
    pthread_barrier_wait(&barrier);
    puts("is past the barrier");
    pthread_testcancel();
}

/* ---- the waiter ---- */

static void clean(void *what)
{
    printf("cleans %s\n", (const char *)what);
    ANSWER(pthread_mutex_lock(&mutex)); /* has it the mutex? */
    ANSWER(pthread_mutex_unlock(&mutex));
}

static void destroy(void *value)
{
    printf("destroys %s\n", (const char *)value);
}

static void *wait_somewhere(void *function)
{
    int type = -1;

    pthread_setspecific(key, "its own");
    pthread_cleanup_push(clean, "first");
    pthread_cleanup_push(clean, "second");
    ANSWER(pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, &type));
    ANSWER(type == PTHREAD_CANCEL_DEFERRED);
    tid = (int)gettid();
    (*(void (**)(void))function)();
    puts("goes on");
    pthread_cleanup_pop(0);
    pthread_cleanup_pop(0);
    return NULL;
}

static pthread_t start(void (**function)(void))
{
    pthread_t thread;

    tid = 0;
    pthread_create(&thread, NULL, wait_somewhere, (void *)function);
    until_it_waits();
    return thread;
}

static void join(pthread_t thread)
{
    void *result = NULL;

    ANSWER(pthread_join(thread, &result));
    ANSWER(cancelled);
    ANSWER(result == PTHREAD_CANCELED);
}

#define WAITS(X) X(on_cond) X(on_timed_cond) X(on_clock_cond) X(on_sem) X(on_timed_sem)
#define INPUTS(X) X(on_read) X(on_recv) X(on_poll) X(on_ppoll) X(on_select) X(on_epoll)
#define SLEEPS(X) \
    X(on_sleep) \
    X(on_usleep) X(on_nanosleep) X(on_clock_nanosleep) X(on_pause) X(on_sigsuspend) X(on_sigwait)
#define CASES(X) WAITS(X) INPUTS(X) SLEEPS(X)

static void answer_waits(void)
{
    static const struct {
        const char *name;
        void (*function)(void);
    } cases[] = {
#define CASE(function) {#function, function},
        CASES(CASE)
#undef CASE
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        void (*function)(void) = cases[i].function;
        printf("-- %s\n", cases[i].name);
        pthread_t thread = start(&function);
        cancelled = pthread_cancel(thread);
        join(thread);
    }
}

/* ---- once ---- */

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int begun;

static void begin_and_pause(void)
{
    if (++begun == 1)
        pause();
}

static void begin_and_end(void)
{
    if (++begun == 1)
        pthread_exit(NULL);
}

static void on_once(void)
{
    pthread_once(&once, begin_and_pause);
}

static void *end_in_once(void *unused)
{
    pthread_once(&once, begin_and_end);
    return unused;
}

static void *wait_for_once(void *unused)
{
    pthread_once(&once, begin_and_pause);
    return unused;
}

/* Who had begun has not done it, and the one who waits for that does it. */
static void answer_once(void)
{
    void (*function)(void) = on_once;
    pthread_t waiter;

    puts("-- on_once");
    pthread_t thread = start(&function);
    pthread_create(&waiter, NULL, wait_for_once, NULL);
    cancelled = pthread_cancel(thread);
    join(thread);
    ANSWER(pthread_join(waiter, NULL));
    ANSWER(pthread_once(&once, begin_and_pause));
    ANSWER(begun);
    once = (pthread_once_t)PTHREAD_ONCE_INIT;
    begun = 0;
    pthread_create(&thread, NULL, end_in_once, NULL);
    ANSWER(pthread_join(thread, NULL));
    ANSWER(pthread_once(&once, begin_and_end));
    ANSWER(begun);
}

static void *wait_for_ever(void *unused)
{
    sem_wait(&never);
    return unused;
}

/* Who was waited for can be waited for again. */
static void answer_join(void)
{
    void (*function)(void) = on_join;

    puts("-- on_join");
    pthread_create(&other, NULL, wait_for_ever, NULL);
    pthread_t thread = start(&function);
    cancelled = pthread_cancel(thread);
    join(thread);
    sem_post(&never);
    ANSWER(pthread_join(other, NULL));
}

/* It goes on to wait, and is cancelled behind that. */
static void answer_no_points(void)
{
    void (*function)(void) = on_mutex;

    puts("-- on_mutex");
    pthread_mutex_lock(&mutex);
    pthread_t thread = start(&function);
    cancelled = pthread_cancel(thread);
    puts("unlocks");
    pthread_mutex_unlock(&mutex);
    join(thread);
    puts("-- on_rwlock");
    function = on_rwlock;
    pthread_rwlock_wrlock(&rwlock);
    thread = start(&function);
    cancelled = pthread_cancel(thread);
    puts("unlocks");
    pthread_rwlock_unlock(&rwlock);
    join(thread);
    puts("-- on_barrier");
    function = on_barrier;
    thread = start(&function);
    cancelled = pthread_cancel(thread);
    pthread_barrier_wait(&barrier);
    join(thread);
    puts("-- on_sem_disabled");
    function = on_sem_disabled;
    thread = start(&function);
    cancelled = pthread_cancel(thread);
    sem_post(&sem);
    join(thread);
}

/* ---- one that is cancelled before it waits ---- */

/* It would not have to wait, and takes nothing. */
static void *wait_cancelled(void *function)
{
    pthread_setspecific(key, "its own");
    pthread_cleanup_push(clean, "it");
    ANSWER(pthread_cancel(pthread_self()));
    (*(void (**)(void))function)();
    puts("goes on");
    pthread_cleanup_pop(0);
    return NULL;
}

static void answer_cancelled(void)
{
    void (*function)(void) = on_sem;
    pthread_t thread;
    int value;

    puts("-- on_sem, cancelled before");
    sem_post(&sem);
    pthread_create(&thread, NULL, wait_cancelled, (void *)&function);
    join(thread);
    ANSWER(sem_getvalue(&sem, &value));
    ANSWER(value);
    sem_wait(&sem);
    puts("-- on_read, cancelled before");
    function = on_read;
    ANSWER(write(pipes[1], "x", 1));
    pthread_create(&thread, NULL, wait_cancelled, (void *)&function);
    join(thread);
    on_read();
    puts("-- on_cond, cancelled before");
    function = on_cond;
    pthread_create(&thread, NULL, wait_cancelled, (void *)&function);
    join(thread);
    puts("-- on_sleep, cancelled before");
    function = on_sleep;
    pthread_create(&thread, NULL, wait_cancelled, (void *)&function);
    join(thread);
}

/* A signal to one that waits for it, and is not cancelled. */
static void answer_signal(void)
{
    void (*function)(void) = on_sigwait;

    puts("-- on_sigwait, which gets it");
    pthread_t thread = start(&function);
    cancelled = pthread_kill(thread, SIGUSR1);
    join(thread);
}

/* A signal goes to the waiter that is left. */
static void answer_others(void)
{
    void (*function)(void) = on_cond;
    pthread_t thread, second;

    puts("-- two wait");
    thread = start(&function);
    second = start(&function);
    cancelled = pthread_cancel(thread);
    join(thread);
    pthread_mutex_lock(&mutex);
    ANSWER(pthread_cond_signal(&cond));
    pthread_mutex_unlock(&mutex);
    join(second);
}

int main(int argc, char **argv)
{
    pthread_mutexattr_t checks;
    sigset_t blocked;

    /* Until the end: to write is a cancellation point in the C library, and printf() may be one. */
    setvbuf(stdout, NULL, _IOFBF, 1 << 16);
    is_plain = argc > 1 && strcmp(argv[1], "plain") == 0;
    pthread_mutexattr_init(&checks);
    pthread_mutexattr_settype(&checks, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutex_init(&mutex, &checks);
    pthread_cond_init(&cond, NULL);
    pthread_rwlock_init(&rwlock, NULL);
    pthread_barrier_init(&barrier, NULL, 2);
    sem_init(&sem, 0, 0);
    sem_init(&never, 0, 0);
    pthread_key_create(&key, destroy);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &blocked, NULL);
    if (pipe(pipes) < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) < 0)
        return 1;
    answer_waits();
    answer_join();
    answer_once();
    answer_no_points();
    answer_cancelled();
    answer_signal();
    answer_others();
    return 0;
}

/* SPDX-License-Identifier: MIT
 *
 * raw_timed.c - plays an interpreter for check_control: each call that waits until a time, or does
 * not wait at all, on something that another thread has.
 *
 * Ends with 0 if each did what POSIX says, which no schedule may change; else says which did not.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#define REQUIRE(what) \
    do { \
        if (!(what)) { \
            printf("raw_timed.c:%d: %s\n", __LINE__, #what); \
            exit(1); \
        } \
    } while (0)

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
static pthread_rwlock_t read_by_other = PTHREAD_RWLOCK_INITIALIZER;
static pthread_rwlock_t written_by_other = PTHREAD_RWLOCK_INITIALIZER;
static pthread_spinlock_t spin;
static mtx_t c11;
static sem_t is_held, may_go, empty;

static struct timespec *in_a_minute(clockid_t clock, struct timespec *time)
{
    clock_gettime(clock, time);
    time->tv_sec += 60;
    return time;
}

#define IN_A_MINUTE(clock) in_a_minute(clock, &(struct timespec){0, 0})

static int64_t now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

/* ---- what another thread has ---- */

static void *hold_all(void *argument)
{
    REQUIRE(pthread_mutex_lock(&mutex) == 0 && mtx_lock(&c11) == thrd_success);
    REQUIRE(pthread_rwlock_tryrdlock(&read_by_other) == 0);
    REQUIRE(pthread_rwlock_trywrlock(&written_by_other) == 0);
    REQUIRE(pthread_spin_trylock(&spin) == 0);
    sem_post(&is_held);
    while (sem_wait(&may_go) != 0)
        continue;
    pthread_spin_unlock(&spin);
    pthread_rwlock_unlock(&written_by_other);
    pthread_rwlock_unlock(&read_by_other);
    mtx_unlock(&c11);
    pthread_mutex_unlock(&mutex);
    return argument;
}

static void check_without_waiting(pthread_t other)
{
    REQUIRE(pthread_mutex_trylock(&mutex) == EBUSY);
    REQUIRE(mtx_trylock(&c11) == thrd_busy);
    REQUIRE(pthread_rwlock_tryrdlock(&written_by_other) == EBUSY);
    REQUIRE(pthread_rwlock_trywrlock(&read_by_other) == EBUSY);
    REQUIRE(pthread_spin_trylock(&spin) == EBUSY);
    REQUIRE(pthread_tryjoin_np(other, NULL) == EBUSY);
    REQUIRE(sem_trywait(&empty) == -1 && errno == EAGAIN);
    REQUIRE(pthread_rwlock_tryrdlock(&read_by_other) == 0);
    REQUIRE(pthread_rwlock_unlock(&read_by_other) == 0);
}

/* Each of them a minute, by whichever clock. */
static void check_until(pthread_t other)
{
    int64_t began = now_s();

    REQUIRE(pthread_mutex_timedlock(&mutex, IN_A_MINUTE(CLOCK_REALTIME)) == ETIMEDOUT);
    REQUIRE(mtx_timedlock(&c11, IN_A_MINUTE(CLOCK_REALTIME)) == thrd_timedout);
    REQUIRE(pthread_rwlock_timedrdlock(&written_by_other, IN_A_MINUTE(CLOCK_REALTIME)) ==
            ETIMEDOUT);
    REQUIRE(pthread_rwlock_timedwrlock(&read_by_other, IN_A_MINUTE(CLOCK_REALTIME)) == ETIMEDOUT);
    REQUIRE(pthread_timedjoin_np(other, NULL, IN_A_MINUTE(CLOCK_REALTIME)) == ETIMEDOUT);
    REQUIRE(sem_timedwait(&empty, IN_A_MINUTE(CLOCK_REALTIME)) == -1 && errno == ETIMEDOUT);
    for (int i = 0; i < 2; i++) {
        clockid_t clock = i == 0 ? CLOCK_MONOTONIC : CLOCK_REALTIME;
        REQUIRE(pthread_mutex_clocklock(&mutex, clock, IN_A_MINUTE(clock)) == ETIMEDOUT);
        REQUIRE(pthread_rwlock_clockrdlock(&written_by_other, clock, IN_A_MINUTE(clock)) ==
                ETIMEDOUT);
        REQUIRE(pthread_rwlock_clockwrlock(&read_by_other, clock, IN_A_MINUTE(clock)) == ETIMEDOUT);
        REQUIRE(pthread_clockjoin_np(other, NULL, clock, IN_A_MINUTE(clock)) == ETIMEDOUT);
        REQUIRE(sem_clockwait(&empty, clock, IN_A_MINUTE(clock)) == -1 && errno == ETIMEDOUT);
    }
    REQUIRE(now_s() - began >= 16 * 60 && now_s() - began < 17 * 60);
}

static void check_conditions(void)
{
    REQUIRE(pthread_mutex_clocklock(&mutex, CLOCK_MONOTONIC, IN_A_MINUTE(CLOCK_MONOTONIC)) == 0);
    REQUIRE(pthread_cond_timedwait(&never, &mutex, IN_A_MINUTE(CLOCK_REALTIME)) == ETIMEDOUT);
    REQUIRE(pthread_cond_clockwait(&never, &mutex, CLOCK_MONOTONIC, IN_A_MINUTE(CLOCK_MONOTONIC)) ==
            ETIMEDOUT);
    REQUIRE(pthread_mutex_unlock(&mutex) == 0);
}

static void check_what_is_free(pthread_t other)
{
    void *result;

    REQUIRE(pthread_rwlock_clockrdlock(&read_by_other, CLOCK_MONOTONIC,
                                       IN_A_MINUTE(CLOCK_MONOTONIC)) == 0);
    REQUIRE(pthread_rwlock_unlock(&read_by_other) == 0);
    sem_post(&may_go);
    REQUIRE(pthread_rwlock_clockwrlock(&read_by_other, CLOCK_MONOTONIC,
                                       IN_A_MINUTE(CLOCK_MONOTONIC)) == 0);
    REQUIRE(pthread_rwlock_unlock(&read_by_other) == 0);
    REQUIRE(pthread_clockjoin_np(other, &result, CLOCK_MONOTONIC, IN_A_MINUTE(CLOCK_MONOTONIC)) ==
                0 &&
            result == &mutex);
    check_conditions();
}

/* ---- descriptors ---- */

static void *write_later(void *fd)
{
    usleep(1000000);
    REQUIRE(eventfd_write(*(int *)fd, 5) == 0);
    return NULL;
}

static void check_ready(int fd)
{
    struct pollfd one = {.fd = fd, .events = POLLIN};
    struct timespec minute = {60, 0};
    struct epoll_event event = {.events = EPOLLIN};
    int set = epoll_create1(EPOLL_CLOEXEC), old = epoll_create(1);
    fd_set fds;
    pthread_t writer;
    eventfd_t value;

    REQUIRE(epoll_ctl(set, EPOLL_CTL_ADD, fd, &event) == 0);
    REQUIRE(ppoll(&one, 1, &minute, NULL) == 0);
    FD_ZERO(&fds);
    FD_SET(fd, &fds);
    REQUIRE(pselect(fd + 1, &fds, NULL, NULL, &minute, NULL) == 0);
    REQUIRE(epoll_wait(set, &event, 1, 60000) == 0);
    REQUIRE(pthread_create(&writer, NULL, write_later, &fd) == 0);
    REQUIRE(epoll_pwait(set, &event, 1, 60000, NULL) == 1);
    REQUIRE(epoll_pwait2(set, &event, 1, &minute, NULL) == 1);
    REQUIRE(eventfd_read(fd, &value) == 0 && value == 5);
    REQUIRE(pthread_join(writer, NULL) == 0);
    close(set);
    close(old);
}

static void check_timer(void)
{
    struct itimerspec in_two = {.it_value = {2, 0}}, left;
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    int64_t began = now_s();
    uint64_t count;

    REQUIRE(timerfd_settime(fd, 0, &in_two, NULL) == 0 && timerfd_gettime(fd, &left) == 0);
    REQUIRE(left.it_value.tv_sec <= 2);
    REQUIRE(read(fd, &count, sizeof count) == sizeof count && count == 1);
    REQUIRE(now_s() - began >= 2);
    close(fd);
}

/* ---- sleeps and signals ---- */

static volatile sig_atomic_t arrived;

static void count(int number)
{
    (void)number;
    arrived++;
}

static void check_sleeps(void)
{
    struct timespec second = {1, 0};
    int64_t began = now_s();

    REQUIRE(nanosleep(&second, NULL) == 0);
    REQUIRE(clock_nanosleep(CLOCK_MONOTONIC, 0, &second, NULL) == 0);
    REQUIRE(thrd_sleep(&second, NULL) == 0);
    REQUIRE(now_s() - began >= 3);
}

static void check_signals(void)
{
    struct sigaction action = {.sa_handler = count};
    struct timespec minute = {60, 0};
    struct signalfd_siginfo seen;
    siginfo_t info;
    sigset_t usr, none;
    int number;

    sigemptyset(&none);
    sigemptyset(&usr);
    sigaddset(&usr, SIGUSR1);
    REQUIRE(sigaction(SIGUSR1, &action, NULL) == 0);
    REQUIRE(sigprocmask(SIG_BLOCK, &usr, NULL) == 0);
    REQUIRE(sigtimedwait(&usr, &info, &minute) == -1 && errno == EAGAIN);
    REQUIRE(sigqueue(getpid(), SIGUSR1, (union sigval){.sival_int = 7}) == 0);
    REQUIRE(sigtimedwait(&usr, &info, &minute) == SIGUSR1 && info.si_value.sival_int == 7);
    REQUIRE(raise(SIGUSR1) == 0 && sigwait(&usr, &number) == 0 && number == SIGUSR1);
    REQUIRE(raise(SIGUSR1) == 0 && sigsuspend(&none) == -1 && errno == EINTR && arrived == 1);
    int fd = signalfd(-1, &usr, SFD_CLOEXEC);
    REQUIRE(raise(SIGUSR1) == 0 && read(fd, &seen, sizeof seen) == sizeof seen);
    REQUIRE(seen.ssi_signo == SIGUSR1 && arrived == 1);
    close(fd);
}

int main(void)
{
    pthread_t other;

    pthread_spin_init(&spin, 0);
    mtx_init(&c11, mtx_timed);
    sem_init(&is_held, 0, 0);
    sem_init(&may_go, 0, 0);
    sem_init(&empty, 0, 0);
    REQUIRE(pthread_create(&other, NULL, hold_all, &mutex) == 0);
    sem_wait(&is_held);
    check_without_waiting(other);
    check_until(other);
    check_what_is_free(other);
    check_ready(eventfd(0, EFD_CLOEXEC));
    check_timer();
    check_sleeps();
    check_signals();
    sem_destroy(&empty);
    pthread_spin_destroy(&spin);
    pthread_rwlock_destroy(&read_by_other);
    pthread_cond_destroy(&never);
    puts("all as POSIX says");
    return 0;
}

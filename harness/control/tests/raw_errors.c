/* SPDX-License-Identifier: MIT
 *
 * raw_errors.c - each call that is controlled, with what it has to refuse.
 *
 * It prints what each answered: check_as_real holds that against the same program without control.
 * What glibc leaves undefined is not here (a null pointer where it follows it, a lock that is not
 * the caller's), nor what would wait.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/pidfd.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <termios.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

/* What it answered; and errno, if that is where the error stands. */
#define ANSWER(call) (errno = 0, answer(#call, (long)(call)))

static void answer(const char *call, long result)
{
    if (result == -1)
        printf("%s: -1, %s\n", call, strerrorname_np(errno));
    else
        printf("%s: %ld\n", call, result);
}

enum { NO_CLOCK = 99, NO_FD = 987, SECOND_NS = 1000000000 };

static const struct timespec below = {1, -1}, above = {1, SECOND_NS}, before = {-1, 0};
static const struct timespec past = {1, 0};

/* Variables: the compiler sees through constants, and refuses to compile them. */
static volatile int minus_one = -1;
static volatile unsigned more_than_256 = 1000, far_too_many = 1u << 30;

static pthread_mutex_t mutex, checking, recursive;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static sem_t go, stayed, empty, full;

/* ---- locks ---- */

static void make(pthread_mutex_t *it, int type)
{
    pthread_mutexattr_t attributes;

    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, type);
    pthread_mutex_init(it, &attributes);
}

static void answer_mutex(pthread_mutex_t *it)
{
    ANSWER(pthread_mutex_timedlock(it, &below) && pthread_mutex_timedlock(it, &below));
    ANSWER(pthread_mutex_timedlock(it, &above));
    ANSWER(pthread_mutex_timedlock(it, &before));
    ANSWER(pthread_mutex_timedlock(it, &past));
    ANSWER(pthread_mutex_clocklock(it, CLOCK_MONOTONIC, &below));
    ANSWER(pthread_mutex_clocklock(it, CLOCK_MONOTONIC, &before));
    ANSWER(pthread_mutex_clocklock(it, CLOCK_BOOTTIME, &past));
    ANSWER(pthread_mutex_clocklock(it, NO_CLOCK, &past));
    ANSWER(pthread_mutex_clocklock(it, CLOCK_PROCESS_CPUTIME_ID, &below));
    ANSWER(pthread_mutex_trylock(it));
    ANSWER(mtx_timedlock((mtx_t *)it, &above));
    ANSWER(mtx_trylock((mtx_t *)it));
}

/* While another thread has the first, and this one the other two. */
static void answer_mutexes(void)
{
    ANSWER(pthread_mutex_unlock(&checking));
    pthread_mutex_lock(&checking);
    pthread_mutex_lock(&recursive);
    ANSWER(pthread_mutex_lock(&checking));
    puts("held by another:");
    answer_mutex(&mutex);
    puts("held, and checked:");
    answer_mutex(&checking);
    puts("held, and recursive:");
    answer_mutex(&recursive);
}

static void answer_conditions(void)
{
    ANSWER(pthread_cond_timedwait(&cond, &checking, &below));
    ANSWER(pthread_cond_timedwait(&cond, &checking, &above));
    ANSWER(pthread_cond_timedwait(&cond, &checking, &before));
    ANSWER(pthread_cond_clockwait(&cond, &checking, NO_CLOCK, &past));
    ANSWER(pthread_cond_clockwait(&cond, &checking, CLOCK_BOOTTIME, &past));
    ANSWER(pthread_cond_clockwait(&cond, &checking, CLOCK_MONOTONIC, &above));
    ANSWER(pthread_cond_clockwait(&cond, &checking, CLOCK_MONOTONIC, &past));
    ANSWER(cnd_timedwait((cnd_t *)&cond, (mtx_t *)&checking, &above));
    ANSWER(pthread_mutex_unlock(&checking));
    ANSWER(pthread_cond_wait(&cond, &checking));
    ANSWER(pthread_cond_timedwait(&cond, &checking, &past));
}

static void answer_rwlocks(void)
{
    ANSWER(pthread_rwlock_timedrdlock(&rwlock, &below));
    ANSWER(pthread_rwlock_timedwrlock(&rwlock, &above));
    ANSWER(pthread_rwlock_clockrdlock(&rwlock, NO_CLOCK, &past));
    ANSWER(pthread_rwlock_clockwrlock(&rwlock, CLOCK_BOOTTIME, &past));
    ANSWER(pthread_rwlock_timedwrlock(&rwlock, &before));
    ANSWER(pthread_rwlock_timedrdlock(&rwlock, &before));
    ANSWER(pthread_rwlock_timedrdlock(&rwlock, &below));
    ANSWER(pthread_rwlock_unlock(&rwlock));
}

static void answer_semaphores(void)
{
    sem_t other;

    ANSWER(sem_init(&other, 0, UINT32_MAX));
    ANSWER(sem_post(&full));
    ANSWER(sem_timedwait(&full, &below));
    ANSWER(sem_timedwait(&full, &before));
    ANSWER(sem_timedwait(&empty, &above));
    ANSWER(sem_timedwait(&empty, &before));
    ANSWER(sem_clockwait(&full, NO_CLOCK, &past));
    ANSWER(sem_clockwait(&full, CLOCK_BOOTTIME, &past));
    ANSWER(sem_clockwait(&empty, CLOCK_MONOTONIC, &above));
    ANSWER(sem_clockwait(&empty, CLOCK_MONOTONIC, &past));
    ANSWER(sem_trywait(&empty));
    ANSWER(sem_open("/no such one", 0) != SEM_FAILED);
    ANSWER(sem_unlink("/no such one"));
}

static void answer_barriers(void)
{
    pthread_barrier_t barrier;
    pthread_spinlock_t spin;

    ANSWER(pthread_barrier_init(&barrier, NULL, 0));
    pthread_spin_init(&spin, 0);
    pthread_spin_lock(&spin);
    ANSWER(pthread_spin_trylock(&spin));
}

/* ---- threads ---- */

static void *hold(void *argument)
{
    pthread_mutex_lock(&mutex);
    sem_post(&empty);
    sem_wait(&go);
    pthread_mutex_unlock(&mutex);
    return argument;
}

static void *stay(void *argument)
{
    sem_wait(argument);
    return NULL;
}

static void answer_joins(void)
{
    pthread_t other, detached;

    pthread_create(&other, NULL, stay, &stayed);
    ANSWER(pthread_join(pthread_self(), NULL));
    ANSWER(pthread_tryjoin_np(other, NULL));
    ANSWER(pthread_timedjoin_np(other, NULL, &before));
    ANSWER(pthread_timedjoin_np(other, NULL, &past));
    ANSWER(pthread_clockjoin_np(other, NULL, CLOCK_MONOTONIC, &past));
    ANSWER(pthread_clockjoin_np(other, NULL, CLOCK_BOOTTIME, &past));
    ANSWER(pthread_clockjoin_np(other, NULL, NO_CLOCK, &past));
    ANSWER(pthread_kill(other, 99));
    ANSWER(pthread_kill(other, 0));
    ANSWER(pthread_sigqueue(other, 99, (union sigval){0}));
    pthread_create(&detached, NULL, stay, &go);
    ANSWER(pthread_detach(detached));
    ANSWER(pthread_detach(detached));
    ANSWER(pthread_join(detached, NULL));
    ANSWER(pthread_timedjoin_np(detached, NULL, &past));
    ANSWER(thrd_join(detached, NULL));
    sem_post(&go);
    sem_post(&stayed);
    ANSWER(pthread_timedjoin_np(other, NULL, &above));
}

/* ---- time ---- */

static void answer_clocks(void)
{
    struct timespec time;
    struct rusage usage;
    clockid_t clock;

    ANSWER(clock_gettime(NO_CLOCK, &time));
    ANSWER(clock_gettime(-1000, &time));
    ANSWER(clock_gettime(10, &time));
    ANSWER(clock_gettime(CLOCK_BOOTTIME_ALARM, &time));
    ANSWER(clock_getcpuclockid(0x7ffffff, &clock));
    ANSWER(timespec_get(&time, 99));
    ANSWER(getrusage(99, &usage));
    ANSWER(getrusage(RUSAGE_THREAD, &usage));
    ANSWER(clock_nanosleep(NO_CLOCK, 0, &past, NULL));
    ANSWER(clock_nanosleep(CLOCK_MONOTONIC_RAW, 0, &past, NULL));
    ANSWER(clock_nanosleep(CLOCK_REALTIME_COARSE, 0, &past, NULL));
    ANSWER(clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &past, NULL));
    ANSWER(clock_nanosleep(CLOCK_MONOTONIC, 0, &below, NULL));
    ANSWER(clock_nanosleep(CLOCK_MONOTONIC, 0, &above, NULL));
    ANSWER(clock_nanosleep(CLOCK_MONOTONIC, 0, &before, NULL));
    ANSWER(clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &before, NULL));
    ANSWER(clock_nanosleep(CLOCK_BOOTTIME, TIMER_ABSTIME, &past, NULL));
    ANSWER(clock_nanosleep(CLOCK_TAI, TIMER_ABSTIME, &past, NULL));
    ANSWER(
        clock_nanosleep(CLOCK_PROCESS_CPUTIME_ID, TIMER_ABSTIME, &(struct timespec){0, 1}, NULL));
    ANSWER(nanosleep(&below, NULL));
    ANSWER(nanosleep(&above, NULL));
    ANSWER(nanosleep(&before, NULL));
    ANSWER(nanosleep(NULL, NULL));
    ANSWER(thrd_sleep(&above, NULL));
    ANSWER(thrd_sleep(&before, NULL));
}

/* Wherever the answer would go. */
static void answer_nothing(void)
{
    struct timeval *volatile nowhere = NULL; /* the header promises that there is a place */

    ANSWER(gettimeofday(nowhere, NULL));
    ANSWER(time(NULL) == (time_t)-1);
    ANSWER(times(NULL) == (clock_t)-1);
    ANSWER(clock_getres(CLOCK_REALTIME, NULL));
    ANSWER(getrusage((__rusage_who_t)NO_FD, NULL));
}

static void answer_timers(void)
{
    struct itimerval good = {{0, 0}, {0, 0}}, bad = {{0, 1000000}, {1000, 0}}, left;
    struct itimerspec none = {{0, 0}, {0, 0}}, wrong = {{0, 0}, {1, SECOND_NS}}, now;
    struct itimerspec every = {{1, -1}, {1000, 0}}, negative = {{0, 0}, {-1, 0}};
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC), null = open("/dev/null", O_RDONLY);

    ANSWER(setitimer(ITIMER_REAL, &bad, NULL));
    bad = (struct itimerval){{-1, 0}, {1000, 0}};
    ANSWER(setitimer(ITIMER_REAL, &bad, NULL));
    bad = (struct itimerval){{0, 0}, {0, -1}};
    ANSWER(setitimer(ITIMER_REAL, &bad, &left));
    ANSWER(setitimer(99, &good, NULL));
    ANSWER(getitimer(99, &left));
    ANSWER(timerfd_create(NO_CLOCK, 0));
    ANSWER(timerfd_create(CLOCK_PROCESS_CPUTIME_ID, 0));
    ANSWER(timerfd_create(CLOCK_MONOTONIC, 1));
    ANSWER(timerfd_settime(fd, 0, &wrong, NULL));
    ANSWER(timerfd_settime(fd, 0, &every, NULL));
    ANSWER(timerfd_settime(fd, 0, &negative, NULL));
    ANSWER(timerfd_settime(fd, 1 << 20, &none, NULL));
    ANSWER(timerfd_settime(fd, 0, NULL, NULL));
    ANSWER(timerfd_settime(null, 0, &none, NULL));
    ANSWER(timerfd_settime(NO_FD, 0, &none, NULL));
    ANSWER(timerfd_gettime(null, &now));
    ANSWER(timerfd_gettime(NO_FD, &now));
    ANSWER(timerfd_gettime(fd, NULL));
    ANSWER(timer_create(NO_CLOCK, NULL, &(timer_t){0}));
}

/* ---- descriptors ---- */

static void answer_polls(void)
{
    struct timeval wrong = {0, -1}, before_us = {-1, 0};
    struct epoll_event event = {.events = EPOLLIN};
    struct pollfd none = {.fd = NO_FD, .events = POLLIN};
    int set = epoll_create1(0), null = open("/dev/null", O_RDONLY),
        value = eventfd(0, EFD_NONBLOCK);
    uint64_t much = UINT64_MAX;
    fd_set fds;

    FD_ZERO(&fds);
    ANSWER(poll(&none, 1, 0));
    ANSWER(poll(&(struct pollfd){.fd = -1, .events = POLLIN}, 1, 1));
    ANSWER(poll(&none, far_too_many, 0));
    ANSWER(ppoll(&none, 1, &above, NULL));
    ANSWER(ppoll(&none, 1, &before, NULL));
    ANSWER(select(-1, NULL, NULL, NULL, &(struct timeval){0, 0}));
    ANSWER(select(0, NULL, NULL, NULL, &wrong));
    ANSWER(select(0, NULL, NULL, NULL, &before_us));
    ANSWER(pselect(0, NULL, NULL, NULL, &below, NULL));
    ANSWER(pselect(0, NULL, NULL, NULL, &before, NULL));
    FD_SET(50, &fds);
    ANSWER(select(51, &fds, NULL, NULL, &(struct timeval){0, 0}));
    ANSWER(epoll_create(0));
    ANSWER(epoll_create1(1));
    ANSWER(epoll_ctl(set, EPOLL_CTL_ADD, NO_FD, &event));
    ANSWER(epoll_ctl(NO_FD, EPOLL_CTL_ADD, value, &event));
    ANSWER(epoll_ctl(null, EPOLL_CTL_ADD, value, &event));
    ANSWER(epoll_ctl(set, EPOLL_CTL_ADD, set, &event));
    ANSWER(epoll_ctl(set, EPOLL_CTL_MOD, value, &event));
    ANSWER(epoll_ctl(set, EPOLL_CTL_DEL, value, &event));
    ANSWER(epoll_ctl(set, 99, value, &event));
    ANSWER(epoll_ctl(set, EPOLL_CTL_ADD, value, &event));
    ANSWER(epoll_ctl(set, EPOLL_CTL_ADD, value, &event));
    ANSWER(epoll_wait(set, &event, 0, 0));
    ANSWER(epoll_wait(set, &event, minus_one, 0));
    ANSWER(epoll_wait(null, &event, 1, 0));
    ANSWER(epoll_wait(NO_FD, &event, 1, 0));
    ANSWER(epoll_pwait(set, &event, 0, 0, NULL));
    ANSWER(epoll_pwait2(set, &event, 1, &above, NULL));
    ANSWER(epoll_pwait2(set, &event, 1, &before, NULL));
    ANSWER(eventfd(0, 1 << 20));
    ANSWER(write(value, &much, sizeof much));
    ANSWER(write(value, &much, 4));
    ANSWER(read(value, &much, 4));
    ANSWER(read(value, &much, sizeof much));
    ANSWER(eventfd_read(value, &much));
}

static void answer_reads_and_writes(void)
{
    struct iovec part = {.iov_base = "x", .iov_len = 1};
    char text[8];
    int ends[2], null = open("/dev/null", O_RDONLY);
    off_t at = -1;

    signal(SIGPIPE, SIG_IGN);
    ANSWER(pipe2(ends, 1));
    ANSWER(pipe2(ends, O_NONBLOCK));
    ANSWER(read(ends[0], text, 1));
    ANSWER(read(ends[1], text, 1));
    ANSWER(write(ends[0], text, 1));
    ANSWER(readv(ends[0], &part, minus_one));
    ANSWER(writev(ends[1], &part, minus_one));
    ANSWER(pwrite(ends[1], text, 1, 0));
    ANSWER(pwrite(null, text, 1, -1));
    ANSWER(lseek(ends[0], 0, SEEK_SET));
    ANSWER(lseek(null, 0, 99));
    close(ends[0]);
    ANSWER(write(ends[1], text, 1));
    ANSWER(writev(ends[1], &part, 1));
    ANSWER(close(NO_FD));
    ANSWER(dup(NO_FD));
    ANSWER(dup2(NO_FD, 1));
    ANSWER(dup3(null, null, 0));
    ANSWER(dup3(null, NO_FD + 1, 1));
    ANSWER(fcntl(NO_FD, F_GETFD));
    ANSWER(fcntl(null, 9999));
    ANSWER(close_range(9, 8, 0));
    ANSWER(read(NO_FD, text, 1));
    ANSWER(write(NO_FD, text, 1));
    ANSWER(ftruncate(null, 1));
    ANSWER(truncate("/no/such", 1));
    ANSWER(fallocate(NO_FD, 0, 0, 1));
    ANSWER(posix_fallocate(NO_FD, 0, 1));
    ANSWER(posix_fallocate(null, 0, 1));
    ANSWER(sendfile(NO_FD, null, NULL, 1));
    ANSWER(sendfile(ends[1], NO_FD, &at, 1));
    ANSWER(splice(NO_FD, NULL, ends[1], NULL, 1, 0));
    ANSWER(copy_file_range(NO_FD, NULL, null, NULL, 1, 0));
    ANSWER(flock(NO_FD, LOCK_EX));
    ANSWER(flock(null, 99));
    ANSWER(lockf(NO_FD, F_LOCK, 1));
    ANSWER(lockf(null, 99, 1));
}

static void answer_sockets(void)
{
    struct sockaddr_in nowhere = {.sin_family = AF_INET};
    struct sockaddr_storage where;
    socklen_t length = sizeof where;
    int pair[2], tcp = socket(AF_INET, SOCK_STREAM, 0), null = open("/dev/null", O_RDONLY), one;
    char text[8];

    ANSWER(socket(9999, SOCK_STREAM, 0));
    ANSWER(socket(AF_INET, 99, 0));
    ANSWER(socketpair(AF_INET, SOCK_STREAM, 0, pair));
    ANSWER(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    ANSWER(bind(NO_FD, (struct sockaddr *)&nowhere, sizeof nowhere));
    ANSWER(bind(null, (struct sockaddr *)&nowhere, sizeof nowhere));
    ANSWER(bind(tcp, (struct sockaddr *)&nowhere, 1));
    ANSWER(listen(null, 1));
    ANSWER(listen(NO_FD, 1));
    ANSWER(accept(tcp, NULL, NULL));
    ANSWER(accept(null, NULL, NULL));
    ANSWER(accept4(tcp, NULL, NULL, 1));
    ANSWER(connect(null, (struct sockaddr *)&nowhere, sizeof nowhere));
    ANSWER(connect(tcp, (struct sockaddr *)&nowhere, 1));
    ANSWER(getsockname(null, (struct sockaddr *)&where, &length));
    ANSWER(getpeername(tcp, (struct sockaddr *)&where, &length));
    ANSWER(getsockopt(tcp, SOL_SOCKET, 9999, &one, &length));
    ANSWER(setsockopt(tcp, SOL_SOCKET, 9999, &one, sizeof one));
    ANSWER(setsockopt(null, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one));
    ANSWER(recv(tcp, text, 1, MSG_DONTWAIT));
    ANSWER(recv(null, text, 1, 0));
    ANSWER(recv(pair[0], text, 1, MSG_DONTWAIT));
    ANSWER(recvfrom(NO_FD, text, 1, 0, NULL, NULL));
    ANSWER(recvmsg(null, &(struct msghdr){0}, 0));
    ANSWER(send(tcp, text, 1, MSG_NOSIGNAL));
    ANSWER(shutdown(tcp, SHUT_RD));
    ANSWER(shutdown(tcp, 99));
    ANSWER(shutdown(null, SHUT_RD));
    ANSWER(send(null, text, 1, 0));
    ANSWER(sendto(NO_FD, text, 1, 0, NULL, 0));
    ANSWER(sendmsg(null, &(struct msghdr){0}, 0));
    close(pair[1]);
    ANSWER(send(pair[0], text, 1, MSG_NOSIGNAL));
    ANSWER(recv(pair[0], text, 1, 0));
}

/* ---- files ---- */

static void answer_files(void)
{
    struct stat status;
    struct statx extended;
    char text[8];

    ANSWER(open("/no/such", O_RDONLY));
    ANSWER(openat(NO_FD, "such", O_RDONLY));
    ANSWER(creat("/no/such", 0600));
    ANSWER(fopen("/no/such", "r") != NULL || errno != ENOENT);
    ANSWER(fopen("/dev/null", "?") != NULL || errno != EINVAL);
    ANSWER(opendir("/no/such") != NULL || errno != ENOENT);
    ANSWER(opendir("/dev/null") != NULL || errno != ENOTDIR);
    ANSWER(stat("/no/such", &status));
    ANSWER(lstat("", &status));
    ANSWER(fstat(NO_FD, &status));
    ANSWER(fstatat(NO_FD, "such", &status, 0));
    ANSWER(fstatat(AT_FDCWD, "/", &status, 1 << 30));
    ANSWER(statx(AT_FDCWD, "/no/such", 0, STATX_ALL, &extended));
    ANSWER(access("/no/such", R_OK));
    ANSWER(access("/", 99));
    ANSWER(faccessat(NO_FD, "such", R_OK, 0));
    ANSWER(readlink("/", text, sizeof text));
    ANSWER(readlinkat(NO_FD, "such", text, sizeof text));
    ANSWER(mkdir("/", 0700));
    ANSWER(mkdirat(NO_FD, "such", 0700));
    ANSWER(mkfifo("/no/such", 0600));
    ANSWER(symlink("", "such"));
    ANSWER(link("/no/such", "such"));
    ANSWER(unlink("/no/such"));
    ANSWER(unlinkat(NO_FD, "such", 0));
    ANSWER(rmdir("/no/such"));
    ANSWER(remove("/no/such"));
    ANSWER(rename("/no/such", "such"));
    ANSWER(renameat2(AT_FDCWD, "/no/such", AT_FDCWD, "such", 1 << 20));
    ANSWER(chdir("/no/such"));
    ANSWER(utimensat(AT_FDCWD, "/no/such", NULL, 0));
    ANSWER(utimensat(AT_FDCWD, "/", (struct timespec[2]){{0, SECOND_NS}, {0, 0}}, 0));
    ANSWER(futimens(NO_FD, NULL));
    ANSWER(utimes("/", (struct timeval[2]){{0, 1000000}, {0, 0}}));
    ANSWER(isatty(NO_FD) != 0 || errno != EBADF);
    ANSWER(tcgetpgrp(NO_FD));
}

/* ---- processes and signals ---- */

static void answer_processes(void)
{
    char *const arguments[] = {"such", NULL};
    pid_t pid = 0;
    siginfo_t info;
    int status;

    ANSWER(waitpid(-1, &status, 0));
    ANSWER(waitpid(-1, &status, 1 << 20));
    ANSWER(wait(&status));
    ANSWER(wait4(-1, &status, 1 << 20, NULL));
    ANSWER(waitid(P_ALL, 0, &info, WEXITED));
    ANSWER(waitid(P_ALL, 0, &info, 0));
    ANSWER(waitid(99, 0, &info, WEXITED));
    ANSWER(execv("/no/such", arguments));
    ANSWER(execve("/", arguments, environ));
    ANSWER(execvp("no-such-program", arguments));
    ANSWER(fexecve(NO_FD, arguments, environ));
    ANSWER(posix_spawn(&pid, "/no/such", NULL, NULL, arguments, environ));
    ANSWER(posix_spawnp(&pid, "no-such-program", NULL, NULL, arguments, environ));
    ANSWER(popen("true", "?") != NULL || errno != EINVAL);
    ANSWER(getpgid(0x7ffffff));
    ANSWER(getsid(0x7ffffff));
    ANSWER(setpgid(0x7ffffff, 0));
    ANSWER(pidfd_open(0x7ffffff, 0));
    ANSWER(sched_getscheduler(0x7ffffff));
    ANSWER(sched_getparam(0x7ffffff, &(struct sched_param){0}));
    ANSWER(sched_setscheduler(0, 99, &(struct sched_param){0}));
    ANSWER(getpriority(99, 0));
    ANSWER(prlimit(0, 99, NULL, &(struct rlimit){0, 0}));
    ANSWER(getrandom(NULL, 0, 1 << 20));
    ANSWER(getentropy(&status, more_than_256));
}

static void answer_signals(void)
{
    struct sigaction action = {.sa_handler = SIG_IGN};
    sigset_t set, old;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    ANSWER(kill(0x7ffffff, 0));
    ANSWER(kill(getpid(), 99));
    ANSWER(kill(getpid(), 0));
    ANSWER(killpg(0x7ffffff, 0));
    ANSWER(killpg(-1, 0));
    ANSWER(sigqueue(getpid(), 99, (union sigval){0}));
    ANSWER(sigaction(99, &action, NULL));
    ANSWER(sigaction(SIGKILL, &action, NULL));
    ANSWER(signal(SIGKILL, SIG_IGN) == SIG_ERR && errno == EINVAL);
    ANSWER(sigprocmask(99, &set, &old));
    ANSWER(pthread_sigmask(99, &set, &old));
    ANSWER(sigprocmask(SIG_BLOCK, &set, NULL));
    ANSWER(sigtimedwait(&set, NULL, &above));
    ANSWER(sigtimedwait(&set, NULL, &before));
    ANSWER(sigtimedwait(&set, NULL, &(struct timespec){0, 0}));
    ANSWER(signalfd(NO_FD, &set, 0));
    ANSWER(signalfd(-1, &set, 1));
}

int main(void)
{
    pthread_t other;

    setvbuf(stdout, NULL, _IOLBF, 0);
    make(&mutex, PTHREAD_MUTEX_NORMAL);
    make(&checking, PTHREAD_MUTEX_ERRORCHECK);
    make(&recursive, PTHREAD_MUTEX_RECURSIVE);
    sem_init(&go, 0, 0);
    sem_init(&stayed, 0, 0);
    sem_init(&empty, 0, 0);
    sem_init(&full, 0, SEM_VALUE_MAX);
    pthread_create(&other, NULL, hold, NULL);
    sem_wait(&empty);
    answer_mutexes();
    answer_conditions();
    answer_rwlocks();
    answer_semaphores();
    answer_barriers();
    answer_clocks();
    answer_nothing();
    answer_timers();
    answer_polls();
    answer_reads_and_writes();
    answer_sockets();
    answer_files();
    answer_processes();
    answer_signals();
    sem_post(&go);
    ANSWER(pthread_join(other, NULL));
    answer_joins();
    return 0;
}

/* SPDX-License-Identifier: MIT */
#include "timers.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>

#include "harness/control/checkpoint/checkpoint.h"
#include "harness/control/engine/engine.h"
#include "harness/control/io/fds.h"
#include "harness/control/io/readiness.h"
#include "harness/control/engine/real.h"
#include "harness/control/process/signals.h"
#include "vtime.h"

enum { SECOND_NS = 1000000000, TIMER_FDS_MAX = 64, ITIMERS = 3 };

struct timer {
    uint64_t deadline_ns; /* of the engine's clock; 0: it is not armed */
    uint64_t interval_ns;
};

struct timer_fd {
    struct sw_fd_about about; /* first */
    int used;
    clockid_t clock;
    struct timer timer;
};

static struct timer itimers[ITIMERS];
static const int itimer_signals[ITIMERS] = {SIGALRM, SIGVTALRM, SIGPROF};
static struct timer_fd timer_fds[TIMER_FDS_MAX];

static int any; /* has ever been set */

void sw_timers_forget(void)
{
    for (int i = 0; i < ITIMERS; i++)
        itimers[i] = (struct timer){0};
}

/* ---- going off ---- */

/* How often it has; it is armed for the next time, if there is one. */
static uint64_t go_off(struct timer *timer)
{
    uint64_t now = sw_engine_now(), times = 1;

    assert(timer->deadline_ns != 0 && timer->deadline_ns <= now);
    if (timer->interval_ns == 0) {
        timer->deadline_ns = 0;
        return times;
    }
    /* Time may have jumped over several of them: the next is in the future, on the grid of the
     * first. */
    times += (now - timer->deadline_ns) / timer->interval_ns;
    timer->deadline_ns += times * timer->interval_ns;
    return times;
}

static int is_due(const struct timer *timer)
{
    return timer->deadline_ns != 0 && timer->deadline_ns <= sw_engine_now();
}

static int fd_of(const struct timer_fd *timer_fd)
{
    return timer_fd->used ? sw_fds_next(&timer_fd->about, -1) : -1;
}

/* Asked of the kernel: the program may have read it by a call that nobody saw. */
static int is_unread(int fd)
{
    struct pollfd one = {.fd = fd, .events = POLLIN};

    return SW_REAL(poll)(&one, 1, 0) > 0;
}

static uint64_t sooner(uint64_t a, uint64_t b)
{
    return a == 0 || (b != 0 && b < a) ? b : a;
}

uint64_t sw_timers_next(void)
{
    uint64_t next = 0;

    /* Most programs have no timer, and this is asked at every choice. */
    if (!any)
        return 0;
    for (int i = 0; i < ITIMERS; i++)
        next = sooner(next, itimers[i].deadline_ns);
    for (int i = 0; i < TIMER_FDS_MAX; i++) {
        uint64_t deadline = timer_fds[i].used ? timer_fds[i].timer.deadline_ns : 0;
        /* One that nobody has read yet makes nobody run: time would go on for nothing. */
        if (deadline != 0 && !is_unread(fd_of(&timer_fds[i])))
            next = sooner(next, deadline);
    }
    return next;
}

int sw_timers_fire(void)
{
    int fired = 0;

    if (!any)
        return 0;
    for (int i = 0; i < ITIMERS; i++) {
        if (!is_due(&itimers[i]))
            continue;
        go_off(&itimers[i]);
        sw_signals_send(itimer_signals[i]);
        fired++;
    }
    for (int i = 0; i < TIMER_FDS_MAX; i++) {
        int fd = fd_of(&timer_fds[i]);
        if (fd < 0 || !is_due(&timer_fds[i].timer))
            continue;
        uint64_t times = go_off(&timer_fds[i].timer);
        if (SW_REAL(write)(fd, &times, sizeof times) == sizeof times)
            sw_readiness_io_done();
        fired++;
    }
    return fired;
}

/* ---- setting ---- */

/* Armed and due but not yet fired is 1 ns: 0 would say that it is not armed. */
static uint64_t left_of(const struct timer *timer)
{
    uint64_t now = sw_engine_now();

    if (timer->deadline_ns == 0)
        return 0;
    return timer->deadline_ns > now ? timer->deadline_ns - now : 1;
}

static void set(struct timer *timer, uint64_t ns, uint64_t interval_ns)
{
    timer->deadline_ns = ns != 0 ? sw_vtime_relative(ns) : 0;
    timer->interval_ns = interval_ns;
    any = 1;
}

static uint64_t of_timeval(const struct timeval *time)
{
    return (uint64_t)time->tv_sec * SECOND_NS + (uint64_t)time->tv_usec * 1000;
}

static int is_valid_timeval(const struct timeval *time)
{
    return time->tv_sec >= 0 && time->tv_usec >= 0 && time->tv_usec < 1000000;
}

static int is_valid_timespec(const struct timespec *time)
{
    return time->tv_sec >= 0 && sw_vtime_is_valid(time);
}

static struct timeval to_timeval(uint64_t ns)
{
    ns += 999; /* what is left must not read as 0 */
    return (struct timeval){(time_t)(ns / SECOND_NS), (suseconds_t)(ns % SECOND_NS / 1000)};
}

static struct timespec to_timespec(uint64_t ns)
{
    return (struct timespec){(time_t)(ns / SECOND_NS), (long)(ns % SECOND_NS)};
}

SW_EXPORT int getitimer(__itimer_which_t which, struct itimerval *value)
{
    if (sw_engine_self() == NULL || (unsigned)which >= ITIMERS)
        return SW_REAL(getitimer)(which, value);
    const struct timer *timer = &itimers[which];
    value->it_value = to_timeval(left_of(timer));
    value->it_interval = to_timeval(timer->interval_ns);
    return 0;
}

SW_EXPORT int setitimer(__itimer_which_t which, const struct itimerval *restrict value,
                        struct itimerval *restrict old)
{
    if (sw_engine_self() == NULL || (unsigned)which >= ITIMERS || value == NULL)
        return SW_REAL(setitimer)(which, value, old);
    if (!is_valid_timeval(&value->it_value) || !is_valid_timeval(&value->it_interval)) {
        errno = EINVAL;
        return -1;
    }
    if (old != NULL)
        getitimer(which, old);
    set(&itimers[which], of_timeval(&value->it_value), of_timeval(&value->it_interval));
    return 0;
}

SW_EXPORT unsigned alarm(unsigned seconds)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(alarm)(seconds);
    uint64_t left_ns = left_of(&itimers[ITIMER_REAL]);
    set(&itimers[ITIMER_REAL], (uint64_t)seconds * SECOND_NS, 0);
    return (unsigned)((left_ns + SECOND_NS - 1) / SECOND_NS);
}

/* ---- descriptors ---- */

static void end(struct sw_fd_about *about)
{
    ((struct timer_fd *)about)->used = 0;
}

static struct timer_fd *find_timer_fd(int fd)
{
    return (struct timer_fd *)sw_fds_about(fd, SW_FD_TIMER);
}

/* By the kernel, whom we do not ask for the timer: errno is its own. */
static int is_refused(clockid_t clock, int flags)
{
    if ((clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC) &&
        (flags & ~(TFD_NONBLOCK | TFD_CLOEXEC)) == 0)
        return 0;
    int fd = SW_REAL(timerfd_create)(clock, flags);
    if (fd >= 0)
        SW_REAL(close)(fd);
    return fd < 0;
}

SW_EXPORT int timerfd_create(clockid_t clock, int flags)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(timerfd_create)(clock, flags);
    if (is_refused(clock, flags))
        return -1;
    sw_checkpoint_before_outside("its first timer descriptor");
    for (int i = 0; i < TIMER_FDS_MAX; i++) {
        if (timer_fds[i].used)
            continue;
        /* An event counter reads as a timer does: a number of expirations, 8 bytes, and 0 again.
         * The kernel's own timer would go by real time. */
        int fd = SW_REAL(eventfd)(0, ((flags & TFD_NONBLOCK) != 0 ? EFD_NONBLOCK : 0) |
                                         ((flags & TFD_CLOEXEC) != 0 ? EFD_CLOEXEC : 0));
        if (fd < 0)
            return -1;
        timer_fds[i] = (struct timer_fd){.about.end = end, .used = 1, .clock = clock};
        sw_fds_add(fd, SW_FD_TIMER, &timer_fds[i].about);
        return fd;
    }
    errno = EMFILE;
    return -1;
}

SW_EXPORT int timerfd_gettime(int fd, struct itimerspec *value)
{
    const struct timer_fd *timer_fd = find_timer_fd(fd);

    if (timer_fd == NULL || sw_engine_self() == NULL)
        return SW_REAL(timerfd_gettime)(fd, value);
    if (value == NULL) {
        errno = EFAULT;
        return -1;
    }
    value->it_value = to_timespec(left_of(&timer_fd->timer));
    value->it_interval = to_timespec(timer_fd->timer.interval_ns);
    return 0;
}

SW_EXPORT int timerfd_settime(int fd, int flags, const struct itimerspec *value,
                              struct itimerspec *old)
{
    struct timer_fd *timer_fd = find_timer_fd(fd);
    uint64_t unread;

    if (timer_fd == NULL || sw_engine_self() == NULL)
        return SW_REAL(timerfd_settime)(fd, flags, value, old);
    if (value == NULL || (flags & ~(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET)) != 0 ||
        !is_valid_timespec(&value->it_value) || !is_valid_timespec(&value->it_interval)) {
        errno = value == NULL ? EFAULT : EINVAL;
        return -1;
    }
    if (old != NULL)
        timerfd_gettime(fd, old);
    if (is_unread(fd)) /* setting it forgets what it has counted */
        (void)!SW_REAL(read)(fd, &unread, sizeof unread);
    uint64_t ns = sw_vtime_of_timespec(&value->it_value);
    set(&timer_fd->timer, ns, sw_vtime_of_timespec(&value->it_interval));
    if (ns != 0 && (flags & TFD_TIMER_ABSTIME) != 0)
        timer_fd->timer.deadline_ns = sw_vtime_absolute(timer_fd->clock, &value->it_value);
    return 0;
}

SW_EXPORT int timer_create(clockid_t clock, struct sigevent *restrict event,
                           timer_t *restrict timer)
{
    if (sw_engine_self() != NULL)
        sw_engine_uncontrolled("a timer of the kernel's (timer_create)");
    return SW_REAL(timer_create)(clock, event, timer);
}

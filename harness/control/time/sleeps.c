/* SPDX-License-Identifier: MIT
 *
 * sleeps.c - sleeping, until a virtual time; and yielding.
 */
#include <errno.h>

#include "harness/control/engine/cancel.h"
#include "harness/control/engine/engine.h"
#include "harness/control/engine/real.h"
#include "vtime.h"

#define SECOND_NS 1000000000u

/* 0, or EINTR and what is left. */
static int sleep_until(uint64_t deadline_ns, struct timespec *left)
{
    int failed = sw_engine_sleep(SW_AT_SLEEP, deadline_ns);

    sw_cancel_point();
    if (failed != EINTR || deadline_ns <= sw_engine_now())
        return 0;
    uint64_t ns = deadline_ns - sw_engine_now();
    if (left != NULL)
        *left = (struct timespec){(time_t)(ns / SECOND_NS), (long)(ns % SECOND_NS)};
    return EINTR;
}

/* The kernel is asked for a time that has passed: it does not wait, but says whether it could. */
static int refusal_of(clockid_t clock)
{
    return SW_REAL(clock_nanosleep)(clock, TIMER_ABSTIME, &(struct timespec){0, 0}, NULL);
}

SW_EXPORT int clock_nanosleep(clockid_t clock, int flags, const struct timespec *time,
                              struct timespec *left)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(clock_nanosleep)(clock, flags, time, left);
    if (time == NULL)
        return EFAULT;
    int failed = sw_vtime_may_wait_by(clock) ? 0 : refusal_of(clock);
    if (failed != 0)
        return failed;
    if (!sw_vtime_is_valid(time) || time->tv_sec < 0)
        return EINVAL;
    if ((flags & TIMER_ABSTIME) != 0)
        return sleep_until(sw_vtime_absolute(clock, time), NULL);
    return sleep_until(sw_vtime_relative(sw_vtime_of_timespec(time)), left);
}

SW_EXPORT int nanosleep(const struct timespec *time, struct timespec *left)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(nanosleep)(time, left);
    errno = clock_nanosleep(CLOCK_MONOTONIC, 0, time, left);
    return errno != 0 ? -1 : 0;
}

SW_EXPORT int usleep(useconds_t us)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(usleep)(us);
    errno = sleep_until(sw_vtime_relative((uint64_t)us * 1000), NULL);
    return errno != 0 ? -1 : 0;
}

SW_EXPORT unsigned sleep(unsigned seconds)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(sleep)(seconds);
    struct timespec left = {0, 0};
    sleep_until(sw_vtime_relative((uint64_t)seconds * SECOND_NS), &left);
    return (unsigned)(left.tv_sec + (left.tv_nsec > 0));
}

SW_EXPORT int sched_yield(void)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(sched_yield)();
    sw_engine_point(SW_AT_YIELD, 0);
    return 0;
}

/* SPDX-License-Identifier: MIT */
#include "vtime.h"

#include <errno.h>
#include <string.h>

#include "engine.h"
#include "real.h"

#define SECOND_NS 1000000000u

enum {
    EPOCH_S = 1700000000, /* 2023-11-14: late enough for any certificate in a test */
    BOOT_S = 1000,
};

static uint64_t base_ns(clockid_t clock)
{
    switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
    case CLOCK_TAI:
        return (uint64_t)EPOCH_S * SECOND_NS;
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_BOOTTIME:
        return (uint64_t)BOOT_S * SECOND_NS;
    default: /* of the process's and the threads' CPUs */
        return 0;
    }
}

uint64_t sw_vtime_of_timespec(const struct timespec *time)
{
    if (time->tv_sec < 0)
        return 0;
    if (time->tv_sec > 9000000000) /* "for ever", as some write it */
        return (uint64_t)9000000000 * SECOND_NS;
    return (uint64_t)time->tv_sec * SECOND_NS + (uint64_t)time->tv_nsec;
}

uint64_t sw_vtime_absolute(clockid_t clock, const struct timespec *time)
{
    uint64_t ns = sw_vtime_of_timespec(time);

    return ns > base_ns(clock) ? ns - base_ns(clock) : 1;
}

uint64_t sw_vtime_relative(uint64_t ns)
{
    uint64_t now = sw_engine_now();

    return ns > UINT64_MAX / 2 ? UINT64_MAX / 2 : now + ns + (now + ns == 0);
}

static uint64_t read_clock(clockid_t clock)
{
    sw_engine_tick();
    return base_ns(clock) + sw_engine_now();
}

/* ---- clocks ---- */

SW_EXPORT int clock_gettime(clockid_t clock, struct timespec *out)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(clock_gettime)(clock, out);
    uint64_t ns = read_clock(clock);
    *out = (struct timespec){(time_t)(ns / SECOND_NS), (long)(ns % SECOND_NS)};
    return 0;
}

SW_EXPORT int gettimeofday(struct timeval *restrict out, void *restrict zone)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(gettimeofday)(out, zone);
    uint64_t ns = read_clock(CLOCK_REALTIME);
    *out = (struct timeval){(time_t)(ns / SECOND_NS), (long)(ns % SECOND_NS / 1000)};
    if (zone != NULL)
        memset(zone, 0, sizeof(struct timezone));
    return 0;
}

SW_EXPORT time_t time(time_t *out)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(time)(out);
    time_t now = (time_t)(read_clock(CLOCK_REALTIME) / SECOND_NS);
    if (out != NULL)
        *out = now;
    return now;
}

SW_EXPORT clock_t clock(void)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(clock)();
    return (clock_t)(read_clock(CLOCK_PROCESS_CPUTIME_ID) / (SECOND_NS / CLOCKS_PER_SEC));
}

/* ---- sleeps ---- */

static void sleep_until(uint64_t deadline_ns)
{
    sw_engine_block(
        &(struct sw_wait){.kind = SW_WAIT_SLEEP, .place = SW_AT_SLEEP, .deadline_ns = deadline_ns});
}

SW_EXPORT int clock_nanosleep(clockid_t clock, int flags, const struct timespec *time,
                              struct timespec *left)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(clock_nanosleep)(clock, flags, time, left);
    if (time->tv_nsec < 0 || time->tv_nsec >= (long)SECOND_NS || time->tv_sec < 0)
        return EINVAL;
    sleep_until(flags & TIMER_ABSTIME ? sw_vtime_absolute(clock, time)
                                      : sw_vtime_relative(sw_vtime_of_timespec(time)));
    return 0;
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
    sleep_until(sw_vtime_relative((uint64_t)us * 1000));
    return 0;
}

SW_EXPORT unsigned sleep(unsigned seconds)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(sleep)(seconds);
    sleep_until(sw_vtime_relative((uint64_t)seconds * SECOND_NS));
    return 0;
}

SW_EXPORT int sched_yield(void)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(sched_yield)();
    sw_engine_point(SW_AT_YIELD, 0);
    return 0;
}

/* SPDX-License-Identifier: MIT */
#include "vtime.h"

#include "harness/control/engine/engine.h"

#define SECOND_NS 1000000000u

enum {
    EPOCH_S = 1700000000, /* 2023-11-14: late enough for any certificate in a test */
    BOOT_S = 1000,
};

uint64_t sw_vtime_base(clockid_t clock)
{
    switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
    case CLOCK_REALTIME_ALARM:
    case CLOCK_TAI:
        return (uint64_t)EPOCH_S * SECOND_NS;
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_BOOTTIME:
    case CLOCK_BOOTTIME_ALARM:
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

int sw_vtime_is_valid(const struct timespec *time)
{
    return time->tv_nsec >= 0 && time->tv_nsec < (long)SECOND_NS;
}

int sw_vtime_may_wait_by(clockid_t clock)
{
    return clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC;
}

int sw_vtime_may_end_a_wait(clockid_t clock, const struct timespec *time)
{
    return sw_vtime_may_wait_by(clock) && sw_vtime_is_valid(time);
}

uint64_t sw_vtime_absolute(clockid_t clock, const struct timespec *time)
{
    uint64_t ns = sw_vtime_of_timespec(time);

    if (!sw_vtime_is_valid(time))
        return SW_VTIME_INVALID;
    /* A time that has passed is 1, since 0 means that there is none. */
    return ns > sw_vtime_base(clock) ? ns - sw_vtime_base(clock) : 1;
}

uint64_t sw_vtime_relative(uint64_t ns)
{
    /* Far beyond any schedule, and still with room to add to. */
    uint64_t now = sw_engine_now();

    return ns > UINT64_MAX / 2 ? UINT64_MAX / 2 : now + ns + (now + ns == 0);
}

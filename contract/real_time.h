/* SPDX-License-Identifier: MIT
 *
 * real_time.h - the clock on the wall: for progress lines, benches, the watchdog, and the limits
 * that a user sets.
 *
 * Nothing that a schedule contains may depend on it; harness/control/time has the program's clocks.
 */
#ifndef SW_REAL_TIME_H
#define SW_REAL_TIME_H

#include <stdint.h>
#include <time.h>

typedef int sw_real_time_clock(clockid_t clock, struct timespec *out);

/* Nanoseconds since some moment, never going back.  read: clock_gettime(); in a controlled process
 * the C library's own, since the program's is virtual. */
static inline uint64_t sw_real_time_ns(sw_real_time_clock *read)
{
    struct timespec now = {0, 0};

    read(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Seconds, outside of controlled processes. */
static inline double sw_real_time_s(void)
{
    return (double)sw_real_time_ns(clock_gettime) * 1e-9;
}

#endif

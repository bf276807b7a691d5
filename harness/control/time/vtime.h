/* SPDX-License-Identifier: MIT
 *
 * vtime.h - virtual time: what the program's clocks read follows from what it does.
 *
 * Every clock reads the engine's nanoseconds plus a base of its own, so that
 * two runs of one schedule see the same times, to the nanosecond.
 */
#ifndef SW_VTIME_H
#define SW_VTIME_H

#include <stdint.h>
#include <time.h>

/* A deadline that has more nanoseconds than a second, or fewer than none: who would have to wait
 * for it answers EINVAL. */
#define SW_VTIME_INVALID UINT64_MAX

/* What the clock read when the engine's nanoseconds were 0. */
uint64_t sw_vtime_base(clockid_t clock);
/* The engine's nanoseconds for a time of a clock, or SW_VTIME_INVALID; never 0,
 * which is "no deadline": a time that has passed is 1. */
uint64_t sw_vtime_absolute(clockid_t clock, const struct timespec *time);
/* The engine's nanoseconds in so much time from now. */
uint64_t sw_vtime_relative(uint64_t ns);
uint64_t sw_vtime_of_timespec(const struct timespec *time);
/* Are its nanoseconds fewer than a second has, and not negative? */
int sw_vtime_is_valid(const struct timespec *time);
/* The clocks that glibc waits by: CLOCK_REALTIME and CLOCK_MONOTONIC. */
int sw_vtime_may_wait_by(clockid_t clock);
/* Can it have a deadline there?  Most calls ask that before they know whether they have to wait. */
int sw_vtime_may_end_a_wait(clockid_t clock, const struct timespec *time);

#endif

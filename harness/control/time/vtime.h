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

/* What the clock read when the engine's nanoseconds were 0. */
uint64_t sw_vtime_base(clockid_t clock);
/* The engine's nanoseconds for a time of a clock; never 0, which is "no
 * deadline": a time that has passed is 1. */
uint64_t sw_vtime_absolute(clockid_t clock, const struct timespec *time);
/* The engine's nanoseconds in so much time from now. */
uint64_t sw_vtime_relative(uint64_t ns);
uint64_t sw_vtime_of_timespec(const struct timespec *time);

#endif

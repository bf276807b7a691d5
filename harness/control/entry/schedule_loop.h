/* SPDX-License-Identifier: MIT
 *
 * schedule_loop.h - many schedules of one program in one process.
 *
 * A process, an interpreter's start and a program's imports cost tens of
 * milliseconds; a schedule of twenty decisions costs tens of microseconds.  So
 * the starter calls the program's entry again and again, between
 * spillway_loop_begin() and spillway_loop_end().  Each time everything that the
 * engine counts (ordinals of threads and objects, time, random bytes, the hash)
 * begins anew.  The engine does not reset what the program itself keeps from
 * one call to the next: a failure that is found here is confirmed in a new
 * process.
 *
 * Exported, to be called through ctypes.  Without control both do nothing.
 */
#ifndef SW_SCHEDULE_LOOP_H
#define SW_SCHEDULE_LOOP_H

#include <stdint.h>

#include "harness/control/engine/real.h"

/* The next schedule begins, by the process's first thread.  Before the first one there may be
 * others, which imports have left: they are part of each.  To be called with the GIL held
 * (ctypes.PyDLL), so that nothing is decided before it returns.  Its number, from 0; -1: there are
 * no more; -2: other threads are left. */
SW_EXPORT int64_t spillway_loop_begin(void);
/* The line of the program's file where the first one is to begin; 0: where the caller likes. */
SW_EXPORT uint32_t spillway_from_line(void);
/* It has ended, with an enum sw_loop_outcome: waits for its threads, to the last instruction.  To
 * be called without the GIL (ctypes.CDLL), and once before the first begin, if anything has made
 * threads already.  How many other threads are left, that never end: 0, or else there can be no
 * schedule behind another one. */
SW_EXPORT int spillway_loop_end(int outcome);
/* What has failed, in a number: equal for equal failures, not 0.  The first of a
 * schedule counts. */
SW_EXPORT void spillway_tell_failure(uint32_t signature);
/* Why there can be no schedule; the first of several counts. */
SW_EXPORT void spillway_tell_refusal(const char *text);

/* Returns when no other thread can run: for a driver that conducts the others.
 * To be called without the GIL.  0, or -1 without control. */
SW_EXPORT int spillway_rest(void);

#endif

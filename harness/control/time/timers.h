/* SPDX-License-Identifier: MIT
 *
 * timers.h - alarm, setitimer and timerfd, in virtual time.
 *
 * A timer whose time has come is fired before the next choice of who runs: a
 * signal is sent (signals.h), or the timer's descriptor, which is an event
 * counter, gets its expirations.  When no thread can run, time goes on to the
 * next timer, as to a thread's deadline; but not to one whose descriptor is
 * readable already, since no thread waits for it.
 *
 * ITIMER_VIRTUAL and ITIMER_PROF count virtual time too.  timer_create() is the
 * kernel's, and reported.
 */
#ifndef SW_TIMERS_H
#define SW_TIMERS_H

#include <stdint.h>

/* When the next one is due; 0: none is. */
uint64_t sw_timers_next(void);
/* Fires those that are due now; how many. */
int sw_timers_fire(void);
/* In the child of a fork: it has none. */
void sw_timers_forget(void);

#endif

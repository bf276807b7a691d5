/* SPDX-License-Identifier: MIT
 *
 * gil.h - CPython's global interpreter lock, 3.7 to 3.13, recognised by its layout.
 *
 * CPython initialises mutex, switch_mutex, cond, switch_cond, in this order, in
 * one struct whose layout has not changed since 3.2:
 *
 *      last_holder  cond - 24        mutex         cond + 48
 *      locked       cond - 16        switch_cond   cond + 88
 *      switch_number  cond - 8       switch_mutex  cond + 136
 *
 * One hand-over of the GIL is a dozen operations on these, and only one of them
 * is a choice: whoever has set locked to 0 and unlocks the mutex is asked who
 * runs.  A waiter can run while locked is 0; signals on cond are nothing, and a
 * wait on switch_cond (forced switching) returns at once.
 *
 * Arming: a waiter whose time is up sets the request that makes the holder
 * drop the GIL at its next check of the eval breaker.  Which words that are is
 * learnt once, by letting the first wait time out and comparing the memory
 * before and after.  Set again whenever the GIL has been taken and another
 * thread can run, they make every check of the eval breaker a decision.
 */
#ifndef SW_GIL_H
#define SW_GIL_H

#include <pthread.h>

struct sw_thread;

/* What was initialised, in order. */
void sw_gil_saw_mutex(const pthread_mutex_t *mutex);
void sw_gil_saw_cond(const pthread_cond_t *cond);

/* Each returns 1 if the object is of a GIL, and then it has done all of the
 * operation; of an unlock, what follows the real one. */
int sw_gil_unlocked(const pthread_mutex_t *mutex);
int sw_gil_wait(const pthread_cond_t *cond, pthread_mutex_t *mutex, int *result);
int sw_gil_signal(const pthread_cond_t *cond);

/* Does the calling thread hold it?  Then a release of something else is no
 * decision, since whoever would run could not run Python. */
int sw_gil_is_mine(void);
/* Who holds the GIL whose "locked" is there, or NULL. */
const struct sw_thread *sw_gil_holder(const void *locked);
/* Another thread has become able to run: the next check is a decision. */
void sw_gil_arm(void);

#endif

/* SPDX-License-Identifier: MIT
 *
 * mutex.h - what mutex.c and cond.c share.
 *
 * The files of this folder define functions of the C library by their own names, in front of it.
 * What they do is what POSIX says of these names: that is why most of them have no header.
 */
#ifndef SW_MUTEX_H
#define SW_MUTEX_H

#include <pthread.h>
#include <stdint.h>

#include "harness/control/engine/wait.h"

/* Of who waits for a mutex at an address. */
extern const struct sw_clause sw_mutex_clause;

/* Locks a mutex, as the current thread; 0 or an errno, ETIMEDOUT after the
 * deadline (virtual; 0: none). */
int sw_mutex_lock(pthread_mutex_t *mutex, uint64_t deadline_ns);
/* Unlocks it, without a decision. */
int sw_mutex_unlock(pthread_mutex_t *mutex);

#endif

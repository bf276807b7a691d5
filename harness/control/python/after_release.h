/* SPDX-License-Identifier: MIT
 *
 * after_release.h - what follows a release: another thread may have become able to run.
 *
 * Whatever is released (a mutex, a condition's waiters, a semaphore, a barrier, a new thread),
 * the next question is the same: who runs now?
 *
 *   The calling thread holds a GIL.  Whoever was woken cannot run Python before that is given
 *   up, so it is no decision here; but from now on somebody wants it, and so the interpreter's
 *   next check of its eval breaker is one (gil.h).
 *   PyPy's instructions are decisions already, and the lock is the interpreter's own.  Nothing
 *   more: the next instruction asks.
 *   Anything else.  It is a decision, here.
 *
 * The one place of this rule: what blocks and wakes calls it and does nothing of its own.
 */
#ifndef SW_AFTER_RELEASE_H
#define SW_AFTER_RELEASE_H

#include "contract/decision.h"

struct sw_object;

/* The current thread has released the object, or NULL: what has no ordinal.  May switch. */
void sw_after_release(enum sw_place place, struct sw_object *object);

#endif

/* SPDX-License-Identifier: MIT
 *
 * forked.h - the child of a fork, seen from within: does it wait for ever?
 *
 * It has one thread, and a copy of its parent's memory with the locks as they were.  Before its
 * thread waits for something of this process, without a deadline, it calls sw_forked_wait().  If
 * nobody is left who could end that wait it says so in its entry of child_wait.h; then it waits,
 * as it would: a signal may come after all.
 *
 * Not judged: what another process may release; a child with several threads, with a timer, or
 * without an entry (a child's child; the 65th).
 */
#ifndef SW_FORKED_H
#define SW_FORKED_H

#include <sys/types.h>

#include "harness/control/engine/sync_objects.h"

/* Around a fork, in each of the three places. */
void sw_forked_prepare(void);
void sw_forked_parent(void);
void sw_forked_child(void);
/* In the loop of schedules: the next child is the first again. */
void sw_forked_restart(void);

/* Is this one? */
int sw_forked_is(void);
/* Its one thread waits at that address, where nobody's release can be seen; and does no longer.  1:
 * a signal's handler has run meanwhile, which would have interrupted the wait. */
int sw_forked_wait(enum sw_object_kind kind, const void *address);
void sw_forked_go_on(void);
/* A handler is about to run. */
void sw_forked_signal_came(void);
/* It has made, taken or released it: what its parent knew of it is over. */
void sw_forked_made(const void *address);
void sw_forked_took(const void *address);
void sw_forked_released(const void *address);
/* It starts a process, or becomes another program: nothing is said of it any more. */
void sw_forked_leaves(void);

#endif

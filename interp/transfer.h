/* SPDX-License-Identifier: MIT
 *
 * transfer.h - the switch itself: from one tasklet's C stack to another's.
 */
#ifndef SLP_TRANSFER_H
#define SLP_TRANSFER_H

#include "tasklet.h"
#include "thread.h"

/* Leaves prev for next, both of this thread, prev != next.  Returns when prev runs again, after
 * releasing what the switch back had deferred.  0, or -1 with MemoryError: then nothing has
 * happened.  reserved: slp_transfer_may_save() has been asked already. */
int slp_transfer(struct slp_thread *thread, slp_tasklet *prev, slp_tasklet *next, int reserved);

/* The point at which the lab can have no memory for that switch: 0 then. */
int slp_transfer_may_save(slp_tasklet *prev, slp_tasklet *next);

/* A tasklet has ended, and next is to run: the stack to go back to, for its outermost function to
 * return; NULL: next has not begun, and can do so on the same stack. */
struct slp_stack_back *slp_transfer_end(struct slp_thread *thread, slp_tasklet *next);

/* Releases thread->deferred with the current tasklet's mailbox set aside.  For
 * the switch that turned out to need no jump. */
void slp_transfer_release(struct slp_thread *thread);

#endif

/* SPDX-License-Identifier: MIT
 *
 * why_cause.h - in which of the interpreter's operations a run went wrong.
 *
 * A value that is lost is told of at that moment, and the C stack of the moment says it.  An
 * invariant is looked at when something begins or ends, and what has broken it may be over by then.
 * So each invariant says of which operation it speaks, one of these ways:
 *
 *   SEEN     of the one in the middle of which it is looked at
 *   NAMED    of the operation in its name, wherever it is looked at
 *   AROUND   of the one around the deallocation that shows it
 *   LAST     of the last one before that had to do with the tasklet or channel
 *
 * Where a spec's own words failed, no event says when: then it is the last operation of that step
 * that not every step has, and the reader is told that it is only that.
 */
#ifndef SW_WHY_CAUSE_H
#define SW_WHY_CAUSE_H

#include "why_path.h"

/* Fills in stack, operation, where and by.  failure: the index of its event; event_count: none. */
void sw_why_cause_find(struct sw_why *why, uint32_t failure);

#endif

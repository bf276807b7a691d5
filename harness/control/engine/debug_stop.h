/* SPDX-License-Identifier: MIT
 *
 * debug_stop.h - where a debugger meets the program: at one step, and at the end.
 *
 * "spillway debug" has one breakpoint, in an empty function that is called where it wants to stop
 * and nowhere else: a breakpoint with a condition would stop the program at each decision.  The
 * step is in the control memory (stop_at), from the program's start or from a stop before.
 *
 * What the debugger prints of the step is here, so that it need not know what decisions look like.
 */
#ifndef SW_DEBUG_STOP_H
#define SW_DEBUG_STOP_H

#include "contract/control_shm.h"
#include "contract/decision.h"

enum sw_debug_stop {
    SW_DEBUG_STOP_STEP, /* before the decision of that number */
    SW_DEBUG_STOP_END,  /* the program is about to end, as exited_with or end and report say */
};

/* Empty; sw_debug_stop_text says what is about to be decided, or "". */
void sw_debug_stop_here(enum sw_debug_stop why);
extern char sw_debug_stop_text[256];

/* Is the step that comes now the one?  decision: NULL where there is nothing to decide. */
void sw_debug_stop_describe(const struct sw_decision *decision);
static inline void sw_debug_stop_before(const struct sw_control_shm *shm,
                                        const struct sw_decision *decision)
{
    if (__builtin_expect(shm->debugged, 0) && shm->decision_count == shm->stop_at)
        sw_debug_stop_describe(decision);
}

/* It is about to end. */
void sw_debug_stop_at_end(const struct sw_control_shm *shm);

#endif

/* SPDX-License-Identifier: MIT
 *
 * own_cstack.h - C stacks of this process, and what to do when it crashes.
 *
 * A stack is taken with the unwinder of the C runtime.  Frames of the agent, and
 * of what calls it at a point, are left out: the innermost frame is the function
 * that reached the point, with an address inside its call.  The stack ends where
 * the interpreter's unwind information ends it, at the entry of a tasklet or of a
 * spill: what is above there belongs to a slice that is not in place.
 *
 * Needs no Python.
 */
#ifndef SW_AGENT_OWN_CSTACK_H
#define SW_AGENT_OWN_CSTACK_H

#include "contract/event_shm.h"

/* The frames outside of the function whose __builtin_frame_address(0) is
 * given; of these also the innermost is left out if it is skipped(). */
void sw_own_cstack_capture(struct sw_event_shm_stack *out, const void *frame, uintptr_t skipped);
/* Puts a stack into the event memory, and the process's maps with the first one.
 * Returns 1 + its index, 0 when there is no room. */
uint32_t sw_own_cstack_keep(const struct sw_event_shm_stack *stack);

/* The calling thread's latest frames, at most so many, for the event of that number.  Not kept for
 * long: the event whose stack it takes the place of has none then. */
void sw_own_cstack_note(uint32_t number, const void *frame, uintptr_t skipped);

/* Catches SIGSEGV, SIGBUS, SIGABRT, SIGILL and SIGFPE: a CRASH event with the
 * stack, then the default action.  current: asked for the name of the tasklet
 * that runs; it must be safe in a signal handler. */
void sw_own_cstack_catch_crashes(sw_text (*current)(void));
/* Back to the default actions; for a forked child. */
void sw_own_cstack_ignore_crashes(void);
/* The calling thread gets a signal stack, so that an overflow can be told. */
void sw_own_cstack_enter_thread(void);
void sw_own_cstack_leave_thread(void);

#endif

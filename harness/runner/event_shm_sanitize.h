/* SPDX-License-Identifier: MIT
 *
 * event_shm_sanitize.h - what a child has left behind, made safe to read.
 *
 * A crashing interpreter may have scribbled on the shared memory, and the text
 * of a program's exception may be anything.  Once sanitized, an event memory below its line is
 * such that every reader can do without checks:
 *   - event_count, stack_count, frame_count and maps_used are in their limits;
 *   - event i has index i, a kind that exists, a move that a plan can have, and
 *     a stack that was taken, or 0;
 *   - its texts are single lines of valid UTF-8 without control characters, of
 *     at most SW_EVENT_SHM_SANITIZE_TEXT_MAX bytes.
 * The numbers of the events themselves (value, count, thread, the order of the
 * moves) still mean nothing by themselves, and the plan is not to be read again.
 */
#ifndef SW_EVENT_SHM_SANITIZE_H
#define SW_EVENT_SHM_SANITIZE_H

#include "contract/event_shm.h"

enum { SW_EVENT_SHM_SANITIZE_TEXT_MAX = 1024 };

/* The child must have ended. */
void sw_event_shm_sanitize(struct sw_event_shm *event_shm);

#endif

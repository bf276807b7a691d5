/* SPDX-License-Identifier: MIT
 *
 * spill.h - evaluating a frame with the C stack out of the way.
 *
 * When C code is about to evaluate a Python frame and the C stack has grown
 * past a threshold, the stack is spilled: copied to the heap, so that the frame
 * runs on the empty stack from the thread's base, and copied back when the
 * frame is done (policy "copy"); or left where it is while the frame runs on a
 * second stack (policy "segment").  So recursion through C code (map, sorted,
 * __getattr__, ...) is limited by memory, and not by the stack.
 *
 *      base  +-----------+     +-----------+     +-----------+
 *            | C frames  |     | the frame |     | C frames  |
 *            |  ...      |     | to run    |     |  ...      |
 *      sp    +-----------+     +- - - - - -+     +-----------+
 *              save  ------->    evaluate  ------>  restore
 *
 * A spill must change nothing that anybody can see: mailbox, exception, result
 * and tracing are the same on both sides.
 *
 * The threshold is one for the process, set under the GIL; each thread applies
 * it from its next switch or spill check on.  A spill that is not possible (no
 * memory, a foreign stack, a subinterpreter, a garbage collection under way on
 * this thread) is none: the frame is evaluated in place.
 */
#ifndef SLP_SPILL_H
#define SLP_SPILL_H

#include <Python.h>
#include <stddef.h>

#include "contract/spill_setting.h"
#include "cstack.h"

/* What holds for the process: see contract/spill_setting.h.  A stack that is not
 * as large as its number of bytes is spilled at half its size. */
extern struct slp_spill_setting slp_spill_setting;

/* Applies SLP_SPILL from the environment; empty, it is as if it were not set.
 * 0, or -1 after a line on stderr. */
int slp_spill_init(void);
void slp_spill_set(struct slp_spill_setting setting);
/* Computes slp_spill_limit for the running thread and the stack it is on. */
void slp_spill_update_limit(void);

/* What the limit is by the setting alone, whatever hook is set. */
uintptr_t slp_spill_stack_limit(void);

/* How many spills there were in the process. */
extern unsigned long slp_spill_count;

#endif

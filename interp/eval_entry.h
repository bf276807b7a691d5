/* SPDX-License-Identifier: MIT
 *
 * eval_entry.h - how C code that begins to evaluate a frame comes past eval.c.
 *
 *   eval_entry_wrap.c              slpython: the linker leads the interpreter's own
 *                            calls of three functions to us
 *   interp/extension/eval_entry_pep523.c  the extension module: a frame evaluation function,
 *                            as in PEP 523, while spilling is switched on
 *
 * A door does what is cheap: one comparison with slp_spill_limit, and a tail
 * call where the stack is short.
 */
#ifndef SLP_EVAL_ENTRY_H
#define SLP_EVAL_ENTRY_H

#include "cpython.h"

#include "spill_record.h"

/* Whether the function that says so runs above the limit. */
#define SLP_EVAL_ENTRY_STACK_IS_SHORT() \
    __builtin_expect((uintptr_t)__builtin_frame_address(0) > slp_spill_limit, 1)

/* The setting (spill.h) was changed.  Needs the GIL once Python runs. */
void slp_eval_entry_update(void);

/* eval.c: what a door does where the stack is not short. */
PyObject *slp_eval_slow(struct slp_spill_call *call) __attribute__((noinline));

#endif

/* SPDX-License-Identifier: MIT
 *
 * eval_entry.h - how C code that begins to evaluate a frame comes past eval.c.
 *
 * One interface with two implementations; both have the prefix of this header.
 *   program/eval_entry_wrap.c      slpython: the linker sends the interpreter's own calls
 *                                  of three functions to us
 *   extension/eval_entry_pep523.c  the extension module: a frame evaluation function as
 *                                  in PEP 523, installed while spilling is switched on
 *
 * An entry does only what is cheap: it compares the stack pointer with
 * slp_spill_limit, and where the stack is short it calls what was meant.
 */
#ifndef SLP_EVAL_ENTRY_H
#define SLP_EVAL_ENTRY_H

#include "cpython.h"

#include "spill_record.h"

/* Whether the function in which this stands runs above the limit. */
#define SLP_EVAL_ENTRY_STACK_IS_SHORT() \
    __builtin_expect((uintptr_t)__builtin_frame_address(0) > slp_spill_limit, 1)

/* The setting (spill.h) was changed.  Needs the GIL once Python runs. */
void slp_eval_entry_update(void);

/* Does the call that an entry was meant for, on whatever stack this is. */
PyObject *slp_eval_entry_evaluate(const struct slp_spill_call *call);

/* eval.c: what an entry calls where the stack is not short. */
PyObject *slp_eval_slow(struct slp_spill_call *call) __attribute__((noinline));

#endif

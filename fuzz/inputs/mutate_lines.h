/* SPDX-License-Identifier: MIT
 *
 * mutate_lines.h - changes to a text of lines and words.
 *
 * A text in which any byte is changed is nearly always refused, at that byte.  One in which a
 * whole word or line is another one is often accepted, and that is where the writers, and what
 * holds between two readings, are tested.
 */
#ifndef SW_MUTATE_LINES_H
#define SW_MUTATE_LINES_H

#include "input_mutate.h"

/* As LLVMFuzzerCustomMutator(): see input_mutate.h. */
size_t sw_mutate_lines(uint8_t *bytes, size_t size, size_t room, unsigned seed,
                       sw_input_mutate_bytes *mutate);

#endif

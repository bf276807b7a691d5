/* SPDX-License-Identifier: MIT
 *
 * mutate_lines.h - mutates a text of lines and words.
 *
 * A text in which some byte is changed is nearly always refused, at that byte.  If a whole word or
 * line is exchanged for another one the text is often accepted; only then are the writers, and what
 * must hold between two readings, tested at all.
 */
#ifndef SW_MUTATE_LINES_H
#define SW_MUTATE_LINES_H

#include "input_mutate.h"

/* As LLVMFuzzerCustomMutator(): see input_mutate.h. */
size_t sw_mutate_lines(uint8_t *bytes, size_t size, size_t room, unsigned seed,
                       sw_input_mutate_bytes *mutate);

#endif

/* SPDX-License-Identifier: MIT
 *
 * input_mutate.h - what the mutators of inputs have in common.
 *
 * Each changes the bytes in place, to at most room of them, and returns how many there are, as
 * LLVMFuzzerCustomMutator() does.  Equal bytes, seeds and mutate functions give equal results.
 */
#ifndef SW_INPUT_MUTATE_H
#define SW_INPUT_MUTATE_H

#include <stddef.h>
#include <stdint.h>

/* Changes bytes of which nothing is known: LLVMFuzzerMutate(). */
typedef size_t sw_input_mutate_bytes(uint8_t *bytes, size_t size, size_t room);

/* Of libFuzzer: what a target defines, and what it may call. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t room, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t size, size_t room);

#endif

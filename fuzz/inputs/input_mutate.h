/* SPDX-License-Identifier: MIT
 *
 * input_mutate.h - what the ways to change an input have in common.
 *
 * Each changes the bytes in place, to at most room of them, and returns how many there are: as
 * LLVMFuzzerCustomMutator() does.  The same seed, and the same mutate, make the same of the
 * same bytes.
 */
#ifndef SW_SCHEDULE_MUTATE_H
#define SW_SCHEDULE_MUTATE_H

#include <stddef.h>
#include <stdint.h>

/* How bytes are changed of which nothing is known: LLVMFuzzerMutate(). */
typedef size_t sw_input_mutate_bytes(uint8_t *bytes, size_t size, size_t room);

/* libFuzzer's: what a target defines and may call. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t room, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t size, size_t room);

#endif

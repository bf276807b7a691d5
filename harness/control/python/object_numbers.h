/* SPDX-License-Identifier: MIT
 *
 * object_numbers.h - which hash an object has, by where its memory begins.
 *
 * A table of the objects that have been hashed, and a count of each kind of them.  It is asked
 * whenever an object is freed, and nearly all of those have never been hashed: that is seen from one
 * byte of a map, which has the number of objects that begin in that line of 64 bytes, or in another
 * one that is 8 MiB away, say.
 *
 *      block --> lines[block / 64] is 0: never hashed
 *           \--> table[block / 16] or behind it: its hash
 *
 * Neighbours in memory are neighbours in the table, so that a schedule which hashes a few new
 * objects writes few pages, each of which a checkpoint has to put back (memory_image.h).
 *
 * The table is mapped at an address of its own and never takes of the program's heap.
 */
#ifndef SW_OBJECT_NUMBERS_H
#define SW_OBJECT_NUMBERS_H

#include <stdint.h>

enum { SW_OBJECT_LINE_BITS = 6, SW_OBJECT_LINES = 1 << 17 };
extern uint8_t sw_object_lines[SW_OBJECT_LINES];

static inline uint8_t *sw_object_line(uintptr_t block)
{
    return &sw_object_lines[block >> SW_OBJECT_LINE_BITS & (SW_OBJECT_LINES - 1)];
}

/* Its hash; 0: it has none yet. */
uint64_t sw_object_numbers_find(uintptr_t block);
/* It has none, and gets this one, which is not 0.  0; -1: there is no memory for more. */
int sw_object_numbers_add(uintptr_t block, uint64_t hash);
/* How many of that kind, which is not 0, there were before. */
uint64_t sw_object_numbers_count(uint64_t kind);

void sw_object_numbers_remove(uintptr_t block);

/* This memory is freed. */
static inline void sw_object_numbers_forget(uintptr_t block)
{
    if (*sw_object_line(block) != 0)
        sw_object_numbers_remove(block);
}

#endif

/* SPDX-License-Identifier: MIT
 *
 * sketch.h - about how many different numbers there were, in 16 KiB.
 *
 * A HyperLogLog sketch: each hash raises one of 16,384 registers to the number of its leading
 * zeros.  A hash that comes again changes nothing, and the maximum of two sketches is that of both
 * sets together; so it does not matter who saw what, and how often.  The estimate's standard error
 * is 0.8 %; up to some 20,000 it is better.
 */
#ifndef SW_SKETCH_H
#define SW_SKETCH_H

#include <stdint.h>

#include "../harness/error.h"

enum { SW_SKETCH_BITS = 14, SW_SKETCH_REGISTERS = 1 << SW_SKETCH_BITS };

struct sw_sketch {
    uint8_t registers[SW_SKETCH_REGISTERS];
};

/* number: of any kind, it is hashed. */
void sw_sketch_add(struct sw_sketch *sketch, uint64_t number);
void sw_sketch_merge(struct sw_sketch *sketch, const struct sw_sketch *other);
uint64_t sw_sketch_estimate(const struct sw_sketch *sketch);

/* To a file, at once: it is there whole, or as it was.  0, or -1 with *e. */
int sw_sketch_write(const struct sw_sketch *sketch, const char *path, struct sw_error *e);
/* Merges it with what the file has.  0, or -1 with *e: it is no such file, or damaged. */
int sw_sketch_read(struct sw_sketch *sketch, const char *path, struct sw_error *e);

#endif

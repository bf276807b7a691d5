/* SPDX-License-Identifier: MIT
 *
 * hyperloglog.h - estimates how many different numbers there were, in 16 KiB.
 *
 * A HyperLogLog sketch: each number is hashed, and raises one of 16,384 registers to the position
 * of the hash's first 1 bit.  A number that comes again changes nothing, and the maximum of two
 * sketches, register by register, is the sketch of both sets together: so it does not matter which
 * process saw what, or how often.  The standard error is 1.04 / sqrt(16384), 0.8 %, and less up to
 * some 20,000.  After Flajolet, Fusy, Gandouet and Meunier, "HyperLogLog" (2007).
 */
#ifndef SW_HYPERLOGLOG_H
#define SW_HYPERLOGLOG_H

#include <stdint.h>

#include "contract/error.h"

enum { SW_HYPERLOGLOG_BITS = 14, SW_HYPERLOGLOG_REGISTERS = 1 << SW_HYPERLOGLOG_BITS };

struct sw_hyperloglog {
    uint8_t registers[SW_HYPERLOGLOG_REGISTERS];
};

/* number: of any kind, it is hashed. */
void sw_hyperloglog_add(struct sw_hyperloglog *sketch, uint64_t number);
void sw_hyperloglog_merge(struct sw_hyperloglog *sketch, const struct sw_hyperloglog *other);
uint64_t sw_hyperloglog_estimate(const struct sw_hyperloglog *sketch);

/* Writes it to a file, which has all of it afterwards, or is as it was.  0, or -1 with *e. */
int sw_hyperloglog_write(const struct sw_hyperloglog *sketch, const char *path, struct sw_error *e);
/* Merges the file into it.  0, or -1 with *e: there is none, or it is damaged. */
int sw_hyperloglog_read(struct sw_hyperloglog *sketch, const char *path, struct sw_error *e);

#endif

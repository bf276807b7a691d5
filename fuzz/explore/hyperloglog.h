/* SPDX-License-Identifier: MIT
 *
 * hyperloglog.h - about how many different numbers there were, in 16 KiB.
 *
 * A HyperLogLog sketch: each hash raises one of 16,384 registers to the number of its leading
 * zeros.  A hash that comes again changes nothing, and the maximum of two sketches is that of both
 * sets together; so it does not matter who saw what, and how often.  The estimate's standard error
 * is 0.8 %; up to some 20,000 it is better.
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

/* To a file, at once: it is there whole, or as it was.  0, or -1 with *e. */
int sw_hyperloglog_write(const struct sw_hyperloglog *sketch, const char *path, struct sw_error *e);
/* Merges it with what the file has.  0, or -1 with *e: it is no such file, or damaged. */
int sw_hyperloglog_read(struct sw_hyperloglog *sketch, const char *path, struct sw_error *e);

#endif

/* SPDX-License-Identifier: MIT
 *
 * fault_set.h - a set of the historical faults of faults.h, and its two spellings.
 *
 * "a+b" is one word: the set in a spec and on the command line.  Names with a blank or a comma
 * between them are the set in a .sched and in SLP_FAULTS.
 */
#ifndef SW_FAULT_SET_H
#define SW_FAULT_SET_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"

/* "a+b": these faults together. */
struct sw_fault_set {
    uint64_t mask; /* bit i: enum slp_fault i */
};

/* 0 <= fault < SLP_FAULT_COUNT. */
const char *sw_fault_set_name(int fault);

/* "a+b" into a set.  0, or -1 with e->text (no place) naming the nearest. */
int sw_fault_set_parse(const char *text, struct sw_fault_set *out, struct sw_error *e);
/* The same of length bytes.  On -1 *bad is where the trouble is, and message, of at least
 * SW_FAULT_SET_MESSAGE_MAX bytes, says what. */
#define SW_FAULT_SET_MESSAGE_MAX 512
int sw_fault_set_read(const char *text, size_t length, struct sw_fault_set *out, const char **bad,
                      char *message);

/* Writes the names with that separator between them; returns buf.  Names that do not fit are left
 * out: SW_FAULT_SET_TEXT_MAX bytes are enough for all there are. */
#define SW_FAULT_SET_TEXT_MAX 4096
char *sw_fault_set_format(struct sw_fault_set set, char separator, char *buf, size_t size);

#endif

/* SPDX-License-Identifier: MIT
 *
 * fault_set.h - a set of the historical faults of faults.h, and its two spellings.
 *
 * In a spec and on the command line a set is one word, "a+b".  In a .sched its names are separated
 * by blanks, and in SLP_FAULTS by commas.
 */
#ifndef SW_FAULT_SET_H
#define SW_FAULT_SET_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"

/* Bit i % 64 of word i / 64: enum slp_fault i.  The words are public so that a set can be a constant,
 * and lie in shared memory; whoever reads one asks the functions. */
enum { SW_FAULT_SET_WORDS = 4, SW_FAULT_SET_MAX = SW_FAULT_SET_WORDS * 64 };
struct sw_fault_set {
    uint64_t words[SW_FAULT_SET_WORDS];
};

/* 0 <= fault < SW_FAULT_SET_MAX. */
int sw_fault_set_has(const struct sw_fault_set *set, int fault);
void sw_fault_set_add(struct sw_fault_set *set, int fault);
void sw_fault_set_add_all(struct sw_fault_set *set, const struct sw_fault_set *others);
int sw_fault_set_is_same(const struct sw_fault_set *a, const struct sw_fault_set *b);
/* How many it has. */
int sw_fault_set_count(const struct sw_fault_set *set);

/* 0 <= fault < SLP_FAULT_COUNT. */
const char *sw_fault_set_name(int fault);

/* Reads "a+b".  0, or -1 with *e (no place), which names the fault that was probably meant. */
int sw_fault_set_parse(const char *text, struct sw_fault_set *out, struct sw_error *e);
/* The same for length bytes of text.  After -1, *bad points to what is wrong, and message, which
 * has room for SW_FAULT_SET_MESSAGE_MAX bytes, says why. */
#define SW_FAULT_SET_MESSAGE_MAX 512
int sw_fault_set_read(const char *text, size_t length, struct sw_fault_set *out, const char **bad,
                      char *message);

/* Writes the names with that separator between them; returns buf.  Names that do not fit are left
 * out; SW_FAULT_SET_TEXT_MAX bytes are enough for all that exist. */
#define SW_FAULT_SET_TEXT_MAX 8192
char *sw_fault_set_format(struct sw_fault_set set, char separator, char *buf, size_t size);

#endif

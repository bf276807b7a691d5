/* SPDX-License-Identifier: MIT
 *
 * words.h - values that a person writes as one word: a number, or one of a few names.
 *
 * What is refused is quoted, with what there is: "'steam' is none of threads, fibers and pool".
 * Errors have no place; who knows it puts it in front.
 */
#ifndef SW_WORDS_H
#define SW_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"

/* A whole number in decimal, of digits alone.  0, or -1 with *e. */
int sw_words_number(const char *text, uint64_t least, uint64_t most, uint64_t *number,
                    struct sw_error *e);

/* names: NULL-terminated.  The index of the one that these bytes are, or -1. */
int sw_words_find(const char *const *names, const char *text, size_t length);
/* The same of a whole text.  The index, or -1 with *e. */
int sw_words_choose(const char *const *names, const char *text, struct sw_error *e);

#endif

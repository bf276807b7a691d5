/* SPDX-License-Identifier: MIT
 *
 * error.h - how the harness says what is wrong with something it was given.
 *
 * A function that can fail returns 0, or -1 with the error filled in.  line and
 * column count from 1; 0 means that the place is not known.  The text is one
 * sentence without a full stop and without the place; it is one line of valid
 * UTF-8, since what it quotes and is not printable stands there as \xNN.
 */
#ifndef SW_ERROR_H
#define SW_ERROR_H

#include <limits.h>

struct sw_error {
    char path[PATH_MAX]; /* its own, since it outlives what it was about; "" if there is none */
    unsigned line;
    unsigned column; /* in characters, not bytes */
    char text[512];
};

/* Fills e, printf-like; returns -1 so that a caller can return it. */
int sw_error_set(struct sw_error *e, const char *path, unsigned line, unsigned column,
                 const char *format, ...) __attribute__((format(printf, 5, 6)));
/* Another path, for one that nobody knows. */
void sw_error_move(struct sw_error *e, const char *path);
/* Prints "path:line:column: text\n" (as far as the place is known) on stderr. */
void sw_error_print(const struct sw_error *e);
/* The candidate nearest to a misspelt word (Damerau-Levenshtein distance of at
 * most a third of its length, at least 1), or NULL. */
const char *sw_error_nearest(const char *word, const char *const *candidates, int count);

#endif

/* SPDX-License-Identifier: MIT
 *
 * sched_lex.h - the lines and words of a .sched, as its reader takes them.
 *
 * The text is walked once, from its beginning to its end, and is never changed.  All functions that
 * can fail return 0, or -1 with the error filled in: the line, the column where the reader stands,
 * and what was expected there.  Blanks before a word are skipped; what is read ends at a blank or
 * at the end of the line.
 */
#ifndef SW_SCHED_LEX_H
#define SW_SCHED_LEX_H

#include <stddef.h>
#include <stdint.h>

#include "contract/error.h"

struct sw_sched_lex {
    const char *path;
    const char *text;
    const char *end;
    const char *line_start;
    const char *at; /* in the line, or at its newline */
    unsigned line; /* 0: before the first sw_sched_lex_next_line() */
    struct sw_error *e;
};

/* Returns -1. */
int sw_sched_lex_fail(const struct sw_sched_lex *lex, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Goes to the next line, which must exist and be whole; what: that should stand there. */
int sw_sched_lex_next_line(struct sw_sched_lex *lex, const char *what);
int sw_sched_lex_end_of_line(struct sw_sched_lex *lex);
void sw_sched_lex_skip_blanks(struct sw_sched_lex *lex);
/* Of the word that begins here; 0: none does. */
size_t sw_sched_lex_word_length(const struct sw_sched_lex *lex);
/* Does the line begin with that keyword, and a blank? */
int sw_sched_lex_begins(const struct sw_sched_lex *lex, const char *keyword);

int sw_sched_lex_keyword(struct sw_sched_lex *lex, const char *keyword);
/* A word, quoted or not.  *out is the caller's to free, also after a failure. */
int sw_sched_lex_word(struct sw_sched_lex *lex, char **out, const char *what);
/* The keyword, and all words behind it: at most max, of which *count were begun. */
int sw_sched_lex_words(struct sw_sched_lex *lex, const char *keyword, char **words, int max,
                       int *count);
int sw_sched_lex_number(struct sw_sched_lex *lex, uint64_t max, uint64_t *out, const char *what);
/* "T3". */
int sw_sched_lex_thread(struct sw_sched_lex *lex, uint32_t *out);
/* So many small hexadecimal digits; out has room for them and a NUL. */
int sw_sched_lex_hex(struct sw_sched_lex *lex, int digits, char *out);
/* All up to the end of the line; the caller's. */
int sw_sched_lex_rest(struct sw_sched_lex *lex, char **out);

#endif

/* SPDX-License-Identifier: MIT
 *
 * spec_lex.h - the text of a spec as lines, words and blocks of Python.
 *
 * Private to spec.c and spec_*.c.  A lexer looks at bytes that it does not own
 * and copies nothing: a token, a block, a place is a pointer into these bytes.
 * A place becomes a line and a column only when an error needs them.
 *
 * Outside of blocks a word is a run of anything but blanks and ":,#{}".  "#"
 * is a token right after a word ("spill.save#1"); after a blank, or first in
 * its line, it begins a comment.
 */
#ifndef SW_SPEC_LEX_H
#define SW_SPEC_LEX_H

#include <stddef.h>

#include "contract/error.h"
#include "contract/utf8.h"

enum sw_spec_token_kind {
    SW_TOKEN_END, /* of the line; at is where it ends or its comment begins */
    SW_TOKEN_WORD,
    SW_TOKEN_COLON,
    SW_TOKEN_COMMA,
    SW_TOKEN_HASH,
    SW_TOKEN_OPEN,
    SW_TOKEN_CLOSE,
};

struct sw_spec_token {
    enum sw_spec_token_kind kind;
    const char *at;
    size_t length; /* in bytes; 0 for SW_TOKEN_END */
};

/* Invariant: bytes <= line_start <= at <= line_end <= end. */
struct sw_spec_lexer {
    const char *path;
    const char *bytes;
    const char *end;
    const char *line_start;
    const char *line_end; /* its line feed, or end */
    const char *at; /* what sw_spec_lex_next() looks at */
    unsigned line; /* from 1; 0 before the first sw_spec_lex_line() */
    struct sw_error *error;
};

/* Python between braces. */
struct sw_spec_block {
    const char *start;
    const char *end;
    unsigned line; /* of start */
};

void sw_spec_lex_init(struct sw_spec_lexer *lexer, const char *path, const char *bytes, size_t size,
                      struct sw_error *e);
/* Refuses what is no text: not UTF-8, NUL, carriage return, byte order mark. */
int sw_spec_lex_validate(struct sw_spec_lexer *lexer);

/* Goes to the next line, blank or not.  1, or 0 when there is none. */
int sw_spec_lex_line(struct sw_spec_lexer *lexer);
/* The next token of this line, read or only looked at. */
struct sw_spec_token sw_spec_lex_next(struct sw_spec_lexer *lexer);
struct sw_spec_token sw_spec_lex_peek(const struct sw_spec_lexer *lexer);
/* All that is left of the line, without the blanks around it, as one word. */
struct sw_spec_token sw_spec_lex_rest(struct sw_spec_lexer *lexer);
/* Reads a block, its braces included, and what may follow: nothing, or a comment
 * after the brace that stands alone.  The lexer is left at the block's last line. */
int sw_spec_lex_block(struct sw_spec_lexer *lexer, struct sw_spec_block *block);
/* Writes a block's text without the blanks that all its lines begin with, and a
 * NUL; to has room for block->end - block->start + 1 bytes. */
void sw_spec_lex_dedent(const struct sw_spec_block *block, char *to);

int sw_spec_lex_token_is(const struct sw_spec_token *token, const char *word);

/* Fills the lexer's error, with a place in its bytes; returns -1. */
int sw_spec_lex_refuse(const struct sw_spec_lexer *lexer, const char *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
unsigned sw_spec_lex_line_of(const struct sw_spec_lexer *lexer, const char *at);

/* SW_QUOTE() of what was found where something else was expected. */
char *sw_spec_lex_quote_token(char *buf, const struct sw_spec_token *token);
#define SW_QUOTE_TOKEN(token) sw_spec_lex_quote_token((char[SW_UTF8_QUOTE_SIZE]){0}, (token))

#endif

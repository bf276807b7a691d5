/* SPDX-License-Identifier: MIT */
#include "spec_lex.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "contract/utf8.h"

static int is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && is_blank(*at))
        at++;
    return at;
}

static const char *trim_blanks(const char *start, const char *end)
{
    while (end > start && is_blank(end[-1]))
        end--;
    return end;
}

/* The last line may have no line feed. */
static const char *find_line_end(const char *at, const char *end)
{
    const char *found = memchr(at, '\n', (size_t)(end - at));

    return found != NULL ? found : end;
}

/* ---- characters ---- */

/* Once, before anything is read: all that follows may take the text for what it looks like in an
 * editor.  A carriage return would be part of Python's text, and a mark of the first word. */
int sw_spec_lex_validate(struct sw_spec_lexer *lexer)
{
    const char *at = lexer->bytes;

    if (lexer->end - at >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0)
        return sw_spec_lex_refuse(lexer, at, "byte order mark; a spec is UTF-8 without one");
    while (at < lexer->end) {
        size_t length = sw_utf8_length(at, lexer->end);

        if (length == 0)
            return sw_spec_lex_refuse(lexer, at, "not UTF-8: byte 0x%02x", (unsigned char)*at);
        if (*at == '\0')
            return sw_spec_lex_refuse(lexer, at, "NUL byte");
        if (*at == '\r')
            return sw_spec_lex_refuse(lexer, at,
                                      "carriage return; a line ends with a line feed alone");
        at += length;
    }
    return 0;
}

/* ---- places and messages ---- */

/* Counted only when an error needs it; then the whole file may be looked at. */
unsigned sw_spec_lex_line_of(const struct sw_spec_lexer *lexer, const char *at)
{
    unsigned line = 1;

    assert(at >= lexer->bytes && at <= lexer->end);
    for (const char *c = lexer->bytes; c < at; c++)
        line += *c == '\n';
    return line;
}

static unsigned column_of(const struct sw_spec_lexer *lexer, const char *at)
{
    unsigned column = 1;

    for (const char *c = at; c > lexer->bytes && c[-1] != '\n'; c--)
        column += ((unsigned char)c[-1] & 0xc0) != 0x80; /* continuation bytes do not count */
    return column;
}

int sw_spec_lex_refuse(const struct sw_spec_lexer *lexer, const char *at, const char *format, ...)
{
    char text[sizeof lexer->error->text];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return sw_error_set(lexer->error, lexer->path, sw_spec_lex_line_of(lexer, at),
                        column_of(lexer, at), "%s", text);
}

char *sw_spec_lex_quote_token(char *buf, const struct sw_spec_token *token)
{
    static const char end[] = "the end of the line";

    if (token->kind == SW_TOKEN_END)
        return memcpy(buf, end, sizeof end);
    return sw_utf8_quote(buf, token->at, token->length);
}

/* ---- lines and tokens ---- */

void sw_spec_lex_init(struct sw_spec_lexer *lexer, const char *path, const char *bytes, size_t size,
                      struct sw_error *e)
{
    *lexer = (struct sw_spec_lexer){
        .path = path,
        .bytes = bytes,
        .end = bytes + size,
        .line_start = bytes,
        .line_end = bytes,
        .at = bytes,
        .error = e,
    };
}

int sw_spec_lex_line(struct sw_spec_lexer *lexer)
{
    /* Before the first line line_end is the beginning of the bytes, and no line feed stands
     * there. */
    const char *start = lexer->line_end;

    if (lexer->line > 0 && start < lexer->end)
        start++; /* over the line feed */
    if (start == lexer->end)
        return 0;
    lexer->line_start = lexer->at = start;
    lexer->line_end = find_line_end(start, lexer->end);
    lexer->line++;
    return 1;
}

static enum sw_spec_token_kind kind_of(char c)
{
    switch (c) {
    case ':':
        return SW_TOKEN_COLON;
    case ',':
        return SW_TOKEN_COMMA;
    case '#':
        return SW_TOKEN_HASH;
    case '{':
        return SW_TOKEN_OPEN;
    case '}':
        return SW_TOKEN_CLOSE;
    default:
        return SW_TOKEN_WORD;
    }
}

/* A token never goes over the end of a line: lines are the grammar's, and blocks are read as such.
 * To look costs no more than to read, so there is no memory of what was looked at. */
struct sw_spec_token sw_spec_lex_peek(const struct sw_spec_lexer *lexer)
{
    struct sw_spec_token token = {SW_TOKEN_END, NULL, 0};
    const char *at = skip_blanks(lexer->at, lexer->line_end);
    const char *end = at;

    token.at = at;
    if (at == lexer->line_end)
        return token;
    /* Behind a word "#" is part of a name: spill.save#1, channel#2. */
    if (*at == '#' && (at == lexer->line_start || is_blank(at[-1])))
        return token;
    token.kind = kind_of(*at);
    if (token.kind == SW_TOKEN_WORD) {
        while (end < lexer->line_end && !is_blank(*end) && kind_of(*end) == SW_TOKEN_WORD)
            end++;
    } else {
        end++;
    }
    token.length = (size_t)(end - at);
    return token;
}

struct sw_spec_token sw_spec_lex_next(struct sw_spec_lexer *lexer)
{
    struct sw_spec_token token = sw_spec_lex_peek(lexer);

    /* Behind a comment there is nothing more to read. */
    lexer->at = token.kind == SW_TOKEN_END ? lexer->line_end : token.at + token.length;
    return token;
}

struct sw_spec_token sw_spec_lex_rest(struct sw_spec_lexer *lexer)
{
    const char *start = skip_blanks(lexer->at, lexer->line_end);
    const char *end = trim_blanks(start, lexer->line_end);

    lexer->at = lexer->line_end;
    return (struct sw_spec_token){start < end ? SW_TOKEN_WORD : SW_TOKEN_END, start,
                                  (size_t)(end - start)};
}

int sw_spec_lex_token_is(const struct sw_spec_token *token, const char *word)
{
    return token->kind == SW_TOKEN_WORD && token->length == strlen(word) &&
           memcmp(token->at, word, token->length) == 0;
}

/* ---- blocks ---- */

/* The last character decides, so that Python's own braces may stand before it. */
static int read_block_of_one_line(struct sw_spec_lexer *lexer, struct sw_spec_block *block)
{
    struct sw_spec_token rest = sw_spec_lex_rest(lexer);
    const char *close = rest.at + rest.length - 1;

    assert(rest.kind == SW_TOKEN_WORD);
    if (*close != '}')
        return sw_spec_lex_refuse(
            lexer, rest.at,
            "a block on one line ends with '}', the line's last character; the "
            "Python of a longer block begins on the line after its '{': %s",
            SW_QUOTE(rest.at, rest.length));
    block->start = rest.at;
    block->end = trim_blanks(rest.at, close);
    block->line = lexer->line;
    return 0;
}

enum block_place { LINE_INSIDE, LINE_CLOSES, LINE_OUTSIDE };

/* Where this line stands in the block whose opening line has this indentation. */
static enum block_place place_in_block(const struct sw_spec_lexer *lexer, const char *indentation,
                                       size_t length)
{
    const char *text = skip_blanks(lexer->line_start, lexer->line_end);
    size_t own = (size_t)(text - lexer->line_start);

    /* A blank line may have any indentation: editors take it away. */
    if (text == lexer->line_end)
        return LINE_INSIDE;
    /* Compared as text: a tab is no number of blanks here, as in Python. */
    if (own < length || memcmp(lexer->line_start, indentation, length) != 0)
        return LINE_OUTSIDE;
    if (own > length)
        return LINE_INSIDE;
    return *text == '}' ? LINE_CLOSES : LINE_OUTSIDE;
}

/* The lexer is at the first line that is not inside: does it close the block? */
static int close_block(struct sw_spec_lexer *lexer, enum block_place place, unsigned opened)
{
    struct sw_spec_token token = sw_spec_lex_next(lexer);

    if (place == LINE_OUTSIDE)
        return sw_spec_lex_refuse(lexer, token.at,
                                  "the block of line %u is not closed: expected '}' below that "
                                  "line's first word, or a line indented deeper, but found %s",
                                  opened, SW_QUOTE(token.at, (size_t)(lexer->line_end - token.at)));
    token = sw_spec_lex_next(lexer);
    if (token.kind != SW_TOKEN_END)
        return sw_spec_lex_refuse(lexer, token.at, "%s after the end of a block",
                                  SW_QUOTE_TOKEN(&token));
    return 0;
}

/* Braces inside are Python's and not counted: indentation alone says where the block ends. */
static int read_block_of_lines(struct sw_spec_lexer *lexer, const char *open,
                               struct sw_spec_block *block)
{
    const char *indentation = lexer->line_start;
    size_t length = (size_t)(skip_blanks(indentation, lexer->line_end) - indentation);
    unsigned opened = lexer->line;

    while (sw_spec_lex_line(lexer)) {
        enum block_place place = place_in_block(lexer, indentation, length);

        if (block->start == NULL) {
            block->start = lexer->line_start;
            block->line = lexer->line;
        }
        if (place == LINE_INSIDE)
            continue;
        block->end = lexer->line_start;
        return close_block(lexer, place, opened);
    }
    return sw_spec_lex_refuse(lexer, open, "this block is not closed before the end of the file");
}

int sw_spec_lex_block(struct sw_spec_lexer *lexer, struct sw_spec_block *block)
{
    struct sw_spec_token open = sw_spec_lex_next(lexer);

    /* What stands behind the brace decides which of the two forms it is. */
    *block = (struct sw_spec_block){NULL, NULL, 0};
    if (open.kind != SW_TOKEN_OPEN)
        return sw_spec_lex_refuse(lexer, open.at, "expected '{' but found %s",
                                  SW_QUOTE_TOKEN(&open));
    if (skip_blanks(lexer->at, lexer->line_end) < lexer->line_end)
        return read_block_of_one_line(lexer, block);
    return read_block_of_lines(lexer, open.at, block);
}

static size_t common_length(const char *one, const char *other, size_t most)
{
    size_t same = 0;

    while (same < most && one[same] == other[same])
        same++;
    return same;
}

/* How many blanks all lines of the block begin with that hold more than blanks.  The first of them
 * has all of its blanks in common with itself, and each further one can only shorten that. */
static size_t common_indentation(const struct sw_spec_block *block)
{
    const char *first = NULL;
    size_t common = 0;

    for (const char *at = block->start; at < block->end;) {
        const char *end = find_line_end(at, block->end);
        size_t own = (size_t)(skip_blanks(at, end) - at);

        if (at + own < end && first == NULL) {
            first = at;
            common = own;
        } else if (at + own < end) {
            common = common_length(at, first, own < common ? own : common);
        }
        at = end < block->end ? end + 1 : end;
    }
    return common;
}

/* Line feeds are kept, also those of blank lines: lines are counted in the spec, and a traceback of
 * the block counts the same ones. */
void sw_spec_lex_dedent(const struct sw_spec_block *block, char *to)
{
    size_t common = common_indentation(block);

    for (const char *at = block->start; at < block->end;) {
        const char *end = find_line_end(at, block->end);

        /* A blank line may be shorter than what all others begin with: nothing of it is kept. */
        if (skip_blanks(at, end) < end) {
            size_t length = (size_t)(end - at) - common;

            memcpy(to, at + common, length);
            to += length;
        }
        if (end < block->end)
            *to++ = '\n';
        at = end < block->end ? end + 1 : end;
    }
    *to = '\0';
}

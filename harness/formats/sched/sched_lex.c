/* SPDX-License-Identifier: MIT */
#include "sched_lex.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract/utf8.h"
#include "sched_word.h"

/* ---- places and lines ---- */

/* In characters; what is none counts byte by byte. */
static unsigned column_of(const struct sw_sched_lex *lex)
{
    unsigned column = 1;

    for (const char *at = lex->line_start; at < lex->at; column++) {
        size_t length = sw_utf8_length(at, lex->end);
        at += length > 0 ? length : 1;
    }
    return column;
}

int sw_sched_lex_fail(const struct sw_sched_lex *lex, const char *format, ...)
{
    char text[400]; /* with what is quoted cut, it fits into an error with its place */
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    sw_utf8_trim(text);
    return sw_error_set(lex->e, lex->path, lex->line, column_of(lex), "%s", text);
}

/* A line without its end is a file that was torn: refused, even where all words of it are there. */
int sw_sched_lex_next_line(struct sw_sched_lex *lex, const char *what)
{
    /* The reader stands at the newline of the line that it has finished. */
    const char *start = lex->line == 0 ? lex->text : lex->at + 1;

    assert(lex->line == 0 || *lex->at == '\n');
    lex->line++;
    lex->line_start = lex->at = start;
    if (start == lex->end)
        return sw_sched_lex_fail(lex, "the file ends where %s should stand", what);
    if (memchr(start, '\n', (size_t)(lex->end - start)) == NULL)
        return sw_sched_lex_fail(lex, "the file ends in the middle of a line");
    return 0;
}

/* The end of each line is checked, so that nothing on it is passed over. */
int sw_sched_lex_end_of_line(struct sw_sched_lex *lex)
{
    return *lex->at == '\n' ? 0 : sw_sched_lex_fail(lex, "more on the line than there should be");
}

void sw_sched_lex_skip_blanks(struct sw_sched_lex *lex)
{
    while (*lex->at == ' ')
        lex->at++;
}

/* No end is needed: every line ends with a newline, which is not plain. */
size_t sw_sched_lex_word_length(const struct sw_sched_lex *lex)
{
    size_t length = 0;

    while (sw_sched_is_plain((unsigned char)lex->at[length]))
        length++;
    return length;
}

int sw_sched_lex_keyword(struct sw_sched_lex *lex, const char *keyword)
{
    size_t length;

    sw_sched_lex_skip_blanks(lex);
    length = sw_sched_lex_word_length(lex);
    if (length != strlen(keyword) || memcmp(lex->at, keyword, length) != 0)
        return sw_sched_lex_fail(lex, "'%s' expected", keyword);
    lex->at += length;
    return 0;
}

/* Small ones alone, as the writer has them: a hash has one spelling. */
static int hex_digit(char c)
{
    const char *digits = "0123456789abcdef", *found = c != '\0' ? strchr(digits, c) : NULL;

    return found != NULL ? (int)(found - digits) : -1;
}

/* What it reads is at most as long as it was written: \xHH is one byte of four.  A byte of value 0
 * is refused even as \x00: words end with one in memory. */
static int read_quoted(struct sw_sched_lex *lex, char *out)
{
    lex->at++;
    while (*lex->at != '"') {
        if (*lex->at == '\n' || *lex->at == '\0')
            return sw_sched_lex_fail(lex, "a quote is not closed");
        if (*lex->at != '\\') {
            *out++ = *lex->at++;
            continue;
        }
        int high = lex->at[1] == 'x' ? hex_digit(lex->at[2]) : -1;
        int low = high >= 0 ? hex_digit(lex->at[3]) : -1;
        if (low < 0 || high * 16 + low == 0)
            return sw_sched_lex_fail(lex, "\\xHH expected");
        *out++ = (char)(high * 16 + low);
        lex->at += 4;
    }
    lex->at++;
    *out = '\0';
    return 0;
}

/* To the end of the line, which next_line() has seen. */
static size_t rest_length(const struct sw_sched_lex *lex)
{
    const char *end = memchr(lex->at, '\n', (size_t)(lex->end - lex->at));

    return (size_t)(end - lex->at);
}

int sw_sched_lex_word(struct sw_sched_lex *lex, char **out, const char *what)
{
    sw_sched_lex_skip_blanks(lex);
    size_t length = sw_sched_lex_word_length(lex);
    char *word = malloc(rest_length(lex) + 1); /* no escape is shorter than what it stands for */

    if (word == NULL)
        return sw_sched_lex_fail(lex, "out of memory");
    *out = word; /* owned by the schedule, whatever comes */
    if (*lex->at == '"')
        return read_quoted(lex, word);
    if (length == 0)
        return sw_sched_lex_fail(lex, "%s expected", what);
    memcpy(word, lex->at, length);
    word[length] = '\0';
    lex->at += length;
    return 0;
}

int sw_sched_lex_number(struct sw_sched_lex *lex, uint64_t max, uint64_t *out, const char *what)
{
    uint64_t number = 0;

    sw_sched_lex_skip_blanks(lex);
    const char *start = lex->at;
    for (; *lex->at >= '0' && *lex->at <= '9'; lex->at++) {
        /* number * 10 + digit would be more than max, said without computing it */
        if (number > (max - (uint64_t)(*lex->at - '0')) / 10)
            return sw_sched_lex_fail(lex, "%s is above %llu", what, (unsigned long long)max);
        number = number * 10 + (uint64_t)(*lex->at - '0');
    }
    if (lex->at == start || (*lex->at != ' ' && *lex->at != '\n'))
        return sw_sched_lex_fail(lex, "%s expected", what);
    *out = number;
    return 0;
}

int sw_sched_lex_thread(struct sw_sched_lex *lex, uint32_t *out)
{
    uint64_t number;

    sw_sched_lex_skip_blanks(lex);
    if (*lex->at != 'T')
        return sw_sched_lex_fail(lex, "a thread expected: T and a number");
    lex->at++;
    /* sw_sched_lex_number() would skip the blank: "T 3" is no thread. */
    if (*lex->at == ' ' ||
        sw_sched_lex_number(lex, UINT32_MAX - 1, &number, "a thread's number") < 0)
        return *lex->at == ' ' ? sw_sched_lex_fail(lex, "a thread expected: T and a number") : -1;
    *out = (uint32_t)number;
    return 0;
}

int sw_sched_lex_hex(struct sw_sched_lex *lex, int digits, char *out)
{
    sw_sched_lex_skip_blanks(lex);
    for (int i = 0; i < digits; i++, lex->at++) {
        if (hex_digit(*lex->at) < 0)
            return sw_sched_lex_fail(lex, "%d hexadecimal digits expected", digits);
        out[i] = *lex->at;
    }
    out[digits] = '\0';
    return sw_sched_lex_word_length(lex) == 0
               ? 0
               : sw_sched_lex_fail(lex, "%d hexadecimal digits expected", digits);
}

/* A sentence, which is for people: nothing in it is quoted.  A byte of value 0 would hide what follows
 * it. */
int sw_sched_lex_rest(struct sw_sched_lex *lex, char **out)
{
    sw_sched_lex_skip_blanks(lex);
    size_t length = rest_length(lex);

    if (length == 0)
        return sw_sched_lex_fail(lex, "something expected");
    if (memchr(lex->at, '\0', length) != NULL)
        return sw_sched_lex_fail(lex, "a byte of value 0");
    *out = strndup(lex->at, length);
    lex->at += length;
    if (*out == NULL)
        return sw_sched_lex_fail(lex, "out of memory");
    sw_utf8_tame(*out);
    return 0;
}

/* Looked at without being read: lines that may be missing are known by their keyword. */
int sw_sched_lex_begins(const struct sw_sched_lex *lex, const char *keyword)
{
    size_t length = strlen(keyword);

    return (size_t)(lex->end - lex->at) > length && memcmp(lex->at, keyword, length) == 0 &&
           lex->at[length] == ' ';
}

/* *count is raised before a word is read: one whose reading fails is freed with the others. */
int sw_sched_lex_words(struct sw_sched_lex *lex, const char *keyword, char **words, int max,
                       int *count)
{
    if (sw_sched_lex_keyword(lex, keyword) < 0)
        return -1;
    for (;;) {
        sw_sched_lex_skip_blanks(lex);
        if (*lex->at == '\n')
            return 0;
        /* Looked at before the word is read, so that a line of exactly max words is whole. */
        if (*count == max)
            return sw_sched_lex_fail(lex, "more than %d words", max);
        if (sw_sched_lex_word(lex, &words[(*count)++], "a word") < 0)
            return -1;
    }
}

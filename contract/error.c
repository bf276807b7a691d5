/* SPDX-License-Identifier: MIT */
#include "error.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "utf8.h"

/* Of a word that is worth a guess, and of what is guessed.  Names here have some 20 bytes; chosen
 * freely. */
#define WORD_BYTES_MAX 63

/* What is quoted in it may be anything: a control character, half a character. */
static void copy_printable(char *to, size_t room, const char *from)
{
    const char *end = from + strlen(from);

    for (const char *at = from; at < end;) {
        char hex[8];
        size_t size = sw_utf8_printable(at, end), length = size;
        if (size == 0)
            length = (size_t)snprintf(hex, sizeof hex, "\\x%02x", (unsigned char)*at);
        /* A character is whole or not there; one byte of the room is for the NUL. */
        if (length >= room)
            break;
        memcpy(to, size > 0 ? at : hex, length);
        to += length;
        room -= length;
        at += size > 0 ? size : 1;
    }
    *to = '\0';
}

int sw_error_set(struct sw_error *e, const char *path, unsigned line, unsigned column,
                 const char *format, ...)
{
    char text[sizeof e->text];
    va_list arguments;
    int length;

    assert(line > 0 || column == 0);
    sw_error_move(e, path != NULL ? path : "");
    e->line = line;
    e->column = column;
    va_start(arguments, format);
    length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length < 0)
        text[0] = '\0';
    else if ((size_t)length >= sizeof text)
        sw_utf8_trim(text);
    copy_printable(e->text, sizeof e->text, text);
    return -1;
}

void sw_error_move(struct sw_error *e, const char *path)
{
    /* A caller may give the error's own path. */
    size_t length = strnlen(path, sizeof e->path - 1);

    memmove(e->path, path, length);
    e->path[length] = '\0';
}

void sw_error_print(const struct sw_error *e)
{
    if (*e->path != '\0') {
        fprintf(stderr, "%s:", e->path);
        if (e->line > 0)
            fprintf(stderr, "%u:", e->line);
        if (e->line > 0 && e->column > 0)
            fprintf(stderr, "%u:", e->column);
        fputc(' ', stderr);
    }
    fprintf(stderr, "%s\n", e->text);
}

static unsigned smaller(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Damerau-Levenshtein, each pair swapped at most once: insertions, deletions,
 * replacements and swaps of two neighbours.  Both words of at most
 * WORD_BYTES_MAX bytes.
 *
 * row[j] is the distance of the first i bytes of a and the first j of b.  It follows from the row
 * above and, for a swap, from the one above that: so three rows are enough, taken in turn. */
static unsigned distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    unsigned rows[3][WORD_BYTES_MAX + 1];

    assert(a_length <= WORD_BYTES_MAX && b_length <= WORD_BYTES_MAX);
    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = (unsigned)j;
    for (size_t i = 1; i <= a_length; i++) {
        unsigned *row = rows[i % 3];
        const unsigned *above = rows[(i + 2) % 3];

        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b_length; j++) {
            /* One byte more in either word; one replaced, or equal; two swapped. */
            row[j] = smaller(row[j - 1], above[j]) + 1;
            row[j] = smaller(row[j], above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = smaller(row[j], rows[(i + 1) % 3][j - 2] + 1);
        }
    }
    return rows[a_length % 3][b_length];
}

const char *sw_error_nearest(const char *word, const char *const *candidates, int count)
{
    const char *nearest = NULL;
    size_t length = strlen(word);
    unsigned best;

    if (length == 0 || length > WORD_BYTES_MAX)
        return NULL;
    /* One more than is near enough: only what is below it counts, and of equals the first. */
    best = (length < 3 ? 1 : (unsigned)length / 3) + 1;
    for (int i = 0; i < count; i++) {
        size_t candidate_length = strlen(candidates[i]);
        unsigned d;

        if (candidate_length > WORD_BYTES_MAX)
            continue;
        d = distance(word, length, candidates[i], candidate_length);
        if (d < best) {
            best = d;
            nearest = candidates[i];
        }
    }
    return nearest;
}

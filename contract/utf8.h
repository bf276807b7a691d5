/* SPDX-License-Identifier: MIT
 *
 * utf8.h - characters in bytes that may be anything.
 */
#ifndef SW_UTF8_H
#define SW_UTF8_H

#include <stddef.h>
#include <stdio.h>

/* Length of the well-formed UTF-8 character with which the text begins; 0 if
 * there is none.  The text has at least one byte before end. */
size_t sw_utf8_length(const char *text, const char *end);
/* The same, but 0 also for what has no place in a line of text or in XML:
 * control characters, U+FFFE and U+FFFF. */
size_t sw_utf8_printable(const char *text, const char *end);
/* Drops an incomplete character from the end of a text that was cut. */
void sw_utf8_trim(char *text);
/* Puts a '?' for each byte of a control character: in a line of somebody else's a terminal would take
 * them for commands. */
void sw_utf8_tame(char *text);
/* Writes length bytes as one line of valid UTF-8: what is not printable as \xNN,
 * byte by byte. */
void sw_utf8_write(FILE *out, const char *text, size_t length);

/* The text between quotes, for a message: cut when it is long, control characters as \x1b.
 * SW_QUOTE(at, length) needs no buffer and is valid until the end of the enclosing block. */
#define SW_UTF8_QUOTE_SIZE 192
char *sw_utf8_quote(char *buf, const char *at, size_t length);
#define SW_QUOTE(at, length) sw_utf8_quote((char[SW_UTF8_QUOTE_SIZE]){0}, (at), (length))

#endif

/* SPDX-License-Identifier: MIT */
#include "utf8.h"

#include <assert.h>
#include <string.h>

size_t sw_utf8_length(const char *text, const char *end)
{
    const unsigned char *at = (const unsigned char *)text;
    unsigned char low = 0x80, high = 0xbf; /* what the second byte may be */
    size_t length;

    assert(text < end);
    if (*at < 0x80)
        return 1;
    /* 0x80 to 0xbf continue a character; 0xc0 and 0xc1 would begin a longer form of ASCII; what is
     * above 0xf4 is beyond U+10FFFF (Unicode, table 3-7). */
    if (*at < 0xc2 || *at > 0xf4)
        return 0;
    length = *at < 0xe0 ? 2 : *at < 0xf0 ? 3 : 4;
    if (*at == 0xe0)
        low = 0xa0; /* shorter forms exist */
    else if (*at == 0xed)
        high = 0x9f; /* surrogates */
    else if (*at == 0xf0)
        low = 0x90;
    else if (*at == 0xf4)
        high = 0x8f; /* beyond U+10FFFF */
    if ((size_t)(end - text) < length || at[1] < low || at[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    }
    return length;
}

size_t sw_utf8_printable(const char *text, const char *end)
{
    const unsigned char *at = (const unsigned char *)text;
    size_t length = sw_utf8_length(text, end);

    if (length == 1 && (*at < 0x20 || *at == 0x7f))
        return 0;
    if (length == 2 && at[0] == 0xc2 && at[1] < 0xa0)
        return 0; /* U+0080 to U+009F: terminals take some of them for commands */
    /* U+FFFE and U+FFFF: XML has no place for them, and JUnit's reports are XML. */
    if (length == 3 && at[0] == 0xef && at[1] == 0xbf && at[2] >= 0xbe)
        return 0;
    return length;
}

void sw_utf8_tame(char *text)
{
    for (unsigned char *at = (unsigned char *)text; *at != '\0'; at++) {
        if (at[0] == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0) /* U+0080 to U+009F */
            at[0] = at[1] = '?';
        else if (*at < 0x20 || *at == 0x7f)
            *at = '?';
    }
}

void sw_utf8_trim(char *text)
{
    char *end = text + strlen(text);
    char *start = end;

    /* No character has more than 4 bytes: its first is among the last 4, or it is whole. */
    while (start > text && end - start < 4) {
        start--;
        if (((unsigned char)*start & 0xc0) != 0x80)
            break;
    }
    if (start < end && sw_utf8_length(start, end) != (size_t)(end - start))
        *start = '\0';
}

void sw_utf8_write(FILE *out, const char *text, size_t length)
{
    const char *end = text + length;

    for (const char *at = text; at < end;) {
        size_t size = sw_utf8_printable(at, end);
        if (size > 0)
            fwrite(at, 1, size, out);
        else
            fprintf(out, "\\x%02x", (unsigned char)*at);
        at += size > 0 ? size : 1;
    }
}

/* Bytes needed to show the character at c: itself, or \x and two digits. */
static size_t show_character(char *to, const char *c, size_t length)
{
    unsigned code = (unsigned char)c[0];

    if (length == 2 && code == 0xc2 && (unsigned char)c[1] < 0xa0)
        code = (unsigned char)c[1]; /* U+0080 to U+009F control terminals too */
    else if (length != 1 || (code >= 0x20 && code != 0x7f)) {
        memcpy(to, c, length);
        return length;
    }
    return (size_t)sprintf(to, "\\x%02x", code);
}

char *sw_utf8_quote(char *buf, const char *at, size_t length)
{
    /* Each character takes at most 4 bytes, as it is or as \xNN: 44 * 4, and 6 for a quote, "...'"
     * and the NUL are 182 of SW_UTF8_QUOTE_SIZE. */
    enum { CHARACTERS_MAX = 44 };
    const char *end = at + length;
    char *to = buf;
    int count = 0;

    *to++ = '\'';
    while (at < end && count++ < CHARACTERS_MAX) {
        size_t size = sw_utf8_length(at, end);

        if (size == 0) {
            to += sprintf(to, "\\x%02x", (unsigned char)*at);
            size = 1;
        } else {
            to += show_character(to, at, size);
        }
        at += size;
    }
    to += sprintf(to, at < end ? "...'" : "'");
    assert(to - buf < SW_UTF8_QUOTE_SIZE);
    return buf;
}

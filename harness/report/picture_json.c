/* SPDX-License-Identifier: MIT */
#include "picture_json.h"

#include <string.h>

/* What a character is written as; NULL: as itself.  "<", ">" and "&" would begin a tag, a comment
 * or an entity of the page around it. */
static const char *escape(char c)
{
    switch (c) {
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    case '\n':
        return "\\n";
    case '<':
        return "\\u003c";
    case '>':
        return "\\u003e";
    case '&':
        return "\\u0026";
    default:
        return NULL;
    }
}

/* How much of it is told: not more than `most` bytes, and no half of a character. */
static size_t cut(const char *text, size_t most)
{
    size_t length = strnlen(text, most + 1);

    if (length <= most)
        return length;
    for (length = most; length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80; length--)
        ;
    return length;
}

void sw_picture_json_text(FILE *out, const char *text, size_t most)
{
    size_t length = cut(text, most);

    putc_unlocked('"', out);
    for (size_t i = 0; i < length; i++) {
        const char *escaped = escape(text[i]);
        if (escaped != NULL)
            fputs(escaped, out);
        else
            putc_unlocked(text[i], out);
    }
    fputs(text[length] != '\0' ? "...\"" : "\"", out);
}

size_t sw_picture_json_size(const char *text, size_t most)
{
    size_t length = cut(text, most), size = text[length] != '\0' ? 3 : 0;

    for (size_t i = 0; i < length; i++) {
        const char *escaped = escape(text[i]);
        size += escaped != NULL ? strlen(escaped) : 1;
    }
    return size;
}

void sw_picture_json_html(FILE *out, const char *text)
{
    for (; *text != '\0'; text++)
        switch (*text) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        case '\'':
            fputs("&#39;", out);
            break;
        default:
            putc_unlocked(*text, out);
        }
}

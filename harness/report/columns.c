/* SPDX-License-Identifier: MIT */
#include "columns.h"

#include <locale.h>
#include <string.h>
#include <wchar.h>

/* The C library knows the widths, but tells them for the locale's own characters only. */
static locale_t utf8_locale(void)
{
    static locale_t locale;

    if (locale == (locale_t)0)
        locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    return locale;
}

/* Of the character that begins there, its columns and *length; without such a locale, as if all
 * were one column. */
static int columns_of(const char *text, int has_locale, size_t *length)
{
    mbstate_t state = {0};
    wchar_t wide;

    if (has_locale) {
        *length = mbrtowc(&wide, text, strlen(text), &state);
        if (*length != (size_t)-1 && *length != (size_t)-2 && *length > 0) {
            int columns = wcwidth(wide);
            return columns >= 0 ? columns : 1;
        }
    }
    for (*length = 1; ((unsigned char)text[*length] & 0xc0) == 0x80; ++*length)
        ;
    return 1;
}

size_t sw_columns_fit(const char *text, int most, int *used)
{
    locale_t locale = utf8_locale(), before = (locale_t)0;
    size_t at = 0;

    if (locale != (locale_t)0)
        before = uselocale(locale);
    *used = 0;
    while (text[at] != '\0') {
        size_t length;
        int columns = columns_of(text + at, locale != (locale_t)0, &length);
        if (*used + columns > most)
            break;
        *used += columns;
        at += length;
    }
    if (locale != (locale_t)0)
        uselocale(before);
    return at;
}

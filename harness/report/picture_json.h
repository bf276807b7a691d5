/* SPDX-License-Identifier: MIT
 *
 * picture_json.h - a text of a picture as JSON that can stand anywhere: in a file, and in a page
 * between <script> and </script>, which nothing in it can end.
 */
#ifndef SW_PICTURE_JSON_H
#define SW_PICTURE_JSON_H

#include <stdio.h>

/* Between quotes; text: printable UTF-8 with ends of lines (picture.h).  Cut behind `most` bytes,
 * at a whole character, with "..." behind it then. */
void sw_picture_json_text(FILE *out, const char *text, size_t most);
/* How many bytes that writes, without the quotes. */
size_t sw_picture_json_size(const char *text, size_t most);
/* The same text for HTML, whole: as content, or as the value of an attribute in quotes. */
void sw_picture_json_html(FILE *out, const char *text);

#endif

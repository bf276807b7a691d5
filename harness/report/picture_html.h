/* SPDX-License-Identifier: MIT
 *
 * picture_html.h - a picture as one page that needs nothing else: no net, no other file.
 *
 * The run travels in it as columns of numbers, base64, and a list of texts, JSON; the scripts of
 * harness/report/page unpack and draw them.  What went wrong, and what led there, stands in it as a
 * list, too, which is there without a script and on paper.
 *
 * Texts are the program's, and may be hostile: none is ever read as HTML or as a script
 * (picture_json.h), and the page forbids itself to load anything.  Of a run with 100,000 marks it
 * is at most 6 MB: where the texts are more, each is cut, and the page says so.
 */
#ifndef SW_PICTURE_HTML_H
#define SW_PICTURE_HTML_H

#include <stdio.h>

#include "picture.h"

/* picture: laid out.  0, or -1 without memory; what `out` says is the caller's to look at. */
int sw_picture_html_write(FILE *out, const struct sw_picture *picture);

#endif

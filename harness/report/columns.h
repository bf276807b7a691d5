/* SPDX-License-Identifier: MIT
 *
 * columns.h - how wide a text is on a terminal: a Chinese character takes two columns, an accent
 * that stands alone takes none.
 */
#ifndef SW_COLUMNS_H
#define SW_COLUMNS_H

#include <stddef.h>

/* How many bytes of the text, whole characters, fit into that many columns; *used: the columns that
 * they take.  The text is valid UTF-8. */
size_t sw_columns_fit(const char *text, int most, int *used);

#endif

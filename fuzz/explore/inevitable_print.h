/* SPDX-License-Identifier: MIT
 *
 * inevitable_print.h - the curve of a failure's likelihood, and the decision at its jump.
 */
#ifndef SW_INEVITABLE_PRINT_H
#define SW_INEVITABLE_PRINT_H

#include <stdio.h>

#include "inevitable.h"

/* blocks: the curve is drawn in block characters, else in ASCII. */
void sw_inevitable_print(FILE *out, const struct sw_inevitable *inevitable, int blocks);
void sw_inevitable_print_json(FILE *out, const struct sw_inevitable *inevitable);

/* Does the environment say that a terminal takes UTF-8?  As the C library reads it: LC_ALL, else
 * LC_CTYPE, else LANG. */
int sw_inevitable_print_takes_blocks(void);

#endif

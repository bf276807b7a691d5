/* SPDX-License-Identifier: MIT
 *
 * why_print.h - a path of hops (why_path.h), for people and for programs.
 */
#ifndef SW_WHY_PRINT_H
#define SW_WHY_PRINT_H

#include <stdio.h>

#include "why_path.h"

void sw_why_print(FILE *out, const struct sw_why *why, int last_first);
/* One JSON object; numbers of hops are as in the text.  0, or -1 without memory. */
int sw_why_print_json(FILE *out, const struct sw_why *why, int last_first);

#endif

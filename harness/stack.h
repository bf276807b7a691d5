/* SPDX-License-Identifier: MIT
 *
 * stack.h - a C stack of the child, with names.
 *
 * The addresses come from the wire and are read together with the child's
 * /proc/self/maps, which is there too: the child need not live any more.
 * elfutils (libdwfl) does the work.
 */
#ifndef SW_STACK_H
#define SW_STACK_H

#include <stdio.h>

#include "wire.h"

/* Prints a line a frame, innermost first, each behind the indent.  Says how
 * many are missing if there were more than fit. */
void sw_stack_print(FILE *out, const struct sw_wire *wire, uint32_t stack, const char *indent);

#endif

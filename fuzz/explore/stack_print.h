/* SPDX-License-Identifier: MIT
 *
 * stack_print.h - where a thread stands, from its stacks (harness/runner/stack_snapshot.h).
 */
#ifndef SW_STACK_PRINT_H
#define SW_STACK_PRINT_H

#include <stdio.h>

#include "harness/runner/stack_snapshot.h"

/* "b.py:12 f": the innermost line of a Python stack that is of the program and not of Python's
 * library, without its folder; "" if there is none.  Returns buf. */
char *sw_stack_print_name(const char *python, char *buf, size_t size);
/* A thread, with its source line and both stacks.  word: what it does there. */
void sw_stack_print_thread(FILE *out, const char *word, uint32_t thread,
                           const struct sw_stack_snapshot_seen *seen, int which);

#endif

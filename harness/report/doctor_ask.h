/* SPDX-License-Identifier: MIT
 *
 * doctor_ask.h - the first line that a program prints.
 */
#ifndef SW_DOCTOR_ASK_H
#define SW_DOCTOR_ASK_H

#include <stddef.h>

/* Runs it, without a shell, for ten seconds at most.  1: it ended with 0, and line is the first one
 * of its output; else line is "". */
int sw_doctor_ask_line(const char *const *argv, char *line, size_t size);

#endif

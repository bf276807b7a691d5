/* SPDX-License-Identifier: MIT
 *
 * program_shrink.h - the smallest part of a program of which dpor says something false.
 */
#ifndef SW_PROGRAM_SHRINK_H
#define SW_PROGRAM_SHRINK_H

#include "program_judge.h"

/* Leaves out statements, one after the other, and threads and objects with them, as long as the
 * verdict stays.  *judgement: of the program as it is, and then of what is left.  0, or -1 with *e. */
int sw_program_shrink(struct sw_program_judge *judge, struct sw_random_program *program,
                      struct sw_program_judgement *judgement, struct sw_error *e);

#endif

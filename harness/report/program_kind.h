/* SPDX-License-Identifier: MIT
 *
 * program_kind.h - was the program that has failed one at all?
 *
 * Whoever names another file than was meant wants to hear that, and not that it fails under each
 * schedule.
 */
#ifndef SW_PROGRAM_KIND_H
#define SW_PROGRAM_KIND_H

#include <stddef.h>

#include "harness/runner/process.h"

/* When it was run: did it end as Python ends what it cannot compile, and can it not?  The interpreter is
 * asked, and nothing of the file is run.  0, or 1 with why: "it is no Python: line 1: invalid
 * syntax". */
int sw_program_kind_is_no_python(const struct sw_process *run, const char *interp, const char *file,
                                 char *why, size_t size);

#endif

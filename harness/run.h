/* SPDX-License-Identifier: MIT
 *
 * run.h - the command "spillway run".
 */
#ifndef SW_RUN_H
#define SW_RUN_H

#include "options.h"

/* Returns the exit status that "spillway run --help" documents. */
int sw_run(const struct sw_options *options);

enum { SW_EXIT_OK = 0, SW_EXIT_FAILED = 1, SW_EXIT_ERROR = 2, SW_EXIT_UNSURE = 3,
       SW_EXIT_INTERRUPTED = 130 };

#endif

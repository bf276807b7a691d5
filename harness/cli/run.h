/* SPDX-License-Identifier: MIT
 *
 * run.h - the command "spillway run".
 */
#ifndef SW_RUN_H
#define SW_RUN_H

#include "options.h"

/* Returns the exit status that "spillway run --help" documents. */
int sw_run(const struct sw_options *options);

#endif

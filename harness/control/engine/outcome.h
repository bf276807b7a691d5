/* SPDX-License-Identifier: MIT
 *
 * outcome.h - the process ends here, and why.
 */
#ifndef SW_OUTCOME_H
#define SW_OUTCOME_H

#include "contract/control_shm.h"

/* Ends the process: `end` and the line are the verdict, for the runner to read. */
void sw_outcome_end(enum sw_control_shm_end end, const char *format, ...)
    __attribute__((noreturn, format(printf, 2, 3)));

#endif

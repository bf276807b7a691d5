/* SPDX-License-Identifier: MIT
 *
 * sched_data.h - what a program has chosen itself, in words.
 */
#ifndef SW_SCHED_DATA_H
#define SW_SCHED_DATA_H

#include <stddef.h>

#include "sched.h"

/* "T1 choice:dice 3, T0 choice:coin 1": the choices of the program's own that are not the default;
 * of many the first, and how many more there are.  "" if there is none.  Returns buf. */
char *sw_sched_data_format(const struct sw_sched *sched, char *buf, size_t size);

#endif

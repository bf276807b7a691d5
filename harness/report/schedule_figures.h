/* SPDX-License-Identifier: MIT
 *
 * schedule_figures.h - what is said of many schedules in a line: how many are different, and how fast
 * they were run.
 */
#ifndef SW_SCHEDULE_FIGURES_H
#define SW_SCHEDULE_FIGURES_H

#include <stddef.h>
#include <stdint.h>

/* How many of the hashes are different; sorts them. */
uint64_t sw_schedule_figures_distinct(uint64_t *hashes, uint64_t count);
/* "12 300": three digits that count, and where the thousands are.  Returns buf. */
char *sw_schedule_figures_rate(char *buf, size_t size, double rate);

#endif

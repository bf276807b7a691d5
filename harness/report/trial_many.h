/* SPDX-License-Identifier: MIT
 *
 * trial_many.h - a test under many schedules, until it fails: silent, and again and again in one
 * process (batch.h).  The seed that fails is then run as one, and only that is believed.
 */
#ifndef SW_TRIAL_MANY_H
#define SW_TRIAL_MANY_H

#include "trial.h"

/* trial: empty. */
void sw_trial_many_run(const struct sw_trial_order *order, struct sw_trial *trial);

/* "12 300": three digits that count, and where the thousands are.  Returns buf. */
char *sw_trial_many_format_rate(char *buf, size_t size, double rate);
/* How many of the hashes are different; sorts them. */
uint64_t sw_trial_many_count_distinct(uint64_t *hashes, uint64_t count);

#endif

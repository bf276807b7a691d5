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

#endif

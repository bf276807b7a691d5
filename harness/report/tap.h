/* SPDX-License-Identifier: MIT
 *
 * tap.h - results as TAP 13 on stdout, the story as comments.
 *
 * sw_tap_begin(), then each job by its number from 1, as soon as it has ended; or a bail-out.
 */
#ifndef SW_TAP_H
#define SW_TAP_H

#include "job.h"

void sw_tap_begin(int count);
/* The job has had a run at least. */
void sw_tap_job(const struct sw_job *job, int number);
/* The rest of what was announced will not come. */
void sw_tap_bail_out(const char *why);

#endif

/* SPDX-License-Identifier: MIT
 *
 * why_all.h - explore --strategy dpor --why-all: on what "all traces" rests.
 *
 * Prints what the threads do to each variable and lock in the default schedule, and whether dpor has
 * taken that for dependent, so that it has run both orders, or for independent, so that one order
 * stands for both.  Two operations of two threads are dependent if they may be on one object and one
 * of them writes (sw_decision_depends()).  It is one schedule's operations: a thread that decides
 * otherwise in another has others there.
 */
#ifndef SW_WHY_ALL_H
#define SW_WHY_ALL_H

#include <stdio.h>

#include "contract/error.h"
#include "harness/report/trial.h"

/* trial: as the search had it.  Runs the default schedule once more.  0; or -1 with *e. */
int sw_why_all_print(FILE *out, const struct sw_trial_order *trial, struct sw_error *e);

#endif

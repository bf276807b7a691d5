/* SPDX-License-Identifier: MIT
 *
 * decide.h - asks the driver to decide, and records its answer.
 *
 * Every decision has a number: it takes the next one, mixes into the hash, and is a deviation of
 * the schedule when the answer is not the default.  What the outside does (readiness.h) takes
 * numbers too, but the driver has no say in it: a recording notes that it happened, a replay waits
 * for it.
 */
#ifndef SW_DECIDE_H
#define SW_DECIDE_H

#include "contract/control_shm.h"

struct sw_driver;
struct sw_engine;

/* Index of the chosen candidate; fills in the decision's index and thread.  Does not return when
 * the driver follows a schedule that does not fit, unless the order is to go on anyway, or when
 * there have been too many decisions. */
uint32_t sw_decide_ask(struct sw_decision *decision);
/* The driver for the strategy that the control memory orders. */
struct sw_driver *sw_decide_driver(struct sw_engine *engine);

/* ---- what the driver has no say in ---- */

/* It happened, with the only candidate; or it did not, and that takes a number too. */
void sw_decide_happened(struct sw_decision *decision);
void sw_decide_passed(void);
/* Does the driver know when these things happen?  Is one of the kind due now, and which? */
int sw_decide_replays(void);
int sw_decide_is_due(enum sw_decision_kind kind, uint32_t *choice);
/* What was due is impossible.  Returns if the order is to go on anyway, with the defaults. */
void sw_decide_misfit(enum sw_decision_kind kind, const char *why);

#endif

/* SPDX-License-Identifier: MIT
 *
 * score.h - which faults are caught, and by what.
 *
 * First what is declared: the healthy interpreter against every scenario that
 * was named, and each set of faults against the scenarios that say "fails" or
 * "survives" of it.  A fault that nothing of that has caught is run against one
 * scenario after another, made for it or not, and then against the programs,
 * until something does.
 *
 * Of all that caught a fault the best is shown, by what tells most:
 *   an invariant of the core                                         counts 1
 *   the ledger of values (judge.h)                                   counts 1
 *   what a scenario's author wrote: an outcome, a condition, the
 *   transcript; a deadlock                                           counts 1
 *   a program that ends as it should not                             counts 1
 *   a crash, and nothing that explains it                            counts 1/2
 * and among those the one that needed the fewest moves.  What the watchdog
 * ended has caught nothing.
 */
#ifndef SW_SCORE_H
#define SW_SCORE_H

#include "job_options.h"

/* 0: every declaration came out as it stands, the healthy interpreter passes,
 * and every fault is caught; 1: not so; 2, 130 as with "spillway run". */
int sw_score_run(const struct sw_job_options *options, char *const *paths, int count);

#endif

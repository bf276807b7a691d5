/* SPDX-License-Identifier: MIT
 *
 * explanation_chance.h - whether it is no order of threads that decides, but chance.
 *
 * A run that has drawn random numbers, or gone over a set in the order of addresses, can fail because
 * of them alone.  Where no pattern is found that is tried, by runs of the default schedule: if it fails
 * as well, and passes with the random numbers of another chance, or with objects that lie otherwise,
 * then these decide, and nobody needs to look for two threads.
 */
#ifndef SW_EXPLANATION_CHANCE_H
#define SW_EXPLANATION_CHANCE_H

#include "explanation.h"

/* timeline: of that schedule, which failed.  Sets kind and reason of an explanation whose kind is not
 * known, where chance or addresses decide: then 1, else 0. */
int sw_explanation_chance_find(struct sw_explanation *explanation,
                               const struct sw_timeline *timeline, const struct sw_sched *sched);

#endif

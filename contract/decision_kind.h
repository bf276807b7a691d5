/* SPDX-License-Identifier: MIT
 *
 * decision_kind.h - what there is to know of each kind of decision, a row each.
 *
 * A new kind is a name in enum sw_decision_kind (decision.h), a row here, and one place that makes
 * such decisions.  The strategies, the bounds of a search, coverage, mutation, minimisation, the
 * formats and the reports ask the row and name no kind.
 */
#ifndef SW_DECISION_KIND_H
#define SW_DECISION_KIND_H

#include <stddef.h>
#include <stdint.h>

#include "decision.h"

/* What a bounded search counts (fuzz/explore/bounded.h). */
enum sw_decision_bound { SW_BOUND_PREEMPTIONS, SW_BOUND_DELAYS, SW_BOUND_COUNT };

struct sw_decision_kind_row {
    const char *verb; /* stands before the choice in a .sched */

    /* ---- what is decided ---- */

    int is_asked;     /* 0: it has happened, is its own only candidate, and no driver is asked */
    int is_schedule;  /* the candidates are threads, and the chosen one runs next */
    int is_action;    /* candidates[0] does nothing, and candidates[1] is an enum sw_action */
    int is_data;      /* the program asked for it, and does something else with each choice */
    int spec_says_it; /* a spec's schedule can say it */

    /* ---- searching ---- */

    /* A random walk leaves the default with a probability of 1 in this; 0: all candidates are
     * equally likely. */
    uint32_t (*keeps)(const struct sw_decision *decision);
    /* What a deviation costs; and what it costs where the thread that asks could not go on, so
     * that the default was another thread, too. */
    unsigned char cost[SW_BOUND_COUNT], forced_cost[SW_BOUND_COUNT];
    /* minimise leaves out deviations that are alike all at once: they are of one kind, at one
     * place, and, where this is set, of one choice. */
    int choice_matters;

    /* ---- text ---- */

    char *(*format)(uint32_t candidate, char *buf, size_t size);
    size_t (*parse)(const char *word, uint32_t *candidate);
    /* Can this number be a candidate at all?  A process that crashes may leave any. */
    int (*is_candidate)(uint32_t candidate);
    /* Why a replay has diverged: the wanted choice is no candidate; or other candidates are
     * missing, or new. */
    const char *misses, *differs;
};

/* Of a number that is no kind: the row of an unknown one, which is asked and has no candidate. */
const struct sw_decision_kind_row *sw_decision_kind(unsigned kind);

/* What another choice than the default costs, of a decision of that thread. */
uint32_t sw_decision_kind_cost(unsigned kind, uint32_t thread, uint32_t fallback,
                               enum sw_decision_bound bound);

#endif

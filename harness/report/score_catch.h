/* SPDX-License-Identifier: MIT
 *
 * score_catch.h - of all that caught a fault, what tells most: see score.h for the order.
 */
#ifndef SW_SCORE_CATCH_H
#define SW_SCORE_CATCH_H

#include "score_trials.h"

/* In the order of what tells more. */
enum sw_score_catch_kind { SW_SCORE_CAUGHT_NOT, SW_SCORE_CAUGHT_CRASH, SW_SCORE_CAUGHT_ASSERTION, SW_SCORE_CAUGHT_INVARIANT };

/* verdict NULL: nothing was caught.  All is borrowed from the score. */
struct sw_score_catch {
    const struct sw_verdict *verdict;
    const char *path;
    unsigned moves; /* 0: a program has none */
};

enum sw_score_catch_kind sw_score_catch_kind_of(const struct sw_verdict *verdict);

/* Of a scenario under one set of faults. */
struct sw_score_catch sw_score_catch_of_trial(const struct sw_score *score,
                                              const struct sw_score_trial *trial);
/* With the fault alone; *count says how many scenarios and programs caught it. */
struct sw_score_catch sw_score_catch_of_fault(const struct sw_score *score, int fault, int *count);
/* With others, as a scenario declares it: some faults do nothing alone. */
struct sw_score_catch sw_score_catch_in_company(const struct sw_score *score, int fault);

#endif

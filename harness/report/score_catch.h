/* SPDX-License-Identifier: MIT
 *
 * score_catch.h - of all that caught a fault, what tells most: see score.h for the order.
 */
#ifndef SW_SCORE_CATCH_H
#define SW_SCORE_CATCH_H

#include "score_trials.h"

/* In the order of what tells more. */
enum sw_score_catch_kind {
    SW_SCORE_CAUGHT_NOT,
    SW_SCORE_CAUGHT_CRASH,   /* and nothing that explains it */
    SW_SCORE_CAUGHT_PROGRAM, /* a program or test ends as it should not */
    SW_SCORE_CAUGHT_WORDS,   /* what a scenario's author wrote */
    SW_SCORE_CAUGHT_LEDGER,  /* of values: harness/agent/value_oracle.c */
    SW_SCORE_CAUGHT_INVARIANT,
    SW_SCORE_CATCH_KINDS
};

/* verdict NULL: nothing was caught.  All is borrowed from the score. */
struct sw_score_catch {
    const struct sw_verdict *verdict;
    const char *path;
    enum sw_score_catch_kind kind;
    unsigned moves; /* 0: a program has none */
};

/* Of a scenario under one set of faults. */
struct sw_score_catch sw_score_catch_of_trial(const struct sw_score *score,
                                              const struct sw_score_trial *trial);
/* Those that no scenario has caught so far by more than a crash. */
struct sw_fault_set sw_score_catch_uncaught(const struct sw_score *score);
/* With the fault alone; *count says how many of the scenarios and programs that were run with it
 * caught it. */
struct sw_score_catch sw_score_catch_of_fault(const struct sw_score *score, int fault, int *count);
/* With others, as a scenario declares it: some faults do nothing alone. */
struct sw_score_catch sw_score_catch_in_company(const struct sw_score *score, int fault);

#endif

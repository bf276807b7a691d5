/* SPDX-License-Identifier: MIT
 *
 * strategies.h - drivers that choose by themselves, by name.
 *
 * They are no part of the engine: whoever has one (fuzz/strategy.h) adds it when
 * the library is loaded, and the order on the board names it.  The engine asks it
 * as it asks a script or a replay.
 *
 * A strategy lives in the interpreter's process, across all of its schedules: so
 * what it learns in one (how long they are, which thread does how much) serves
 * the next.  For what it has learnt to be the same in a replay, there is none: a
 * replay follows the decisions that were taken.
 */
#ifndef SW_STRATEGIES_H
#define SW_STRATEGIES_H

#include <stdint.h>

#include "decision.h"

enum { SW_STRATEGIES_MAX = 32, SW_STRATEGY_NAME = 32 };

struct sw_strategy {
    char name[SW_STRATEGY_NAME];
    /* A schedule begins.  argument: what stood behind the name ("pct:3"), 0 for
     * nothing.  Valid until the next begin(). */
    struct sw_driver *(*begin)(uint64_t seed, uint64_t argument);
    /* It has come to its end, or NULL. */
    void (*end)(void);
};

/* strategy: borrowed for ever.  From a constructor. */
void sw_strategies_add(const struct sw_strategy *strategy);
/* NULL: there is none of that name. */
const struct sw_strategy *sw_strategies_find(const char *name);

#endif

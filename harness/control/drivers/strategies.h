/* SPDX-License-Identifier: MIT
 *
 * strategies.h - drivers that choose by themselves, by name.
 *
 * They are no part of the engine: whoever has one (a file of this folder) adds it when
 * the library is loaded, and the order in the control memory names it.  The engine asks it
 * as it asks a script or a replay.
 *
 * A strategy lives in the interpreter's process, across all of its schedules, but
 * keeps nothing from one to the next: what it does follows from the seed, the
 * argument and the profile (thread_profile.h), so that a schedule is the same again in a
 * process of its own.
 */
#ifndef SW_STRATEGIES_H
#define SW_STRATEGIES_H

#include <stdint.h>

#include "contract/control_shm.h"

enum { SW_STRATEGIES_MAX = 32 };

struct sw_strategy {
    char name[SW_STRATEGY_NAME];
    /* A schedule begins.  argument: what stood behind the name ("pct:3"), 0 for
     * nothing.  Valid until the next begin(). */
    struct sw_driver *(*begin)(uint64_t seed, uint64_t argument);
    /* It has come to its end, or NULL. */
    void (*end)(void);
};

/* strategy: borrowed for ever.  From a constructor with SW_STRATEGIES_FIRST, since
 * the engine's own may need it. */
void sw_strategies_add(const struct sw_strategy *strategy);
#define SW_STRATEGIES_FIRST __attribute__((constructor(101)))
/* NULL: there is none of that name. */
const struct sw_strategy *sw_strategies_find(const char *name);

/* What the strategies may look at, before begin(): borrowed until it is lent anew.
 * trace: of the schedule under way, as far as it has come; without an event at any
 * grain but "access".  It never is NULL, nor is the profile. */
void sw_strategies_lend(const struct sw_thread_profile *profile, const struct sw_trace *trace);
const struct sw_thread_profile *sw_strategies_profile(void);
const struct sw_trace *sw_strategies_trace(void);
/* The same for those that do what the runner ordered: deviations by each thread's own time
 * ("guide"), operations that come first ("prefix").  NULL where nothing was lent. */
void sw_strategies_lend_order(const struct sw_control_shm_list *wanted,
                              const struct sw_control_shm_prefix *prefix);
const struct sw_control_shm_list *sw_strategies_wanted(void);
const struct sw_control_shm_prefix *sw_strategies_prefix(void);

#endif

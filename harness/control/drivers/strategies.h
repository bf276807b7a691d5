/* SPDX-License-Identifier: MIT
 *
 * strategies.h - the drivers that choose by themselves, by name.
 *
 * The engine knows none of them.  Each is a file of this folder that registers itself when the
 * library is loaded; the order in the control memory names it, and the engine asks it as it asks a
 * script or a replay.
 *
 * A strategy lives in the interpreter's process, across all of its schedules, but keeps nothing
 * from one to the next: a schedule follows from the seed, the argument and the profile
 * (thread_profile.h) alone, so that it is the same in a process of its own.
 */
#ifndef SW_STRATEGIES_H
#define SW_STRATEGIES_H

#include <stdint.h>

#include "contract/control_shm.h"

enum { SW_STRATEGIES_MAX = 32 };

struct sw_strategy {
    char name[SW_STRATEGY_NAME];
    /* A schedule begins.  argument: the number behind the name ("pct:3"), 0 if there is none.  The
     * driver is valid until the next begin(). */
    struct sw_driver *(*begin)(uint64_t seed, uint64_t argument);
    /* The schedule has ended.  May be NULL. */
    void (*end)(void);
};

/* strategy: borrowed for ever.  From a constructor with SW_STRATEGIES_FIRST: the engine starts in a
 * constructor, too, and may need it there. */
void sw_strategies_add(const struct sw_strategy *strategy);
#define SW_STRATEGIES_FIRST __attribute__((constructor(101)))
/* Registers the strategy of that name which has a begin(), but no end().  Once a file. */
#define SW_STRATEGIES_REGISTER(name, begin) \
    SW_STRATEGIES_FIRST static void register_##begin(void) \
    { \
        static const struct sw_strategy strategy = {name, begin, NULL}; \
\
        sw_strategies_add(&strategy); \
    }
/* NULL: there is none of that name. */
const struct sw_strategy *sw_strategies_find(const char *name);

/* What a strategy may read, set before begin() and borrowed until it is set again.  Neither is
 * NULL.  trace: the schedule under way, as far as it has come; it is empty at grain "call". */
void sw_strategies_lend(const struct sw_thread_profile *profile, const struct sw_trace *trace);
const struct sw_thread_profile *sw_strategies_profile(void);
const struct sw_trace *sw_strategies_trace(void);
/* The same for the drivers that do what the runner wants: "guide" (deviations by each thread's own
 * count) and "prefix" (whose operations come first).  NULL if nothing was lent. */
void sw_strategies_lend_order(const struct sw_control_shm_list *wanted,
                              const struct sw_control_shm_prefix *prefix);
const struct sw_control_shm_list *sw_strategies_wanted(void);
const struct sw_control_shm_prefix *sw_strategies_prefix(void);

#endif

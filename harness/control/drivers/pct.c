/* SPDX-License-Identifier: MIT
 *
 * pct.c - probabilistic concurrency testing: few switches, at random places.
 *
 * Each thread has a random rank, and the highest that can run does.  At depth - 1
 * steps, drawn from the length that the profile knows, whoever would run next falls
 * below all others.  A fault that needs d orderings of a program of n threads and k
 * steps is found with a chance of at least 1 / (n k ** (d - 1)).  After Burckhardt,
 * Kothari, Musuvathi and Nagarakatte, "A randomized scheduler with probabilistic
 * guarantees of finding bugs" (ASPLOS 2010).
 */
#include "strategies.h"
#include "strategy_common.h"
#include "contract/decision_kind.h"

enum { DEPTH = 3, DEPTH_MAX = 1000, STEPS_UNKNOWN = 200 };

static struct {
    uint64_t step; /* events so far */
    uint32_t left; /* changes that are to come */
    uint64_t changes[DEPTH_MAX]; /* descending, so that the last is the next; in steps */
} pct;

static void draw_changes(uint32_t count, uint64_t steps)
{
    pct.left = count;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t at = sw_strategy_common_below(steps);
        uint32_t place = i;
        for (; place > 0 && pct.changes[place - 1] < at; place--)
            pct.changes[place] = pct.changes[place - 1];
        pct.changes[place] = at;
    }
}

static uint32_t run(const struct sw_decision *decision, uint32_t count)
{
    uint32_t highest = sw_strategy_common_highest(decision, count);

    for (; pct.left > 0 && pct.changes[pct.left - 1] <= pct.step; pct.left--) {
        sw_strategy_common_demote(decision->candidates[highest]);
        highest = sw_strategy_common_highest(decision, count);
    }
    return highest;
}

static int choose(struct sw_driver *driver, const struct sw_decision *decision)
{
    struct sw_strategy_common_event event;
    uint32_t count;
    int other = sw_strategy_common_other(decision, &count);

    (void)driver;
    if (!sw_decision_kind(decision->kind)->is_schedule)
        return other;
    while (sw_strategy_common_next(&event))
        pct.step += !event.is_quiet;
    if (sw_strategy_common_must_yield(decision))
        sw_strategy_common_demote(decision->thread);
    if (other < 0)
        other = sw_strategy_common_quiet(decision, count);
    return sw_strategy_common_chose(decision, other >= 0 ? (uint32_t)other : run(decision, count));
}

static struct sw_driver *begin(uint64_t seed, uint64_t argument)
{
    static struct sw_driver driver = {choose};
    uint64_t depth = argument > 0 ? argument : DEPTH;

    sw_strategy_common_begin(seed);
    uint64_t steps = sw_strategy_common_steps();
    pct.step = 0;
    draw_changes((uint32_t)(depth < DEPTH_MAX ? depth : DEPTH_MAX) - 1,
                 steps > 0 ? steps : STEPS_UNKNOWN);
    return &driver;
}

SW_STRATEGIES_FIRST static void add(void)
{
    static const struct sw_strategy strategy = {"pct", begin, NULL};

    sw_strategies_add(&strategy);
}

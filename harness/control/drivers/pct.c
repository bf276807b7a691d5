/* SPDX-License-Identifier: MIT
 *
 * pct.c - probabilistic concurrency testing: few preemptions, at random steps.
 *
 * Each thread has a random priority, and the highest that can run does.  At depth - 1 steps, drawn
 * from the length that the profile knows, whoever would run next falls below all others.  A bug
 * that needs d orderings in a program of n threads and k steps is found with a probability of at
 * least 1 / (n k ** (d - 1)): 1 / n that the right thread is lowest, 1 / k for each change that has
 * to come at the right step.  After Burckhardt, Kothari, Musuvathi and Nagarakatte, "A randomized
 * scheduler with probabilistic guarantees of finding bugs" (ASPLOS 2010).
 */
#include "strategies.h"
#include "strategy_common.h"

enum {
    DEPTH = 3, /* of "pct" without a number: the bugs in the paper's table have depth 1 and 2 */
    DEPTH_MAX = 1000, /* of "pct:N"; bounds the array */
    /* Where nothing was learned.  Too long, and changes fall behind the end and are lost; too
     * short, and the rest of a schedule has none.  Chosen freely, for programs of a test's size. */
    STEPS_UNKNOWN = 200
};

static struct {
    uint64_t step; /* events so far */
    uint32_t left; /* changes that are to come */
    uint64_t changes[DEPTH_MAX]; /* at which steps; descending, so that the last is the next */
} pct;

static void draw_changes(uint32_t count, uint64_t steps)
{
    pct.left = count;
    for (uint32_t i = 0; i < count; i++) { /* insertion sort: there are two, or ten */
        uint64_t at = sw_strategy_common_below(steps);
        uint32_t place = i;
        for (; place > 0 && pct.changes[place - 1] < at; place--)
            pct.changes[place] = pct.changes[place - 1];
        pct.changes[place] = at;
    }
}

static void take(const struct sw_decision *decision, const struct sw_strategy_common_event *event)
{
    (void)decision;
    /* k counts where the order can matter; a change before a quiet operation would be wasted. */
    pct.step += !event->is_quiet;
}

static uint32_t pick(const struct sw_decision *decision, uint32_t count)
{
    uint32_t highest = sw_strategy_common_highest(decision, count);

    /* The guarantee is about the thread that would run at that step, not about the one that asks.
     * Two changes at one step are two: the next highest falls, too. */
    for (; pct.left > 0 && pct.changes[pct.left - 1] <= pct.step; pct.left--) {
        sw_strategy_common_demote(decision->candidates[highest]);
        highest = sw_strategy_common_highest(decision, count);
    }
    return highest;
}

SW_STRATEGY_COMMON_CHOOSE(take, pick)

static struct sw_driver *begin(uint64_t seed, uint64_t argument)
{
    static struct sw_driver driver = {choose};
    uint64_t depth = argument > 0 ? argument : DEPTH;

    sw_strategy_common_begin(seed);
    uint64_t steps = sw_strategy_common_length();
    pct.step = 0;
    draw_changes((uint32_t)(depth < DEPTH_MAX ? depth : DEPTH_MAX) - 1,
                 steps > 0 ? steps : STEPS_UNKNOWN);
    return &driver;
}

SW_STRATEGIES_REGISTER("pct", begin)

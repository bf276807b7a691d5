/* SPDX-License-Identifier: MIT
 *
 * portfolio.c - each seed has one of several strategies, since none of them wins everywhere.
 *
 * Walks and POS are good at locks, SURW at orders of one object's events, PCT with
 * many changes at chains of orderings.  They take turns by the seed, so that neither
 * the number of processes nor where a search begins matters much.
 *
 * Where accesses are seen SURW has two of three turns: on fuzz/bench it is seldom far
 * behind the best, and often far ahead.  Where they are not (grain call) it has little to
 * select from, and is but another walk.
 */
#include "strategies.h"
#include "random_driver.h"

static struct sw_driver *begin_walk(uint64_t seed, uint64_t argument)
{
    static struct sw_random_driver walk;

    (void)argument;
    return sw_random_driver_init(&walk, seed);
}

struct member {
    const char *name; /* NULL: the sticky walk */
    uint64_t argument;
};

static const struct member with_accesses[] = {{"surw", 0}, {"surw", 0}, {"pos", 0},  {"surw", 0},
                                              {"surw", 0}, {"pct", 3},  {"surw", 0}, {"surw", 0},
                                              {NULL, 0},   {"surw", 0}, {"surw", 0}, {"pct", 10}};
static const struct member without[] = {{"surw", 0}, {"pos", 0}, {"pct", 3},
                                        {NULL, 0},   {"pos", 0}, {"pct", 10}};

static struct sw_driver *begin_member(const struct member *member, uint64_t seed)
{
    if (member->name == NULL)
        return begin_walk(seed, 0);
    return sw_strategies_find(member->name)->begin(seed, member->argument);
}

static struct sw_driver *begin(uint64_t seed, uint64_t argument)
{
    const struct sw_thread_profile *profile = sw_strategies_profile();

    (void)argument;
    if (profile->accesses > 0)
        return begin_member(&with_accesses[seed % (sizeof with_accesses / sizeof *with_accesses)],
                            seed);
    return begin_member(&without[seed % (sizeof without / sizeof *without)], seed);
}

SW_STRATEGIES_FIRST static void add(void)
{
    static const struct sw_strategy portfolio = {"portfolio", begin, NULL};
    static const struct sw_strategy walk = {"walk", begin_walk, NULL};

    sw_strategies_add(&portfolio);
    sw_strategies_add(&walk);
}

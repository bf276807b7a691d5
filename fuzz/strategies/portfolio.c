/* SPDX-License-Identifier: MIT
 *
 * portfolio.c - each seed has one of several strategies, since none of them wins everywhere.
 *
 * Walks and POS are good at locks, SURW at orders of one object's events, PCT with
 * many changes at chains of orderings.  They take turns by the seed, so that neither
 * the number of processes nor where a search begins matters much.  SURW has two of
 * three turns: on fuzz/bench it is seldom far behind the best, and often far ahead.
 */
#include "harness/control/strategies.h"
#include "harness/control/walk.h"

static struct sw_driver *begin_walk(uint64_t seed, uint64_t argument)
{
    static struct sw_walk walk;

    (void)argument;
    return sw_walk_random(&walk, seed);
}

static const struct {
    const char *name; /* NULL: the sticky walk */
    uint64_t argument;
} members[] = {{"surw", 0}, {"surw", 0}, {"pos", 0}, {"surw", 0}, {"surw", 0}, {"pct", 3},
               {"surw", 0}, {"surw", 0}, {NULL, 0},  {"surw", 0}, {"surw", 0}, {"pct", 10}};
enum { MEMBER_COUNT = sizeof members / sizeof *members };

static struct sw_driver *begin(uint64_t seed, uint64_t argument)
{
    uint64_t turn = seed % MEMBER_COUNT;

    (void)argument;
    if (members[turn].name == NULL)
        return begin_walk(seed, 0);
    return sw_strategies_find(members[turn].name)->begin(seed, members[turn].argument);
}

SW_STRATEGIES_FIRST static void add(void)
{
    static const struct sw_strategy portfolio = {"portfolio", begin, NULL};
    static const struct sw_strategy walk = {"walk", begin_walk, NULL};

    sw_strategies_add(&portfolio);
    sw_strategies_add(&walk);
}

/* SPDX-License-Identifier: MIT
 *
 * portfolio.c - each seed is run by one of several strategies, since none of them is best at all
 * programs.
 *
 * The random walk and POS are good at locks, SURW at the order of one object's events, PCT with
 * many changes at chains of orderings.  They take turns by the seed, so it hardly matters how many
 * processes there are, or at which seed a search begins.
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
    const char *name; /* NULL: the random walk */
    uint64_t argument;
};

/* Where accesses are seen SURW has two turns of three: on fuzz/bench it is seldom far behind the
 * best, and often far ahead (fuzz/bench/README.md).  Each of the others has one turn of twelve: a
 * program at which only that one is good costs twelve times its schedules, and not all of them. */
static const struct member with_accesses[] = {{"surw", 0}, {"surw", 0}, {"pos", 0},  {"surw", 0},
                                              {"surw", 0}, {"pct", 3},  {"surw", 0}, {"surw", 0},
                                              {NULL, 0},   {"surw", 0}, {"surw", 0}, {"pct", 10}};
/* Where they are not (grain call) SURW has nothing to select by, and is but another random walk:
 * with it in front scenarios/programs/lost_update.py took 40 schedules.  POS is the best of them at
 * most models there (SW_STRATEGIES_TABLE=blind of check_strategies), and has two turns of six. */
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

SW_STRATEGIES_REGISTER("portfolio", begin)
/* The walk under a name of its own, for the tests of strategies. */
SW_STRATEGIES_REGISTER("walk", begin_walk)

/* SPDX-License-Identifier: MIT
 *
 * prefix_random.c - strategy "prefix-random:N": a recorded schedule for N decisions, and then a
 * random walk.
 *
 * The deviations are those of the control memory's list, as for a replay.  How often such a schedule
 * fails is how likely the failure is once these decisions are taken (fuzz/explore/inevitable.h).
 */
#include "contract/control_shm.h"
#include "random_driver.h"
#include "strategies.h"

static struct sw_driver driver;
static struct sw_random_driver walk;
static uint64_t prefix;
static uint32_t next; /* of the list's deviations */

static int index_of(const struct sw_decision *decision, uint32_t choice)
{
    for (uint32_t i = 0; i < decision->count; i++)
        if (decision->candidates[i] == choice)
            return (int)i;
    return (int)decision->fallback;
}

static int choose(struct sw_driver *self, const struct sw_decision *decision)
{
    const struct sw_control_shm_list *wanted = sw_strategies_wanted();

    (void)self;
    if (decision->index >= prefix)
        return walk.driver.choose(&walk.driver, decision);
    /* What nobody is asked about has its place in the list, too, and is passed over. */
    while (next < wanted->count && wanted->deviations[next].index < decision->index)
        next++;
    if (next == wanted->count || wanted->deviations[next].index != decision->index)
        return (int)decision->fallback;
    return index_of(decision, wanted->deviations[next].choice);
}

static struct sw_driver *begin(uint64_t seed, uint64_t argument)
{
    prefix = argument;
    next = 0;
    sw_random_driver_init(&walk, seed);
    driver.choose = choose;
    return &driver;
}

SW_STRATEGIES_REGISTER("prefix-random", begin)

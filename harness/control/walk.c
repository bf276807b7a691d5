/* SPDX-License-Identifier: MIT */
#include "walk.h"

#include <assert.h>

static int choose_default(struct sw_driver *driver, const struct sw_decision *decision)
{
    (void)driver;
    return (int)decision->fallback;
}

struct sw_driver *sw_walk_default(void)
{
    static struct sw_driver driver = {choose_default};

    return &driver;
}

/* 0 to limit - 1; the bias is below 2 ** -32. */
static uint32_t random_below(struct sw_walk *walk, uint32_t limit)
{
    assert(limit > 0);
    return (uint32_t)((sw_decision_random(&walk->random) >> 32) * limit >> 32);
}

static int choose_randomly(struct sw_driver *driver, const struct sw_decision *decision)
{
    struct sw_walk *walk = (struct sw_walk *)driver;
    int can_stay = decision->kind == SW_DECIDE_RUN &&
                   decision->candidates[decision->fallback] == decision->thread;

    if (decision->kind == SW_DECIDE_ACT)
        return random_below(walk, decision->candidates[1] >= SW_ACTION_FAULT
                                      ? SW_WALK_NO_FAULT
                                      : SW_WALK_NOTHING) == 0;
    if (can_stay && random_below(walk, SW_WALK_STAY) != 0)
        return (int)decision->fallback;
    uint32_t choice = random_below(walk, decision->count - (uint32_t)can_stay);
    return (int)(choice + (can_stay && choice >= decision->fallback));
}

static int choose_by_number(struct sw_driver *driver, const struct sw_decision *decision)
{
    const struct sw_walk *walk = (struct sw_walk *)driver;

    return (int)((decision->fallback + (decision->index == walk->random)) % decision->count);
}

struct sw_driver *sw_walk_switch(struct sw_walk *walk, uint64_t number)
{
    walk->driver.choose = choose_by_number;
    walk->random = number;
    return &walk->driver;
}

struct sw_driver *sw_walk_random(struct sw_walk *walk, uint64_t seed)
{
    walk->driver.choose = choose_randomly;
    walk->random = seed;
    return &walk->driver;
}

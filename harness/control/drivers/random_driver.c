/* SPDX-License-Identifier: MIT */
#include "random_driver.h"

#include <assert.h>

static int choose_default(struct sw_driver *driver, const struct sw_decision *decision)
{
    (void)driver;
    return (int)decision->fallback;
}

struct sw_driver *sw_random_driver_default_answers(void)
{
    static struct sw_driver driver = {choose_default};

    return &driver;
}

/* 0 to limit - 1; the bias is below 2 ** -32. */
static uint32_t random_below(struct sw_random_driver *walk, uint32_t limit)
{
    assert(limit > 0);
    return (uint32_t)((sw_decision_random(&walk->random) >> 32) * limit >> 32);
}

static int choose_randomly(struct sw_driver *driver, const struct sw_decision *decision)
{
    struct sw_random_driver *walk = (struct sw_random_driver *)driver;
    int can_stay = decision->kind == SW_DECIDE_RUN &&
                   decision->candidates[decision->fallback] == decision->thread;

    if (decision->kind == SW_DECIDE_ACT)
        return random_below(walk, decision->candidates[1] >= SW_ACTION_FAULT
                                      ? SW_RANDOM_DRIVER_NO_FAULT
                                      : SW_RANDOM_DRIVER_NOTHING) == 0;
    if (can_stay && random_below(walk, SW_RANDOM_DRIVER_STAY) != 0)
        return (int)decision->fallback;
    uint32_t choice = random_below(walk, decision->count - (uint32_t)can_stay);
    return (int)(choice + (can_stay && choice >= decision->fallback));
}

static int choose_by_number(struct sw_driver *driver, const struct sw_decision *decision)
{
    const struct sw_random_driver *walk = (struct sw_random_driver *)driver;

    return (int)((decision->fallback + (decision->index == walk->random)) % decision->count);
}

struct sw_driver *sw_random_driver_switch(struct sw_random_driver *walk, uint64_t number)
{
    walk->driver.choose = choose_by_number;
    walk->random = number;
    return &walk->driver;
}

struct sw_driver *sw_random_driver_init(struct sw_random_driver *walk, uint64_t seed)
{
    walk->driver.choose = choose_randomly;
    walk->random = seed;
    return &walk->driver;
}

/* SPDX-License-Identifier: MIT */
#include "random_driver.h"

#include <assert.h>

#include "contract/decision_kind.h"

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
    const struct sw_decision_kind_row *kind = sw_decision_kind(decision->kind);
    uint32_t keeps = kind->keeps(decision);

    if (keeps > 0 && random_below(walk, keeps) != 0)
        return (int)decision->fallback;
    if (kind->is_action) /* there is but one other, and no number is drawn for it */
        return 1;
    uint32_t choice = random_below(walk, decision->count - (keeps > 0));
    return (int)(choice + (keeps > 0 && choice >= decision->fallback));
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

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

/* 0 to limit - 1, without a division.  No number is more frequent by more than 2 ** -32. */
static uint32_t random_below(struct sw_random_driver *self, uint32_t limit)
{
    assert(limit > 0);
    return (uint32_t)((sw_decision_random(&self->random) >> 32) * limit >> 32);
}

static int choose_randomly(struct sw_driver *driver, const struct sw_decision *decision)
{
    struct sw_random_driver *self = (struct sw_random_driver *)driver;
    const struct sw_decision_kind_row *kind = sw_decision_kind(decision->kind);
    uint32_t keeps = kind->keeps(decision);

    if (keeps > 0 && random_below(self, keeps) != 0)
        return (int)decision->fallback;
    if (kind->is_action) /* there is but one other, and no number is drawn for it */
        return 1;
    /* A default that was not kept is not chosen now either: it is skipped. */
    uint32_t choice = random_below(self, decision->count - (keeps > 0));
    return (int)(choice + (keeps > 0 && choice >= decision->fallback));
}

static int choose_by_number(struct sw_driver *driver, const struct sw_decision *decision)
{
    const struct sw_random_driver *self = (struct sw_random_driver *)driver;

    return (int)((decision->fallback + (decision->index == self->random)) % decision->count);
}

struct sw_driver *sw_random_driver_switch(struct sw_random_driver *self, uint64_t number)
{
    self->driver.choose = choose_by_number;
    self->random = number;
    return &self->driver;
}

struct sw_driver *sw_random_driver_init(struct sw_random_driver *self, uint64_t seed)
{
    self->driver.choose = choose_randomly;
    self->random = seed;
    return &self->driver;
}

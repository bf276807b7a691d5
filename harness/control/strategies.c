/* SPDX-License-Identifier: MIT */
#include "strategies.h"

#include <assert.h>
#include <string.h>

static const struct sw_strategy *strategies[SW_STRATEGIES_MAX];
static unsigned count;

void sw_strategies_add(const struct sw_strategy *strategy)
{
    assert(count < SW_STRATEGIES_MAX);
    strategies[count++] = strategy;
}

const struct sw_strategy *sw_strategies_find(const char *name)
{
    for (unsigned i = 0; i < count; i++)
        if (strncmp(strategies[i]->name, name, SW_STRATEGY_NAME) == 0)
            return strategies[i];
    return NULL;
}

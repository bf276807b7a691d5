/* SPDX-License-Identifier: MIT */
#include "strategies.h"

#include <assert.h>
#include <string.h>

static const struct sw_strategy *strategies[SW_STRATEGIES_MAX];
static unsigned count;
static const struct sw_thread_profile *lent_profile;
static const struct sw_trace *lent_trace;
static const struct sw_control_shm_list *lent_wanted;
static const struct sw_control_shm_prefix *lent_prefix;

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

void sw_strategies_lend(const struct sw_thread_profile *profile, const struct sw_trace *trace)
{
    assert(profile != NULL && trace != NULL);
    lent_profile = profile;
    lent_trace = trace;
}

const struct sw_thread_profile *sw_strategies_profile(void)
{
    return lent_profile;
}

const struct sw_trace *sw_strategies_trace(void)
{
    return lent_trace;
}

void sw_strategies_lend_order(const struct sw_control_shm_list *wanted,
                              const struct sw_control_shm_prefix *prefix)
{
    lent_wanted = wanted;
    lent_prefix = prefix;
}

const struct sw_control_shm_list *sw_strategies_wanted(void)
{
    return lent_wanted;
}

const struct sw_control_shm_prefix *sw_strategies_prefix(void)
{
    return lent_prefix;
}

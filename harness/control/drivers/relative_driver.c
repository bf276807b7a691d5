/* SPDX-License-Identifier: MIT
 *
 * relative_driver.c - strategy "guide": deviations by each thread's own time.
 *
 * A replay names its deviations by their numbers among all decisions, so that one
 * that is left out moves all behind it.  Here each is named by the thread that is
 * asked and how often that thread has been asked for that kind before: what another
 * thread does meanwhile moves nothing.  A deviation that does not fit (its choice is
 * no candidate) is left out; all else is the default.
 *
 * The control memory's wanted list, ordered by thread, kind and index, which is that number.
 */
#include <string.h>

#include "contract/control_shm.h"
#include "strategies.h"

static struct sw_driver driver;
static uint32_t asked[SW_LIVE_THREADS_MAX][SW_DECISION_KINDS];

static int compare(const struct sw_deviation *deviation, uint32_t thread, uint32_t kind,
                   uint64_t index)
{
    if (deviation->thread != thread)
        return deviation->thread < thread ? -1 : 1;
    if (deviation->kind != kind)
        return deviation->kind < kind ? -1 : 1;
    return (deviation->index > index) - (deviation->index < index);
}

static const struct sw_deviation *find(const struct sw_control_shm_list *list, uint32_t thread,
                                       uint32_t kind, uint64_t index)
{
    uint32_t low = 0, high = list->count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = compare(&list->deviations[middle], thread, kind, index);
        if (order == 0)
            return &list->deviations[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static int choose(struct sw_driver *self, const struct sw_decision *decision)
{
    uint32_t *number = &asked[decision->thread % SW_LIVE_THREADS_MAX][decision->kind];
    const struct sw_deviation *wanted =
        find(sw_strategies_wanted(), decision->thread, decision->kind, (*number)++);

    (void)self;
    for (uint32_t i = 0; wanted != NULL && i < decision->count; i++)
        if (decision->candidates[i] == wanted->choice)
            return (int)i;
    return (int)decision->fallback;
}

static struct sw_driver *begin(uint64_t seed, uint64_t argument)
{
    (void)seed, (void)argument;
    memset(asked, 0, sizeof asked);
    driver.choose = choose;
    return &driver;
}

SW_STRATEGIES_FIRST static void add(void)
{
    static const struct sw_strategy strategy = {"guide", begin, NULL};

    sw_strategies_add(&strategy);
}

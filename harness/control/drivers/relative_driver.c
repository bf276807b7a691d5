/* SPDX-License-Identifier: MIT
 *
 * relative_driver.c - strategy "guide": a schedule whose deviations are counted by thread.
 *
 * A replay (replay_driver.h) finds a deviation by its number among all decisions, so that leaving
 * one out would shift all that follow.  Here a deviation is found by the thread that is asked, the
 * kind of decision, and how often that thread was asked for that kind before: what other threads do
 * meanwhile shifts nothing.  So any subset of a schedule's deviations is a schedule, which is what
 * the minimiser and the mutations of fuzz/explore need.  A deviation whose choice is no candidate
 * when it is due is left out; all other decisions get their default, or what a rule says
 * (SW_EVERY_THREAD), if there is one for them.
 *
 * Reads the control memory's wanted list, ordered by thread, kind, and index, which is that count.
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

/* At each decision, among up to some thousand: hence the order of the list, and halving. */
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

/* Rules are the last of the list. */
static int choose_by_rule(const struct sw_control_shm_list *list,
                          const struct sw_decision *decision)
{
    if (list->count == 0 || list->deviations[list->count - 1].thread != SW_EVERY_THREAD)
        return (int)decision->fallback;
    for (uint32_t i = 0; i < decision->count; i++)
        if (find(list, SW_EVERY_THREAD, decision->kind,
                 sw_deviation_rule_index(decision->place, decision->candidates[i])) != NULL)
            return (int)i;
    return (int)decision->fallback;
}

static int choose(struct sw_driver *self, const struct sw_decision *decision)
{
    const struct sw_control_shm_list *list = sw_strategies_wanted();
    /* Counted even where nothing is wanted: the count is the thread's clock. */
    uint32_t *number = &asked[decision->thread % SW_LIVE_THREADS_MAX][decision->kind];
    const struct sw_deviation *wanted = find(list, decision->thread, decision->kind, (*number)++);

    (void)self;
    for (uint32_t i = 0; wanted != NULL && i < decision->count; i++)
        if (decision->candidates[i] == wanted->choice)
            return (int)i;
    return choose_by_rule(list, decision);
}

static struct sw_driver *begin(uint64_t seed, uint64_t argument)
{
    (void)seed, (void)argument;
    memset(asked, 0, sizeof asked);
    driver.choose = choose;
    return &driver;
}

SW_STRATEGIES_REGISTER("guide", begin)

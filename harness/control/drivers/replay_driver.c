/* SPDX-License-Identifier: MIT */
#include "replay_driver.h"

#include <assert.h>
#include <string.h>

#include "contract/decision_kind.h"

static int find_choice(const struct sw_decision *decision, uint32_t ordinal)
{
    for (uint32_t i = 0; i < decision->count; i++)
        if (decision->candidates[i] == ordinal)
            return (int)i;
    return -1;
}

static const char *misfit(const struct sw_replay_driver *follow, const struct sw_deviation *wanted,
                          const struct sw_decision *decision)
{
    if (wanted->thread != decision->thread)
        return "another thread asks";
    if (wanted->place != decision->place)
        return "the thread is at another place";
    if (wanted->kind != decision->kind)
        return "it is a decision of another kind";
    if (find_choice(decision, wanted->choice) < 0)
        return sw_decision_kind(wanted->kind)->misses;
    if (wanted->count != decision->count ||
        memcmp(follow->pool + wanted->first, decision->candidates,
               wanted->count * sizeof *follow->pool) != 0)
        return sw_decision_kind(wanted->kind)->differs;
    return NULL;
}

static int choose(struct sw_driver *driver, const struct sw_decision *decision)
{
    struct sw_replay_driver *follow = (struct sw_replay_driver *)driver;

    if (follow->next == follow->count || follow->deviations[follow->next].index != decision->index)
        return (int)decision->fallback;
    const struct sw_deviation *wanted = &follow->deviations[follow->next];
    follow->why = misfit(follow, wanted, decision);
    if (follow->why != NULL)
        return -1;
    follow->next++;
    return find_choice(decision, wanted->choice);
}

int sw_replay_driver_due(struct sw_replay_driver *follow, uint64_t index,
                         enum sw_decision_kind kind, uint32_t *choice)
{
    if (follow->next == follow->count || follow->deviations[follow->next].index != index)
        return 0;
    const struct sw_deviation *wanted = &follow->deviations[follow->next];
    if (wanted->kind != kind) {
        follow->why = "it is a decision of another kind";
        return -1;
    }
    *choice = wanted->choice;
    return 1;
}

struct sw_driver *sw_replay_driver_start(struct sw_replay_driver *follow,
                                         const struct sw_deviation *deviations, uint32_t count,
                                         const uint32_t *pool)
{
    assert(count == 0 || (deviations != NULL && pool != NULL));
    *follow = (struct sw_replay_driver){
        .driver = {choose}, .deviations = deviations, .count = count, .pool = pool};
    return &follow->driver;
}

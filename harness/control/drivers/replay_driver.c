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

/* In the order in which they tell most about what has changed.  NULL: it fits. */
static const char *find_mismatch(const struct sw_replay_driver *replay,
                                 const struct sw_deviation *wanted,
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
    /* The choice alone would do to go on.  But other candidates mean that the program is not in the
     * state it was recorded in, and it is better said here than some thousand decisions later. */
    if (wanted->count != decision->count ||
        memcmp(replay->pool + wanted->first, decision->candidates,
               wanted->count * sizeof *replay->pool) != 0)
        return sw_decision_kind(wanted->kind)->differs;
    return NULL;
}

static int choose(struct sw_driver *driver, const struct sw_decision *decision)
{
    struct sw_replay_driver *replay = (struct sw_replay_driver *)driver;

    if (replay->next == replay->count || replay->deviations[replay->next].index != decision->index)
        return (int)decision->fallback;
    const struct sw_deviation *wanted = &replay->deviations[replay->next];
    replay->why = find_mismatch(replay, wanted, decision);
    if (replay->why != NULL)
        return -1;
    replay->next++;
    return find_choice(decision, wanted->choice);
}

int sw_replay_driver_due(struct sw_replay_driver *replay, uint64_t index,
                         enum sw_decision_kind kind, uint32_t *choice)
{
    if (replay->next == replay->count || replay->deviations[replay->next].index != index)
        return 0;
    const struct sw_deviation *wanted = &replay->deviations[replay->next];
    if (wanted->kind != kind) {
        replay->why = "it is a decision of another kind";
        return -1;
    }
    *choice = wanted->choice;
    return 1;
}

struct sw_driver *sw_replay_driver_start(struct sw_replay_driver *replay,
                                         const struct sw_deviation *deviations, uint32_t count,
                                         const uint32_t *pool)
{
    assert(count == 0 || (deviations != NULL && pool != NULL));
    *replay = (struct sw_replay_driver){
        .driver = {choose}, .deviations = deviations, .count = count, .pool = pool};
    return &replay->driver;
}

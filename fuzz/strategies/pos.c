/* SPDX-License-Identifier: MIT
 *
 * pos.c - partial order sampling: a random rank for each operation that a thread is about to do.
 *
 * The highest is done.  Those that are pending and dependent on it get new ranks, so
 * that every order of two that race has its chance, and the order of those that do not
 * costs nothing.  After Yuan, Yang and Gu, "Partial order aware concurrency sampling"
 * (CAV 2018).
 *
 * In a third of the schedules whoever holds a lock and is about to take another one lets all others
 * go first: so the locks come to be held in every order that there is, and those orders that do
 * not go together meet.
 *
 * Where nobody says what is pending, operations count as independent: if every event
 * renewed all ranks, this would be a uniform walk.
 *
 * To learn (fuzz/search.h) there are pos:1 and pos:2.  The latter, of the seed after, has the ranks
 * of the former turned upside down: whoever was late and so had nothing to do is early this
 * time, and one of the two is likely to have seen all that the program can do.
 */
#include <string.h>

#include "harness/control/strategies.h"
#include "seen.h"

static struct {
    int waits_with_lock; /* see above */
    uint32_t held[SW_PROFILE_THREADS]; /* how many locks */
} pos;

static uint32_t index_of(uint32_t thread)
{
    return thread < SW_PROFILE_THREADS ? thread : SW_PROFILE_THREADS - 1;
}

static void count_held(const struct sw_seen_event *event)
{
    uint32_t *held = &pos.held[index_of(event->thread)];

    *held += event->did.op == SW_OP_ACQUIRE;
    *held -= event->did.op == SW_OP_RELEASE && *held > 0;
}

static void renew(const struct sw_decision *decision, const struct sw_seen_event *event)
{
    sw_seen_renew_rank(event->thread);
    if (event->did.op == SW_OP_UNKNOWN)
        return;
    for (uint32_t i = 0; i < decision->count; i++)
        if (decision->candidates[i] != event->thread &&
            sw_pending_depends(decision->pending[i], event->did))
            sw_seen_renew_rank(decision->candidates[i] & ~SW_EARLY);
}

static int lets_others_go(uint32_t thread, struct sw_pending pending)
{
    return pos.waits_with_lock && pending.op == SW_OP_ACQUIRE && pos.held[index_of(thread)] > 0;
}

static uint32_t run(const struct sw_decision *decision, uint32_t count)
{
    uint32_t found = count;
    uint64_t highest = 0;

    for (uint32_t i = 0; i < count; i++) {
        uint32_t thread = decision->candidates[i];
        uint64_t rank = sw_seen_rank(thread);
        if (rank <= highest || lets_others_go(thread, decision->pending[i]))
            continue;
        highest = rank;
        found = i;
    }
    return found < count ? found : sw_seen_highest(decision, count);
}

static int choose(struct sw_driver *driver, const struct sw_decision *decision)
{
    struct sw_seen_event event;
    uint32_t count;
    int other = sw_seen_other(decision, &count);

    (void)driver;
    if (decision->kind != SW_DECIDE_RUN)
        return other;
    while (sw_seen_next(&event)) {
        count_held(&event);
        renew(decision, &event);
    }
    if (sw_seen_must_yield(decision))
        sw_seen_demote(decision->thread);
    if (other < 0)
        other = sw_seen_quiet(decision, count);
    return sw_seen_chose(decision, other >= 0 ? (uint32_t)other : run(decision, count));
}

static struct sw_driver *begin(uint64_t seed, uint64_t argument)
{
    static struct sw_driver driver = {choose};

    sw_seen_begin(seed);
    memset(&pos, 0, sizeof pos);
    pos.waits_with_lock = argument != 0 ? argument == 1 : sw_seen_below(3) == 0;
    if (argument != 0)
        sw_seen_mirror(argument == 2 ? seed - 1 : seed, argument == 2);
    return &driver;
}

SW_STRATEGIES_FIRST static void add(void)
{
    static const struct sw_strategy strategy = {"pos", begin, NULL};

    sw_strategies_add(&strategy);
}

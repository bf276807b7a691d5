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
 * To learn (fuzz/explore/search.h) there are pos:1 and pos:2.  The latter, of the seed after, knows
 * what was learned from the former, and turns it upside down: the ranks, and the order in which the
 * threads come to what they fight for.  Whoever was too early to have anything to do is late this
 * time, and one of the two is likely to have seen all that the program can do.
 */
#include <string.h>

#include "strategies.h"
#include "strategy_common.h"
#include "contract/decision_kind.h"

/* After that those who go first may well be those who spin. */
enum { PATIENCE = 1000 };

static struct {
    int waits_with_lock; /* see above */
    int inverts; /* pos:2 */
    uint32_t latest; /* INVERTS: the greatest of profile->first of those that have not begun */
    uint32_t patience; /* decisions at which somebody may still be kept waiting */
    unsigned char begun[SW_THREAD_PROFILE_THREADS];
    uint32_t held[SW_THREAD_PROFILE_THREADS]; /* how many locks */
} pos;

static uint32_t index_of(uint32_t thread)
{
    return thread < SW_THREAD_PROFILE_THREADS ? thread : SW_THREAD_PROFILE_THREADS - 1;
}

static void count_held(const struct sw_strategy_common_event *event)
{
    uint32_t *held = &pos.held[index_of(event->thread)];

    *held += event->did.op == SW_OP_ACQUIRE;
    *held -= event->did.op == SW_OP_RELEASE && *held > 0;
}

/* Does it, by the profile, touch what threads fight for? */
static int is_fought(uint32_t thread, struct sw_pending what)
{
    if (what.op == SW_OP_UNKNOWN || what.op == SW_OP_NONE || what.object == 0)
        return 0;
    uint32_t nth = sw_strategy_common_nth(thread, what.object);
    return nth > 0 && nth <= 64 &&
           (sw_strategies_profile()->fought[index_of(thread)] >> (nth - 1) & 1) != 0;
}

static void find_latest(void)
{
    const struct sw_thread_profile *profile = sw_strategies_profile();

    pos.latest = 0;
    for (uint32_t t = 0; t < profile->thread_count && t < SW_THREAD_PROFILE_THREADS; t++)
        if (!pos.begun[t] && profile->first[t] > pos.latest)
            pos.latest = profile->first[t];
}

static void note_begin(const struct sw_strategy_common_event *event)
{
    uint32_t thread = index_of(event->thread);

    if (!pos.inverts || pos.begun[thread] || !is_fought(event->thread, event->did))
        return;
    pos.begun[thread] = 1;
    find_latest();
}

static void renew(const struct sw_decision *decision, const struct sw_strategy_common_event *event)
{
    sw_strategy_common_renew_rank(event->thread);
    if (event->did.op == SW_OP_UNKNOWN)
        return;
    for (uint32_t i = 0; i < decision->count; i++)
        if (decision->candidates[i] != event->thread &&
            sw_decision_depends(decision->pending[i], event->did))
            sw_strategy_common_renew_rank(decision->candidates[i] & ~SW_EARLY);
}

static int lets_others_go(uint32_t thread, struct sw_pending pending)
{
    uint32_t index = index_of(thread);

    if (pos.waits_with_lock && pending.op == SW_OP_ACQUIRE && pos.held[index] > 0)
        return 1;
    return pos.inverts && !pos.begun[index] && sw_strategies_profile()->first[index] < pos.latest &&
           is_fought(thread, pending);
}

static uint32_t run(const struct sw_decision *decision, uint32_t count)
{
    uint32_t found = count, waiting = 0;
    uint64_t highest = 0;

    for (uint32_t i = 0; i < count; i++) {
        uint32_t thread = decision->candidates[i];
        uint64_t rank = sw_strategy_common_rank(thread);
        if (rank <= highest)
            continue;
        if (pos.patience > 0 && lets_others_go(thread, decision->pending[i])) {
            waiting = 1;
            continue;
        }
        highest = rank;
        found = i;
    }
    pos.patience -= waiting;
    return found < count ? found : sw_strategy_common_highest(decision, count);
}

static int choose(struct sw_driver *driver, const struct sw_decision *decision)
{
    struct sw_strategy_common_event event;
    uint32_t count;
    int other = sw_strategy_common_other(decision, &count);

    (void)driver;
    if (!sw_decision_kind(decision->kind)->is_schedule)
        return other;
    while (sw_strategy_common_next(&event)) {
        count_held(&event);
        note_begin(&event);
        renew(decision, &event);
    }
    if (sw_strategy_common_must_yield(decision))
        sw_strategy_common_demote(decision->thread);
    if (other < 0)
        other = sw_strategy_common_quiet(decision, count);
    return sw_strategy_common_chose(decision, other >= 0 ? (uint32_t)other : run(decision, count));
}

static struct sw_driver *begin(uint64_t seed, uint64_t argument)
{
    static struct sw_driver driver = {choose};

    sw_strategy_common_begin(seed);
    memset(&pos, 0, sizeof pos);
    pos.waits_with_lock = argument != 0 ? argument == 1 : sw_strategy_common_below(3) == 0;
    pos.inverts = argument == 2;
    pos.patience = PATIENCE;
    find_latest();
    if (argument != 0)
        sw_strategy_common_mirror(argument == 2 ? seed - 1 : seed, argument == 2);
    return &driver;
}

SW_STRATEGIES_FIRST static void add(void)
{
    static const struct sw_strategy strategy = {"pos", begin, NULL};

    sw_strategies_add(&strategy);
}

/* SPDX-License-Identifier: MIT
 *
 * pos.c - partial order sampling: a random priority for each operation that is about to be done.
 *
 * The thread with the highest priority does its operation.  Operations of others that are pending
 * and depend on it get new priorities: so both orders of a race stay equally likely, whatever has
 * been drawn before, while operations that do not race keep theirs, and no randomness is spent on
 * their order.  After Yuan, Yang and Gu, "Partial order aware concurrency sampling" (CAV 2018).
 *
 * Two things are ours:
 *
 *      lock order  in a third of the schedules a thread that holds a lock and is about to take
 *                  another one lets all others go first.  So locks come to be held in as many
 *                  combinations as there can be, and two orders that deadlock meet
 *      pos:1, 2    the schedules that the profile is learned from (fuzz/explore/search.h).  The
 *                  second knows what the first has shown, and reverses it: the priorities, and the
 *                  order in which threads come to what they fight for.  A thread that came too
 *                  early to have anything to do comes late this time, and one of the two schedules
 *                  is likely to have seen all that the program can do
 *
 * Where nobody says what is pending (grain call) operations count as independent.  If each event
 * renewed all priorities instead, this would be a uniform random walk.
 */
#include <string.h>

#include "strategies.h"
#include "strategy_common.h"

enum {
    /* At how many decisions of a schedule somebody may be made to wait.  It is for the case that
     * those who go first spin until the one that waits has come; chosen freely. */
    PATIENCE = 1000,
    /* One of so many schedules waits with a lock in hand: with it deadlock01 and abba of fuzz/bench
     * deadlock in the first schedule, and what it costs the rest stays small. */
    LOCKS_EACH = 3
};

static struct {
    int waits_with_lock; /* "lock order" above */
    int reverses; /* pos:2 */
    uint32_t latest; /* see find_latest() */
    uint32_t patience; /* left of PATIENCE */
    unsigned char begun[SW_THREAD_PROFILE_THREADS]; /* has touched what threads fight for */
    uint32_t held[SW_THREAD_PROFILE_THREADS]; /* how many locks */
} pos;

static void count_held(const struct sw_strategy_common_event *event)
{
    uint32_t *held = &pos.held[sw_strategy_common_index(event->thread)];

    *held += event->did.op == SW_OP_ACQUIRE;
    *held -= event->did.op == SW_OP_RELEASE && *held > 0;
}

/* Does it, by the profile, touch what threads fight for? */
static int is_fought(uint32_t thread, struct sw_pending what)
{
    if (what.op == SW_OP_UNKNOWN || what.op == SW_OP_NONE || what.object == 0)
        return 0;
    return sw_strategy_common_is_in(
        sw_strategies_profile()->fought[sw_strategy_common_index(thread)],
        sw_strategy_common_nth(thread, what.object));
}

/* Of the threads that have not begun: when the last of them began in the schedule before. */
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
    uint32_t thread = sw_strategy_common_index(event->thread);

    if (!pos.reverses || pos.begun[thread] || !is_fought(event->thread, event->did))
        return;
    pos.begun[thread] = 1;
    find_latest();
}

static void renew(const struct sw_decision *decision, const struct sw_strategy_common_event *event)
{
    /* A priority belongs to an operation: the thread's next one gets its own. */
    sw_strategy_common_renew_priority(event->thread);
    if (event->did.op == SW_OP_UNKNOWN)
        return;
    /* Whoever lost this race has a low priority because it lost.  If it kept it, it would lose the
     * next race, too, and orders in which it wins that one would hardly ever be seen. */
    for (uint32_t i = 0; i < decision->count; i++)
        if (decision->candidates[i] != event->thread &&
            sw_decision_depends(decision->pending[i], event->did))
            sw_strategy_common_renew_priority(decision->candidates[i] & ~SW_EARLY);
}

static int lets_others_go(uint32_t thread, struct sw_pending pending)
{
    uint32_t index = sw_strategy_common_index(thread);

    if (pos.waits_with_lock && pending.op == SW_OP_ACQUIRE && pos.held[index] > 0)
        return 1;
    /* pos:2: whoever began earlier last time waits at its first such operation until those that
     * began later have begun: so the threads begin in the opposite order. */
    return pos.reverses && !pos.begun[index] &&
           sw_strategies_profile()->first[index] < pos.latest && is_fought(thread, pending);
}

static void take(const struct sw_decision *decision, const struct sw_strategy_common_event *event)
{
    count_held(event);
    note_begin(event);
    renew(decision, event);
}

/* The highest of those that need not let others go; if all of them do, the highest of all. */
static uint32_t pick(const struct sw_decision *decision, uint32_t count)
{
    uint32_t found = count, waiting = 0;
    uint64_t highest = 0;

    for (uint32_t i = 0; i < count; i++) {
        uint32_t thread = decision->candidates[i];
        uint64_t priority = sw_strategy_common_priority(thread);
        if (priority <= highest)
            continue;
        if (pos.patience > 0 && lets_others_go(thread, decision->pending[i])) {
            waiting = 1;
            continue;
        }
        highest = priority;
        found = i;
    }
    pos.patience -= waiting;
    return found < count ? found : sw_strategy_common_highest(decision, count);
}

SW_STRATEGY_COMMON_CHOOSE(take, pick)

static struct sw_driver *begin(uint64_t seed, uint64_t argument)
{
    static struct sw_driver driver = {choose};

    sw_strategy_common_begin(seed);
    memset(&pos, 0, sizeof pos);
    pos.waits_with_lock = argument != 0 ? argument == 1 : sw_strategy_common_below(LOCKS_EACH) == 0;
    pos.reverses = argument == 2;
    pos.patience = PATIENCE;
    find_latest();
    /* pos:2 has the seed behind that of pos:1, and reverses what that one drew. */
    if (argument != 0)
        sw_strategy_common_mirror(argument == 2 ? seed - 1 : seed, argument == 2);
    return &driver;
}

SW_STRATEGIES_REGISTER("pos", begin)

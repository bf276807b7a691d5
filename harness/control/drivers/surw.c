/* SPDX-License-Identifier: MIT
 *
 * surw.c - selectively uniform random walk: all orders of one object's events are equally likely.
 *
 * Of the objects that threads fight for, the seed draws one; its events are the
 * interesting ones.  Or, in every other schedule of a program with several locks, it is
 * the taking of any of them: what goes wrong with locks does so between two.  Whose is the next is
 * drawn by how many each thread has left, as the profile knows; until that thread has come to it,
 * nobody else does an interesting event, and of those who are about to do something else one is
 * chosen uniformly.  A thread that is not made yet is waited for through the one that makes it.
 * After Zhao, Wolff, Mathur and Roychoudhury, "Selectively uniform concurrency testing" (ASPLOS
 * 2025).
 *
 * Without such an object, and where nobody says what is pending, every event is
 * interesting.
 */
#include <string.h>

#include "strategies.h"
#include "strategy_common.h"
#include "contract/decision_kind.h"

enum { NOBODY = UINT32_MAX, SHARES = 1 << 20, IN_VAIN_LEAST = 1000 };

static struct {
    enum { EVERY, LOCKS, OBJECT } what; /* which events count */
    const struct sw_thread_profile_object *object; /* OBJECT */
    uint32_t left[SW_THREAD_PROFILE_THREADS]; /* interesting events */
    uint32_t usual; /* of a thread of which the profile knows nothing */
    unsigned char made[SW_THREAD_PROFILE_THREADS];
    uint32_t known; /* the object's ordinal in this schedule; 0: not met yet */
    uint32_t limit; /* threads with something left are below it */
    enum { EVENLY, BY_RANK, TURN_LAST, ORDERS } order; /* see choose_free() */
    uint32_t target; /* who does the next one; NOBODY: to be drawn */
    uint64_t in_vain; /* decisions since an interesting event */
    uint64_t quota; /* how many more of them without a new draw: see draw_quota() */
} surw;

static uint32_t index_of(uint32_t thread)
{
    return thread < SW_THREAD_PROFILE_THREADS ? thread : SW_THREAD_PROFILE_THREADS - 1;
}

static int is_of_locks(uint32_t thread, struct sw_pending what)
{
    uint64_t locks = sw_strategies_profile()->locks[index_of(thread)];
    uint32_t nth = sw_strategy_common_nth(thread, what.object);

    return what.op == SW_OP_ACQUIRE &&
           (locks == 0 || nth == 0 || nth > 64 || locks >> (nth - 1) & 1);
}

static int is_interesting(uint32_t thread, struct sw_pending what)
{
    if (surw.what == EVERY)
        return 1;
    if (what.op == SW_OP_UNKNOWN || what.op == SW_OP_NONE || what.object == 0)
        return 0;
    if (surw.what == LOCKS)
        return is_of_locks(thread, what);
    if (what.op == SW_OP_RELEASE)
        return 0;
    uint32_t nth = sw_strategy_common_nth(thread, what.object),
             wanted = surw.object->nth[index_of(thread)];
    if (wanted != 0 && nth == wanted)
        surw.known = what.object;
    return wanted != 0 ? nth == wanted : what.object == surw.known;
}

/* ---- whose turn it is ---- */

/* The thread; while it is not made, the youngest of its ancestors that is. */
static uint32_t deputy(uint32_t thread)
{
    const struct sw_thread_profile *profile = sw_strategies_profile();

    while (thread < SW_THREAD_PROFILE_THREADS && !surw.made[thread] &&
           profile->parent[thread] != 0 && profile->parent[thread] - 1 < thread)
        thread = profile->parent[thread] - 1;
    return thread;
}

/* Where every event counts, nearly none of them matters, and to draw after each would
 * cut everything into equal crumbs: so the drawn thread does a part of what it has left. */
static void draw_quota(void)
{
    surw.quota = surw.what == EVERY ? sw_strategy_common_below(surw.left[surw.target] + 1) : 0;
}

/* A share in the draw: what it has left. */
static uint64_t share_of(uint32_t thread)
{
    uint64_t left = surw.left[thread];

    return left > 0 ? left * SHARES / sw_strategy_common_handicap(thread) : 0;
}

static void draw_target(void)
{
    uint64_t total = 0;

    for (uint32_t t = 0; t < surw.limit; t++)
        total += share_of(t);
    surw.target = NOBODY;
    if (total == 0)
        return;
    uint64_t ticket = sw_strategy_common_below(total);
    for (surw.target = 0; ticket >= share_of(surw.target); surw.target++)
        ticket -= share_of(surw.target);
    draw_quota();
}

static void meet(uint32_t thread)
{
    if (!surw.made[thread] && sw_strategies_profile()->events[thread] == 0) {
        surw.left[thread] = surw.usual;
        surw.limit = thread >= surw.limit ? thread + 1 : surw.limit;
    }
    surw.made[thread] = 1;
}

static void take(const struct sw_strategy_common_event *event)
{
    uint32_t thread = index_of(event->thread);

    meet(thread);
    if (!is_interesting(event->thread, event->did))
        return;
    surw.in_vain = 0;
    surw.left[thread] -= surw.left[thread] > 0;
    if (surw.quota == 0 || thread != surw.target)
        surw.target = NOBODY;
    else
        surw.quota--;
}

/* ---- choosing ---- */

static uint64_t level_of(uint32_t thread, uint32_t turn)
{
    if (surw.order == BY_RANK)
        return sw_strategy_common_rank(thread);
    return surw.order == TURN_LAST && thread == turn ? 1 : 2;
}

/* One of those who may; NOBODY: none may.  In a third of the schedules uniformly; in a
 * third by rank, so that what is not interesting comes in few pieces, too; and in a
 * third the one whose turn it is waits until the others have come as far as they can,
 * and finds all that they have done. */
static uint32_t choose_free(const struct sw_decision *decision, uint32_t count, uint32_t turn)
{
    uint32_t found = NOBODY, equals = 0;
    uint64_t highest = 0;

    for (uint32_t i = 0; i < count; i++) {
        uint32_t thread = decision->candidates[i];
        if (is_interesting(thread, decision->pending[i]) && thread != turn)
            continue;
        uint64_t level = level_of(thread, turn);
        if (level < highest)
            continue;
        equals = level > highest ? 1 : equals + 1;
        highest = level;
        if (sw_strategy_common_below(equals) == 0)
            found = i;
    }
    return found;
}

/* Who has the turn does not come, and all others wait for it: one of them, by what it
 * has left. */
static uint32_t choose_waiting(const struct sw_decision *decision, uint32_t count)
{
    uint64_t total = 0;
    uint32_t found = 0;

    for (uint32_t i = 0; i < count; i++) {
        uint64_t weight = 1 + 16 * (uint64_t)surw.left[index_of(decision->candidates[i])];
        total += weight;
        if (sw_strategy_common_below(total) < weight)
            found = i;
    }
    return found;
}

/* That it is here says that the profile knows too little of it. */
static void top_up(uint32_t thread, struct sw_pending pending)
{
    uint32_t index = index_of(thread);

    meet(index);
    if (surw.left[index] == 0 && is_interesting(thread, pending))
        surw.left[index] = 1;
}

static uint32_t run(const struct sw_decision *decision, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        top_up(decision->candidates[i], decision->pending[i]);
    if (surw.target == NOBODY)
        draw_target();
    if (++surw.in_vain > IN_VAIN_LEAST + 2 * sw_strategies_profile()->steps)
        return choose_waiting(decision, count); /* they spin, it seems */
    uint32_t found =
        choose_free(decision, count, surw.target == NOBODY ? NOBODY : deputy(surw.target));
    return found != NOBODY ? found : choose_waiting(decision, count);
}

static int choose(struct sw_driver *driver, const struct sw_decision *decision)
{
    struct sw_strategy_common_event event;
    uint32_t count;
    int other = sw_strategy_common_other(decision, &count);

    (void)driver;
    if (!sw_decision_kind(decision->kind)->is_schedule)
        return other;
    while (sw_strategy_common_next(&event))
        take(&event);
    if (sw_strategy_common_must_yield(decision))
        sw_strategy_common_demote(decision->thread);
    if (other < 0)
        other = sw_strategy_common_quiet(decision, count);
    return sw_strategy_common_chose(decision, other >= 0 ? (uint32_t)other : run(decision, count));
}

/* Which events count; how many of them each thread has. */
static const uint32_t *draw_events(const struct sw_thread_profile *profile)
{
    if (profile->object_count == 0) {
        surw.what = EVERY;
        return profile->events;
    }
    if (profile->lock_count > 1 && sw_strategy_common_below(2) == 0) {
        surw.what = LOCKS;
        return profile->takes;
    }
    surw.what = OBJECT;
    surw.object = &profile->objects[sw_strategy_common_below(profile->object_count)];
    return surw.object->events;
}

static struct sw_driver *begin(uint64_t seed, uint64_t argument)
{
    static struct sw_driver driver = {choose};
    const struct sw_thread_profile *profile = sw_strategies_profile();
    uint64_t total = 0;

    (void)argument;
    sw_strategy_common_begin(seed);
    memset(&surw, 0, sizeof surw);
    surw.target = NOBODY;
    surw.made[0] = 1;
    surw.order = sw_strategy_common_below(ORDERS);
    memcpy(surw.left, draw_events(profile), sizeof surw.left);
    surw.limit = profile->thread_count < SW_THREAD_PROFILE_THREADS ? profile->thread_count
                                                                   : SW_THREAD_PROFILE_THREADS;
    for (uint32_t t = 0; t < surw.limit; t++)
        total += surw.left[t];
    surw.usual = 1 + (uint32_t)(total / (surw.limit + 1));
    return &driver;
}

SW_STRATEGIES_FIRST static void add(void)
{
    static const struct sw_strategy strategy = {"surw", begin, NULL};

    sw_strategies_add(&strategy);
}

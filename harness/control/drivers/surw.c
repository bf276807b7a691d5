/* SPDX-License-Identifier: MIT
 *
 * surw.c - selectively uniform random walk: all orders of the interesting events are equally
 * likely.
 *
 * A uniform choice at each decision is not uniform over orders: with one thread of 10 events and
 * one of 1, that one comes last in 1 of 1024 schedules, though there are only 11 orders.  If the
 * thread of the next event is drawn by how many events each has left, it does in 1 of 11.  But over
 * all events of a program there are far too many orders; so only some events are selected, and the
 * draws are about those:
 *
 *      1. the seed draws what is interesting: the events on one of the objects that threads fight
 *         for; or, in every other schedule of a program with several locks, the taking of any lock,
 *         since what goes wrong with locks goes wrong between two of them (without it twostage_20
 *         takes 5.8 schedules instead of 4.4)
 *      2. whose interesting event is next is drawn, by how many each thread has left; the counts
 *         come from the profile
 *      3. until that thread has done it, nobody else does an interesting event.  Of those that are
 *         about to do something else one is chosen freely: see choose_free()
 *
 * A thread that has not been made yet takes part in the draw; it is waited for through the one that
 * will make it.  After Zhao, Wolff, Mathur and Roychoudhury, "Selectively uniform concurrency
 * testing" (ASPLOS 2025).
 *
 * Where threads fight for nothing, and where nobody says what is pending (grain call), every event
 * is interesting.
 */
#include <string.h>

#include "strategies.h"
#include "strategy_common.h"

enum {
    NOBODY = UINT32_MAX,
    /* The unit of a share, so that dividing it by a handicap of up to 1024 loses no thread.  At
     * most 2 ** 17 events in a trace, 2 ** 20 each: the sum fits in 64 bits. */
    SHARES = 1 << 20,
    /* Decisions without an interesting event, beyond twice the schedule that was learned, after
     * which those who may run are taken to be spinning.  Chosen freely. */
    IN_VAIN_LEAST = 1000,
    /* Beside 1 for a thread with nothing left: see choose_waiting().  Chosen freely: from 0 to 1000
     * no mean of check_strategies' models moves by more than 0.3 schedules. */
    WAITING_WEIGHT = 16,
};

static struct {
    enum { EVERY, LOCKS, OBJECT } what; /* which events are interesting */
    const struct sw_thread_profile_object *object; /* OBJECT: of which */
    uint32_t left[SW_THREAD_PROFILE_THREADS]; /* interesting events */
    uint32_t usual; /* of a thread that the profile does not know */
    unsigned char made[SW_THREAD_PROFILE_THREADS]; /* has been seen in this schedule */
    uint32_t known; /* OBJECT: its ordinal in this schedule; 0: not met yet */
    uint32_t limit; /* threads with something left are below it */
    enum { EVENLY, BY_PRIORITY, TURN_LAST, ORDERS } order; /* see choose_free() */
    uint32_t target; /* whose interesting event is next; NOBODY: to be drawn */
    uint64_t in_vain; /* decisions since the last interesting event */
    uint64_t quota; /* further events of the target without a new draw: see draw_quota() */
} surw;

/* ---- 1. what is interesting ---- */

static int is_of_locks(uint32_t thread, struct sw_pending what)
{
    uint64_t locks = sw_strategies_profile()->locks[sw_strategy_common_index(thread)];
    uint32_t nth = sw_strategy_common_nth(thread, what.object);

    /* Of a lock that the profile knows nothing about, the better guess is that it counts. */
    return what.op == SW_OP_ACQUIRE &&
           (locks == 0 || nth == 0 || nth > 64 || sw_strategy_common_is_in(locks, nth));
}

static int is_interesting(uint32_t thread, struct sw_pending what)
{
    if (surw.what == EVERY)
        return 1;
    if (what.op == SW_OP_UNKNOWN || what.op == SW_OP_NONE || what.object == 0)
        return 0;
    if (surw.what == LOCKS)
        return is_of_locks(thread, what);
    if (what.op == SW_OP_RELEASE) /* nobody else can do anything to that lock: there is one order */
        return 0;
    uint32_t nth = sw_strategy_common_nth(thread, what.object),
             wanted = surw.object->nth[sw_strategy_common_index(thread)];
    /* An object's ordinal is another in each schedule; the first thread that has a number for it
     * tells which one it is, also for threads that did not touch it when the profile was made. */
    if (wanted != 0 && nth == wanted)
        surw.known = what.object;
    return wanted != 0 ? nth == wanted : what.object == surw.known;
}

/* ---- 2. whose event is next ---- */

/* The thread; while it has not been made, the youngest of its ancestors that has. */
static uint32_t deputy(uint32_t thread)
{
    const struct sw_thread_profile *profile = sw_strategies_profile();

    while (thread < SW_THREAD_PROFILE_THREADS && !surw.made[thread] &&
           profile->parent[thread] != 0 && profile->parent[thread] - 1 < thread)
        thread = profile->parent[thread] - 1;
    return thread;
}

/* Where every event is interesting nearly none of them matters, and a draw after each would switch
 * after nearly each: bugs that need one thread to get far ahead would hardly be found.  So the
 * target does a uniform part of what it has left in one piece.  At grain call twostage takes 187
 * schedules with it and 715 without, twostage_20 7 and 19, bluetooth_driver 215 and 375; short
 * programs pay for it, reorder_10 with 15 and 7 (means of 200 trials of check_strategies'
 * models). */
static void draw_quota(void)
{
    surw.quota = surw.what == EVERY ? sw_strategy_common_below(surw.left[surw.target] + 1) : 0;
}

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

static void take(const struct sw_decision *decision, const struct sw_strategy_common_event *event)
{
    uint32_t thread = sw_strategy_common_index(event->thread);

    (void)decision;
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

/* ---- 3. who runs meanwhile ---- */

static uint64_t level_of(uint32_t thread, uint32_t turn)
{
    if (surw.order == BY_PRIORITY)
        return sw_strategy_common_priority(thread);
    return surw.order == TURN_LAST && thread == turn ? 1 : 2;
}

/* One of those who may; NOBODY: none may.  The paper takes any of them with the same probability.
 * But the events that were not selected have their orders, too; so a third of the schedules each
 * has
 *
 *      EVENLY       all as in the paper: many switches
 *      BY_PRIORITY  the highest: few switches, as in PCT
 *      TURN_LAST    the one whose turn it is waits until the others can go no further: its event
 *                   finds all that they have done
 *
 * Alone, bluetooth_driver takes 28, 12 and 10 schedules, reorder_10 5.8, 5.5 and 6.6, twostage 7.1,
 * 5.1 and 5.6; mixed 14, 6.0 and 6.1.  None is bad at all of them, and no bug hides from all. */
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
        /* The nth of the equals replaces the one before with 1 / n: in the end each has the same
         * probability, and nothing has to be counted first. */
        if (sw_strategy_common_below(equals) == 0)
            found = i;
    }
    return found;
}

/* The thread that has the turn does not come to its event, and all others are about to do an
 * interesting one: let one of them go first.  The one with much left is the likelier one to be what
 * the turn waits for; and the 1 keeps a thread with nothing left from being stuck. */
static uint32_t choose_waiting(const struct sw_decision *decision, uint32_t count)
{
    uint64_t total = 0;
    uint32_t found = 0;

    for (uint32_t i = 0; i < count; i++) {
        uint32_t left = surw.left[sw_strategy_common_index(decision->candidates[i])];
        uint64_t weight = 1 + WAITING_WEIGHT * (uint64_t)left;
        total += weight;
        if (sw_strategy_common_below(total) < weight) /* as in choose_free(), by weight */
            found = i;
    }
    return found;
}

/* It is about to do an interesting event though it has none left: the profile has counted too few,
 * and without one it would never be drawn. */
static void top_up(uint32_t thread, struct sw_pending pending)
{
    uint32_t index = sw_strategy_common_index(thread);

    meet(index);
    if (surw.left[index] == 0 && is_interesting(thread, pending))
        surw.left[index] = 1;
}

static uint32_t pick(const struct sw_decision *decision, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        top_up(decision->candidates[i], decision->pending[i]);
    if (surw.target == NOBODY)
        draw_target();
    /* Those that are free to run may do so for ever, if they wait in a loop for what an interesting
     * event of somebody else would bring. */
    if (++surw.in_vain > IN_VAIN_LEAST + 2 * sw_strategies_profile()->steps)
        return choose_waiting(decision, count);
    uint32_t found =
        choose_free(decision, count, surw.target == NOBODY ? NOBODY : deputy(surw.target));
    return found != NOBODY ? found : choose_waiting(decision, count);
}

SW_STRATEGY_COMMON_CHOOSE(take, pick)

/* ---- a schedule begins ---- */

/* Draws what is interesting; returns how many such events each thread has. */
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
    surw.usual = 1 + (uint32_t)(total / (surw.limit + 1)); /* what the known ones have, about */
    return &driver;
}

SW_STRATEGIES_REGISTER("surw", begin)

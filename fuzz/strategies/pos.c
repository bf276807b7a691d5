/* SPDX-License-Identifier: MIT
 *
 * pos.c - partial order sampling: a random rank for each operation that a thread is about to do.
 *
 * The highest is done.  Those that are pending and dependent on it get new ranks, so
 * that every order of two that race has its chance, and the order of those that do not
 * costs nothing.  After Yuan, Yang and Gu, "Partial order aware concurrency sampling"
 * (CAV 2018).
 *
 * Where nobody says what is pending, operations count as independent: if every event
 * renewed all ranks, this would be a uniform walk.
 *
 * To learn (fuzz/search.h) there are pos:1 and pos:2.  The latter, of the seed after, has the ranks
 * of the former turned upside down: whoever was late and so had nothing to do is early this
 * time, and one of the two is likely to have seen all that the program can do.
 */
#include "harness/control/strategies.h"
#include "seen.h"

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

static int choose(struct sw_driver *driver, const struct sw_decision *decision)
{
    struct sw_seen_event event;
    uint32_t count;
    int other = sw_seen_other(decision, &count);

    (void)driver;
    if (decision->kind != SW_DECIDE_RUN)
        return other;
    while (sw_seen_next(&event))
        renew(decision, &event);
    if (sw_seen_must_yield(decision))
        sw_seen_demote(decision->thread);
    if (other < 0)
        other = sw_seen_quiet(decision, count);
    return sw_seen_chose(decision, other >= 0 ? (uint32_t)other : sw_seen_highest(decision, count));
}

static struct sw_driver *begin(uint64_t seed, uint64_t argument)
{
    static struct sw_driver driver = {choose};

    sw_seen_begin(seed);
    if (argument != 0)
        sw_seen_mirror(argument == 2 ? seed - 1 : seed, argument == 2);
    return &driver;
}

SW_STRATEGIES_FIRST static void add(void)
{
    static const struct sw_strategy strategy = {"pos", begin, NULL};

    sw_strategies_add(&strategy);
}

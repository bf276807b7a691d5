/* SPDX-License-Identifier: MIT
 *
 * prefix.c - strategy "prefix": does what an exhaustive search wants next.
 *
 * The search (fuzz/explore/dpor.h) says in the control memory which thread does each of the first
 * operations, and which threads sleep from which operation on.  Behind the prefix the running
 * thread goes on as long as it can, but no sleeping thread is chosen while another could run: what
 * a sleeper would do next has been explored already, and nothing since depends on it.
 */
#include <string.h>

#include "contract/control_shm.h"
#include "contract/decision_kind.h"
#include "strategies.h"

static struct sw_driver driver;
static uint32_t told; /* so many events of the trace the sleepers have been told of */
static int has_sleepers; /* the trace has come to where they fall asleep */
static unsigned char sleeps[SW_LIVE_THREADS_MAX];

static int index_of(const struct sw_decision *decision, uint32_t thread)
{
    for (uint32_t i = 0; i < decision->count; i++)
        if (decision->candidates[i] == thread)
            return (int)i;
    return -1;
}

static void put_to_sleep(const struct sw_control_shm_prefix *prefix)
{
    for (uint32_t i = 0; i < prefix->sleeping_count; i++)
        if (prefix->sleeping[i] < SW_LIVE_THREADS_MAX)
            sleeps[prefix->sleeping[i]] = 1;
    has_sleepers = 1;
}

/* An event that depends on what a sleeper is about to do wakes it: behind that event its operation
 * may come to something else than what was explored.  So does its own event, and that it is no
 * candidate any more: then it is not known what it will do next. */
static void wake_sleepers(const struct sw_decision *decision, const struct sw_trace_event *event)
{
    for (uint32_t t = 0; t < SW_LIVE_THREADS_MAX; t++) {
        if (!sleeps[t])
            continue;
        int i = index_of(decision, t);
        if (i < 0 || event->thread == t || sw_decision_depends(decision->pending[i], event->did))
            sleeps[t] = 0;
    }
}

static void follow_events(const struct sw_control_shm_prefix *prefix, const struct sw_trace *trace,
                          const struct sw_decision *decision)
{
    for (; told < trace->count; told++) {
        if (!has_sleepers && told == prefix->sleeping_at)
            put_to_sleep(prefix);
        if (has_sleepers)
            wake_sleepers(decision, &trace->events[told]);
    }
    if (!has_sleepers && told == prefix->sleeping_at)
        put_to_sleep(prefix);
}

static int choose(struct sw_driver *self, const struct sw_decision *decision)
{
    const struct sw_control_shm_prefix *prefix = sw_strategies_prefix();
    uint32_t at = sw_strategies_trace()->count;

    (void)self;
    if (!sw_decision_kind(decision->kind)->is_schedule)
        return (int)decision->fallback;
    follow_events(prefix, sw_strategies_trace(), decision);
    if (at < prefix->count) {
        /* If it cannot run there is nothing to be done here: the search compares the trace with the
         * prefix, and drops the order that cannot be. */
        int wanted = index_of(decision, prefix->threads[at]);
        return wanted >= 0 ? wanted : (int)decision->fallback;
    }
    if (!sleeps[decision->candidates[decision->fallback] % SW_LIVE_THREADS_MAX])
        return (int)decision->fallback;
    for (uint32_t i = 0; i < decision->count; i++)
        if (!sleeps[decision->candidates[i] % SW_LIVE_THREADS_MAX])
            return (int)i;
    /* All of them sleep: what follows is redundant.  The search counts such a run as blocked. */
    return (int)decision->fallback;
}

static struct sw_driver *begin(uint64_t seed, uint64_t argument)
{
    (void)seed, (void)argument;
    told = 0;
    has_sleepers = 0;
    memset(sleeps, 0, sizeof sleeps);
    driver.choose = choose;
    return &driver;
}

SW_STRATEGIES_REGISTER("prefix", begin)

/* SPDX-License-Identifier: MIT
 *
 * prefix.c - strategy "prefix": whose operations come first; then whoever does not sleep.
 *
 * For exhaustive searches (fuzz/explore/dpor.h), which say in the control memory what they want.
 * Behind the prefix the running thread goes on as long as it can.
 */
#include <string.h>

#include "contract/control_shm.h"
#include "contract/decision_kind.h"
#include "strategies.h"

static struct sw_driver driver;
static uint32_t seen; /* events of the trace that sleepers have been told of */
static int asleep; /* the sleepers have been put to sleep */
static unsigned char sleeps[SW_LIVE_THREADS_MAX];

static const struct sw_pending *pending_of(const struct sw_decision *decision, uint32_t thread)
{
    for (uint32_t i = 0; i < decision->count; i++)
        if (decision->candidates[i] == thread)
            return &decision->pending[i];
    return NULL;
}

static void put_to_sleep(const struct sw_control_shm_prefix *prefix)
{
    for (uint32_t i = 0; i < prefix->sleeping_count; i++)
        if (prefix->sleeping[i] < SW_LIVE_THREADS_MAX)
            sleeps[prefix->sleeping[i]] = 1;
    asleep = 1;
}

/* Whom the event concerned. */
static void wake_sleepers(const struct sw_decision *decision, const struct sw_trace_event *event)
{
    for (uint32_t t = 0; t < SW_LIVE_THREADS_MAX; t++) {
        if (!sleeps[t])
            continue;
        const struct sw_pending *pending = pending_of(decision, t);
        if (pending == NULL || event->thread == t || sw_decision_depends(*pending, event->did))
            sleeps[t] = 0;
    }
}

static void look_at_events(const struct sw_control_shm_prefix *prefix,
                           const struct sw_trace *trace, const struct sw_decision *decision)
{
    for (; seen < trace->count; seen++) {
        if (!asleep && seen == prefix->sleeping_at)
            put_to_sleep(prefix);
        if (asleep)
            wake_sleepers(decision, &trace->events[seen]);
    }
    if (!asleep && seen == prefix->sleeping_at)
        put_to_sleep(prefix);
}

static int index_of(const struct sw_decision *decision, uint32_t thread)
{
    for (uint32_t i = 0; i < decision->count; i++)
        if (decision->candidates[i] == thread)
            return (int)i;
    return -1;
}

static int choose(struct sw_driver *self, const struct sw_decision *decision)
{
    const struct sw_control_shm_prefix *prefix = sw_strategies_prefix();
    uint32_t at = sw_strategies_trace()->count;

    (void)self;
    if (!sw_decision_kind(decision->kind)->is_schedule)
        return (int)decision->fallback;
    look_at_events(prefix, sw_strategies_trace(), decision);
    if (at < prefix->count) { /* that one cannot run is seen by whoever looks at the trace */
        int wanted = index_of(decision, prefix->threads[at]);
        return wanted >= 0 ? wanted : (int)decision->fallback;
    }
    if (!sleeps[decision->candidates[decision->fallback] % SW_LIVE_THREADS_MAX])
        return (int)decision->fallback;
    for (uint32_t i = 0; i < decision->count; i++)
        if (!sleeps[decision->candidates[i] % SW_LIVE_THREADS_MAX])
            return (int)i;
    return (int)decision->fallback;
}

static struct sw_driver *begin(uint64_t seed, uint64_t argument)
{
    (void)seed, (void)argument;
    seen = 0;
    asleep = 0;
    memset(sleeps, 0, sizeof sleeps);
    driver.choose = choose;
    return &driver;
}

SW_STRATEGIES_FIRST static void add(void)
{
    static const struct sw_strategy strategy = {"prefix", begin, NULL};

    sw_strategies_add(&strategy);
}

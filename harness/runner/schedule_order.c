/* SPDX-License-Identifier: MIT */
#include "schedule_order.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "run_end.h"

static void fill_wanted(const struct sw_schedule_wanted *wanted, struct sw_control_shm_list *list)
{
    assert(wanted->count <= SW_DEVIATIONS_MAX && wanted->pool_used <= SW_POOL_MAX);
    list->count = wanted->count;
    list->pool_used = wanted->pool_used;
    /* Of an empty list the pointers may be NULL, which memcpy() may not be given. */
    if (wanted->count > 0)
        memcpy(list->deviations, wanted->deviations, wanted->count * sizeof *wanted->deviations);
    if (wanted->pool_used > 0)
        memcpy(list->pool, wanted->pool, wanted->pool_used * sizeof *wanted->pool);
}

static void fill_prefix(const struct sw_schedule_prefix *from, struct sw_control_shm_prefix *to)
{
    assert(from->count <= SW_PREFIX_MAX && from->sleeping_count <= SW_SLEEPERS_MAX);
    to->count = from->count;
    to->sleeping_at = from->sleeping_at;
    to->sleeping_count = from->sleeping_count;
    if (from->count > 0)
        memcpy(to->threads, from->threads, from->count * sizeof *from->threads);
    if (from->sleeping_count > 0)
        memcpy(to->sleeping, from->sleeping, from->sleeping_count * sizeof *from->sleeping);
}

void sw_schedule_order_fill(const struct sw_schedule_order *order, struct sw_control_shm *shm)
{
    /* Field by field and not as one struct: between them lie what the settings fill in and what the
     * child counts. */
    shm->strategy = order->strategy;
    snprintf(shm->strategy_name, sizeof shm->strategy_name, "%s",
             order->name != NULL ? order->name : "");
    shm->strategy_argument = order->argument;
    shm->seed = order->seed;
    shm->chance_how = order->chance_how;
    shm->layout_how = order->layout_how;
    fill_wanted(&order->wanted, &shm->wanted);
    fill_prefix(&order->prefix, &shm->prefix);
    /* Most of a megabyte: not once for each schedule of a session that has no use for it. */
    if (order->profile != NULL)
        shm->profile = *order->profile;
    shm->engine = order->engine;
    shm->decisions_max = order->decisions_max;
    shm->loop_count = order->loop_count;
    shm->loop_step = order->loop_step;
    shm->ordered = order->is_ordered != 0;
    shm->anyway = order->anyway != 0;
    shm->checkpoint = order->checkpoint;
    shm->spares = order->spares;
    __atomic_store_n(&shm->ahead, order->ahead, __ATOMIC_RELAXED);
    shm->log_wanted = order->log_wanted != 0;
    shm->log_from = order->log_from;
    shm->explain_wanted = (uint32_t)order->explain_wanted;
    shm->debugged = order->is_debugged != 0;
    shm->stop_at = order->stop_at;
    shm->shows = order->shows != 0;
    shm->shown = order->shown;
    memcpy(shm->shown_threads, order->shown_threads, sizeof shm->shown_threads);
}

struct sw_schedule_wanted sw_schedule_order_list(const struct sw_control_shm_list *list)
{
    return (struct sw_schedule_wanted){.deviations = list->deviations,
                                       .pool = list->pool,
                                       .count = list->count,
                                       .pool_used = list->pool_used};
}

struct sw_schedule_order sw_schedule_order_replay(const struct sw_sched *sched)
{
    struct sw_end recorded;

    sw_run_end_parse(&recorded, sched->outcome);
    /* A livelock has ended at its limit.  What else goes on for long has diverged. */
    int more = recorded.kind == SW_ENDED_LIVELOCK ? 0 : SW_DECISIONS_REPLAY_MORE;
    return (struct sw_schedule_order){.strategy = SW_STRATEGY_REPLAY,
                                      .wanted = {.deviations = sched->deviations,
                                                 .pool = sched->pool,
                                                 .count = sched->deviation_count,
                                                 .pool_used = sched->pool_used},
                                      .decisions_max = sched->decision_count + (uint64_t)more};
}

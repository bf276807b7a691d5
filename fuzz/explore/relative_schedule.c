/* SPDX-License-Identifier: MIT */
#include "relative_schedule.h"
#include "contract/decision_kind.h"

#include <stdlib.h>
#include <string.h>

void sw_relative_schedule_free(struct sw_relative_schedule *schedule)
{
    free(schedule->list);
    free(schedule->preempts);
    free(schedule->decisions);
    free(schedule->sorted);
    *schedule = (struct sw_relative_schedule){0};
}

int sw_relative_schedule_reserve(struct sw_relative_schedule *schedule)
{
    if (schedule->count < schedule->room)
        return 0;
    uint32_t room = schedule->room > 0 ? 2 * schedule->room : 64;
    void *list = realloc(schedule->list, room * sizeof *schedule->list);
    if (list != NULL)
        schedule->list = list;
    void *preempts = realloc(schedule->preempts, room);
    if (preempts != NULL)
        schedule->preempts = preempts;
    void *decisions = realloc(schedule->decisions, room * sizeof *schedule->decisions);
    if (decisions != NULL)
        schedule->decisions = decisions;
    void *sorted = realloc(schedule->sorted, room * sizeof *schedule->sorted);
    if (sorted != NULL)
        schedule->sorted = sorted;
    if (list == NULL || preempts == NULL || decisions == NULL || sorted == NULL)
        return -1;
    schedule->room = room;
    return 0;
}

int sw_relative_schedule_append(struct sw_relative_schedule *schedule,
                                const struct sw_deviation *deviation)
{
    if (sw_relative_schedule_reserve(schedule) < 0)
        return -1;
    schedule->list[schedule->count] = *deviation;
    schedule->preempts[schedule->count] = 0;
    schedule->decisions[schedule->count++] = 0;
    return 0;
}

int sw_relative_schedule_copy(struct sw_relative_schedule *to,
                              const struct sw_relative_schedule *from)
{
    to->count = 0;
    for (uint32_t i = 0; i < from->count; i++) {
        if (sw_relative_schedule_append(to, &from->list[i]) < 0)
            return -1;
        to->preempts[i] = from->preempts[i];
        to->decisions[i] = from->decisions[i];
    }
    return 0;
}

struct sw_deviation sw_relative_schedule_rule(const struct sw_deviation *deviation)
{
    return (struct sw_deviation){.index =
                                     sw_deviation_rule_index(deviation->place, deviation->choice),
                                 .kind = deviation->kind,
                                 .place = deviation->place,
                                 .thread = SW_EVERY_THREAD,
                                 .choice = deviation->choice};
}

static int add(struct sw_relative_schedule *schedule, const struct sw_logged *logged,
               uint32_t number)
{
    struct sw_deviation deviation = {.index = number,
                                     .kind = logged->kind,
                                     .place = logged->place,
                                     .thread = logged->thread,
                                     .choice = logged->choice};

    if (sw_relative_schedule_append(schedule, &deviation) < 0)
        return -1;
    schedule->preempts[schedule->count - 1] =
        sw_decision_kind_cost(logged->kind, logged->thread, logged->fallback,
                              SW_BOUND_PREEMPTIONS) > 0;
    schedule->decisions[schedule->count - 1] = logged->index;
    return 0;
}

int sw_relative_schedule_take(struct sw_relative_schedule *schedule,
                              const struct sw_control_shm *shm)
{
    const struct sw_control_shm_log *log = &shm->log;
    uint32_t(*asked)[SW_DECISION_KINDS] = calloc(SW_LIVE_THREADS_MAX, sizeof *asked);
    int failed = asked == NULL || log->lost || log->count > SW_LOG_MAX;

    schedule->count = 0;
    for (uint32_t i = 0; i < log->count && !failed; i++) {
        const struct sw_logged *logged = &log->decisions[i];
        if (logged->kind >= SW_DECISION_KINDS) { /* the program may have written there */
            failed = 1;
            break;
        }
        /* The driver counts each decision, too, whether it deviates or not. */
        uint32_t number = asked[logged->thread % SW_LIVE_THREADS_MAX][logged->kind]++;
        if (logged->choice != logged->fallback)
            failed = add(schedule, logged, number) < 0;
    }
    free(asked);
    return failed ? -1 : 0;
}

/* The order in which the driver searches the list: relative_driver.c. */
static int compare(const void *a, const void *b)
{
    const struct sw_deviation *x = a, *y = b;

    if (x->thread != y->thread)
        return x->thread < y->thread ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

struct sw_schedule_order sw_relative_schedule_order(const struct sw_relative_schedule *schedule,
                                                    const unsigned char *left_out)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < schedule->count && count < SW_DEVIATIONS_MAX; i++)
        if (left_out == NULL || !left_out[i])
            schedule->sorted[count++] = schedule->list[i];
    if (count > 0) /* else there may be no array */
        qsort(schedule->sorted, count, sizeof *schedule->sorted, compare);
    return (struct sw_schedule_order){.strategy = SW_STRATEGY_NAMED,
                                      .name = "guide",
                                      .wanted = {.deviations = schedule->sorted, .count = count}};
}

uint32_t sw_relative_schedule_preemptions(const struct sw_relative_schedule *schedule)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < schedule->count; i++)
        count += schedule->preempts[i];
    return count;
}

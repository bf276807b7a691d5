/* SPDX-License-Identifier: MIT */
#include "relative_schedule.h"
#include "contract/decision_kind.h"

#include <stdlib.h>
#include <string.h>

void sw_relative_schedule_free(struct sw_relative_schedule *guided)
{
    free(guided->list);
    free(guided->preempts);
    free(guided->decisions);
    free(guided->sorted);
    *guided = (struct sw_relative_schedule){0};
}

int sw_relative_schedule_reserve(struct sw_relative_schedule *guided)
{
    if (guided->count < guided->room)
        return 0;
    uint32_t room = guided->room > 0 ? 2 * guided->room : 64;
    void *list = realloc(guided->list, room * sizeof *guided->list);
    if (list != NULL)
        guided->list = list;
    void *preempts = realloc(guided->preempts, room);
    if (preempts != NULL)
        guided->preempts = preempts;
    void *decisions = realloc(guided->decisions, room * sizeof *guided->decisions);
    if (decisions != NULL)
        guided->decisions = decisions;
    void *sorted = realloc(guided->sorted, room * sizeof *guided->sorted);
    if (sorted != NULL)
        guided->sorted = sorted;
    if (list == NULL || preempts == NULL || decisions == NULL || sorted == NULL)
        return -1;
    guided->room = room;
    return 0;
}

static int add(struct sw_relative_schedule *guided, const struct sw_logged *logged, uint32_t number)
{
    if (sw_relative_schedule_reserve(guided) < 0)
        return -1;
    guided->list[guided->count] = (struct sw_deviation){.index = number,
                                                        .kind = logged->kind,
                                                        .place = logged->place,
                                                        .thread = logged->thread,
                                                        .choice = logged->choice};
    guided->preempts[guided->count] =
        sw_decision_kind_cost(logged->kind, logged->thread, logged->fallback,
                              SW_BOUND_PREEMPTIONS) > 0;
    guided->decisions[guided->count++] = logged->index;
    return 0;
}

int sw_relative_schedule_take(struct sw_relative_schedule *guided, const struct sw_control_shm *shm)
{
    const struct sw_control_shm_log *log = &shm->log;
    uint32_t(*asked)[SW_DECISION_KINDS] = calloc(SW_LIVE_THREADS_MAX, sizeof *asked);
    int failed = asked == NULL || log->lost || log->count > SW_LOG_MAX;

    guided->count = 0;
    for (uint32_t i = 0; i < log->count && !failed; i++) {
        const struct sw_logged *logged = &log->decisions[i];
        if (logged->kind >= SW_DECISION_KINDS) {
            failed = 1;
            break;
        }
        uint32_t number = asked[logged->thread % SW_LIVE_THREADS_MAX][logged->kind]++;
        if (logged->choice != logged->fallback)
            failed = add(guided, logged, number) < 0;
    }
    free(asked);
    return failed ? -1 : 0;
}

static int compare(const void *a, const void *b)
{
    const struct sw_deviation *x = a, *y = b;

    if (x->thread != y->thread)
        return x->thread < y->thread ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

struct sw_schedule_order sw_relative_schedule_order(const struct sw_relative_schedule *guided,
                                                    const unsigned char *left_out)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < guided->count && count < SW_DEVIATIONS_MAX; i++)
        if (left_out == NULL || !left_out[i])
            guided->sorted[count++] = guided->list[i];
    if (count > 0) /* else there may be no array */
        qsort(guided->sorted, count, sizeof *guided->sorted, compare);
    return (struct sw_schedule_order){.strategy = SW_STRATEGY_NAMED,
                                      .name = "guide",
                                      .wanted = {.deviations = guided->sorted, .count = count}};
}

uint32_t sw_relative_schedule_preemptions(const struct sw_relative_schedule *guided)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < guided->count; i++)
        count += guided->preempts[i];
    return count;
}

/* SPDX-License-Identifier: MIT */
#include "schedule_mutate.h"
#include "contract/decision_kind.h"

#include <stdlib.h>
#include <string.h>

static uint64_t below(uint64_t limit, uint64_t *random)
{
    return limit > 0 ? sw_decision_random(random) % limit : 0;
}

/* ---- a seed ---- */

static void take_spot(struct sw_spot *spot, const struct sw_control_shm_log *log,
                      const struct sw_logged *logged, uint32_t number)
{
    *spot = (struct sw_spot){.thread = logged->thread, .number = number, .kind = logged->kind};
    for (uint32_t i = 0; i < logged->count && spot->count < SW_SPOT_CANDIDATES; i++)
        if (logged->first + i < SW_LOG_POOL_MAX && log->pool[logged->first + i] != logged->choice)
            spot->candidates[spot->count++] = log->pool[logged->first + i];
}

/* A seed keeps SW_SPOTS_MAX decisions, so that 16,384 of them fit into memory; runs may have a
 * hundred thousand.  Reservoir sampling: the nth decision replaces a random one with a probability
 * of SW_SPOTS_MAX / n, and so each of all has the same chance to be among them in the end. */
static void take_spots(struct sw_seed *seed, const struct sw_control_shm_log *log,
                       uint32_t (*asked)[SW_DECISION_KINDS], uint64_t *random)
{
    uint64_t seen = 0;

    for (uint32_t i = 0; i < log->count; i++) {
        const struct sw_logged *logged = &log->decisions[i];
        uint32_t number = asked[logged->thread % SW_LIVE_THREADS_MAX][logged->kind]++;
        if (!sw_decision_kind(logged->kind)->is_asked)
            continue;
        uint64_t slot = seen < SW_SPOTS_MAX ? seen : below(seen + 1, random);
        seen++;
        if (slot < SW_SPOTS_MAX)
            take_spot(&seed->spots[slot], log, logged, number);
    }
    seed->spot_count = (uint32_t)(seen < SW_SPOTS_MAX ? seen : SW_SPOTS_MAX);
}

int sw_schedule_mutate_take(struct sw_seed *seed, const struct sw_control_shm *shm,
                            uint64_t *random)
{
    uint32_t(*asked)[SW_DECISION_KINDS] = calloc(SW_LIVE_THREADS_MAX, sizeof *asked);
    int failed = asked == NULL || sw_relative_schedule_take(&seed->plan, shm) < 0;

    if (!failed) /* then each kind in the log is one */
        take_spots(seed, &shm->log, asked, random);
    free(asked);
    return failed ? -1 : 0;
}

void sw_schedule_mutate_free(struct sw_seed *seed)
{
    sw_relative_schedule_free(&seed->plan);
}

/* ---- changes ---- */

static void leave_out(struct sw_relative_schedule *plan, uint64_t *random)
{
    if (plan->count == 0)
        return;
    uint64_t which = below(plan->count, random);
    plan->list[which] = plan->list[--plan->count];
}

static int put(struct sw_relative_schedule *plan, const struct sw_seed *seed, uint64_t *random)
{
    if (seed->spot_count == 0)
        return 0;
    const struct sw_spot *spot = &seed->spots[below(seed->spot_count, random)];
    if (spot->count == 0)
        return 0;
    uint32_t choice = spot->candidates[below(spot->count, random)];
    for (uint32_t i = 0; i < plan->count; i++)
        if (plan->list[i].thread == spot->thread && plan->list[i].kind == spot->kind &&
            plan->list[i].index == spot->number) {
            plan->list[i].choice = choice;
            return 0;
        }
    return sw_relative_schedule_append(plan, &(struct sw_deviation){.thread = spot->thread,
                                                                    .kind = spot->kind,
                                                                    .index = spot->number,
                                                                    .choice = choice});
}

/* By 1 to 4 of the thread's own decisions, chosen freely: the neighbourhood that a preemption bug
 * has in a trace, where larger steps would be a new schedule rather than a changed one. */
static void move(struct sw_relative_schedule *plan, uint64_t *random)
{
    if (plan->count == 0)
        return;
    struct sw_deviation *deviation = &plan->list[below(plan->count, random)];
    uint64_t by = 1 + below(4, random);
    if (below(2, random) == 0)
        deviation->index += by;
    else
        deviation->index -= by < deviation->index ? by : deviation->index;
}

/* Crossover: one thread is interrupted as in the other schedule, the rest as in this one. */
static int cross(struct sw_relative_schedule *plan, const struct sw_seed *other, uint64_t *random)
{
    if (other->plan.count == 0)
        return 0;
    uint32_t thread = other->plan.list[below(other->plan.count, random)].thread, kept = 0;
    for (uint32_t i = 0; i < plan->count; i++)
        if (plan->list[i].thread != thread)
            plan->list[kept++] = plan->list[i];
    plan->count = kept;
    for (uint32_t i = 0; i < other->plan.count; i++)
        if (other->plan.list[i].thread == thread &&
            sw_relative_schedule_append(plan, &other->plan.list[i]) < 0)
            return -1;
    return 0;
}

int sw_schedule_mutate(const struct sw_seed *seed, const struct sw_seed *other,
                       struct sw_relative_schedule *plan, uint64_t *random)
{
    int failed = 0;

    plan->count = 0;
    for (uint32_t i = 0; i < seed->plan.count && !failed; i++)
        failed = sw_relative_schedule_append(plan, &seed->plan.list[i]) < 0;
    /* Of 8: 3 add, 2 leave out, 2 move, 1 crosses; and with 1/2 another change, so that half of the
     * schedules have one, a quarter two, and any number can come.  Adding is the most frequent, or
     * schedules would only shrink.  Chosen freely. */
    do {
        switch (below(8, random)) {
        case 0:
        case 1:
            leave_out(plan, random);
            break;
        case 2:
        case 3:
            move(plan, random);
            break;
        case 4:
            failed |= cross(plan, other, random) < 0;
            break;
        default:
            failed |= put(plan, seed, random) < 0;
        }
    } while (!failed && below(2, random) == 0);
    return failed ? -1 : 0;
}

/* SPDX-License-Identifier: MIT */
#include "batch.h"

#include <time.h>

#include "contract/real_time.h"
#include "interrupt.h"
#include "session.h"

/* What is left, as far as one process takes it. */
static void fill(struct sw_control_shm *shm, const struct sw_batch_order *order, uint64_t done)
{
    struct sw_schedule_order schedule = order->schedule;

    schedule.loop_step = schedule.loop_step > 0 ? schedule.loop_step : 1;
    schedule.seed += done * schedule.loop_step;
    schedule.loop_count -= done;
    if (schedule.loop_count > SW_RESULTS_MAX)
        schedule.loop_count = SW_RESULTS_MAX;
    sw_schedule_order_fill(&schedule, shm);
}

/* ---- results ---- */

struct sw_batch_result sw_batch_result_of(const struct sw_control_shm *shm, uint64_t number,
                                          struct sw_end *end)
{
    const struct sw_result *result = &shm->results[number % SW_RESULTS_MAX];

    sw_run_end_of_test(end, result);
    return (struct sw_batch_result){.seed = result->seed,
                                    .decision_count = result->decision_count,
                                    .hash = result->hash,
                                    .end = end};
}

struct sw_batch_result sw_batch_result_of_process(const struct sw_process *run)
{
    return (struct sw_batch_result){.seed = run->shm->seed,
                                    .decision_count = run->shm->decision_count,
                                    .hash = run->shm->hash,
                                    .end = &run->end};
}

int sw_batch_refuse(const struct sw_process_order *order, struct sw_control_shm *shm,
                    struct sw_error *e)
{
    shm->refusal[sizeof shm->refusal - 1] = '\0'; /* the program may have written there */
    if (*shm->refusal != '\0')
        return sw_error_set(e, NULL, 0, 0, "%s", shm->refusal);
    return sw_error_set(e, sw_process_name(order), 0, 0, "it ended before its first schedule");
}

static int tell(const struct sw_batch_order *order, struct sw_batch_totals *totals,
                const struct sw_batch_result *result)
{
    totals->schedules++;
    return order->on_result != NULL ? order->on_result(order->context, result) : 0;
}

/* The one that was under way when the process ended. */
static int tell_death(const struct sw_process *run, const struct sw_batch_order *order,
                      struct sw_batch_totals *totals)
{
    const struct sw_batch_result result = sw_batch_result_of_process(run);

    return tell(order, totals, &result);
}

/* Those that ended.  Not 0: no more are wanted. */
static int tell_ended(const struct sw_control_shm *shm, const struct sw_batch_order *order,
                      struct sw_batch_totals *totals)
{
    /* The program may have written there. No result at all is an error in the next step, and a
     * wrong one would be believed. */
    uint64_t count = shm->result_count <= SW_RESULTS_MAX ? shm->result_count : 0;
    struct sw_end end;
    int enough = 0;

    for (uint64_t i = 0; i < count && !enough; i++) {
        const struct sw_batch_result result = sw_batch_result_of(shm, i, &end);
        enough = tell(order, totals, &result);
    }
    return enough;
}

/* ---- warm: one process for many ---- */

/* Those that ended, and the one in which the process died.  One that was killed
 * from outside between two of them, or before the first, has the next as its last. */
static int tell_many(const struct sw_process *run, const struct sw_batch_order *order,
                     struct sw_batch_totals *totals, struct sw_error *e)
{
    uint64_t before = totals->schedules;
    int status = tell_ended(run->shm, order, totals);
    int none_but_killed = totals->schedules == before && sw_run_end_is_kill(&run->end);

    if (status == 0 && (run->shm->loop_under_way || none_but_killed))
        status = tell_death(run, order, totals);
    return totals->schedules > before ? status : sw_batch_refuse(&order->run, run->shm, e);
}

static int run_process(struct sw_process *run, const struct sw_batch_order *order, uint64_t done,
                       struct sw_error *e)
{
    if (sw_process_open(run, e) < 0)
        return -1;
    fill(run->shm, order, done);
    int status = sw_process_run(run, &order->run, e);
    /* Killed so early that it was not under control: that is a result, and no error. */
    return status < 0 && !run->interrupted && sw_run_end_is_kill(&run->end) ? 0 : status;
}

/* The process may have scribbled on it. */
static void copy_interp_version(struct sw_batch_totals *totals, const struct sw_control_shm *shm)
{
    memcpy(totals->interp_version, shm->interp_version, sizeof totals->interp_version - 1);
}

/* 0: go on; 1: no more are wanted; -1 with *e. */
static int run_next(const struct sw_batch_order *order, struct sw_batch_totals *totals,
                    struct sw_error *e)
{
    struct sw_process run;
    int status = run_process(&run, order, totals->schedules, e);

    if (status == 0) {
        totals->processes++;
        totals->real_ns += run.shm->loop_real_ns;
        copy_interp_version(totals, run.shm);
        sw_control_shm_keep_most(&totals->uncontrolled, run.shm->uncontrolled,
                                 run.shm->uncontrolled_count);
        status = tell_many(&run, order, totals, e);
    } else if (run.interrupted) {
        /* What it was in the middle of proves nothing; what it had done stands. */
        totals->processes++;
        tell_ended(run.shm, order, totals);
        status = 1;
    }
    sw_process_close(&run);
    return status;
}

/* ---- from a checkpoint, or cold ---- */

enum {
    /* To order each schedule alone takes two switches between processes, 20 to 100 us for one of
     * 500.  So an order is for more, as long as it takes less than this: nobody waits for the end
     * of a search for longer. */
    ORDER_MS = 20,
    AHEAD_MAX = 255,
};

static uint32_t more_or_less(uint32_t ahead, uint64_t took_ns)
{
    if (took_ns > ORDER_MS * UINT64_C(1000000))
        return ahead / 2;
    return ahead < AHEAD_MAX / 2 ? 2 * ahead + 1 : AHEAD_MAX;
}

/* Those of the last order before its last. */
static int tell_before(const struct sw_batch_order *order, const struct sw_session *session,
                       struct sw_batch_totals *totals)
{
    uint64_t count = sw_session_before(session);
    struct sw_end end;
    int enough = 0;

    for (uint64_t i = 0; i < count && !enough; i++) {
        const struct sw_batch_result result = sw_session_before_result(session, i, &end);
        enough = tell(order, totals, &result);
    }
    return enough;
}

/* Of one chance only, where the process has it for good, and of one layout, which changes with the
 * chance.  shm: after the last order; NULL: there was none, and ahead is 0. */
static uint32_t limit_ahead(const struct sw_schedule_order *schedule, uint64_t ahead,
                            const struct sw_control_shm *shm)
{
    uint64_t left = UINT64_MAX;

    if (schedule->chance_how != SW_CHANCE_FIXED && shm != NULL && shm->drew_before)
        left = sw_chance_seeds_left(schedule->chance_how, schedule->seed, schedule->loop_step);
    if (left > 0 && schedule->layout_how != SW_CHANCE_FIXED)
        left = sw_chance_seeds_left(schedule->layout_how, schedule->seed, schedule->loop_step);
    return (uint32_t)(left < ahead ? left : ahead);
}

static int run_ordered(const struct sw_batch_order *order, struct sw_session *session,
                       struct sw_batch_totals *totals, struct sw_error *e)
{
    struct sw_schedule_order schedule = order->schedule;
    const struct sw_control_shm *shm = NULL;
    struct sw_batch_result result;
    uint32_t ahead = 0;
    int status = 0;

    schedule.loop_step = schedule.loop_step > 0 ? schedule.loop_step : 1;
    while (status == 0 && totals->schedules < order->schedule.loop_count) {
        uint64_t more = order->schedule.loop_count - totals->schedules - 1;
        schedule.seed = order->schedule.seed + totals->schedules * schedule.loop_step;
        schedule.ahead = limit_ahead(&schedule, ahead < more ? ahead : more, shm);
        uint64_t began = sw_real_time_ns(clock_gettime);
        int turn = sw_turns_take(order->turns);
        int got = sw_session_run(session, &schedule, &result, &shm, e);
        sw_turns_give(order->turns, turn, got < 0 ? NULL : shm);
        uint64_t took = sw_real_time_ns(clock_gettime) - began;
        status = tell_before(order, session, totals);
        if (got < 0)
            return sw_interrupt_came() ? 0 : -1;
        totals->real_ns += took;
        ahead = more_or_less(ahead, took);
        sw_control_shm_keep_most(&totals->uncontrolled, shm->uncontrolled, shm->uncontrolled_count);
        sw_control_shm_keep_greater(&totals->lives_on, shm->lives_on);
        totals->follows |= shm->follows | shm->followed;
        copy_interp_version(totals, shm);
        if (status == 0)
            status = tell(order, totals, &result);
    }
    return 0;
}

/* What each begins from is not what the one before has left, and so each has an order. */
static int run_one_by_one(const struct sw_batch_order *order, struct sw_batch_totals *totals,
                          struct sw_error *e)
{
    const struct sw_session_order each = {.run = order->run,
                                          .decisions_max = order->schedule.decisions_max,
                                          .engine = order->schedule.engine,
                                          .start = order->start,
                                          .note = totals->note};
    struct sw_session *session = sw_session_open(&each, e);
    int status = session != NULL ? run_ordered(order, session, totals, e) : -1;

    if (session != NULL)
        totals->processes = sw_session_processes(session);
    sw_session_close(session);
    return status;
}

int sw_batch_run(const struct sw_batch_order *order, struct sw_batch_totals *totals,
                 struct sw_error *e)
{
    int status = 0;

    *totals = (struct sw_batch_totals){0};
    if (order->start != SW_BATCH_WARM || !sw_process_begins(&order->run))
        return run_one_by_one(order, totals, e);
    while (status == 0 && totals->schedules < order->schedule.loop_count)
        status = run_next(order, totals, e);
    return status < 0 ? -1 : 0;
}

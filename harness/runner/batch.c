/* SPDX-License-Identifier: MIT */
#include "batch.h"

#include "contract/exit.h"

/* What is left, as far as one process takes it. */
static void fill(struct sw_control_shm *shm, const struct sw_batch_order *order, uint64_t done)
{
    struct sw_schedule_order schedule = order->schedule;

    schedule.loop_step = schedule.loop_step > 0 ? schedule.loop_step : 1;
    schedule.seed += done * schedule.loop_step;
    schedule.loop_count -= done;
    if (schedule.loop_count > SW_RESULTS_MAX)
        schedule.loop_count = SW_RESULTS_MAX;
    /* The engine would wait for a begin that never comes. */
    if (!sw_process_begins(&order->run))
        schedule.loop_count = 0;
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

int sw_batch_refuse(const struct sw_process_order *order, struct sw_error *e)
{
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

/* ---- processes ---- */

/* Of a process with many: those that ended, and the one in which it died.  One that was killed
 * from outside between two of them, or before the first, has the next as its last. */
static int tell_many(const struct sw_process *run, const struct sw_batch_order *order,
                     struct sw_batch_totals *totals, struct sw_error *e)
{
    uint64_t before = totals->schedules;
    int status = tell_ended(run->shm, order, totals);
    int none_but_killed = totals->schedules == before && sw_run_end_is_kill(&run->end);

    if (status == 0 && (run->shm->loop_under_way || none_but_killed))
        status = tell_death(run, order, totals);
    return totals->schedules > before ? status : sw_batch_refuse(&order->run, e);
}

/* Of a process with one, which is the process itself. */
static int tell_one(const struct sw_process *run, const struct sw_batch_order *order,
                    struct sw_batch_totals *totals, struct sw_error *e)
{
    if (sw_process_check(run) == SW_EXIT_ERROR)
        return sw_error_set(e, sw_process_name(&order->run), 0, 0,
                            "the control of seed %llu failed", (unsigned long long)run->shm->seed);
    return tell_death(run, order, totals);
}

static int run_process(struct sw_process *run, const struct sw_batch_order *order, uint64_t done,
                       int *was_last, struct sw_error *e)
{
    if (sw_process_open(run, e) < 0)
        return -1;
    fill(run->shm, order, done);
    if (order->on_begin != NULL)
        order->on_begin(order->context, run->shm);
    int status = sw_process_run(run, &order->run, e);
    if (order->on_end != NULL)
        *was_last = order->on_end(order->context, run->shm);
    /* Killed so early that it was not under control: that is a result, and no error. */
    return status < 0 && sw_run_end_is_kill(&run->end) ? 0 : status;
}

/* 0: go on; 1: no more are wanted; -1 with *e. */
static int run_next(const struct sw_batch_order *order, struct sw_batch_totals *totals,
                    struct sw_error *e)
{
    struct sw_process run;
    int was_last = 0, status = run_process(&run, order, totals->schedules, &was_last, e);

    if (status == 0) {
        totals->processes++;
        totals->real_ns += run.shm->loop_real_ns;
        sw_control_shm_keep_most(&totals->uncontrolled, run.shm->uncontrolled,
                                 run.shm->uncontrolled_count);
        status = sw_process_begins(&order->run) ? tell_many(&run, order, totals, e)
                                                : tell_one(&run, order, totals, e);
    }
    sw_process_close(&run);
    return status == 0 ? was_last : status;
}

int sw_batch_run(const struct sw_batch_order *order, struct sw_batch_totals *totals,
                 struct sw_error *e)
{
    int status = 0;

    *totals = (struct sw_batch_totals){0};
    while (status == 0 && totals->schedules < order->schedule.loop_count)
        status = run_next(order, totals, e);
    return status < 0 ? -1 : 0;
}

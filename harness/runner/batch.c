/* SPDX-License-Identifier: MIT */
#include "batch.h"

#include <string.h>

/* What is left, as far as one process has room for its results. */
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

static int tell(const struct sw_batch_order *order, struct sw_batch_totals *totals,
                const struct sw_batch_result *result)
{
    totals->schedules++;
    return order->on_result != NULL ? order->on_result(order->context, result) : 0;
}

/* Those that ended.  Not 0: no more are wanted. */
static int tell_results(const struct sw_control_shm *shm, const struct sw_batch_order *order,
                        struct sw_batch_totals *totals)
{
    uint64_t count = shm->result_count <= SW_RESULTS_MAX ? shm->result_count : 0;
    struct sw_end end;
    int enough = 0;

    for (uint64_t i = 0; i < count && !enough; i++) {
        const struct sw_result *result = &shm->results[i];
        sw_run_end_of_test(&end, result);
        enough = tell(order, totals,
                      &(struct sw_batch_result){.seed = result->seed,
                                                .decision_count = result->decision_count,
                                                .hash = result->hash,
                                                .end = &end});
    }
    return enough;
}

/* The one that was under way when the process ended. */
static int tell_death(const struct sw_process *run, const struct sw_batch_order *order,
                      struct sw_batch_totals *totals)
{
    return tell(order, totals,
                &(struct sw_batch_result){.seed = run->shm->seed,
                                          .decision_count = run->shm->decision_count,
                                          .hash = run->shm->hash,
                                          .end = &run->end});
}

static void add_totals(const struct sw_control_shm *shm, struct sw_batch_totals *totals)
{
    totals->processes++;
    totals->real_ns += shm->loop_real_ns;
    sw_control_shm_keep_most(&totals->uncontrolled, shm->uncontrolled, shm->uncontrolled_count);
}

/* One process.  How far it has come is in *done; 1: no more are wanted; -1: *e. */
static int run_process(const struct sw_batch_order *order, uint64_t *done,
                       struct sw_batch_totals *totals, struct sw_error *e)
{
    struct sw_process run;
    int status = -1, was_last = 0;

    if (sw_process_open(&run, e) == 0) {
        fill(run.shm, order, *done);
        if (order->on_begin != NULL)
            order->on_begin(order->context, run.shm);
        status = sw_process_run(&run, &order->run, e);
        if (status < 0 && sw_run_end_is_kill(&run.end)) /* so early that it was not controlled */
            status = 0;
        if (order->on_end != NULL)
            was_last = order->on_end(order->context, run.shm);
    }
    if (status == 0) {
        uint64_t before = totals->schedules;
        add_totals(run.shm, totals);
        status = tell_results(run.shm, order, totals);
        if (status == 0 && (run.shm->loop_under_way ||
                            (totals->schedules == before && sw_run_end_is_kill(&run.end))))
            status = tell_death(&run, order, totals);
        *done += totals->schedules - before;
        if (totals->schedules == before)
            status = sw_error_set(e, sw_process_name(&order->run), 0, 0,
                                  "it ended before its first schedule");
    }
    sw_process_close(&run);
    return status == 0 ? was_last : status;
}

int sw_batch_run(const struct sw_batch_order *order, struct sw_batch_totals *totals,
                 struct sw_error *e)
{
    uint64_t done = 0;
    int status = 0;

    *totals = (struct sw_batch_totals){0};
    while (status == 0 && done < order->schedule.loop_count)
        status = run_process(order, &done, totals, e);
    return status < 0 ? -1 : 0;
}

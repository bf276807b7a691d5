/* SPDX-License-Identifier: MIT */
#include "warm.h"

#include <stdio.h>
#include <string.h>

static void fill_board(struct sw_board *board, const struct sw_warm_order *order, uint64_t done)
{
    uint64_t step = order->step > 0 ? order->step : 1;

    board->strategy = order->strategy;
    if (order->strategy_name != NULL)
        snprintf(board->strategy_name, sizeof board->strategy_name, "%s", order->strategy_name);
    board->strategy_argument = order->strategy_argument;
    if (order->profile != NULL)
        board->profile = *order->profile;
    board->seed = order->seed + done * step;
    board->loop_count = order->count - done;
    if (board->loop_count > SW_RESULTS_MAX)
        board->loop_count = SW_RESULTS_MAX;
    board->loop_step = step;
    board->decisions_max = order->decisions_max;
    board->engine = order->engine;
}

static int tell(const struct sw_warm_order *order, struct sw_warm_totals *totals,
                const struct sw_warm_result *result)
{
    totals->schedules++;
    return order->on_result != NULL ? order->on_result(order->context, result) : 0;
}

/* Those that ended.  Not 0: no more are wanted. */
static int tell_results(const struct sw_board *board, const struct sw_warm_order *order,
                        struct sw_warm_totals *totals)
{
    uint64_t count = board->result_count <= SW_RESULTS_MAX ? board->result_count : 0;
    int enough = 0;

    for (uint64_t i = 0; i < count && !enough; i++) {
        const struct sw_result *result = &board->results[i];
        enough = tell(order, totals,
                      &(struct sw_warm_result){
                          .seed = result->seed,
                          .decision_count = result->decision_count,
                          .hash = result->hash,
                          .signature = result->signature,
                          .outcome = result->outcome <= SW_LOOP_SKIPPED
                                         ? (enum sw_warm_outcome)result->outcome
                                         : SW_WARM_FAILED,
                      });
    }
    return enough;
}

/* The one that was under way when the process ended. */
static int tell_death(const struct sw_controlled *run, const struct sw_warm_order *order,
                      struct sw_warm_totals *totals)
{
    char text[SW_REPORT_MAX + 64];

    sw_controlled_outcome(run, text, sizeof text);
    return tell(order, totals,
                &(struct sw_warm_result){
                    .seed = run->board->seed,
                    .decision_count = run->board->decision_count,
                    .hash = run->board->hash,
                    .outcome = SW_WARM_DIED,
                    .text = text,
                });
}

static void add_totals(const struct sw_board *board, struct sw_warm_totals *totals)
{
    totals->processes++;
    totals->real_ns += board->loop_real_ns;
    if (board->uncontrolled_count > totals->uncontrolled_count &&
        board->uncontrolled_count <= SW_UNCONTROLLED_MAX) {
        totals->uncontrolled_count = board->uncontrolled_count;
        memcpy(totals->uncontrolled, board->uncontrolled, sizeof totals->uncontrolled);
    }
}

static int was_killed(const struct sw_controlled *run)
{
    char text[SW_REPORT_MAX + 64];

    return sw_controlled_is_kill(sw_controlled_outcome(run, text, sizeof text));
}

/* One process.  How far it has come is in *done; 1: no more are wanted; -1: *e. */
static int run_process(const struct sw_warm_order *order, uint64_t *done,
                       struct sw_warm_totals *totals, struct sw_error *e)
{
    struct sw_controlled run;
    int status = -1, was_last = 0;

    if (sw_controlled_open(&run, e) == 0) {
        fill_board(run.board, order, *done);
        if (order->on_begin != NULL)
            order->on_begin(order->context, run.board);
        status = sw_controlled_run(&run, &order->run, e);
        if (status < 0 && was_killed(&run)) /* so early that it was not controlled */
            status = 0;
        if (order->on_end != NULL)
            was_last = order->on_end(order->context, run.board);
    }
    if (status == 0) {
        uint64_t before = totals->schedules;
        add_totals(run.board, totals);
        status = tell_results(run.board, order, totals);
        if (status == 0 &&
            (run.board->loop_under_way || (totals->schedules == before && was_killed(&run))))
            status = tell_death(&run, order, totals);
        *done += totals->schedules - before;
        if (totals->schedules == before)
            status = sw_error_set(e, sw_controlled_name(&order->run), 0, 0,
                                  "it ended before its first schedule");
    }
    sw_controlled_close(&run);
    return status == 0 ? was_last : status;
}

int sw_warm_run(const struct sw_warm_order *order, struct sw_warm_totals *totals,
                struct sw_error *e)
{
    uint64_t done = 0;
    int status = 0;

    *totals = (struct sw_warm_totals){0};
    while (status == 0 && done < order->count)
        status = run_process(order, &done, totals, e);
    return status < 0 ? -1 : 0;
}

/* SPDX-License-Identifier: MIT */
#include "reproduce.h"

#include <stdlib.h>

enum { DECISIONS_MORE = 100000 };

int sw_reproduce_open(struct sw_reproduce *probe, const struct sw_sched *sched, struct sw_error *e)
{
    *probe = (struct sw_reproduce){
        .sched = sched,
        .list = calloc(1, sizeof *probe->list),
        .order = {.run = sw_process_order_of(sched),
                  .decisions_max = 2 * sched->decision_count + DECISIONS_MORE,
                  .engine = sched->setting.begins ? SW_ENGINE_POOL : SW_ENGINE_THREADS}};
    probe->order.run.silent = 1;
    if (probe->list == NULL)
        return sw_error_set(e, NULL, 0, 0, "out of memory");
    probe->session = sw_session_open(&probe->order, e);
    return probe->session != NULL ? 0 : -1;
}

void sw_reproduce_close(struct sw_reproduce *probe)
{
    sw_session_close(probe->session);
    free(probe->list);
    *probe = (struct sw_reproduce){0};
}

/* A pass is no failure, and so like nothing that is wanted. */
static int is_same(const struct sw_end *a, const struct sw_end *b)
{
    return sw_run_end_is_failure(a) && sw_run_end_is_alike(a, b);
}

int sw_reproduce_is_wanted(const struct sw_reproduce *probe, const struct sw_batch_result *result)
{
    return is_same(result->end, &probe->wanted);
}

/* Its log is whole: each run may become the best, and is then taken apart. */
static int run(struct sw_reproduce *probe, struct sw_schedule_order schedule, struct sw_error *e)
{
    struct sw_batch_result result;

    schedule.log_wanted = 1;
    if (sw_session_run(probe->session, &schedule, &result, &probe->shm, e) < 0)
        return -1;
    probe->runs++;
    probe->end = *result.end;
    return is_same(&probe->end, &probe->wanted);
}

int sw_reproduce_run(struct sw_reproduce *probe, const struct sw_relative_schedule *guided,
                     const unsigned char *left_out, struct sw_error *e)
{
    return run(probe, sw_relative_schedule_order(guided, left_out), e);
}

int sw_reproduce_run_list(struct sw_reproduce *probe, struct sw_error *e)
{
    return run(probe,
               (struct sw_schedule_order){.strategy = SW_STRATEGY_REPLAY,
                                          .wanted = sw_schedule_order_list(probe->list)},
               e);
}

int sw_reproduce_begin(struct sw_reproduce *probe, struct sw_error *e)
{
    const struct sw_sched *sched = probe->sched;

    if (run(probe, sw_schedule_order_replay(sched), e) < 0)
        return -1;
    probe->wanted = probe->end;
    return is_same(&probe->end, &probe->wanted);
}

/* SPDX-License-Identifier: MIT */
#include "reproduce.h"

#include <stdlib.h>

/* A changed schedule may take longer than the recorded one, but one that takes twice as many
 * decisions and 100,000 more is taken to be a livelock that the change has made. */
enum { DECISIONS_MORE = 100000 };

int sw_reproduce_open(struct sw_reproduce *reproducer, const struct sw_sched *sched,
                      struct sw_error *e)
{
    *reproducer = (struct sw_reproduce){
        .sched = sched,
        .list = calloc(1, sizeof *reproducer->list),
        .order = {.run = sw_process_order_of(sched),
                  .decisions_max = 2 * sched->decision_count + DECISIONS_MORE,
                  .engine = sched->setting.begins ? SW_ENGINE_POOL : SW_ENGINE_THREADS}};
    reproducer->order.run.silent = 1;
    if (reproducer->list == NULL)
        return sw_error_set(e, NULL, 0, 0, "out of memory");
    reproducer->session = sw_session_open(&reproducer->order, e);
    return reproducer->session != NULL ? 0 : -1;
}

void sw_reproduce_close(struct sw_reproduce *reproducer)
{
    sw_session_close(reproducer->session);
    free(reproducer->list);
    *reproducer = (struct sw_reproduce){0};
}

/* A pass is no failure, and so like nothing that is wanted. */
static int is_same(const struct sw_end *a, const struct sw_end *b)
{
    return sw_run_end_is_failure(a) && sw_run_end_is_alike(a, b);
}

int sw_reproduce_is_wanted(const struct sw_reproduce *reproducer,
                           const struct sw_batch_result *result)
{
    return is_same(result->end, &reproducer->wanted);
}

/* Its log is whole: each run may become the best, and is then taken apart. */
static int run(struct sw_reproduce *reproducer, struct sw_schedule_order schedule,
               struct sw_error *e)
{
    struct sw_batch_result result;

    schedule.log_wanted = 1;
    if (sw_session_run(reproducer->session, &schedule, &result, &reproducer->shm, e) < 0)
        return -1;
    reproducer->runs++;
    reproducer->end = *result.end;
    return is_same(&reproducer->end, &reproducer->wanted);
}

int sw_reproduce_run(struct sw_reproduce *reproducer, const struct sw_relative_schedule *schedule,
                     const unsigned char *left_out, struct sw_error *e)
{
    return run(reproducer, sw_relative_schedule_order(schedule, left_out), e);
}

int sw_reproduce_run_list(struct sw_reproduce *reproducer, struct sw_error *e)
{
    return run(reproducer,
               (struct sw_schedule_order){.strategy = SW_STRATEGY_REPLAY,
                                          .wanted = sw_schedule_order_list(reproducer->list)},
               e);
}

int sw_reproduce_begin(struct sw_reproduce *reproducer, struct sw_error *e)
{
    const struct sw_sched *sched = reproducer->sched;

    if (run(reproducer, sw_schedule_order_replay(sched), e) < 0)
        return -1;
    reproducer->wanted = reproducer->end;
    return is_same(&reproducer->end, &reproducer->wanted);
}

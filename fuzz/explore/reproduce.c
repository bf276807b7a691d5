/* SPDX-License-Identifier: MIT */
#include "reproduce.h"

#include <stdlib.h>
#include <string.h>

#include "contract/real_time.h"
#include "harness/runner/interrupt.h"

/* A changed schedule may take longer than the recorded one, but one that takes twice as many
 * decisions and 100,000 more is taken to be a livelock that the change has made. */
enum { DECISIONS_MORE = 100000 };

/* A recorded livelock has ended at a limit of millions; what comes so long after its last deviation
 * is no other one, and sw_reproduce_confirm() gives it its millions. */
static uint64_t decisions_max(const struct sw_sched *sched)
{
    struct sw_end recorded;

    sw_run_end_parse(&recorded, sched->outcome);
    if (recorded.kind != SW_ENDED_LIVELOCK)
        return 2 * sched->decision_count + DECISIONS_MORE;
    return DECISIONS_MORE +
           (sched->deviation_count == 0 ? 0 : sched->deviations[sched->deviation_count - 1].index);
}

/* What runs on OS threads cannot be put back to a checkpoint; in a process of its own it is run as
 * a replay runs it. */
static struct sw_session_order order_of(const struct sw_sched *sched, enum sw_batch_start start)
{
    struct sw_session_order order = {.run = sw_process_order_of(sched),
                                     .decisions_max = decisions_max(sched),
                                     .engine = start == SW_BATCH_COLD ? SW_ENGINE_THREADS
                                                                      : SW_ENGINE_POOL,
                                     .start = start};

    order.run.silent = 1;
    return order;
}

int sw_reproduce_open(struct sw_reproduce *reproducer, const struct sw_sched *sched,
                      enum sw_batch_start start, struct sw_error *e)
{
    *reproducer = (struct sw_reproduce){.sched = sched,
                                        .list = calloc(1, sizeof *reproducer->list),
                                        .order = order_of(sched, start)};
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

int sw_reproduce_is_over(struct sw_reproduce *reproducer)
{
    if (sw_interrupt_came())
        reproducer->over = "it was interrupted";
    else if (reproducer->ends_at > 0 && sw_real_time_s() >= reproducer->ends_at)
        reproducer->over = "the time was up";
    return reproducer->over != NULL;
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

/* A run that the interruption ended says nothing. */
static int run_in(struct sw_reproduce *reproducer, struct sw_session *session,
                  const struct sw_schedule_order *schedule, struct sw_error *e)
{
    struct sw_batch_result result;

    if (sw_session_run(session, schedule, &result, &reproducer->shm, e) < 0) {
        sw_reproduce_is_over(reproducer);
        return -1;
    }
    reproducer->runs++;
    reproducer->end = *result.end;
    return is_same(&reproducer->end, &reproducer->wanted);
}

/* Its log is whole: each run may become the best, and is then taken apart. */
static int run(struct sw_reproduce *reproducer, struct sw_schedule_order schedule,
               struct sw_error *e)
{
    schedule.log_wanted = 1;
    return sw_reproduce_is_over(reproducer) ? sw_error_set(e, NULL, 0, 0, "%s", reproducer->over)
                                            : run_in(reproducer, reproducer->session, &schedule, e);
}

int sw_reproduce_run(struct sw_reproduce *reproducer, const struct sw_relative_schedule *schedule,
                     const unsigned char *left_out, struct sw_error *e)
{
    return run(reproducer, sw_relative_schedule_order(schedule, left_out), e);
}

static struct sw_schedule_order replay_of(const struct sw_control_shm_list *list)
{
    return (struct sw_schedule_order){.strategy = SW_STRATEGY_REPLAY,
                                      .wanted = sw_schedule_order_list(list)};
}

int sw_reproduce_run_list(struct sw_reproduce *reproducer, struct sw_error *e)
{
    return run(reproducer, replay_of(reproducer->list), e);
}

int sw_reproduce_confirm(struct sw_reproduce *reproducer, const struct sw_control_shm_list *list,
                         struct sw_error *e)
{
    struct sw_session_order order = order_of(reproducer->sched, SW_BATCH_COLD);
    const struct sw_schedule_order schedule = replay_of(list);

    order.decisions_max = SW_DECISIONS_MAX;
    struct sw_session *session = sw_session_open(&order, e);
    int status = session != NULL ? run_in(reproducer, session, &schedule, e) : -1;

    sw_session_close(session);
    reproducer->shm = NULL; /* it was the session's */
    return status;
}

int sw_reproduce_look(const struct sw_reproduce *reproducer, const struct sw_control_shm_list *list,
                      uint64_t decision, const uint32_t threads[SW_SHOWN_THREADS],
                      struct sw_stack_snapshot_seen *seen, struct sw_error *e)
{
    const struct sw_process_order order = sw_process_order_of(reproducer->sched);
    struct sw_schedule_order schedule = replay_of(list);
    struct sw_process run;
    int status = sw_process_open(&run, e);

    if (status == 0) {
        schedule.decisions_max = reproducer->order.decisions_max;
        schedule.shows = 1;
        schedule.shown = decision;
        memcpy(schedule.shown_threads, threads, sizeof schedule.shown_threads);
        sw_schedule_order_fill(&schedule, run.shm);
        status = sw_stack_snapshot_run(&run, &order, seen, e);
    }
    sw_process_close(&run);
    return status;
}

/* A .sched has of a failed test no more than its exit status, and of others the line. */
static int is_recorded(const struct sw_end *end, const struct sw_sched *sched)
{
    char line[SW_END_LINE_MAX];
    struct sw_end recorded, now;

    sw_run_end_parse(&recorded, sched->outcome);
    sw_run_end_parse(&now, sw_run_end_format(end, line, sizeof line));
    return is_same(&now, &recorded);
}

int sw_reproduce_begin(struct sw_reproduce *reproducer, struct sw_error *e)
{
    const struct sw_sched *sched = reproducer->sched;

    if (run(reproducer, sw_schedule_order_replay(sched), e) < 0)
        return -1;
    reproducer->wanted = reproducer->end;
    return is_recorded(&reproducer->end, sched);
}

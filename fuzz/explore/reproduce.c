/* SPDX-License-Identifier: MIT */
#include "reproduce.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WATCHDOG_S = 600, DECISIONS_MORE = 100000 };

int sw_reproduce_open(struct sw_reproduce *probe, const struct sw_sched *sched, struct sw_error *e)
{
    *probe = (struct sw_reproduce){
        .sched = sched,
        .list = calloc(1, sizeof *probe->list),
        .order = {.run = {.interp = sched->interp,
                          .program = sched->program,
                          .args = sched->args,
                          .setting = &sched->setting,
                          .folder = sched->folder,
                          .watchdog_s = WATCHDOG_S,
                          .silent = 1},
                  .decisions_max = 2 * sched->decision_count + DECISIONS_MORE,
                  .engine = sched->setting.begins ? SW_ENGINE_POOL : SW_ENGINE_THREADS}};
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

static int run(struct sw_reproduce *probe, sw_session_fill fill, struct sw_error *e)
{
    struct sw_batch_result result;

    if (sw_session_run(probe->session, fill, probe, &result, &probe->shm, e) < 0)
        return -1;
    probe->runs++;
    probe->end = *result.end;
    return is_same(&probe->end, &probe->wanted);
}

static void want_log(struct sw_control_shm *shm)
{
    shm->log_wanted = 1;
    shm->log_from = 0;
}

static void fill_guided(struct sw_control_shm *shm, void *context)
{
    const struct sw_reproduce *probe = context;

    sw_relative_schedule_fill(probe->guided, probe->left_out, shm);
    want_log(shm);
}

static void fill_list(struct sw_control_shm *shm, void *context)
{
    shm->strategy = SW_STRATEGY_REPLAY;
    sw_control_shm_copy_list(&shm->wanted, ((struct sw_reproduce *)context)->list);
    want_log(shm);
}

int sw_reproduce_run(struct sw_reproduce *probe, const struct sw_relative_schedule *guided,
                     const unsigned char *left_out, struct sw_error *e)
{
    probe->guided = guided;
    probe->left_out = left_out;
    return run(probe, fill_guided, e);
}

int sw_reproduce_run_list(struct sw_reproduce *probe, struct sw_error *e)
{
    return run(probe, fill_list, e);
}

int sw_reproduce_begin(struct sw_reproduce *probe, struct sw_error *e)
{
    const struct sw_sched *sched = probe->sched;

    probe->list->count = sched->deviation_count;
    probe->list->pool_used = sched->pool_used;
    memcpy(probe->list->deviations, sched->deviations,
           sched->deviation_count * sizeof *sched->deviations);
    memcpy(probe->list->pool, sched->pool, sched->pool_used * sizeof *sched->pool);
    if (run(probe, fill_list, e) < 0)
        return -1;
    probe->wanted = probe->end;
    return is_same(&probe->end, &probe->wanted);
}

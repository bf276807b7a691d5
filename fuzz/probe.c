/* SPDX-License-Identifier: MIT */
#include "probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WATCHDOG_S = 600, DECISIONS_MORE = 100000 };

int sw_probe_open(struct sw_probe *probe, const struct sw_sched *sched, struct sw_error *e)
{
    *probe = (struct sw_probe){
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

void sw_probe_close(struct sw_probe *probe)
{
    sw_session_close(probe->session);
    free(probe->list);
    *probe = (struct sw_probe){0};
}

static void set_end(const struct sw_warm_result *result, struct sw_probe_end *end)
{
    *end = (struct sw_probe_end){.signature = result->signature};
    if (result->outcome == SW_WARM_DIED && strcmp(result->text, "exit 0") != 0)
        snprintf(end->kind, sizeof end->kind, "%.*s",
                 strncmp(result->text, "exit ", 5) == 0 ? SW_PROBE_KIND_MAX - 1
                                                        : (int)strcspn(result->text, " "),
                 result->text);
    else if (result->outcome == SW_WARM_FAILED)
        snprintf(end->kind, sizeof end->kind, "failed");
}

static int is_same(const struct sw_probe_end *a, const struct sw_probe_end *b)
{
    return a->kind[0] != '\0' && strcmp(a->kind, b->kind) == 0 && a->signature == b->signature;
}

int sw_probe_is_wanted(const struct sw_probe *probe, const struct sw_warm_result *result)
{
    struct sw_probe_end end;

    set_end(result, &end);
    return is_same(&end, &probe->wanted);
}

static int run(struct sw_probe *probe, sw_session_fill fill, struct sw_error *e)
{
    struct sw_warm_result result;

    if (sw_session_run(probe->session, fill, probe, &result, &probe->board, e) < 0)
        return -1;
    probe->runs++;
    set_end(&result, &probe->end);
    return is_same(&probe->end, &probe->wanted);
}

static void want_log(struct sw_board *board)
{
    board->log_wanted = 1;
    board->log_from = 0;
}

static void fill_guided(struct sw_board *board, void *context)
{
    const struct sw_probe *probe = context;

    sw_guided_fill(probe->guided, probe->left_out, board);
    want_log(board);
}

static void fill_list(struct sw_board *board, void *context)
{
    board->strategy = SW_STRATEGY_REPLAY;
    sw_board_copy_list(&board->wanted, ((struct sw_probe *)context)->list);
    want_log(board);
}

int sw_probe_run(struct sw_probe *probe, const struct sw_guided *guided,
                 const unsigned char *left_out, struct sw_error *e)
{
    probe->guided = guided;
    probe->left_out = left_out;
    return run(probe, fill_guided, e);
}

int sw_probe_run_list(struct sw_probe *probe, struct sw_error *e)
{
    return run(probe, fill_list, e);
}

int sw_probe_begin(struct sw_probe *probe, struct sw_error *e)
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

/* SPDX-License-Identifier: MIT */
#include "promote.h"

#include <string.h>

#include "harness/formats/sched/sched_paths.h"
#include "harness/report/replay.h"
#include "harness/runner/interrupt.h"

static int is_spec(const struct sw_sched *sched)
{
    size_t length = strlen(sched->program);

    return length > 5 && strcmp(sched->program + length - 5, ".spec") == 0;
}

int sw_promote_run(const struct sw_promote_order *order)
{
    struct sw_sched *sched = NULL;
    struct sw_error e = {0};
    int status = -1;

    sw_interrupt_begin(); /* or what stands half done would stay */
    if (sw_sched_load(order->path, &sched, &e) == 0 &&
        sw_sched_paths(order->path, sched, &e) == 0 && sw_replay_check(order->path, sched, &e) == 0)
        status = is_spec(sched) && order->name == NULL
                     ? sw_error_set(&e, NULL, 0, 0, "a schedule of a spec needs a --name")
                 : is_spec(sched) ? sw_promote_spec(order, sched, &e)
                                  : sw_promote_program(order, sched, &e);
    if (status < 0)
        sw_error_print(&e); /* before the schedule goes, whose path it may name */
    sw_sched_free(sched);
    return status;
}

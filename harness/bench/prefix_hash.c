/* SPDX-License-Identifier: MIT
 *
 * prefix_hash.c - the hash of a schedule's first decisions, by plain replays that end there.
 *
 *      prefix-hash FILE.sched STEP...
 *
 * A line for each STEP, from 1: the number, and the hash of as many decisions.  Each takes a replay
 * whose budget is that many decisions: nothing of a debugger is in it, nor of what stops a run
 * before a decision.  Exit status 2 where a run was not as long, or could not be had.
 */
#include <stdio.h>
#include <stdlib.h>

#include "harness/report/replay.h"
#include "harness/report/run_once.h"
#include "harness/runner/process.h"
#include "harness/runner/schedule_order.h"

static int print_hash(const struct sw_sched *sched, uint64_t step, struct sw_error *e)
{
    struct sw_process_order process = sw_process_order_of(sched);
    struct sw_schedule_order schedule = sw_schedule_order_replay(sched);
    struct sw_process run;

    process.silent = 1;
    schedule.decisions_max = step;
    int status = sw_run_once_run(&run, &process, &schedule, e);
    if (status == 0 && run.shm->decision_count != step)
        status = sw_error_set(e, NULL, 0, 0, "there are not as many as %llu decisions",
                              (unsigned long long)step);
    if (status == 0)
        printf("%llu %016llx\n", (unsigned long long)step, (unsigned long long)run.shm->hash);
    sw_process_close(&run);
    return status;
}

int main(int argc, char **argv)
{
    struct sw_sched *sched = NULL;
    struct sw_error e;
    int status;

    if (argc < 3) {
        fprintf(stderr, "usage: prefix-hash FILE.sched STEP...\n");
        return 2;
    }
    status = sw_replay_load(argv[1], 0, NULL, &sched, &e);
    for (int i = 2; status == 0 && i < argc; i++)
        status = print_hash(sched, strtoull(argv[i], NULL, 10), &e);
    if (status < 0)
        sw_error_print(&e);
    sw_sched_free(sched);
    return status < 0 ? 2 : 0;
}

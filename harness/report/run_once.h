/* SPDX-License-Identifier: MIT
 *
 * run_once.h - one schedule in a process of its own: what recording, replaying, a test of a
 * schedule, a trial, the canary, the score and a promotion have in common.
 *
 *      sw_run_once_run(&run, &process, &schedule, &e)
 *      ... run.end says how it ended, run.shm what was decided ...
 *      sw_process_close(&run)
 *
 * For many schedules in one process: batch.h and session.h of the runner.
 */
#ifndef SW_RUN_ONCE_H
#define SW_RUN_ONCE_H

#include "harness/runner/process.h"
#include "harness/runner/schedule_order.h"

/* Makes the process, orders the schedule, waits for the end.  What happened in a spec is printed as
 * a transcript, unless the process is silent.  0; or -1 with *e: nothing ran (and where not even
 * memory could be had, run->shm is NULL), or not under control.  Either way run is to be closed. */
int sw_run_once_run(struct sw_process *run, const struct sw_process_order *process,
                    const struct sw_schedule_order *schedule, struct sw_error *e);

#endif

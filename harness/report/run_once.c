/* SPDX-License-Identifier: MIT */
#include "run_once.h"

#include <stdio.h>

#include "transcript.h"

/* On the runner's own standard output, whatever the interpreter's is. */
static void show(const struct sw_spec_run *spec)
{
    sw_transcript_write(stdout, spec->event_shm, spec->spec, spec->schedule);
    fflush(stdout);
}

int sw_run_once_run(struct sw_process *run, const struct sw_process_order *process,
                    const struct sw_schedule_order *schedule, struct sw_error *e)
{
    if (sw_process_open(run, e) < 0)
        return -1;
    sw_schedule_order_fill(schedule, run->shm);
    int status = sw_process_run(run, process, e);
    /* Also of one that was not under control: it may have come far. */
    if (run->pid > 0 && run->spec.spec != NULL && !process->silent)
        show(&run->spec);
    return status;
}

/* SPDX-License-Identifier: MIT
 *
 * stack_snapshot.h - looks at two threads of a controlled process, where it stands still.
 *
 * The control memory says where that is to be (control_shm.h, "shows").  The process prints its
 * Python stacks itself, on its stderr; the C stacks are taken from outside, by a thread of the
 * runner.
 */
#ifndef SW_STACK_SNAPSHOT_H
#define SW_STACK_SNAPSHOT_H

#include "process.h"

struct sw_stack_snapshot_seen {
    int halted; /* it came there */
    /* a line a frame, innermost first; owned; "" if there is none */
    char *python[SW_SHOWN_THREADS];
    char *c[SW_SHOWN_THREADS];      /* likewise, numbered; or one line: why there are none */
};

/* As sw_process_run(), silent, with a control memory that shows.  0, or -1 with *e. */
int sw_stack_snapshot_run(struct sw_process *run, const struct sw_process_order *order,
                    struct sw_stack_snapshot_seen *seen, struct sw_error *e);
void sw_stack_snapshot_free(struct sw_stack_snapshot_seen *seen);

#endif

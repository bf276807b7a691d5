/* SPDX-License-Identifier: MIT
 *
 * reproduce.h - a recorded failure, and whether other schedules fail in the same way.
 *
 * The same way: the same kind of end (exit, crash, deadlock, ...) and, of a test that fails, the
 * same exception raised at the same line.  A test has its schedules in one warm process, a program
 * a process for each (harness/runner/session.h).
 */
#ifndef SW_REPRODUCE_H
#define SW_REPRODUCE_H

#include "harness/formats/sched/sched.h"
#include "harness/runner/session.h"
#include "relative_schedule.h"

struct sw_reproduce {
    const struct sw_sched *sched; /* borrowed */
    struct sw_session_order order;
    struct sw_session *session;  /* owned */
    struct sw_end wanted; /* how a run has to end; valid after sw_reproduce_begin() */
    struct sw_end end;    /* of the last run */
    const struct sw_control_shm *shm; /* of the last run, until the next; its log is whole */
    /* what sw_reproduce_run_list() runs next; owned, the caller fills it in */
    struct sw_control_shm_list *list;
    uint64_t runs;
};

/* sched: borrowed until the close.  0, or -1 with *e; close it either way. */
int sw_reproduce_open(struct sw_reproduce *reproducer, const struct sw_sched *sched,
                      struct sw_error *e);
void sw_reproduce_close(struct sw_reproduce *reproducer);

/* These return 1 if the run failed in the wanted way, 0 if not, -1 with *e if nothing could be run.
 *
 * Runs the recorded schedule again; how that ends, whatever it is, is wanted from then on. */
int sw_reproduce_begin(struct sw_reproduce *reproducer, struct sw_error *e);
/* Runs a schedule without the deviations whose bytes in left_out are 1 (NULL: with all). */
int sw_reproduce_run(struct sw_reproduce *reproducer, const struct sw_relative_schedule *schedule,
                     const unsigned char *left_out, struct sw_error *e);
/* Runs the deviations in reproducer->list, each at the decision of its number. */
int sw_reproduce_run_list(struct sw_reproduce *reproducer, struct sw_error *e);
/* Did that run fail in the wanted way? */
int sw_reproduce_is_wanted(const struct sw_reproduce *reproducer,
                           const struct sw_batch_result *result);

#endif

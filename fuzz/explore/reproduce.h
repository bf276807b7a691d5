/* SPDX-License-Identifier: MIT
 *
 * reproduce.h - a recorded failure, and whether other schedules fail in the same way.
 *
 * The same way: the same kind of end (exit, crash, deadlock, ...) at the same place: of a test that
 * fails, the same exception raised at the same line; of a deadlock, the same waits
 * (harness/runner/run_end.h).
 *
 * Each run begins from the same state (harness/runner/session.h): at a checkpoint, or in a process
 * of its own.  What counts in the end is a process of its own: sw_reproduce_confirm().
 *
 *      sw_reproduce_open()
 *      sw_reproduce_begin()       how it fails, is wanted from then on
 *      sw_reproduce_run() ...     1 it fails so, 0 it does not, -1 nothing was run
 *      sw_reproduce_close()
 *
 * Nothing is run any more once the time is up, or Ctrl-C has come: then -1, and `over` says why.  It
 * is no error, and what was found before stands.
 */
#ifndef SW_REPRODUCE_H
#define SW_REPRODUCE_H

#include "harness/formats/sched/sched.h"
#include "harness/runner/session.h"
#include "harness/runner/stack_snapshot.h"
#include "relative_schedule.h"

struct sw_reproduce {
    const struct sw_sched *sched; /* borrowed */
    struct sw_session_order order;
    struct sw_session *session; /* owned */
    double ends_at; /* real time, in seconds, when it is over; 0: never */
    const char *over; /* "the time was up", "it was interrupted"; NULL: it is not over */
    struct sw_end wanted; /* how a run has to end; valid after sw_reproduce_begin() */
    struct sw_end end; /* of the last run */
    const struct sw_control_shm *shm; /* of the last run, until the next; its log is whole */
    /* what sw_reproduce_run_list() runs next; owned, the caller fills it in */
    struct sw_control_shm_list *list;
    uint64_t runs;
};

/* sched: borrowed until the close.  0, or -1 with *e; close it either way. */
int sw_reproduce_open(struct sw_reproduce *reproducer, const struct sw_sched *sched,
                      enum sw_batch_start start, struct sw_error *e);
void sw_reproduce_close(struct sw_reproduce *reproducer);

/* Is it over?  Then nothing will be run. */
int sw_reproduce_is_over(struct sw_reproduce *reproducer);

/* These return 1 if the run failed in the wanted way, 0 if not, -1 if nothing was run: it is over,
 * or else *e says why.
 *
 * Runs the recorded schedule again.  1: it fails in the kind of way that is recorded, and how that
 * is exactly is wanted from then on.  0: `end` says how it ends instead. */
int sw_reproduce_begin(struct sw_reproduce *reproducer, struct sw_error *e);
/* Runs a schedule without the deviations whose bytes in left_out are 1 (NULL: with all). */
int sw_reproduce_run(struct sw_reproduce *reproducer, const struct sw_relative_schedule *schedule,
                     const unsigned char *left_out, struct sw_error *e);
/* Runs the deviations in reproducer->list, each at the decision of its number. */
int sw_reproduce_run_list(struct sw_reproduce *reproducer, struct sw_error *e);
/* Runs a list in a process of its own, on OS threads, as every replay does; `end` says how it ends.
 * Also when it is over: what was found is worth that one run. */
int sw_reproduce_confirm(struct sw_reproduce *reproducer, const struct sw_control_shm_list *list,
                         struct sw_error *e);
/* The stacks of two threads before that decision of the list's schedule, in a process of its own.
 * 0, or -1 with *e. */
int sw_reproduce_look(const struct sw_reproduce *reproducer, const struct sw_control_shm_list *list,
                      uint64_t decision, const uint32_t threads[SW_SHOWN_THREADS],
                      struct sw_stack_snapshot_seen *seen, struct sw_error *e);
/* Did that run fail in the wanted way? */
int sw_reproduce_is_wanted(const struct sw_reproduce *reproducer,
                           const struct sw_batch_result *result);

#endif

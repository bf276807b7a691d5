/* SPDX-License-Identifier: MIT
 *
 * batch.h - many schedules of one program, in as few processes as it allows.
 *
 *      seeds 1 .. 1000 ---> process 1: 1 .. 412, dies in 413 (a deadlock, say)
 *                           process 2: 414 .. 1000
 *
 * The program calls its entry between spillway_loop_begin() and _end()
 * (harness/control/engine/schedule_loop.h).  A schedule in which the process dies is a result like
 * any other.  A schedule that leaves threads behind is the last of its process.
 *
 * What is found here is found among other schedules, which may have left something behind.  Before
 * it is believed, its seed is run once more in a process of its own.
 *
 * A program whose setting does not say begins has a process for each schedule.
 */
#ifndef SW_BATCH_H
#define SW_BATCH_H

#include "contract/control_shm.h"
#include "process.h"
#include "schedule_order.h"

struct sw_batch_result {
    uint64_t seed;
    uint64_t decision_count;
    uint64_t hash;
    const struct sw_end *end; /* of the test, or of the process under it; valid in the call */
};

struct sw_batch_order {
    struct sw_process_order run;
    struct sw_schedule_order schedule; /* the first; loop_count: how many; loop_step 0: 1 */
    /* Called for each schedule, in the order of the seeds.  Not 0: no more are wanted. */
    int (*on_result)(void *context, const struct sw_batch_result *result);
    /* Called when a process is about to begin and when it has ended, before its results are told.
     * In between another thread may read the control memory, and lower its loop_count.  Not 0 from
     * on_end(): that was the last process.  Each may be NULL. */
    void (*on_begin)(void *context, struct sw_control_shm *shm);
    int (*on_end)(void *context, struct sw_control_shm *shm);
    void *context;
};

struct sw_batch_totals {
    uint64_t schedules;
    uint64_t processes;
    uint64_t real_ns; /* in the schedules themselves; for rates, never for a verdict */
    struct sw_uncontrolled_most uncontrolled;
};

/* 0; or -1 with *e: a process could not be started, or was not under control, or began no schedule
 * at all. */
int sw_batch_run(const struct sw_batch_order *order, struct sw_batch_totals *totals,
                 struct sw_error *e);

/* For session.h, which has results of the same kind.  The result of that number, from 0, among
 * those that have ended (end: room for how); the result of a process as a whole; the error that a
 * process began no schedule, always -1. */
struct sw_batch_result sw_batch_result_of(const struct sw_control_shm *shm, uint64_t number,
                                          struct sw_end *end);
struct sw_batch_result sw_batch_result_of_process(const struct sw_process *run);
int sw_batch_refuse(const struct sw_process_order *order, struct sw_error *e);

#endif

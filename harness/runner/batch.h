/* SPDX-License-Identifier: MIT
 *
 * batch.h - many schedules of one program, in as few processes as it allows.
 *
 *      seeds 1 .. 1000 ---> process 1: 1 .. 412, dies in 413 (a deadlock, say)
 *                           process 2: 414 .. 1000
 *
 * The program calls its entry between spillway_loop_begin() and _end()
 * (harness/control/entry/schedule_loop.h).  A schedule in which the process dies is a result like
 * any other; one that leaves threads behind is the last of its process.  What is found so is found
 * warm: before it is believed, the seed is run once more in a process of its own.
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
    /* Called for each, in the order of their seeds.  Not 0: no more are wanted. */
    int (*on_result)(void *context, const struct sw_batch_result *result);
    /* A process begins, and has ended, before its results are told: in between another
     * thread may read the control memory, and lower its loop_count.  Not 0 from on_end(): it was
     * the last one.  Each may be NULL. */
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

/* 0; or -1 with *e when a process could not be started, or was not under
 * control, or began no schedule at all. */
int sw_batch_run(const struct sw_batch_order *order, struct sw_batch_totals *totals,
                struct sw_error *e);

/* For session.h, which tells of schedules in the same way.  Result number NUMBER of those that have
 * ended, from 0, with room for its end; that of the process as a whole; and the error of one that
 * had none. */
struct sw_batch_result sw_batch_result_of(const struct sw_control_shm *shm, uint64_t number,
                                          struct sw_end *end);
struct sw_batch_result sw_batch_result_of_process(const struct sw_process *run);
int sw_batch_refuse(const struct sw_process_order *order, struct sw_error *e);

#endif

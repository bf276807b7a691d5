/* SPDX-License-Identifier: MIT
 *
 * batch.h - many schedules of one program, with consecutive seeds.
 *
 *      CHECKPOINT  one process, put back to the same state before each (session.h)
 *      COLD        a process for each
 *      WARM        of a test: one process that goes on from each to the next, as the one before has
 *                  left it; the program calls its entry between spillway_loop_begin() and _end()
 *                  (harness/control/entry/schedule_loop.h), and one that leaves threads behind is
 *                  the last of its process
 *
 * A search has no use for WARM, although it is faster.  Schedules that are equal, warm and from the
 * checkpoint, in all decisions and in how they end, show nothing about the next one: a cache that is
 * filled in one interleaving of a hundred is filled for all that come after it, and what goes wrong
 * while two threads fill it at once goes wrong no more.  Which schedule fills it depends on how the
 * seeds are shared among jobs, and so would the verdict.  No sample of seeds that are run both ways
 * sees that, and no hash: to know that a later schedule is the same its whole memory would have to
 * be, which is what the checkpoint sees to (check_checkpoint has a cache).
 *
 * A schedule in which the process dies is a result like any other, and the next one has a new
 * process.
 */
#ifndef SW_BATCH_H
#define SW_BATCH_H

#include "contract/control_shm.h"
#include "process.h"
#include "schedule_order.h"
#include "turns.h"

enum { SW_BATCH_NOTE = 192 };

/* From which state each schedule begins. */
enum sw_batch_start {
    SW_BATCH_CHECKPOINT, /* the same for all, kept in the process and gone back to */
    SW_BATCH_COLD, /* of a process of its own */
    SW_BATCH_WARM, /* of a test: what the schedule before it has left; a program: as COLD */
};

struct sw_batch_result {
    uint64_t seed;
    uint64_t decision_count;
    uint64_t hash;
    const struct sw_end *end; /* of the test, or of the process under it; valid in the call */
    /* What this schedule has left there, valid in the call; NULL: others came after it. */
    const struct sw_control_shm *shm;
};

struct sw_batch_order {
    struct sw_process_order run;
    enum sw_batch_start start;
    struct sw_schedule_order schedule; /* the first; loop_count: how many; loop_step 0: 1 */
    /* Called for each schedule, in the order of the seeds.  Not 0: no more are wanted. */
    int (*on_result)(void *context, const struct sw_batch_result *result);
    void *context;
    struct sw_turns
        *turns; /* that several such batches have at a time; NULL: this is the only one */
};

struct sw_batch_totals {
    uint64_t schedules;
    uint64_t processes;
    uint32_t lives_on; /* contract/control_shm.h */
    uint32_t follows; /* SW_FOLLOWS_CHANCE, ...  Not known of WARM */
    char note[SW_BATCH_NOTE]; /* where the checkpoint is, if not where it is expected: session.h */
    char interp_version[SW_INTERP_VERSION_TEXT]; /* contract/control_shm.h */
    uint64_t real_ns; /* that the schedules took; for rates, never for a verdict */
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
/* No schedule began: as the starter has said why, if it has.  Always -1. */
int sw_batch_refuse(const struct sw_process_order *order, struct sw_control_shm *shm,
                    struct sw_error *e);

#endif

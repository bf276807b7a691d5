/* SPDX-License-Identifier: MIT
 *
 * dpor_ahead.h - several processes run the schedules of one search: the threads around dpor_pool.h.
 *
 *      sw_dpor_ahead_open()
 *      sw_dpor_ahead_run()    what the search wants now; most often it has been run already
 *      sw_dpor_ahead_close()
 *
 * Each worker is a thread with a session (harness/runner/session.h).  The workers look at the
 * search while it waits in sw_dpor_ahead_run(); whoever changes it does so between enter() and
 * leave(), where no worker looks.
 */
#ifndef SW_DPOR_AHEAD_H
#define SW_DPOR_AHEAD_H

#include "contract/error.h"
#include "dpor.h"
#include "harness/runner/session.h"
#include "harness/runner/turns.h"

struct sw_dpor_ahead;

struct sw_dpor_ahead_order {
    const struct sw_session_order *session; /* borrowed; its note is written at the close */
    int jobs;
    const struct sw_dpor *search; /* borrowed */
};

/* NULL with *e. */
struct sw_dpor_ahead *sw_dpor_ahead_open(const struct sw_dpor_ahead_order *order,
                                         struct sw_error *e);
/* Waits for the schedules that are being run. */
void sw_dpor_ahead_close(struct sw_dpor_ahead *ahead);

/* Around what changes the search, and around a run. */
void sw_dpor_ahead_enter(struct sw_dpor_ahead *ahead);
void sw_dpor_ahead_leave(struct sw_dpor_ahead *ahead);
/* As sw_session_run(); between enter() and leave(). */
int sw_dpor_ahead_run(struct sw_dpor_ahead *ahead, const struct sw_dpor_run *run,
                      struct sw_batch_result *result, const struct sw_control_shm **shm,
                      struct sw_error *e);

/* Of the workers; for who runs something else meanwhile. */
struct sw_turns *sw_dpor_ahead_turns(struct sw_dpor_ahead *ahead);
uint64_t sw_dpor_ahead_in_vain(const struct sw_dpor_ahead *ahead);

#endif

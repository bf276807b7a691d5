/* SPDX-License-Identifier: MIT
 *
 * session.h - schedules of one program, each ordered when the one before has been looked at.
 *
 *      sw_session_open()    a process that begins, and waits for an order
 *      sw_session_run()     one schedule; the control memory then holds what came of it
 *      sw_session_close()
 *
 * Where batch.h runs seeds that are known beforehand, this is for whoever learns
 * from each run what the next shall be.  A schedule in which the process dies is
 * a result; the next one is run in a new process.
 *
 * A program whose setting does not say begins has a process for each schedule.
 *
 * The process is started and waited for by a thread of the session.
 */
#ifndef SW_SESSION_H
#define SW_SESSION_H

#include "contract/control_shm.h"
#include "process.h"
#include "batch.h"

struct sw_session;

struct sw_session_order {
    struct sw_process_order run; /* its setting says begins */
    uint64_t decisions_max;         /* of one schedule */
    enum sw_control_shm_engine engine;
};

/* order: borrowed until the close.  NULL with *e. */
struct sw_session *sw_session_open(const struct sw_session_order *order, struct sw_error *e);
void sw_session_close(struct sw_session *session);

/* Runs one.  Its limit and engine are the session's, its loop of no meaning.  0, *result valid until the next call, and *shm, until then too, what
 * the process left; -1 with *e: nothing could be run. */
int sw_session_run(struct sw_session *session, const struct sw_schedule_order *schedule,
                   struct sw_batch_result *result, const struct sw_control_shm **shm,
                   struct sw_error *e);

/* How many processes there were. */
uint64_t sw_session_processes(const struct sw_session *session);

#endif

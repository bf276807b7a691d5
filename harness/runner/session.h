/* SPDX-License-Identifier: MIT
 *
 * session.h - runs schedules of one program one by one, so that each can depend on the last result.
 *
 *      sw_session_open()
 *      sw_session_run()     one schedule; the control memory then holds what came of it
 *      sw_session_close()
 *
 * batch.h runs seeds that are known beforehand; this is for whoever learns from each run what the
 * next shall be.  A process begins with the first schedule and then waits for the next order.  A
 * schedule in which the process dies is a result; the next schedule has a new process.
 *
 * A program whose setting does not say begins has a process for each schedule.
 *
 * A thread of the session starts the process and waits for its end.
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

/* Runs one.  Its decisions_max and engine are the session's, and its loop_count means nothing.  0,
 * with *result and *shm, what the process has left, valid until the next call; or -1 with *e:
 * nothing could be run. */
int sw_session_run(struct sw_session *session, const struct sw_schedule_order *schedule,
                   struct sw_batch_result *result, const struct sw_control_shm **shm,
                   struct sw_error *e);

/* How many processes there were. */
uint64_t sw_session_processes(const struct sw_session *session);

#endif

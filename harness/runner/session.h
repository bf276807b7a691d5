/* SPDX-License-Identifier: MIT
 *
 * session.h - runs schedules of one program one by one, so that each can depend on the last result.
 *
 *      sw_session_open()
 *      sw_session_run()     one schedule; the control memory then holds what came of it
 *      sw_session_close()
 *
 * batch.h runs seeds that are known beforehand; this is for whoever learns from each run what the
 * next shall be.  The process waits for the next order at its checkpoint
 * (harness/control/checkpoint/checkpoint.h), where it is put back to after each schedule.  A
 * schedule in which it dies is a result; the next schedule has a new process.
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
    uint64_t decisions_max; /* of one schedule */
    enum sw_control_shm_engine engine; /* from a checkpoint OS threads become fibers */
    enum sw_batch_start start;
    /* Room for SW_BATCH_NOTE bytes, or NULL.  Where the checkpoint is, or why there is none, if it is
     * not where it is expected: "from a checkpoint before its first socket"; else it stays as it is. */
    char *note;
};

/* order: borrowed until the close.  NULL with *e. */
struct sw_session *sw_session_open(const struct sw_session_order *order, struct sw_error *e);
void sw_session_close(struct sw_session *session);

/* Runs one.  Its decisions_max and engine are the session's, and its loop_count means nothing.  Its
 * profile is known by its address: one that has changed has another.  0,
 * with *result and *shm, what the process has left, valid until the next call; or -1 with *e:
 * nothing could be run. */
int sw_session_run(struct sw_session *session, const struct sw_schedule_order *schedule,
                   struct sw_batch_result *result, const struct sw_control_shm **shm,
                   struct sw_error *e);

/* Of a test from its checkpoint, one call can be for many: as many more as the schedule has `ahead`,
 * each with a seed that is greater by loop_step.  It ends after the first that did not hold, or of
 * which there is more to tell, and *result is the last one.  These are those before it, each of which
 * held; also after a call that returned -1. */
uint64_t sw_session_before(const struct sw_session *session);
/* The one of that number, from 0.  end: room for how it ended. */
struct sw_batch_result sw_session_before_result(const struct sw_session *session, uint64_t number,
                                                struct sw_end *end);

/* How many processes there were. */
uint64_t sw_session_processes(const struct sw_session *session);

#endif

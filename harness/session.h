/* SPDX-License-Identifier: MIT
 *
 * session.h - schedules of one program, each ordered when the one before has been looked at.
 *
 *      sw_session_open()    a process that begins, and waits for an order
 *      sw_session_run()     one schedule; the board then holds what came of it
 *      sw_session_close()
 *
 * Where warm.h runs seeds that are known beforehand, this is for whoever learns
 * from each run what the next shall be.  A schedule in which the process dies is
 * a result; the next one is run in a new process.
 *
 * A program whose setting does not say begins has a process for each schedule.
 *
 * The process is started and waited for by a thread of the session.
 */
#ifndef SW_SESSION_H
#define SW_SESSION_H

#include "control/board.h"
#include "controlled.h"
#include "warm.h"

struct sw_session;

struct sw_session_order {
    struct sw_controlled_order run; /* its setting says begins */
    uint64_t decisions_max;         /* of one schedule */
    enum sw_board_engine engine;
};

/* order: borrowed until the close.  NULL with *e. */
struct sw_session *sw_session_open(const struct sw_session_order *order, struct sw_error *e);
void sw_session_close(struct sw_session *session);

/* Writes what the next schedule is to be to the board (strategy, seed, prefix, ...). */
typedef void (*sw_session_fill)(struct sw_board *board, void *context);

/* Runs it.  0, *result valid until the next call, and *board, until then too, what
 * the process left; -1 with *e: nothing could be run. */
int sw_session_run(struct sw_session *session, sw_session_fill fill, void *context,
                   struct sw_warm_result *result, const struct sw_board **board,
                   struct sw_error *e);

/* How many processes there were. */
uint64_t sw_session_processes(const struct sw_session *session);

#endif

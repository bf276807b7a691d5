/* SPDX-License-Identifier: MIT
 *
 * baton.h - one OS thread runs at a time, and who is next is decided here.
 *
 * The threads are T0..T15 and the conductor, which runs the plan.  Whoever
 * holds the baton runs; everything here is called by the holder, unless it
 * says otherwise, so nothing needs a lock.  The baton goes only from the
 * conductor to a thread and back:
 *
 *   sw_baton_run_next()      conductor: gives it to the first of the READY
 *                            threads and waits until it comes back
 *   sw_baton_yield()         a thread gives it back and waits for the next time
 *   sw_baton_leave()         a thread gives it back and goes on without it, to
 *                            a wait in the interpreter or to its end; it must
 *                            touch nothing until sw_baton_regain()
 *
 * States.  RUNNING: the holder.  READY: will be given it, first in first out.
 * WAITING: in the interpreter's wait for another thread.  PARKED: held at a
 * point by a directive; stands still until it is made ready.  GATED: waits for
 * a step.  IDLE: waits until something is runnable on it.  ENDED.
 *
 * There is no polling and no clock: a semaphore a thread, posted once for each
 * grant, so that a grant may come before the thread has arrived.
 *
 * Needs no Python; whoever holds the GIL lets go of it around the calls that
 * wait (run_next, yield, regain, enter, expect).
 */
#ifndef SW_AGENT_BATON_H
#define SW_AGENT_BATON_H

#include <stdint.h>

#include "../wire.h"

enum sw_baton_state {
    SW_BATON_ABSENT,
    SW_BATON_RUNNING,
    SW_BATON_READY,
    SW_BATON_WAITING,
    SW_BATON_PARKED,
    SW_BATON_GATED,
    SW_BATON_IDLE,
    SW_BATON_ENDED,
};

enum { SW_BATON_CONDUCTOR = SW_THREADS_MAX };

/* Forgets everything; the calling thread holds the baton as T0. */
void sw_baton_start(void);

/* id: what the interpreter calls the thread (PyThreadState.id). */
void sw_baton_identify(int thread, uint64_t id);
/* The thread of that id, or -1. */
int sw_baton_find(uint64_t id);
enum sw_baton_state sw_baton_state_of(int thread);

/* Start-up.  enter: a thread that was just started reports that it is there,
 * and waits for the baton (called without it).  expect: T0, which started it,
 * waits for that report.  begin: T0 gives the baton to the conductor and waits
 * for its own next turn. */
void sw_baton_enter(int thread);
void sw_baton_expect(int thread);
void sw_baton_begin(void);

/* The thread goes to the end of the READY ones; it is WAITING, PARKED, GATED
 * or IDLE. */
void sw_baton_ready(int thread);
/* Another thread ends the interpreter's wait of this one: makes it READY, or,
 * when it has marked itself as waiting but stands elsewhere (parked before the
 * wait), remembers that it need not wait. */
void sw_baton_wake(int thread);

/* Returns 0 when no thread is READY. */
int sw_baton_run_next(void);
void sw_baton_yield(int thread, enum sw_baton_state state);
/* state: WAITING or ENDED.  Returns 0, the baton still held, for a WAITING
 * thread that was woken already; else 1. */
int sw_baton_leave(int thread, enum sw_baton_state state);
/* Called without the baton: waits for it, if it was left. */
void sw_baton_regain(int thread);

#endif

/* SPDX-License-Identifier: MIT
 *
 * engine.h - the scheduler: picks the one controlled thread that runs.
 *
 * Of the process's threads exactly one, the current one, runs; the others sleep.  Only the current
 * thread touches any state of the engine, so that none of it needs a lock.  It gives way to another
 * at a POINT, when it BLOCKS, and when it LEAVES: each time those who can run are the candidates of
 * a decision (decide.h), and the one that is chosen becomes the current thread.
 *
 * Objects are the real ones of the C library; the engine models who waits, by clauses (wait.h).
 * A thread can run when it waits for nothing, when what it waits for has come, when its deadline
 * has passed, or when a signal has interrupted it.
 *
 * Time is virtual: it goes on a little with each look at a clock and each time that somebody might
 * run, and when nobody can it jumps to the earliest deadline.
 *
 * Everything here is called by the current thread only.
 */
#ifndef SW_ENGINE_H
#define SW_ENGINE_H

#include "contract/control_shm.h"
#include "thread_table.h"

struct sw_hooks;

/* The calling thread if the engine controls it and it is the current one, else
 * NULL: then the caller passes the call on to the real function. */
struct sw_thread *sw_engine_self(void);
struct sw_control_shm *sw_engine_shm(void);

/* Takes control of the process, whose only thread is the calling one. */
void sw_engine_start(struct sw_control_shm *shm, const struct sw_hooks *hooks);
/* Lets go for good: in the child of a fork. */
void sw_engine_stop(void);

/* ---- decisions ---- */

/* Anything that can run may run now, the calling thread too. */
void sw_engine_point(enum sw_place place, uint32_t object);
/* The other thread that has waited longest runs, if one can; it is no decision. */
void sw_engine_defer(void);
/* The calling thread waits.  Returns 0; if what it waits for has not come, EINTR
 * after a signal, or ETIMEDOUT when the deadline has passed. */
int sw_engine_block(const struct sw_wait *wait);
/* The calling thread waits for its deadline, and nothing else.  As sw_engine_block(). */
int sw_engine_sleep(enum sw_place place, uint64_t deadline_ns);
/* Returns when no other thread can run, nor will when time goes on. */
void sw_engine_rest(void);

/* The has_come() of clauses whose threads wait until another one wakes them. */
int sw_engine_is_woken(const struct sw_wait *wait);
/* Whom to wake, of the threads that wait so at the address; all of them if all is set.  How many
 * waited. */
uint32_t sw_engine_wake(const void *address, enum sw_place place, uint32_t object, int all);
/* How many wait so at the address. */
uint32_t sw_engine_count_waiting(const void *address);

/* Can any thread but the calling one run?  May: when time has gone on, at least. */
int sw_engine_others_can_run(void);
int sw_engine_others_may_run(void);

/* Is that to be done at a point of the interpreter?  NOTHING is the default. */
int sw_engine_act(unsigned place, enum sw_action action);
/* Has none or fewer than control_shm.h, fail_max, been told to FAIL? */
int sw_engine_may_fail(void);
/* Which of the moves, ascending, is next. */
uint32_t sw_engine_move(const uint32_t *moves, uint32_t count);
/* Who answers from now on; instead of the control memory's strategy. */
void sw_engine_set_driver(struct sw_driver *driver);

/* ---- time ---- */

/* Virtual nanoseconds since control began. */
uint64_t sw_engine_now(void);
/* Somebody has looked at a clock: time goes on a little. */
void sw_engine_tick(void);

/* ---- threads ---- */

/* The last that a thread does: chooses who runs, and does not wait. */
void sw_engine_leave(struct sw_thread *self);

/* Notes something that nobody controls: see struct sw_uncontrolled. */
void sw_engine_uncontrolled(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif

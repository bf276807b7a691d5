/* SPDX-License-Identifier: MIT
 *
 * access.h - grain "access": a decision before each operation on what threads can share.
 *
 * Whoever sees the program's operations (the tracer of opcodes, harness/tracer/)
 * announces each one with spillway_access() before it is done, without the GIL.
 * Then the thread waits until it is chosen.  All other places where a thread could
 * be interrupted are no decisions here:
 *
 *   ANNOUNCED  it stands before an operation that it has named; only those are
 *              chosen among, and only when nobody is
 *   MOVING     anything else: it runs, or will as soon as it can, on the way to
 *              its next operation.  That is no decision
 *
 * So a schedule is a sequence of operations, each with all that its thread does
 * until the next; and the trace (trace.h) is that sequence.  What is between two
 * operations must not concern other threads: that is for the tracer to see to.
 *
 * The end of a thread is a WRITE of its Thread, its join an operation NONE behind
 * that event, and the end of the test an operation on everything: it ends what the
 * threads that go on would still do.
 *
 * Time.  Choices take none, as long as nobody waits for time by looking: it goes on where nobody can
 * run, to the next deadline and those that are as near to it as the looks at clocks could make
 * them.  Who that wakes comes after all events before.  What time brings while others can run,
 * and two deadlines of which it depends on such looks whether they are one, are refused.
 * Who acquires a lock for a time stands before the ACQUIRE until it is free or the time is up;
 * then, if it is still held, before a MISS.
 *
 * Variables and locks get their ordinals as they come into sight in a schedule, by
 * address and part (an attribute's name, say).
 */
#ifndef SW_ACCESS_H
#define SW_ACCESS_H

#include <stdint.h>

#include "contract/control_shm.h"

/* A schedule begins, or ends: from then on there is no such grain. */
void sw_access_begin(struct sw_control_shm *shm);
/* The test has ended: returns when that is chosen. */
void sw_access_finish(void);
void sw_access_end(void);

/* An ordinal of that variable in the schedule under way, for who only notes what is done; 0: there
 * are too many. */
uint32_t sw_access_noted(const void *address, uint64_t part);

/* ---- for the tracer ---- */

/* Is it that grain that is wanted of this process? */
int spillway_wants_accesses(void);
/* And does somebody conclude from the trace what other schedules there are (dpor)? */
int spillway_wants_traces(void);
/* Would an announcement matter?  Not before there is a second thread, nor when T0 has joined all. */
int spillway_access_matters(void);
/* Which of the process's schedules is under way: what is kept of one holds for no other. */
uint64_t spillway_access_schedule(void);
/* op: enum sw_op.  address and part: on what; semaphore: of an ACQUIRE, a TAKE or a
 * RELEASE, the sem_t that is free when the lock is; a MISS is what the last two come to.  Returns when the operation is to be done: 1 if others have done
 * something since it was announced, so that it may be another by now. */
int spillway_access(unsigned op, const void *address, uint64_t part, const void *semaphore);
/* The same of an ACQUIRE that waits for so long at most. */
int spillway_access_for(const void *address, uint64_t part, const void *semaphore,
                        uint64_t timeout_ns);
/* The thread comes behind the last write of that: an operation NONE says so.  0 if there was none, unless its
 * time was up. */
int spillway_access_behind(const void *address, uint64_t part);
/* What is done there is no operation that can be named: the schedules prove nothing. */
void spillway_access_refuse(const char *text);

#endif

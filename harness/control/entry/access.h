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
 * Variables and locks get their ordinals as they come into sight in a schedule, by
 * address and part (an attribute's name, say).
 */
#ifndef SW_ACCESS_H
#define SW_ACCESS_H

#include <stdint.h>

#include "contract/control_shm.h"

/* A schedule begins, or ends: from then on there is no such grain. */
void sw_access_begin(struct sw_control_shm *shm);
void sw_access_end(void);

/* ---- for the tracer ---- */

/* Is it that grain that is wanted of this process? */
int spillway_wants_accesses(void);
/* Would an announcement matter?  No, as long as there is one thread only. */
int spillway_access_matters(void);
/* op: enum sw_op.  address and part: on what; semaphore: of an ACQUIRE, the sem_t
 * that is free when the lock is.  Returns when the operation is to be done. */
void spillway_access(unsigned op, const void *address, uint64_t part, const void *semaphore);

#endif

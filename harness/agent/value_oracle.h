/* SPDX-License-Identifier: MIT
 *
 * value_oracle.h - the value oracle: what was sent must be what is received.
 *
 * Each value (or exception) that a send begins with gets an ordinal, from 1, in
 * the order of the sends, and is followed until it ends in one bucket:
 *
 *   received       the receive returns that very object, or raises that exception
 *   displaced      an exception was thrown at the receiver before it went on; the
 *                  interpreter says so, and an event tells of it
 *   undelivered    its send raised before anybody had it: the sender knows
 *   still queued   its sender is blocked, or the receiver has not run yet
 *   LOST           anything else; also DETONATED (an exception that went off in
 *                  the wrong place), WRONG (another object came instead), and
 *                  PHANTOM (one came that nobody had sent)
 *
 * A tasklet has a stack of operations: a callback, or a release that runs in the
 * middle of a receive, may itself send and receive.  The operation under way owns
 * what is known of its value.  The object itself is never touched: only its address
 * is compared, and no reference is taken.
 *
 * When a loss is told.  MAILBOX_DROP is the moment of the loss, and the C stack
 * of that moment is kept.  The loss is reported at once if the value was already
 * in the receiver's mailbox, or if the sender itself runs.  But when somebody
 * throws an exception at a sender that is blocked, its value is dropped
 * legitimately: there the report waits until it is known whether the send raises,
 * and then nothing is lost.  A loss is told once; what the receive returned or
 * raised in the end is added to its note.
 *
 * MAILBOX_BURST of an exception that is followed here is legitimate if the very
 * next point of that thread is the end of that receive.
 *
 * Needs no Python: it sees objects through the functions it is given.  One
 * thread at a time, as event_writer.h says.
 */
#ifndef SW_AGENT_VALUE_ORACLE_H
#define SW_AGENT_VALUE_ORACLE_H

#include "contract/event_shm.h"
#include "tasklet_names.h"

struct sw_value_oracle_eyes {
    /* Its repr or "<TypeName #k>" (k the ordinal; 0: without).  An exception in
     * transit: the name of its type. */
    sw_text (*describe)(void *object, uint32_t ordinal);
    int (*is_none)(void *object);
    int (*is_bomb)(void *object);
    /* The name of the pending exception's type, or 0. */
    sw_text (*pending)(void);
    /* The calling thread's C stack as it is now. */
    void (*capture)(struct sw_event_shm_stack *out);
    /* Puts it into the event memory: 1 + its index, or 0 when there is no room. */
    uint32_t (*keep)(const struct sw_event_shm_stack *stack);
};

/* eyes: borrowed for the life of the process. */
void sw_value_oracle_start(const struct sw_value_oracle_eyes *eyes);

/* One function for each point of contract/points.h that matters. */
void sw_value_oracle_send(struct sw_tasklet *t, struct sw_channel *c, void *object);
void sw_value_oracle_receive(struct sw_tasklet *t, struct sw_channel *c);
void sw_value_oracle_complete(struct sw_tasklet *sender, struct sw_tasklet *receiver, void *object);
/* object: NULL when it raises. */
void sw_value_oracle_sent(struct sw_tasklet *t, struct sw_channel *c, void *object);
void sw_value_oracle_received(struct sw_tasklet *t, struct sw_channel *c, void *object);
/* own: t is the tasklet that runs on the calling thread. */
void sw_value_oracle_drop(struct sw_tasklet *t, void *object, int own);
/* An exception was thrown at t; object had been received and is nobody's now. */
void sw_value_oracle_displace(struct sw_tasklet *t, void *object);
void sw_value_oracle_burst(struct sw_tasklet *t, void *object);
/* t has ended, or its last reference is gone. */
void sw_value_oracle_gone(struct sw_tasklet *t, const char *how);

/* To be called at each point before anything else: the next point of the thread
 * on which an exception has burst.  raises: it is the end of a receive of
 * subject that raises. */
void sw_value_oracle_next_point(void *subject, int raises);
/* Is it worth calling? */
extern __thread int sw_value_oracle_expects;

/* What the tasklet's innermost operation under way is. */
int sw_value_oracle_receives(const struct sw_tasklet *t);

#endif

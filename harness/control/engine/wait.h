/* SPDX-License-Identifier: MIT
 *
 * wait.h - what a thread waits for, as the file that blocks it knows it.
 *
 * The engine schedules threads and knows no resource.  So a wait carries its CLAUSE: a constant
 * table of functions, from the file that models the resource (mutex.c, readiness.c, gil.c, ...).
 * Through it the engine asks whether what the thread waits for has come, and a deadlock's report
 * asks what it is and who holds it.  A new primitive brings a clause of its own, and changes
 * nothing here.
 *
 * A clause's functions are called at every choice of who runs, by whichever thread is running:
 * they only look, and neither block, allocate nor decide.
 */
#ifndef SW_WAIT_H
#define SW_WAIT_H

#include <stddef.h>
#include <stdint.h>

#include "contract/decision.h"

struct sw_thread;
struct sw_wait;

struct sw_clause {
    /* Has what the thread waits for come?  Then it can run. */
    int (*has_come)(const struct sw_wait *wait);
    /* As a part of a sentence: "waits for lock#3, held by T2". */
    void (*describe)(const struct sw_thread *thread, char *buf, size_t size);
    /* The ordinal of the thread that could end the wait, or SW_OBJECT_NOBODY.  NULL: none could. */
    uint32_t (*holder)(const struct sw_wait *wait);
    /* How many threads wait by this clause now; NULL: nobody wants to know. */
    uint32_t *waiting;
    /* 1: a signal ends the wait, with EINTR (signals.h). */
    int interruptible;
    /* 1: pthread_cancel() ends the wait, with EINTR: who has called it acts on that (cancel.h). */
    int cancellable;
    /* 1: that it ended says nothing of what others have done before: the GIL comes to everybody
     * in turn.  For the order of events at grain "access" (access.h). */
    int orders_nothing;
};

struct sw_wait {
    const struct sw_clause *clause; /* NULL: it waits for nothing, and can run */
    enum sw_place place;
    const void *address; /* of the resource, as the clause means it */
    /* Who waits to be woken may have to have something else then: a condition's mutex.  Valid
     * from the beginning; it becomes clause and address when the thread is woken.  NULL: none. */
    const struct sw_clause *then;
    const void *then_address;
    uint64_t deadline_ns; /* virtual; 0: none */
    uint32_t object; /* ordinal; 0: none */
    int woken; /* by sw_engine_wake(), or what the clause understands by it */
    int interrupted; /* by a signal, or by cancelling: the wait ends with EINTR */
};

#endif

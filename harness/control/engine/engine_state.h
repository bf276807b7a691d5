/* SPDX-License-Identifier: MIT
 *
 * engine_state.h - what the parts of the engine share, and nobody else sees.
 *
 *      engine.c   who runs, who waits, who is woken
 *      decide.c      asking the driver, writing down what it answered
 *      thread_table.c   the threads that there are
 *      readiness.c    what happens when nothing can run: descriptors, time
 *      carrier_*  what a thread runs on, and how the baton goes over
 *
 * Only the thread that has the baton touches it.
 */
#ifndef SW_ENGINE_STATE_H
#define SW_ENGINE_STATE_H

#include "carrier.h"
#include "engine.h"
#include "harness/control/drivers/replay_driver.h"
#include "harness/control/drivers/random_driver.h"

struct sw_engine {
    int on;
    int busy; /* a signal's handler that comes now is to leave it alone */
    const struct sw_carrier *carrier;
    struct sw_thread *current;
    struct sw_thread *resting; /* it runs when nobody else can; NULL: none does */
    struct sw_thread *live[SW_LIVE_THREADS_MAX]; /* ascending ordinals */
    uint32_t live_count;
    uint32_t next_ordinal;
    uint64_t switches;
    uint64_t now_ns;
    uint32_t early_taken; /* early time-outs so far */
    uint32_t fails_taken; /* FAIL actions so far */
    int io_waiters;
    int io_dirty;    /* a descriptor may have become ready */
    int patience_ms; /* see readiness.c */
    struct sw_driver *driver;
    struct sw_random_driver walk;
    struct sw_replay_driver follow;
    struct sw_control_shm *shm;
    struct sw_thread threads[SW_LIVE_THREADS_MAX];
};

extern struct sw_engine sw_engine;

/* The calling thread's own record, whether it has the baton or not; NULL: not ours. */
extern __thread struct sw_thread *sw_engine_own;

/* ---- decide.c ---- */

/* Index of the chosen candidate; fills in the decision's index and thread. */
uint32_t sw_decide(struct sw_decision *decision);
struct sw_driver *sw_decide_driver(struct sw_engine *engine);
/* What nobody is asked (readiness.h).  It happened, with the only candidate; or it
 * did not, and that takes a number too. */
void sw_decide_happened(struct sw_decision *decision);
void sw_decide_passed(void);
/* Does the driver know when these things happen?  Is one of the kind due now, and which? */
int sw_decide_replays(void);
int sw_decide_is_due(enum sw_decision_kind kind, uint32_t *choice);
/* What was due is impossible. */
void sw_decide_misfit(enum sw_decision_kind kind, const char *why) __attribute__((noreturn));

/* ---- readiness.c ---- */

/* Who waits for descriptors: marks those whose are ready now. */
void sw_readiness_look(void);
/* Nothing can run: something outside, or time, must go on.  0 if nothing is left. */
int sw_readiness_go_on(void);
/* The thread with the earliest deadline, or NULL. */
struct sw_thread *sw_readiness_earliest(void);

#endif

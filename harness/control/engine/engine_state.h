/* SPDX-License-Identifier: MIT
 *
 * engine_state.h - the engine's state, for the few files that are parts of it.
 *
 *      engine.c         who can run, who runs, who is woken
 *      decide.c         asks the driver, and writes down what it answered
 *      thread_table.c   the threads that there are
 *      outcome.c        the end
 *      carrier_*.c      what a thread runs on, and how one gives way to the next
 *
 * Only the running thread touches it.
 */
#ifndef SW_ENGINE_STATE_H
#define SW_ENGINE_STATE_H

#include "carrier.h"
#include "contract/control_shm.h"
#include "harness/control/drivers/random_driver.h"
#include "harness/control/drivers/replay_driver.h"
#include "hooks.h"
#include "thread_record.h"

struct sw_engine {
    int on;
    int busy; /* a signal's handler that comes now is to leave it alone */
    const struct sw_carrier *carrier;
    const struct sw_hooks *hooks;
    const struct sw_grain *grain; /* NULL: every place is a decision */
    struct sw_thread *current;
    struct sw_thread *resting; /* it runs when nobody else can; NULL: none does */
    struct sw_thread *live[SW_LIVE_THREADS_MAX]; /* ascending ordinals */
    uint32_t live_count;
    uint32_t next_ordinal;
    uint64_t switches;
    uint64_t now_ns;
    uint32_t early_taken; /* early time-outs so far */
    uint32_t fails_taken; /* FAIL actions so far */
    int signals_sent; /* to threads, and not yet arrived: hooks.h, signals_arrive */
    struct sw_driver *driver;
    struct sw_random_driver random;
    struct sw_replay_driver replay;
    struct sw_control_shm *shm;
    struct sw_thread threads[SW_LIVE_THREADS_MAX];
};

extern struct sw_engine sw_engine;

/* The calling thread's own record, whether it is the running one or not; NULL: not ours. */
extern __thread struct sw_thread *sw_engine_own;

#endif

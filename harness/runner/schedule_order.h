/* SPDX-License-Identifier: MIT
 *
 * schedule_order.h - what is asked of a controlled process: which schedule, or how to find one.
 *
 *      struct sw_schedule_order o = {.strategy = SW_STRATEGY_RANDOM, .seed = 3};
 *      sw_schedule_order_fill(&o, run.shm);
 *
 * Nobody else writes an order to the control memory.  (What a .sched calls its settings, from the
 * faults to the grain, comes with the process: process.h.)
 *
 * A struct sw_schedule_order borrows all it points to, and all of it may be zero: the default
 * schedule, on OS threads, without a limit.
 */
#ifndef SW_SCHEDULE_ORDER_H
#define SW_SCHEDULE_ORDER_H

#include <stdint.h>

#include "contract/chance.h"
#include "contract/control_shm.h"
#include "harness/formats/sched/sched.h"

/* How many decisions make a livelock.  On an idle core an engine makes about a million a second
 * (two threads that take one lock in turns; 2 million took 1.9 s), so that each of these ends a
 * program that spins long before its watchdog does: watchdog.h. */
enum {
    SW_DECISIONS_MAX = 50000000, /* of a test, or in a search: 50 s, of 600 */
    SW_DECISIONS_RECORD_MAX = 10000000, /* 10 s, since somebody sits before it; --decisions */
    SW_DECISIONS_SCORE_MAX = 2000000, /* 2 s, of 60: each fault is a run of its own */
    SW_DECISIONS_CANARY_MAX = 100000, /* its programs make some hundred; 0.1 s, of 20 */
    SW_DECISIONS_REPLAY_MORE = 1000000, /* 1 s more than were recorded: then it has diverged */
};

/* Decisions to take; index and candidates as in a .sched. */
struct sw_schedule_wanted {
    const struct sw_deviation *deviations;
    const uint32_t *pool;
    uint32_t count, pool_used;
};

/* Operations that come first, and threads that sleep then: struct sw_control_shm_prefix. */
struct sw_schedule_prefix {
    const uint32_t *threads, *sleeping;
    uint32_t count, sleeping_at, sleeping_count;
};

struct sw_schedule_order {
    enum sw_control_shm_strategy strategy;
    const char *name; /* NAMED: strategies.h */
    uint64_t argument; /* NAMED: the 3 of "pct:3"; 0: its own default */
    uint64_t seed;
    enum sw_chance_how chance_how; /* not FIXED: the setting's chance does not count */
    enum sw_chance_how layout_how; /* not FIXED: the setting's layout does not count */
    struct sw_schedule_wanted wanted; /* REPLAY, and NAMED "guide" */
    struct sw_schedule_prefix prefix; /* NAMED "prefix" */
    const struct sw_thread_profile *profile; /* NULL: nothing is known */
    enum sw_control_shm_engine engine;
    uint64_t decisions_max; /* of one schedule; 0: no limit */
    uint64_t loop_count; /* schedules that the program begins itself; 0: one, from its start */
    uint64_t loop_step; /* from each seed to the next */
    enum sw_control_shm_checkpoint checkpoint; /* each has an order, too */
    uint32_t spares; /* threads that are made before the checkpoint */
    uint32_t ahead; /* from a checkpoint, more schedules under the same order: session.h */
    int is_ordered; /* each of those waits for an order of its own: session.h */
    int anyway; /* REPLAY: where it does not fit any more, it goes on with the defaults */
    int log_wanted; /* all decisions with their candidates, from log_from on */
    uint64_t log_from;
    int explain_wanted; /* what happens is noted: SW_EXPLAIN_ACCESSES, ... of explain_log.h; 0: no */
    int is_debugged; /* it stops before the decision stop_at and at its end, for a debugger */
    uint64_t stop_at; /* UINT64_MAX: at the end only */
    int shows; /* before decision number shown it shows where these threads are: stack_snapshot.h */
    uint64_t shown;
    uint32_t shown_threads[SW_SHOWN_THREADS];
};

/* Writes all of it; only a profile that is NULL leaves what is there, which is none at first. */
void sw_schedule_order_fill(const struct sw_schedule_order *order, struct sw_control_shm *shm);

struct sw_schedule_wanted sw_schedule_order_list(const struct sw_control_shm_list *list);
/* A recorded schedule again, to the letter. */
struct sw_schedule_order sw_schedule_order_replay(const struct sw_sched *sched);

#endif

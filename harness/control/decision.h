/* SPDX-License-Identifier: MIT
 *
 * decision.h - a decision, its candidates and its default; whoever answers it.
 *
 * Exactly one thread of the interpreter's process runs.  Wherever another thing
 * could happen next than what the running thread would do by itself, the engine
 * (engine.h) asks its driver.  Nothing else in the house may choose: a run is
 * (program, interpreter, decisions) -> outcome.
 *
 * A decision has at least two candidates, all of them threads' ordinals, and a
 * default among them: the running thread goes on; if it cannot, or if it has
 * gone on SW_QUANTUM times without a break, the one that has waited longest.
 * A driver that always answers the default is a schedule of no deviations.
 *
 * Ordinals: T0 is the process's first thread; each pthread_create() gives the
 * next number, which is never used again.  Objects (mutexes, ...) get theirs
 * when they are initialised, or at first sight.  No address is in a decision.
 */
#ifndef SW_DECISION_H
#define SW_DECISION_H

#include <stddef.h>
#include <stdint.h>

enum {
    SW_LIVE_THREADS_MAX = 1024, /* at once */
    SW_QUANTUM = 10000,
};

/* X(ID, VERB).  The verb stands before the chosen thread in a .sched. */
#define SW_DECISION_KINDS(X) \
    X(RUN, "run")   /* which thread runs */ \
    X(WAKE, "wake") /* which waiter a signal wakes */

enum sw_decision_kind {
#define SW_KIND_ENUM(id, verb) SW_DECIDE_##id,
    SW_DECISION_KINDS(SW_KIND_ENUM)
#undef SW_KIND_ENUM
    SW_DECIDE_COUNT
};

/* X(ID, NAME): where in its own life the asking thread is. */
#define SW_PLACES(X) \
    X(THREAD_CREATE, "thread.create") \
    X(THREAD_EXIT, "thread.exit") \
    X(THREAD_JOIN, "thread.join") \
    X(GIL_WAIT, "gil.wait") \
    X(GIL_RELEASE, "gil.release") \
    X(MUTEX_LOCK, "mutex.lock") \
    X(MUTEX_UNLOCK, "mutex.unlock") \
    X(COND_WAIT, "cond.wait") \
    X(COND_SIGNAL, "cond.signal") \
    X(SEM_WAIT, "sem.wait") \
    X(SEM_POST, "sem.post") \
    X(RWLOCK_LOCK, "rwlock.lock") \
    X(RWLOCK_UNLOCK, "rwlock.unlock") \
    X(BARRIER_WAIT, "barrier.wait") \
    X(ONCE, "once") \
    X(SPIN_LOCK, "spin.lock") \
    X(SPIN_UNLOCK, "spin.unlock") \
    X(YIELD, "yield") \
    X(SLEEP, "sleep") \
    X(IO_WAIT, "io.wait") \
    X(CHILD_WAIT, "child.wait")

enum sw_place {
#define SW_PLACE_ENUM(id, name) SW_AT_##id,
    SW_PLACES(SW_PLACE_ENUM)
#undef SW_PLACE_ENUM
    SW_PLACE_COUNT
};

struct sw_decision {
    uint64_t index; /* from 0, over all kinds */
    enum sw_decision_kind kind;
    enum sw_place place;
    uint32_t thread; /* who asks */
    uint32_t object; /* ordinal, from 1; 0: none */
    uint32_t count;  /* of the candidates, at least 2 */
    uint32_t fallback; /* index of the default in candidates */
    const uint32_t *candidates; /* ascending ordinals */
};

/* Whoever answers.  choose() returns the index of a candidate, or -1 when it
 * cannot answer (a replay that has diverged, with its reason in the driver). */
struct sw_driver {
    int (*choose)(struct sw_driver *driver, const struct sw_decision *decision);
};

/* One choice that was not the default: what a .sched lists. */
struct sw_deviation {
    uint64_t index;
    uint16_t kind;  /* enum sw_decision_kind */
    uint16_t place; /* enum sw_place */
    uint32_t thread;
    uint32_t choice; /* an ordinal */
    uint32_t first;  /* of its candidates, in a pool of ordinals that goes with it */
    uint32_t count;
};

/* The hash over a run's decisions begins with this. */
#define SW_DECISION_SEED 0x5350494c4c574159u

/* The hash after a decision that was answered with candidates[choice]. */
uint64_t sw_decision_hash(uint64_t hash, const struct sw_decision *decision, uint32_t choice);

/* Names; "unknown" for a number that is none. */
const char *sw_decision_verb(unsigned kind);
const char *sw_decision_place(unsigned place);
/* And back; -1 for a name that is none. */
int sw_decision_find_verb(const char *verb);
int sw_decision_find_place(const char *name);

/* The next number of a splitmix64 sequence. */
uint64_t sw_decision_random(uint64_t *state);

#endif

/* SPDX-License-Identifier: MIT
 *
 * decision.h - a decision, its candidates and its default; and who answers it.
 *
 * Exactly one thread of the controlled process runs.  Wherever something else could
 * happen next than what that thread would do by itself, the engine asks its driver.
 * Nothing else may choose, so that the outcome of a run follows from the program, the
 * interpreter, the settings and the decisions.  A spec's script, a replay and a strategy
 * are drivers, and all of their answers stand in one list.
 *
 * A decision has at least two candidates, each of them a number, and one of these is
 * the default.  What the numbers are depends on the kind:
 *
 *      RUN     a thread's ordinal; or'ed with SW_EARLY: time jumps to the
 *              earliest deadline, which is that thread's, and it runs.  Default:
 *              the running thread goes on; if it cannot, or if it has gone on
 *              SW_QUANTUM times without a break, the one that waits longest
 *      WAKE    the ordinal of a thread that waits.  Default: first in first out
 *      ACT     an enum sw_action, at a point of contract/points.h; or SW_ACTION_FAULT
 *              and an enum slp_fault: that fault is on until the next point that
 *              any thread reaches.  Default: NOTHING
 *      MOVE    the index of a move of a spec's schedule: the first that has not been
 *              made, and each other that can be made now.  Default: the first
 *      READY   is not asked, because it has happened: the ordinal of a thread for which
 *              something outside of the process (a subprocess, a foreign socket) has
 *              become ready, or'ed with which (SW_READY_SHIFT).  It stands in the list as
 *              its own only candidate, so that a replay waits for it at that place:
 *              readiness.h
 *      BYTES   is not asked either: how many bytes there were to read from outside, when
 *              they were fewer than the thread would have taken
 *
 *      CHOICE  one of n, for a reason that the program has (spillway_choose(),
 *              harness/control/spillway.h); the name of the choice is the place.
 *              Default: 0
 *
 * An answer that is not the default is a DEVIATION.  A schedule is the list of its
 * deviations: a driver that always answers the default has none.
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
    SW_LIVE_THREADS_MAX = 1024, /* at once; the engine's tables have this size */
    SW_QUANTUM = 10000, /* engine.c says what it is for */
};

/* What else there is to know of each: decision_kind.h. */
enum sw_decision_kind {
    SW_DECIDE_RUN,
    SW_DECIDE_WAKE,
    SW_DECIDE_ACT,
    SW_DECIDE_MOVE,
    SW_DECIDE_READY,
    SW_DECIDE_BYTES,
    SW_DECIDE_CHOICE,
    SW_DECISION_KINDS
};

#define SW_EARLY 0x80000000u

/* A READY's candidate: the thread's ordinal, and from this bit on the index of
 * the descriptor among those that it waits for; "T3" is T3's first, "T3+1" its
 * second. */
enum { SW_READY_SHIFT = 20 };

/* A random walk leaves the default with a probability of 1 in these.  SW_KEEP_RUNNING: where the
 * running thread could go on; a uniform choice would cut all threads into equal crumbs, and meet
 * few bugs.  SW_KEEP_NOTHING: to do something at a point.  SW_KEEP_NO_FAULT: to switch a fault on
 * for a step; more often, since most steps have nothing to do with it. */
enum { SW_KEEP_RUNNING = 10, SW_KEEP_NOTHING = 1000, SW_KEEP_NO_FAULT = 16 };

/* X(ID, NAME): what can be done at a point of the interpreter. */
#define SW_ACTIONS(X) \
    X(NOTHING, "nothing") \
    X(SPILL, "spill") \
    X(COLLECT, "gc") \
    X(PARK, "park") /* the thread waits there until a move resumes it: scripts only */ \
    X(FAIL, "fail") /* what the point stands before finds no memory */ \
    X(KILL, "kill") /* TaskletExit is thrown at the tasklet that is not the current one */ \
    X(THROW, "throw") /* a RuntimeError likewise */ \
    X(END, "end") /* the thread ends: SystemExit is thrown at its main tasklet, which is next */

enum sw_action {
#define SW_ACTION_ENUM(id, name) SW_ACTION_##id,
    SW_ACTIONS(SW_ACTION_ENUM)
#undef SW_ACTION_ENUM
        SW_ACTION_COUNT,
    SW_ACTION_FAULT = SW_ACTION_COUNT,
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
    X(CHILD_WAIT, "child.wait") \
    X(REST, "rest") /* nothing can run until the next move: see MOVE */ \
    X(ACCESS, "access") /* it is about to touch what threads share: access.h */ \
    X(THREAD_CANCEL, "thread.cancel")

enum sw_place {
#define SW_PLACE_ENUM(id, name) SW_AT_##id,
    SW_PLACES(SW_PLACE_ENUM)
#undef SW_PLACE_ENUM
        SW_PLACE_COUNT
};

/* The points of contract/points.h are places too, from this number on; and so are those that the
 * program itself names, by numbers with SW_PLACE_NAMED (place_name.h). */
enum { SW_PLACE_POINTS = 64 };
/* Bytes that the name of every place fits into, with its NUL. */
enum { SW_PLACE_TEXT = 64 };

/* X(ID, NAME, WRITES): what a thread does to an object.  Two operations of two
 * threads are DEPENDENT, their order can matter, if they may be on one object and
 * one of them writes. */
#define SW_OPS(X) \
    X(UNKNOWN, "unknown", 1) /* it has not said; dependent with all */ \
    X(NONE, "none", 0) /* nothing that another thread could see */ \
    X(READ, "read", 0) \
    X(WRITE, "write", 1) \
    X(ACQUIRE, "acquire", 1) /* a lock: not while somebody holds it */ \
    X(RELEASE, "release", 1) \
    X(TAKE, "take", 1) /* trying a lock that is free */ \
    X(MISS, "miss", 0) /* trying one that is held, or giving one back that is free: a look */

enum sw_op {
#define SW_OP_ENUM(id, name, writes) SW_OP_##id,
    SW_OPS(SW_OP_ENUM)
#undef SW_OP_ENUM
        SW_OP_COUNT
};

/* What a candidate will do first if it is chosen. */
struct sw_pending {
    uint32_t op; /* enum sw_op */
    uint32_t object; /* ordinal of a variable or lock (access.h), from 1; 0: none */
};

int sw_decision_op_writes(unsigned op);
/* Are the two, of two threads, dependent? */
int sw_decision_depends(struct sw_pending a, struct sw_pending b);

struct sw_decision {
    uint64_t index; /* from 0, over all kinds */
    enum sw_decision_kind kind;
    unsigned place; /* enum sw_place, SW_PLACE_POINTS + enum slp_point, or a named one */
    uint32_t thread; /* who asks */
    uint32_t object; /* ordinal, from 1; 0: none */
    uint32_t count; /* of the candidates, at least 2 */
    uint32_t fallback; /* index of the default in candidates */
    const uint32_t *candidates; /* ascending */
    const struct sw_pending *pending; /* RUN: one for each candidate; else NULL */
};

/* Whoever answers.  choose() returns the index of a candidate, or -1 when it
 * cannot answer (a replay that has diverged, with its reason in the driver). */
struct sw_driver {
    int (*choose)(struct sw_driver *driver, const struct sw_decision *decision);
};

/* One choice that was not the default: what a .sched lists. */
struct sw_deviation {
    uint64_t index;
    uint32_t kind; /* enum sw_decision_kind */
    uint32_t place; /* as in struct sw_decision */
    uint32_t thread;
    uint32_t choice; /* a candidate, not an index */
    uint32_t first; /* of its candidates, in a pool that goes with it */
    uint32_t count;
};

/* In a list for strategy "guide" (harness/control/drivers/relative_driver.c): the deviation of no
 * thread in particular, a RULE.  Its choice is taken at its place whenever it can be.  Its index is
 * sw_deviation_rule_index(). */
#define SW_EVERY_THREAD 0xffffffffu

static inline uint64_t sw_deviation_rule_index(uint32_t place, uint32_t choice)
{
    return (uint64_t)place << 32 | choice;
}

/* The hash over a run's decisions begins with this. */
#define SW_DECISION_SEED 0x5350494c4c574159u

/* The hash after a decision that was answered with candidates[choice]. */
uint64_t sw_decision_hash(uint64_t hash, const struct sw_decision *decision, uint32_t choice);

/* Names; "unknown" for a number that is none; "choice:?" for a named place whose name nobody
 * knows. */
const char *sw_decision_verb(unsigned kind);
const char *sw_decision_place(unsigned place);
const char *sw_decision_action(unsigned action);
int sw_decision_is_place(unsigned place);
int sw_decision_is_action(unsigned action);
/* And back; -1 for a name that is none.  A name that the program may have given is kept. */
int sw_decision_find_verb(const char *verb);
int sw_decision_find_place(const char *name);
/* The longest action with which the word begins: its length, 0 if there is none. */
size_t sw_decision_parse_action(const char *word, uint32_t *action);

/* Bytes that any candidate's text needs at most, its NUL among them; the longest are names of
 * faults, which decision.c holds to it. */
enum { SW_DECISION_TEXT = 64 };

/* A candidate of that kind as people read it: "T3", "T3-early", "spill", "fault:NAME", "m7".
 * SW_DECISION_TEXT bytes are enough.  Returns buf. */
char *sw_decision_format(enum sw_decision_kind kind, uint32_t candidate, char *buf, size_t size);
/* All of them, with blanks in between; of more than fit, the first.  Returns buf. */
char *sw_decision_format_all(enum sw_decision_kind kind, const uint32_t *candidates, uint32_t count,
                             char *buf, size_t size);
/* And back: the length of the word that was read, 0 if it is none. */
size_t sw_decision_parse(enum sw_decision_kind kind, const char *word, uint32_t *candidate);

/* The next number of a splitmix64 sequence. */
uint64_t sw_decision_random(uint64_t *state);

#endif

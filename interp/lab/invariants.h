/* SPDX-License-Identifier: MIT
 *
 * invariants.h - what must hold in the interpreter's core, whatever a program does.
 *
 * The lab build checks after every operation, and at the points in between
 * (points.h); in slpython nothing of this exists.  The checks look at the state
 * itself and at what these files remember of it, not at the code that changes
 * it: so they know nothing of any fault.
 *
 * X(ID, NAME, TEXT): ID as in the catalogue, NAME as reports write it.  Those
 * that are missing here are checked elsewhere: I1, I2 and I3, the values, by
 * harness/agent/value_oracle.c; I29 and I30, the same outcome with other spills and in
 * another run, by whoever runs a scenario again.
 *
 * Nothing is allocated, no Python code is run, no reference is taken (but see
 * invariant_leaks.c).
 */
#ifndef SLP_INVARIANTS_H
#define SLP_INVARIANTS_H

#include <stdint.h>

#define SLP_INVARIANTS(X) \
    X(I4, "mailbox", "a mailbox is empty between two operations, and in a tasklet that has ended") \
    X(I6, "balance", "a channel's balance is its queue's length, and its sign their direction") \
    X(I7, "links", "rings and queues are linked both ways, counted, and nobody is in two") \
    X(I8, "one-state", "a tasklet is running, runnable, blocked or paused, and only one of them") \
    X(I9, "order", "who runs after a hand-over is who the preference says") \
    X(I11, "refused", "a send or receive that raises has changed nothing") \
    X(I12, "references", "what the core owns is counted; nothing is freed that it owns") \
    X(I13, "deferred", "nothing waits for its release while a program's code runs") \
    X(I14, "death", "a tasklet that dies is in no ring and no queue") \
    X(I15, "finaliser", "a tasklet is ended at most ten times, freed once, and not in the middle") \
    X(I16, "collector", "the collector sees no tasklet that is being taken apart") \
    X(I17, "handled-exception", "the exception being handled is the same after a switch") \
    X(I18, "error-set", "an operation fails if and only if an exception is set") \
    X(I19, "uncaught", "an uncaught exception goes to the innermost run(), or to main, as it was") \
    X(I20, "thread-state", "depth, nesting, context and data stack are a tasklet's own") \
    X(I21, "home", "a tasklet runs on its own thread") \
    X(I22, "wake-up", "no thread waits while it has somebody to run") \
    X(I23, "deadlock", "a deadlock is an error if and only if nobody can run") \
    X(I24, "callbacks", "a callback is told who runs, and its error is the operation's") \
    X(I25, "atomic", "the waiters for the GIL know that a tasklet is atomic") \
    X(I26, "traps", "a trapped thread does not switch, a trapped tasklet does not block") \
    X(I27, "thread-end", "nothing of a thread that has ended is left in a ring or a queue")

enum slp_invariant {
#define SLP_INVARIANT_ENUM(id, name, text) SLP_##id,
    SLP_INVARIANTS(SLP_INVARIANT_ENUM)
#undef SLP_INVARIANT_ENUM
    SLP_INVARIANT_COUNT
};

/* A violation, valid during the call of the reporter only. */
struct slp_violation {
    enum slp_invariant invariant;
    const char *id;   /* "I7" */
    const char *name; /* "links" */
    void *object;     /* the tasklet or channel that it is about, or NULL; borrowed */
    const char *text; /* what was expected and what was found */
};
typedef void (*slp_invariants_reporter)(const struct slp_violation *violation);

#ifdef SLP_LAB

#include <Python.h>

struct slp_point_info;
struct slp_tasklet;
struct slp_channel;
struct slp_thread;

/* What is remembered of a tasklet; zeroed with it. */
struct slp_invariant_tasklet {
    struct slp_tasklet *next; /* of all that live */
    struct slp_tasklet **link;
    unsigned char in_ring;   /* as the points told */
    unsigned char operating; /* waits in a channel operation that nobody has completed */
    unsigned char dying;     /* its deallocation has begun */
    unsigned char burst;     /* it must raise what was thrown at it */
    unsigned char refusing;  /* its channel callback has raised */
    unsigned char left;      /* the fields below are valid: it is switched out */
    int depth;
    int trash_nesting;
    uint64_t context_version;
    void *exception;
    void *context;
    void *chunk;
    Py_ssize_t found; /* its references, while invariant_leaks.c counts them */
};
/* The state that an operation begins with; of the last one that this thread tried. */
struct slp_invariant_before {
    const struct slp_tasklet *by; /* NULL: others have had their turn since */
    uint64_t state;
};
struct slp_invariant_channel {
    struct slp_channel *next;
    struct slp_channel **link;
};

struct slp_invariant_thread {
    long seen; /* its tasklets, while invariant_walk.c counts them */
};

/* Without one (NULL) a violation is a line on stderr, and the process ends with
 * SLP_INVARIANT_EXIT. */
void slp_invariants_set_reporter(slp_invariants_reporter reporter);
enum { SLP_INVARIANT_EXIT = 70 };
/* How many were reported; each invariant is, once. */
extern int slp_invariants_violations;
/* What a process exits with that would exit with this status. */
int slp_invariants_exit(int status);

/* At each point, before any hook. */
void slp_invariants_visit(const struct slp_point_info *info);
/* The points at which it wants to be called, 1 << point, or'ed. */
uint64_t slp_invariants_points(void);

void slp_invariants_violated(enum slp_invariant invariant, void *object, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* ---- the parts ---- */

/* invariant_walk.c: looks at every ring, queue and tasklet; at a few of them
 * only, in turn, when there are many. */
void slp_invariant_walk(void);
/* At all of them, whatever their number: for the end of a schedule. */
void slp_invariant_walk_all(void);
struct slp_tasklet *slp_invariant_walk_first(void); /* the others: watch.next */
/* How many references the core itself owns. */
int slp_invariant_walk_owners(const struct slp_tasklet *t);
/* An object appears, and goes. */
void slp_invariant_walk_tasklet_new(struct slp_tasklet *t);
void slp_invariant_walk_tasklet_gone(struct slp_tasklet *t);
void slp_invariant_walk_channel_new(struct slp_channel *channel);
void slp_invariant_walk_channel_gone(struct slp_channel *channel);
/* A thread's record is about to be freed. */
void slp_invariant_walk_thread_gone(const struct slp_thread *thread);
/* The collector has come to it. */
void slp_invariant_walk_visited(struct slp_tasklet *t);

/* invariant_leaks.c, for the end of a schedule, with the GIL: a tasklet that has
 * ended has no reference that nobody knows of.  Unlike the others it allocates. */
void slp_invariant_leaks(void);

/* invariant_operation.c: a send or receive, from the attempt to its answer. */
void slp_invariant_operation(const struct slp_point_info *info);
/* Somebody else has, or may have, changed something. */
void slp_invariant_operation_others_act(void);
/* An operation or a switch returns this: NULL if and only if an exception is set. */
void slp_invariant_operation_result(struct slp_tasklet *t, const void *result);

/* invariant_switch.c: what must be the same on both sides of a switch. */
void slp_invariant_switch_leave(struct slp_tasklet *t, struct slp_tasklet *next);
void slp_invariant_switch_arrive(struct slp_tasklet *t);
void slp_invariant_switch_start(struct slp_tasklet *t);

/* An assertion that reports which invariant it is before it aborts. */
#define SLP_REQUIRE(id, object, condition) \
    do { \
        if (__builtin_expect(!(condition), 0)) { \
            slp_invariants_violated(SLP_##id, (object), "%s:%d: %s", __FILE__, __LINE__, \
                                   #condition); \
            abort(); \
        } \
    } while (0)
#else
#include <assert.h>
#define SLP_REQUIRE(id, object, condition) assert(condition)

/* Nothing is remembered, and nobody is told. */
struct slp_invariant_tasklet {};
struct slp_invariant_channel {};
struct slp_invariant_thread {};
#define slp_invariants_exit(status) (status)
#define slp_invariant_walk_tasklet_gone(tasklet) ((void)0)
#define slp_invariant_walk_thread_gone(thread) ((void)0)
#define slp_invariant_walk_visited(tasklet) ((void)0)
#endif

#endif

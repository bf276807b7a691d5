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
 * interp/value_ledger.c; I29 and I30, the same outcome with other spills and in
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
    X(I27, "thread-end", "nothing of a thread that has ended is left in a ring or a queue") \
    X(I32, "value-references", "a value has the references it had, once an operation is over") \
    X(I33, "first-in-first-out", "who came first to a queue or a ring goes on first") \
    X(I34, "thrown", "what is thrown at a tasklet is raised there") \
    X(I35, "tracing", "trace and profile functions are a tasklet's own, and the loop knows of them") \
    X(I36, "spill", "spills are counted, come back where they began, and know on which stack they are") \
    X(I37, "re-entry", "a callback runs as who is told, does not switch, and leaves the mailbox alone") \
    X(I38, "binding", "who is set up or moved has no C stack, is in no ring, and keeps its home") \
    X(I39, "liveness", "who was set up is alive; of a thread that has ended nobody is who has begun") \
    X(I40, "retention", "what is kept in place of frames stays within its bound")

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
    unsigned char assigned;  /* the program has set its mailbox since its last operation */
    unsigned char dying;     /* its deallocation has begun */
    unsigned char burst;     /* it must raise what was thrown at it */
    unsigned char refusing;  /* its channel callback has raised */
    unsigned char jumped;    /* it was put into its ring before others */
    unsigned char asked;     /* it has still to raise what was thrown at it */
    uint64_t ticket;         /* its number in its queue, and in its ring: invariant_order.c */
    uint64_t turn;
    struct slp_thread *home; /* compared only */
    int spills;              /* that it stands in */
    Py_tracefunc trace;      /* these five as it left, or as they were set for it since */
    Py_tracefunc profile;
    void *trace_object;
    void *profile_object;
    int tracing_depth;
    unsigned char left;      /* the fields below are valid: it is switched out */
    int depth;
    int trash_nesting;
    uint64_t context_version;
    void *exception;
    void *context;
    void *chunk;
    const void *segment_low; /* the stack that it stands on: cstack.h */
    const void *segment_exit;
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
    uint64_t since; /* numbers up to this one say nothing of its ring's order */
    struct slp_tasklet *told; /* a schedule callback runs: its first argument; compared only */
    struct slp_tasklet *heir; /* who was behind the last one that left the ring; compared only */
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
/* The program has put something into the mailbox, at its own risk. */
void slp_invariant_operation_assigned(struct slp_tasklet *t);
/* An operation or a switch returns this: NULL if and only if an exception is set. */
void slp_invariant_operation_result(struct slp_tasklet *t, const void *result);

/* invariant_switch.c: what must be the same on both sides of a switch. */
void slp_invariant_switch_leave(struct slp_tasklet *t, struct slp_tasklet *next);
void slp_invariant_switch_arrive(struct slp_tasklet *t);
void slp_invariant_switch_start(struct slp_tasklet *t);

/* invariant_order.c: somebody has come to the end of a queue; is served; a queue as it is. */
void slp_invariant_order_enqueued(struct slp_tasklet *t, const struct slp_channel *channel);
void slp_invariant_order_served(const struct slp_tasklet *waiter,
                                const struct slp_channel *channel);
void slp_invariant_order_queue(const struct slp_channel *channel);
/* Somebody enters a ring, behind place or (NULL) at its end, and leaves it; insert() has put it
 * there; a switch is decided; a ring as it is. */
void slp_invariant_order_enters(struct slp_tasklet *t, const struct slp_tasklet *place);
void slp_invariant_order_leaves(const struct slp_tasklet *t, struct slp_tasklet *behind);
void slp_invariant_order_inserted(struct slp_tasklet *t);
void slp_invariant_order_switch(struct slp_tasklet *prev, const struct slp_tasklet *next);
void slp_invariant_order_ring(const struct slp_thread *thread);

/* invariant_references.c: an operation with that value is tried; its callback refuses; it has its
 * answer.  A value was handed over; somebody goes on with that.  Others act, and code may run. */
void slp_invariant_references_tries(const struct slp_tasklet *t, PyObject *value);
void slp_invariant_references_refused(const struct slp_tasklet *t);
void slp_invariant_references_has_tried(const struct slp_tasklet *t, const void *result);
void slp_invariant_references_handed(const struct slp_tasklet *receiver);
void slp_invariant_references_result(const struct slp_tasklet *t, const void *result);
void slp_invariant_references_others_act(void);
void slp_invariant_references_code_runs(void);

/* invariant_ending.c: an exception is about to be thrown at t; that was refused, or t begins
 * another life; it is in the mailbox; it was thrown (returns failed); t ends. */
void slp_invariant_ending_asked(struct slp_tasklet *t);
void slp_invariant_ending_refused(struct slp_tasklet *t);
void slp_invariant_ending_delivered(struct slp_tasklet *t);
int slp_invariant_ending_thrown(struct slp_tasklet *t, int failed);
void slp_invariant_ending_ends(struct slp_tasklet *t);

/* invariant_tracing.c: somebody is left; goes on or begins; its functions are set from outside.
 * Does the loop know whether who runs is traced?  t may be NULL. */
void slp_invariant_tracing_leave(struct slp_tasklet *t, const PyThreadState *tstate);
void slp_invariant_tracing_arrive(struct slp_tasklet *t, const PyThreadState *tstate);
void slp_invariant_tracing_set(struct slp_tasklet *t);
void slp_invariant_tracing_seen(struct slp_tasklet *t, const PyThreadState *tstate);

/* invariant_spill.c: a spill begins, is on the empty stack, has come back; t may be NULL.  And
 * somebody begins, ends. */
void slp_invariant_spill_begins(void);
void slp_invariant_spill_runs(struct slp_tasklet *t);
void slp_invariant_spill_returns(struct slp_tasklet *t);
void slp_invariant_spill_start(struct slp_tasklet *t);
void slp_invariant_spill_ends(struct slp_tasklet *t);

/* invariant_retention.c: a tasklet ends, and what it used is given back. */
void slp_invariant_retention(struct slp_tasklet *t);

/* A schedule callback has returned. */
void slp_invariants_callback_returned(struct slp_thread *thread);

/* invariant_binding.c: t is as it was found; was set up; is about to get that home; was killed
 * without a thread.  All of a thread that has ended were given up. */
void slp_invariant_binding_home(struct slp_tasklet *t);
void slp_invariant_binding_set_up(struct slp_tasklet *t);
void slp_invariant_binding_moves(struct slp_tasklet *t, struct slp_thread *thread);
void slp_invariant_binding_ended(struct slp_tasklet *t);
void slp_invariant_binding_abandoned(const struct slp_thread *thread);

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
#define slp_invariant_operation_assigned(tasklet) ((void)0)
#define slp_invariant_order_inserted(tasklet) ((void)0)
#define slp_invariant_tracing_set(tasklet) ((void)0)
#define slp_invariants_callback_returned(thread) ((void)0)
#define slp_invariant_binding_set_up(tasklet) ((void)0)
#define slp_invariant_binding_moves(tasklet, thread) ((void)0)
#define slp_invariant_binding_ended(tasklet) ((void)0)
#define slp_invariant_binding_abandoned(thread) ((void)0)
#define slp_invariant_ending_asked(tasklet) ((void)0)
#define slp_invariant_ending_refused(tasklet) ((void)0)
#define slp_invariant_ending_delivered(tasklet) ((void)0)
#define slp_invariant_ending_thrown(tasklet, failed) (failed)
#define slp_invariant_walk_tasklet_gone(tasklet) ((void)0)
#define slp_invariant_walk_thread_gone(thread) ((void)0)
#define slp_invariant_walk_visited(tasklet) ((void)0)
#endif

#endif

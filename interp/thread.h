/* SPDX-License-Identifier: MIT
 *
 * thread.h - what an OS thread has: its ring, its main tasklet, its way to wait.
 *
 * Who owns what (every reference is a counted one unless it says borrowed):
 *   ring       the runnable tasklets, linked in a circle; the ring owns one
 *              reference of each.  Its head is the one that runs, or, in the
 *              middle of a switch, the one that will.
 *   current    borrowed: the one that runs.  It is the ring's head whenever
 *              Python code runs, but for a schedule callback, a signal handler
 *              in a wait, and the last steps of a tasklet that has ended; in
 *              all of these no switch may happen.
 *   main       owned by the thread for its whole life.
 *   watchdogs  the tasklets that sit in run(), the innermost first; the stack
 *              owns one reference of each, and they are in no ring.
 *   started    every tasklet of this thread that has state on the C stack;
 *              borrowed, for the thread's end.
 *   deferred   the object whose release waits for the end of a switch.
 * A struct slp_thread lives as long as its tasklets: they count.  All of it is
 * changed with the GIL held only, whichever thread it belongs to.
 *
 * Waiting.  A thread whose ring is empty marks itself as waiting (under the
 * GIL), drops the GIL and acquires its lock.  Whoever puts a tasklet into its
 * ring clears the mark and releases the lock, under the GIL: so no wake-up is
 * lost, and there is one release for one acquisition.  A thread that ends while
 * all others wait wakes one of them, without a tasklet: so it learns that it
 * waits in vain.
 */
#ifndef SLP_THREAD_H
#define SLP_THREAD_H

#include "cpython.h"

#include "arch/switch.h"
#include "frames.h"
#include "interp/lab/invariants.h"
#include "preempt.h"

struct slp_tasklet;

struct slp_thread {
    PyThreadState *tstate; /* NULL once the thread has ended */
    uint64_t id;           /* PyThreadState.id, never reused */
    unsigned long ident;   /* as threading.get_ident() */
    long references;       /* one of the PyThreadState, one of each tasklet */

    struct slp_tasklet *main;
    struct slp_tasklet *current;
    struct slp_tasklet *ring; /* its head; NULL while nothing is runnable */
    int runcount;             /* its length */
    struct slp_tasklet *watchdogs;
    struct slp_tasklet *started;
    PyObject *deferred; /* the del_post_switch of Stackless */

    int reserved; /* between slp_schedule_reserve() and its switch: there is memory for that */

    /* Valid during a jump only: who leaves (NULL if it never comes back) and who comes. */
    struct slp_tasklet *leaving;
    struct slp_tasklet *coming;
    struct slp_stack_back back; /* likewise, when who leaves has ended */

    int in_callback; /* a callback runs, or one of the above: no switch may happen */
    int switch_trap; /* > 0: any switch raises RuntimeError */

    struct slp_preempt preempt; /* the run() with a timeout that is under way */

    const void *entry; /* the frame of a traced function that begins (trace_begin.h), or NULL */
    int entry_is_told; /* its trace function knows */

    PyThread_type_lock lock; /* held by this thread, but for the moment of a wake-up */
    int waiting;             /* the mark */
    int idle;                /* it waits, or was woken and has not run since */
    int woken;               /* the switch under way is the first after a wait */
    unsigned char atomic;    /* what the waiters for the GIL have been told (atomic.h) */
    int bystander;           /* this thread never wakes another: see slp_thread_set_bystander */

    struct slp_thread *next; /* all threads of the process */
    struct slp_frames_pools frames; /* what is kept for its next tasklets and spills */
    int gave_up; /* at its end: some tasklets may not have been asked to end at all */
    struct slp_invariant_thread watch; /* empty in slpython */
};

/* All of the process are behind it (next); NULL: there is none. */
struct slp_thread *slp_thread_first(void);
/* The running thread's, or NULL without an exception when it has none yet. */
struct slp_thread *slp_thread_peek(void);
/* The running thread's, made at first use.  NULL with an exception set. */
struct slp_thread *slp_thread_here(void);
/* The one whose threading.get_ident() that is; its record is made if it has not
 * used tasklets yet.  ident is any int.  NULL with that error set: there is none. */
struct slp_thread *slp_thread_of_ident(PyObject *ident, PyObject *error);
void slp_thread_release(struct slp_thread *thread);

/* A tasklet became runnable on this thread, or (NULL) it shall look again: ends
 * its wait if it waits. */
void slp_thread_wake(struct slp_thread *thread, struct slp_tasklet *tasklet);

/* Waits until somebody puts a tasklet into the running thread's ring; there may
 * be none again when this returns.  0; 1 without waiting if nobody could: every
 * other thread waits too (a deadlock); -1 with what a signal handler raised. */
int slp_thread_wait(struct slp_thread *thread);

/* Could anybody but this thread state make something happen?  Every Python
 * thread that does not wait in slp_thread_wait() could, even one without
 * tasklets. */
int slp_thread_others_can_run(const PyThreadState *self);

/* The running thread is about to have no PyThreadState any more.  If all others
 * wait then, one of them goes on and finds that out. */
void slp_thread_wake_stuck(void);

/* Says whether the running thread counts (0, the default) as one that can make
 * another thread's tasklet runnable.  A debugger's or a harness's thread does
 * not (1).  0, or -1 with an exception. */
int slp_thread_set_bystander(int on);

/* For the interpreter's exit.  Ends every tasklet that has state on the running
 * thread's C stack, as at the thread's end; throws TaskletExit (of a
 * threading.Thread SystemExit, which threading does not report) at the main
 * tasklets of the other threads that wait in a switch, and gives each up to a
 * second to end; then at main and at the current tasklet of those that do
 * something else, and waits as long as, every tenth of a second, one of them
 * ends: what is in C, or refuses, is left to CPython. */
enum { SLP_EXIT_WAITS_US = 1000000, SLP_EXIT_RUNS_US = 100000 };
void slp_thread_kill_all(void);

#endif

/* SPDX-License-Identifier: MIT
 *
 * tasklet.h - a tasklet: one callable with a C stack of its own.
 *
 * State        ring/queue        mailbox (tempval)              who owns it
 * unbound      none              None                           its user
 * bound        none              None                           its user
 * runnable     ring              None; or what its receive, its ring
 *                                schedule() or its send brings
 * running      ring's head       None between operations        ring
 * blocked      channel's queue   the value to send; None        queue
 * in run()     watchdog stack    None                           that stack
 * paused       none              retval of schedule_remove()    its user
 * ended        none              None                           its user
 *
 * A mailbox is never NULL.  A bomb in it is an exception in transit (bomb.h).
 * Every resume moves the value out.
 */
#ifndef SLP_TASKLET_H
#define SLP_TASKLET_H

#include "cpython.h"

#include "bomb.h"
#include "slice.h"
#include "contract/faults.h"
#include "interp/lab/invariants.h"
#include "contract/points.h"
#include "tstate_swap.h"
#include "thread.h"

struct slp_channel;
struct slp_value_operation;

typedef struct slp_tasklet {
    PyObject_HEAD
    struct slp_tasklet *next; /* in the ring or queue it is in; NULL: in none */
    struct slp_tasklet *prev;
    struct slp_thread *thread; /* its home; never NULL */
    PyObject *tempval;         /* the mailbox, never NULL */
    PyObject *thrown;          /* a bomb or NULL: it runs, and raises this as soon as it can */
    PyObject *func;            /* NULL: unbound, or ended */
    PyObject *args;            /* a tuple, valid from setup to end; untracked until it starts */
    PyObject *kwargs;          /* a dict or NULL, likewise */
    PyObject *context;         /* copied at setup, moved to the thread at start */
    struct slp_channel *channel; /* borrowed; the channel it is blocked on */
    struct slp_tasklet *watchdog_next; /* valid while in_run */
    struct slp_tasklet *started_next;  /* valid while started and not ended */
    struct slp_tasklet **started_link;
    signed char direction;       /* valid while blocked: 1 sends, -1 receives */
    unsigned char is_main;
    unsigned char scheduled;     /* in its ring */
    unsigned char ready;         /* set up: there is something to start */
    unsigned char started;       /* has, or had, state on the C stack */
    unsigned char ended;
    unsigned char lost; /* its thread has ended while it stood in the middle of something */
    unsigned char atomic;
    unsigned char block_trap;
    unsigned char ignore_nesting; /* run(timeout) may interrupt it in calls from C, too */
    unsigned char interrupt_due; /* its time is up, but it could not be interrupted yet */
    unsigned char in_run;        /* sits in run() */
    unsigned char threadblock;   /* that run() waits for other threads */
    unsigned char delivered;     /* its receive is complete, it has not gone on since */
    unsigned char kills;         /* by its deallocation or its thread's end; SLP_KILLS_MAX */
    unsigned char releasing;     /* runs the release of a deferred object (lab: names the point) */
    unsigned char calling_back;  /* runs a channel or schedule callback (likewise) */
    uint32_t number; /* of its creation, from 1; SLP_TASKLET_MAIN and its thread's */
    struct slp_slice slice;      /* valid while switched out */
    struct slp_tstate_swap state;      /* valid while switched out */
    PyObject *weakrefs;
    struct slp_value_operation *operation; /* the innermost under way; owned by value_ledger.c */
    struct slp_invariant_tasklet watch; /* empty in slpython */
} slp_tasklet;

/* One that goes on in spite of so many TaskletExits is left alone: what its
 * frames own is lost. */
enum { SLP_KILLS_MAX = 10 };
#define SLP_TASKLET_MAIN (UINT32_C(1) << 31)

extern PyTypeObject slp_tasklet_type;
extern PyObject *slp_tasklet_exit; /* the class TaskletExit */
#define slp_tasklet_check(object) PyObject_TypeCheck((object), &slp_tasklet_type)

/* A tasklet of the thread, bound to func (which may be NULL).  New reference,
 * or NULL with an exception. */
slp_tasklet *slp_tasklet_new(PyTypeObject *type, struct slp_thread *thread, PyObject *func);

/* Alive: set up or running, and not ended. */
static inline int slp_tasklet_alive(const slp_tasklet *t)
{
    return (t->ready || t->started) && !t->ended;
}

/* Throws bomb (stolen) into t: unlinks it from what it waits for, makes it
 * runnable; with pending == 0 and on its own thread it runs at once and the
 * caller right after it.  One that runs on another thread raises it at its next
 * check between bytecodes, or at its next operation, whichever comes first.
 * 0, or -1 with an exception.
 *
 * What the mailbox held before:
 *   a value to send         the send raises: its sender knows
 *   a value just received   is displaced: the displaced callback gets it, or
 *                           else a RuntimeWarning tells of it
 *   an earlier exception    becomes the new one's __context__ */
int slp_tasklet_throw(slp_tasklet *t, PyObject *bomb, int pending);
/* Tells the displaced callback, or with a RuntimeWarning, that nobody will get value, which
 * an exception for t has displaced; had says what t had to do with it: "was sending it".
 * Runs Python code; leaves an exception that is set alone. */
void slp_tasklet_tell_displaced(slp_tasklet *t, PyObject *value, const char *had);
#ifdef SLP_LAB
/* The running thread is to end: SystemExit is thrown at its main tasklet, which
 * is the next to run there; just_woken: before the head of its ring, too, since
 * a wait has ended and nothing has run since.  Leaves a pending exception alone. */
void slp_tasklet_end_thread(int just_woken);
#endif
/* Throws TaskletExit. */
int slp_tasklet_kill(slp_tasklet *t, int pending);

/* Drops function, arguments and context of t, which does not run; and the hooks that it would begin
 * with, which are its own only until then. */
void slp_tasklet_forget(slp_tasklet *t);

/* Of mailbox.h: drops what is in the mailbox, and what a __del__ puts there then, and so on; but the
 * one after so many is left alone, for good, since that might never end. */
enum { SLP_DROPS_MAX = 10 };
void slp_tasklet_drop_mail(slp_tasklet *t);

/* Gives t, which has nothing on a C stack, another home. */
void slp_tasklet_move(slp_tasklet *t, struct slp_thread *thread);

/* Registers and forgets state on the C stack (thread.h, started). */
void slp_tasklet_mark_started(slp_tasklet *t);
void slp_tasklet_mark_ended(slp_tasklet *t);

/* Raises what was thrown at t, the current tasklet, while it ran.  -1 with it;
 * 0: there is nothing. */
int slp_tasklet_raise_thrown(slp_tasklet *t);

/* The callback of set_displaced_callback(), owned; NULL for none. */
extern PyObject *slp_tasklet_displaced_callback;

#endif

/* SPDX-License-Identifier: MIT
 *
 * schedule.h - who runs next, and every way to let somebody else run.
 */
#ifndef SLP_SCHEDULE_H
#define SLP_SCHEDULE_H

#include <Python.h>

#include "tasklet.h"
#include "thread.h"

/* Puts t (a new reference is taken) at the end of its home's ring and wakes
 * that thread if it waits.  t must be alive, not blocked and in no ring. */
void slp_schedule_insert(slp_tasklet *t);
/* run() of a tasklet of another thread: t is the first one there when that
 * thread waits, else the next one. */
void slp_schedule_run_next(slp_tasklet *t);

/* Why the running tasklet must not switch now, in words; NULL: it may. */
const char *slp_schedule_why_not(const struct slp_thread *thread);
/* May the running tasklet switch now?  0, or -1 with RuntimeError: a collection
 * is on this thread's stack, a switch trap is set, a callback runs, or the
 * thread was not started through us. */
int slp_schedule_may_switch(struct slp_thread *thread);

/* As above, for an operation of the running tasklet that begins: what the program has put into
 * its mailbox is dropped.  That may be Python code, which switches; what a caller has to know
 * of others it asks afterwards. */
int slp_schedule_begin(struct slp_thread *thread);

/* Decides who runs after prev; it may be prev.  NULL: nobody can, with an
 * exception set, or without one if it is a deadlock. */
slp_tasklet *slp_schedule_choose(struct slp_thread *thread, slp_tasklet *prev);
/* Raises "Deadlock" in t, the current tasklet, unless an exception is set. */
void slp_schedule_set_deadlock(slp_tasklet *t);

/* The heart: goes on with the ring's head, or, if the ring is empty, with
 * whatever becomes runnable then (a run() returns, or this thread waits).
 * prev is the caller; it is where it shall be already: in the ring, in a
 * queue, or nowhere.
 *
 * Returns what is in prev's mailbox when prev runs again (new reference), or
 * NULL with an exception: *switched tells whether that came from the mailbox
 * (1), or the switch could not be done and the caller must undo its step (0). */
PyObject *slp_schedule_task(struct slp_thread *thread, slp_tasklet *prev, int *switched);

/* Undoes the step of the running tasklet, which has left its ring: it is the
 * head again.  Takes over the caller's reference. */
void slp_schedule_put_back(slp_tasklet *t);

/* Instead of that, where somebody, another thread for one, has made it runnable meanwhile, whoever
 * has served it or thrown at it included: then it has what it would have waited for, and a missing
 * memory does not matter.  Returns as slp_schedule_task(). */
PyObject *slp_schedule_go_on(struct slp_thread *thread, slp_tasklet *current);

/* schedule() and schedule_remove(): retval is stolen and comes back, unless
 * somebody changes the mailbox meanwhile. */
PyObject *slp_schedule(struct slp_thread *thread, PyObject *retval, int remove);

/* switch(): goes on with t, which is runnable or paused, of this thread and not
 * current, after slp_schedule_begin(); the caller is paused.  New reference: what its
 * mailbox brings, None if nobody changes it.  NULL with an exception. */
PyObject *slp_schedule_switch(struct slp_thread *thread, slp_tasklet *t);

/* How run() is called. */
struct slp_run {
    long timeout; /* instructions; 0: none */
    int threadblock, soft, ignore_nesting, totaltimeout;
};
/* run(): leaves the ring until it is empty, or the time is up.  None, or the
 * tasklet that was interrupted (new references); NULL with an exception, of a
 * tasklet that ended with it or of this call. */
PyObject *slp_schedule_run(struct slp_thread *thread, const struct slp_run *how);

/* Takes t, which sits in run(), off the stack of watchdogs; that stack's
 * reference is the caller's then. */
void slp_schedule_leave_run(slp_tasklet *t);

/* schedule_end.c: the end of a started tasklet; result may be NULL with an exception set.
 * Returns as slp_transfer_end(), and nothing but that return may follow. */
struct slp_stack_back *slp_schedule_end(struct slp_thread *thread, slp_tasklet *t,
                                        PyObject *result);

/* Makes sure that the switch to next, which slp_schedule_task() is going to make, will have
 * the memory it needs, so that nothing must be undone then.  0, or -1 with MemoryError. */
int slp_schedule_reserve(struct slp_thread *thread, slp_tasklet *next);
/* Lets t, which is in the ring of the running thread, run now: the ring is
 * turned until t is its head (the order of run(), throw() and kill()). */
int slp_schedule_run_now(struct slp_thread *thread, slp_tasklet *t);

/* The callback of set_schedule_callback(), owned; NULL for none. */
extern PyObject *slp_schedule_callback;

/* The handler of set_error_handler(), owned; NULL for none. */
extern PyObject *slp_schedule_error_handler;

#endif

/* SPDX-License-Identifier: MIT
 *
 * preempt.h - run(timeout): a tasklet is interrupted when its time is up.
 *
 * Time is counted in instructions, at the evaluation loop's own checks: at the
 * begin of a function, after a call, at each turn of a loop.  Between two
 * checks there are a few instructions, and one check counts as
 * SLP_PREEMPT_CHECK of them.  So a timeout depends on the program alone.
 *
 * While a run() with a timeout is under way on some thread, each check calls
 * slp_preempt_tick().  A tasklet is not interrupted while it is atomic, inside a
 * call from C, in a callback, under a switch trap or in a garbage collection; then
 * the first check at which none of these holds interrupts it.
 *
 * How the checks come here has two implementations, one for each kind of program:
 *   program/preempt_wrap.c   slpython: the linker sends us a call that each check makes
 *   extension/preempt_got.c  the extension module: a function of the C library that each
 *                            check calls is replaced
 * Both make the evaluation loop drop the GIL and take it again at its next check, by
 * slp_preempt_request(), and see it do so.
 */
#ifndef SLP_PREEMPT_H
#define SLP_PREEMPT_H

#include <Python.h>
#include <pthread.h>

/* A loop's body, or a call and what is around it, is some ten bytecodes.  The number is a
 * part of what run(timeout) means: with another one programs are interrupted elsewhere. */
enum { SLP_PREEMPT_CHECK = 10 };

struct slp_tasklet;
struct slp_thread;

/* A thread's run() with a timeout: the outermost one that has one. */
struct slp_preempt {
    struct slp_tasklet *runner; /* borrowed: it sits in that run(); NULL: there is none */
    long timeout;               /* instructions, > 0 */
    long left;                  /* of it */
    unsigned char soft;         /* wait for a switch that comes by itself */
    unsigned char total;        /* count from the begin of run(), not from the last switch */
    unsigned char ignore_nesting;
    unsigned char due;          /* soft: the time is up */
    struct slp_tasklet *victim; /* owned: whom run() will return, or NULL */
};

/* 0: the running thread's checks will call slp_preempt_tick() from now on, while
 * its runner is set.  -1 with NotImplementedError: this build cannot. */
int slp_preempt_arm(struct slp_thread *thread);
/* Somebody has cleared the request that makes the checks come here; makes it again. */
void slp_preempt_again(struct slp_thread *thread);
/* The thread's run() with a timeout is over. */
void slp_preempt_disarm(struct slp_thread *thread);

/* Of the two files: whether the checks can be seen, which may be found out by running
 * some.  1 or 0; -1 with an exception. */
int slp_preempt_can_see(void);
/* For the two files: how many threads are armed; the request for the next check. */
extern int slp_preempt_armed;
void slp_preempt_request(PyInterpreterState *interp);
/* A thread that was asked for the GIL waits until another one has had it.  Is this that
 * wait, and was it us who asked?  Then there may be no other one, and the caller returns
 * at once; that somebody else is passed over this once does no harm. */
int slp_preempt_skips_wait(const pthread_cond_t *cond);

/* The running tasklet of that thread has something to raise (slp_tasklet.thrown).  Its
 * evaluation loop raises it at its next check, if this build can make it do so. */
void slp_preempt_attract(struct slp_thread *thread);
/* It has nothing any more, or another tasklet runs there now. */
void slp_preempt_calm(struct slp_thread *thread);

/* A check on the running thread, with the GIL.  May switch.  0, or -1 with an
 * exception that was thrown into the tasklet while it was interrupted. */
int slp_preempt_tick(struct slp_thread *thread);

/* The time is counted from now on, unless it is the total that counts. */
static inline void slp_preempt_restart(struct slp_preempt *preempt)
{
    if (!preempt->total)
        preempt->left = preempt->timeout;
}

/* Makes t, which sits in run(), runnable, at the end of the ring; and before it those
 * that sit in a run() which was called inside that one, since nothing else would let
 * them go on. */
void slp_preempt_wake(struct slp_tasklet *t);

/* The running tasklet is about to let the ring's head go on: of its own will, and not
 * to hand a value over.  If a soft timeout is due, that run() returns first. */
void slp_preempt_yield(struct slp_thread *thread);

#endif

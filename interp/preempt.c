/* SPDX-License-Identifier: MIT
 *
 * preempt.c - counting the time of a run(), and what happens when it is up.
 *
 * The runner is the tasklet that sits in run(timeout).  At each check (preempt.h) of
 * another tasklet of its thread the time gets less.  When there is none left:
 *   soft          nothing but a mark; the next tasklet that switches of its own will
 *                 lets the runner go on first
 *   hard          the running tasklet leaves the ring in the middle of its bytecodes,
 *                 becomes the victim, and the runner goes on and returns it
 *   hard, but it may not be interrupted here
 *                 its own mark, interrupt_due: every check from now on tries again
 */
#include "cpython.h"

#include "preempt.h"

#include <assert.h>

#include "contract/faults.h"
#include "mailbox.h"
#include "tasklet_introspect.h"
#include "ring.h"
#include "schedule.h"

/* ---- the checks ---- */

int slp_preempt_armed;
static int requested; /* the last request was ours, and nobody may be there to answer it */

void slp_preempt_request(PyInterpreterState *interp)
{
    requested = 1;
    slp_cpython_ask_for_gil(interp);
}

int slp_preempt_skips_wait(const pthread_cond_t *cond)
{
    if (__builtin_expect(!requested, 1) || cond != slp_cpython_gil_switch_cond())
        return 0;
    requested = 0;
    return 1;
}

int slp_preempt_arm(struct slp_thread *thread)
{
    int sees = slp_preempt_can_see();

    if (sees < 0)
        return -1;
    if (!sees) {
        PyErr_SetString(PyExc_NotImplementedError,
                        "run(timeout): the evaluation loop's checks cannot be seen");
        return -1;
    }
    slp_preempt_armed++;
    slp_preempt_request(slp_cpython_interp(thread->tstate));
    return 0;
}

void slp_preempt_again(struct slp_thread *thread)
{
    if (thread->preempt.runner != NULL || thread->current->thrown != NULL)
        slp_preempt_request(slp_cpython_interp(thread->tstate));
}

void slp_preempt_disarm(struct slp_thread *thread)
{
    (void)thread;
    slp_preempt_armed--;
}

/* ---- the time ---- */

void slp_preempt_wake(slp_tasklet *t)
{
    slp_tasklet *inner;

    /* The innermost is on top of the stack; it goes into the ring first and so runs
     * first, as it would if its own run() had returned. */
    do {
        inner = t->thread->watchdogs;
        slp_schedule_leave_run(inner);
        slp_ring_append(inner);
    } while (inner != t);
}

/* The runner's run() returns next.  Those that sit in a run() inside of it are woken,
 * too, but they had no timeout, and the runner goes before them. */
static void resume_runner(struct slp_thread *thread)
{
    slp_tasklet *first =
        SLP_FAULT(TIMEOUT_WAKES_INNERMOST) ? thread->watchdogs : thread->preempt.runner;

    slp_preempt_wake(first);
    thread->ring = first;
}

/* An interruption is a switch like others, so all that forbids a switch forbids it.
 * Beyond that the tasklet must be one that expects to be switched at any bytecode: not
 * atomic, with nothing to raise, and not inside a call from C (a sort's comparison, a
 * __del__), whose caller may hold what others want. */
static int may_interrupt(struct slp_thread *thread)
{
    const slp_tasklet *current = thread->current;

    if (SLP_FAULT(TIMEOUT_IGNORES_TRAP) && thread->switch_trap > 0 &&
        thread->preempt.runner->in_run)
        return 1;
    if (!thread->preempt.runner->in_run || current->atomic || current->thrown != NULL ||
        slp_schedule_why_not(thread) != NULL)
        return 0;
    return thread->preempt.ignore_nesting || current->ignore_nesting ||
           slp_tasklet_introspect_nesting_level(current) == 0;
}

/* A schedule callback has taken away the runner, and nobody is left: current runs on. */
static void take_back_interruption(struct slp_thread *thread, slp_tasklet *current)
{
    PyErr_Clear();
    assert(thread->preempt.victim == current);
    thread->preempt.victim = NULL;
    slp_schedule_put_back(current);
}

/* Takes the running tasklet out of the ring; it goes on here when somebody
 * inserts it again, or throws something at it. */
static int interrupt(struct slp_thread *thread)
{
    slp_tasklet *current = thread->current;
    int switched;

    /* What can fail comes first: afterwards the ring is another one. */
    if (slp_schedule_reserve(thread, thread->preempt.runner) < 0) {
        PyErr_Clear(); /* at the next check, perhaps */
        return 0;
    }
    current->interrupt_due = 0;
    slp_ring_remove(current);
    assert(thread->preempt.victim == NULL);
    thread->preempt.victim = current; /* with the reference that the ring had */
    resume_runner(thread);
    PyObject *result = slp_schedule_task(thread, current, &switched);
    if (result == NULL && !switched) {
        take_back_interruption(thread, current);
        return 0;
    }
    Py_XDECREF(result);
    return result == NULL ? -1 : 0;
}

int slp_preempt_tick(struct slp_thread *thread)
{
    struct slp_preempt *preempt = &thread->preempt;

    /* The runner itself runs: its run() has just returned, or not yet begun. */
    if (preempt->runner == NULL || preempt->runner == thread->current)
        return 0;
    preempt->left -= SLP_PREEMPT_CHECK;
    if (preempt->left > 0 && !thread->current->interrupt_due)
        return 0;
    if (preempt->soft) {
        preempt->due = 1;
        return 0;
    }
    /* What the program has put into its mailbox is not the result of this.  When Python code has
     * run to drop it the next check looks again. */
    if (may_interrupt(thread) && !slp_mailbox_empty(thread->current))
        return interrupt(thread);
    thread->current->interrupt_due = 1;
    return 0;
}

void slp_preempt_yield(struct slp_thread *thread)
{
    if (__builtin_expect(!thread->preempt.due, 1))
        return;
    thread->preempt.due = 0;
    if (thread->preempt.runner != NULL && thread->preempt.runner->in_run)
        resume_runner(thread);
}

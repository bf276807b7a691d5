/* SPDX-License-Identifier: MIT
 *
 * transfer.c - the steps of a switch, on which stack, and what may run meanwhile.
 *
 *   on prev's stack      the next one becomes current; prev's bytes are copied away,
 *   (save_and_leave)     and then its values are moved out of the thread state
 *   between              nobody's values are there: no Python code, no allocation that
 *                        could collect, no exception
 *   on next's stack      its bytes are copied back (restore); slp_stack_switch()
 *                        returns, in next, from the call with which it left once
 *   in next              its values are moved into the thread state; only now is it a
 *                        tasklet like others, and what was deferred is released
 * One that begins has no bytes and no values: run_tasklet() takes the place of the
 * last two.  One that ends leaves nothing: run_tasklet() returns, and says to which stack.
 */
#include "cpython.h"

#include "transfer.h"

#include <assert.h>

#include "atomic.h"
#include "contract/faults.h"
#include "mailbox.h"
#include "tasklet_introspect.h"
#include "preempt.h"
#include "ring.h"
#include "schedule.h"
#include "spill.h"
#include "arch/switch.h"

/* Releases what the switch had to keep alive until it was over: the tasklet
 * that was left, as a rule.  Its __del__ and its weakref callbacks are Python
 * code that runs here, inside the current tasklet, whose mailbox may hold what
 * it has just received and not yet been given.  So the mailbox is set aside. */
void slp_transfer_release(struct slp_thread *thread)
{
    PyObject *deferred = thread->deferred;
    slp_tasklet *current = thread->current;
    int woken = thread->woken;

    thread->woken = 0;
    if (deferred == NULL)
        return;
    /* Forgotten first: what runs in the release may switch, and defer another one. */
    thread->deferred = NULL;
    if (woken && SLP_FAULT(IDLE_WAKE_NEVER_RELEASES))
        return;
    int eats = woken ? SLP_FAULT(IDLE_WAKE_RELEASE_EATS_MAILBOX) : SLP_FAULT(RELEASE_EATS_MAILBOX);
    static PyObject *slot; /* of a fault: one for all threads and tasklets */
    PyObject *mail = slot = eats ? NULL : slp_mailbox_take(current);
    (void)SLP_POINT(SWITCH_RELEASE, current, deferred, NULL);
    (void)woken;
    /* A count, since what is released may bring about another release. */
    current->releasing++;
    Py_DECREF(deferred);
    current->releasing--;
    if (SLP_FAULT(GLOBAL_RETURN_SLOT)) {
        mail = slot;
        slot = NULL;
    }
    if (mail != NULL)
        slp_mailbox_put_back(current, mail);
    (void)SLP_POINT(SWITCH_RELEASED, current, NULL, NULL);
}

static char *stack_of(const slp_tasklet *next)
{
    return next->slice.used ? slp_slice_resume(&next->slice) : slp_cstack.base;
}

static char *save_and_leave(void *arg, char *sp)
{
    struct slp_thread *thread = arg;

    /* What can fail comes first: then nothing has happened. */
    if (slp_slice_save(&thread->leaving->slice, sp) < 0)
        return NULL;
    slp_tstate_swap_save(&thread->leaving->state, thread->tstate);
    return stack_of(thread->coming);
}

static void restore(void *arg)
{
    struct slp_thread *thread = arg;
    slp_slice_restore(&thread->coming->slice);
}

/* Drops what was called, which has returned result, or failed: NULL; and ends t. */
static __attribute__((noinline)) struct slp_stack_back *end_call(slp_tasklet *t, PyObject *result)
{
    Py_CLEAR(t->func);
    Py_CLEAR(t->args);
    Py_CLEAR(t->kwargs);
    /* The thread's record may be another one after a fork; look again. */
    return slp_schedule_end(t->thread, t, result);
}

/* Calls the tasklet's function, and returns when t has ended, as slp_transfer_end(). */
static inline struct slp_stack_back *call_function(slp_tasklet *t)
{
    /* They stay t's, for the collector: nobody binds a tasklet again that has begun.  A function
     * that is given the tuple itself may keep it. */
    if (!PyObject_GC_IsTracked(t->args))
        PyObject_GC_Track(t->args);
    if (SLP_FAULT(KILL_BEFORE_START_IGNORED))
        slp_mailbox_empty(t);
    /* A bomb may have been thrown before the first run. */
    PyObject *result = slp_mailbox_claim(t);
    if (result != NULL) {
        Py_DECREF(result);
        result = PyObject_Call(t->func, t->args, t->kwargs);
    }
    return end_call(t, result);
}

/* On the empty stack of the thread: the tasklet that comes is one like others afterwards. */
static __attribute__((noinline)) slp_tasklet *begin(struct slp_thread *thread,
                                                    slp_cpython_cframe *root)
{
    slp_tasklet *t = thread->coming;

    /* On the thread's own stack from its base down, wherever the last one was. */
    if (!SLP_FAULT(SPILL_ROOT_STAYS)) {
        slp_cstack.segment_low = NULL;
        slp_cstack.segment_exit = NULL;
    }
    slp_spill_update_limit();
    slp_tstate_swap_fresh(thread->tstate, root, t->func, t->context);
    t->context = NULL; /* the thread state has it now */
    slp_tasklet_introspect_begin_hooks(t);
    slp_tasklet_mark_started(t);
    slp_ring_show(t);
    slp_atomic_follow(thread);
    (void)SLP_POINT(SWITCH_ARRIVE, t, NULL, NULL);
    slp_transfer_release(thread);
    /* A hook may run Python code here: the mailbox is set aside, as everywhere. */
    PyObject *mail = slp_mailbox_take(t);
    (void)SLP_POINT(TASKLET_START, t, NULL, NULL);
    slp_mailbox_put_back(t, mail);
    return t;
}

/* The outermost function of every tasklet but main.  Its frame is at the very base,
 * and has the cframe on which all others of the tasklet hang.  If another one begins where one
 * has ended, it does so in the same frame. */
static struct slp_stack_back *run_tasklet(void *arg)
{
    struct slp_thread *thread = arg;
    struct slp_stack_back *back;
    slp_cpython_cframe root;

    do {
        back = call_function(begin(thread, &root));
        thread = slp_thread_peek();
    } while (back == NULL);
    return back;
}

static int transfer_failed(struct slp_thread *thread, slp_tasklet *prev, slp_tasklet *next)
{
    thread->current = SLP_FAULT(FAILED_TRANSFER_KEEPS_CURRENT) ? next : prev;
    (void)next;
    PyErr_NoMemory();
    return -1;
}

/* Of the fault GC_MID_SWITCH; also when the program has switched the collector off. */
static void collect_in_the_middle(void)
{
    int enabled = PyGC_Enable();

    PyGC_Collect();
    if (!enabled)
        PyGC_Disable();
}

int slp_transfer_may_save(slp_tasklet *prev, slp_tasklet *next)
{
    (void)prev, (void)next;
    return (SLP_POINT(SWITCH_SAVE, prev, next, NULL) & SLP_ACT_FAIL) == 0;
}

/* Back in prev, perhaps a long time later, and on the same thread: a tasklet that has begun never
 * leaves it. */
static __attribute__((noinline)) int slp_transfer_arrive(struct slp_thread *thread,
                                                         slp_tasklet *prev)
{
    if (__builtin_expect(prev->thrown != NULL, 0))
        slp_preempt_attract(thread);
    slp_spill_update_limit();
    slp_tstate_swap_load(&prev->state, thread->tstate);
    slp_atomic_follow(thread);
    (void)SLP_POINT(SWITCH_ARRIVE, prev, NULL, NULL);
    slp_transfer_release(thread);
    return 0;
}

/* All that is known of the switch is in the thread's record then: what prev's variables say is on
 * the stack that is left, where run_tasklet(), and the functions on the other one, do not find it.
 * 0, or -1: prev may not be saved. */
static __attribute__((noinline)) int prepare(struct slp_thread *thread, slp_tasklet *prev,
                                             slp_tasklet *next, int reserved)
{
    /* What the loop is asked to raise is prev's; next's loop must not do it. */
    if (__builtin_expect(prev->thrown != NULL, 0))
        slp_preempt_calm(thread);
    if (!reserved && !slp_transfer_may_save(prev, next))
        return -1;
    thread->current = next;
    thread->leaving = prev;
    thread->coming = next;
    if (SLP_FAULT(GC_MID_SWITCH))
        collect_in_the_middle();
    return 0;
}

/* What is done before and afterwards is other functions': this one's frame is in the slice of
 * every tasklet that waits, and should have little in it. */
int slp_transfer(struct slp_thread *thread, slp_tasklet *prev, slp_tasklet *next, int reserved)
{
    SLP_REQUIRE(I8, next, prev != next && thread->current == prev && !next->ended);
    SLP_REQUIRE(I21, next, next->thread == thread);
    SLP_REQUIRE(I15, next, next->slice.used || !next->started);
    if (prepare(thread, prev, next, reserved) < 0)
        return transfer_failed(thread, prev, next);
    int failed = next->slice.used ? slp_stack_switch(thread, save_and_leave, restore)
                                  : slp_stack_start(thread, save_and_leave, run_tasklet);
    if (failed)
        return transfer_failed(thread, prev, next);
    return slp_transfer_arrive(thread, prev);
}

struct slp_stack_back *slp_transfer_end(struct slp_thread *thread, slp_tasklet *next)
{
    SLP_REQUIRE(I21, next, next->thread == thread);
    SLP_REQUIRE(I8, next, !next->ended && (next->slice.used || !next->started));
    thread->current = next;
    thread->leaving = NULL;
    thread->coming = next;
    if (!next->slice.used)
        return NULL;
    thread->back = (struct slp_stack_back){slp_slice_resume(&next->slice), restore, thread};
    return &thread->back;
}

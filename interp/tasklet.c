/* SPDX-License-Identifier: MIT
 *
 * tasklet.c - the life of a tasklet; the Python methods are in tasklet_type.c.
 */
#include "cpython.h"

#include "tasklet.h"

#include <assert.h>

#include "base.h"
#include "channel.h"
#include "datastack.h"
#include "contract/faults.h"
#include "gcguard.h"
#include "mailbox.h"
#include "tasklet_introspect.h"
#include "preempt.h"
#include "ring.h"
#include "schedule.h"
#include "tasklet_type.h"
#include "value_watch.h"

PyObject *slp_tasklet_exit; /* the class TaskletExit */
PyObject *slp_tasklet_displaced_callback;

static uint32_t tasklets; /* that were made, but for main tasklets */

static void tasklet_finalize(slp_tasklet *t);

/* What the class of a subclass has for its __del__: the same function for all. */
static destructor call_del;

static void finalize_with_del(PyObject *t)
{
    Py_ssize_t before = Py_REFCNT(t);

    call_del(t);
    if (Py_REFCNT(t) <= before) /* more: it has made somebody keep t */
        tasklet_finalize((slp_tasklet *)t);
}

/* A subclass's __del__ hides the finaliser.  With the last reference that can be made good when the
 * object is freed; the collector would take apart what the tasklet has first. */
static void keep_finalizer(PyTypeObject *type)
{
    destructor finalize = type->tp_finalize;

    if (finalize == (destructor)tasklet_finalize || finalize == finalize_with_del ||
        !PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE) || (call_del != NULL && finalize != call_del))
        return;
    call_del = finalize;
    type->tp_finalize = finalize_with_del;
}

slp_tasklet *slp_tasklet_new(PyTypeObject *type, struct slp_thread *thread, PyObject *func)
{
    slp_tasklet *t = (slp_tasklet *)type->tp_alloc(type, 0);

    if (t == NULL)
        return NULL;
    keep_finalizer(type);
    t->thread = thread;
    thread->references++;
    t->tempval = Py_NewRef(Py_None);
    t->func = Py_XNewRef(func);
    t->number = thread->main == NULL ? SLP_TASKLET_MAIN | (uint32_t)thread->id : ++tasklets;
    (void)SLP_POINT(TASKLET_NEW, t, NULL, NULL);
    return t;
}

/* Py_CLEAR sets each to NULL before it drops it: that may run Python code which finds t. */
static void drop_call(slp_tasklet *t)
{
    Py_CLEAR(t->func);
    Py_CLEAR(t->args);
    Py_CLEAR(t->kwargs);
    Py_CLEAR(t->context);
}

void slp_tasklet_forget(slp_tasklet *t)
{
    drop_call(t);
    if (!t->started) /* else they have moved to the thread's state */
        slp_tasklet_introspect_drop_hooks(t);
}

void slp_tasklet_move(slp_tasklet *t, struct slp_thread *thread)
{
    struct slp_thread *old = t->thread;

    slp_invariant_binding_moves(t, thread);
    assert((!t->scheduled || SLP_FAULT(RUNNABLE_MAY_BE_MOVED)) && (!t->started || t->ended));
    thread->references++; /* first, in case that both are the same */
    t->thread = thread;
    slp_thread_release(old);
}

void slp_tasklet_mark_started(slp_tasklet *t)
{
    assert(!t->started && !t->ended);
    t->started = 1;
    t->started_next = t->thread->started;
    t->started_link = &t->thread->started;
    if (t->started_next != NULL)
        t->started_next->started_link = &t->started_next;
    t->thread->started = t;
}

void slp_tasklet_mark_ended(slp_tasklet *t)
{
    assert(t->started && !t->ended);
    t->ended = 1;
    /* A main tasklet is on no list: its thread ends it otherwise. */
    if (t->started_link == NULL)
        return;
    *t->started_link = t->started_next;
    if (t->started_next != NULL)
        t->started_next->started_link = t->started_link;
    t->started_next = NULL;
    t->started_link = NULL;
}

/* It has ended, was never set up, or its thread has ended. */
static int throw_at_nobody(slp_tasklet *t, PyObject *bomb)
{
    int exits = PyErr_GivenExceptionMatches(((slp_bomb *)bomb)->type, slp_tasklet_exit);
    int could_run = t->lost || slp_tasklet_alive(t);

    Py_DECREF(bomb);
    if (!exits || could_run) {
        PyErr_SetString(PyExc_RuntimeError, could_run ? "the tasklet has no thread: it has ended"
                                                      : "the tasklet is dead or unbound");
        return -1;
    }
    return 0; /* it has ended already, or there is nothing of it that could end */
}

/* Makes t runnable wherever it is. */
static void make_runnable(slp_tasklet *t)
{
    if (t->scheduled)
        return;
    /* The reference of the queue, or of the stack of those in run(), becomes the ring's;
     * a paused one is its users', and the ring needs one of its own. */
    if (t->direction != 0)
        slp_channel_unlink(t);
    else if (t->in_run)
        slp_schedule_leave_run(t);
    else if (!SLP_FAULT(KILL_WITHOUT_OWNER_REF))
        Py_INCREF(t);
    slp_ring_append(t);
    if (!SLP_FAULT(REMOTE_INSERT_NO_WAKE))
        slp_thread_wake(t->thread, t);
}

void slp_tasklet_drop_mail(slp_tasklet *t)
{
    for (int i = 0; i < SLP_DROPS_MAX && t->tempval != Py_None; i++)
        slp_mailbox_set(t, Py_NewRef(Py_None));
    if (t->tempval != Py_None)
        t->tempval = Py_NewRef(Py_None); /* what was there is lost */
}

/* What is in the mailbox has come from a sender, who believes it received. */
static int was_received(const slp_tasklet *t)
{
    return t->delivered && !slp_bomb_check(t->tempval);
}

void slp_tasklet_tell_displaced(slp_tasklet *t, PyObject *value, const char *had)
{
    PyObject *callback = slp_tasklet_displaced_callback;
    int failed;
    PyObject *type, *raised, *traceback;

    /* With now an exception may be set already: what the switch back has brought. */
    PyErr_Fetch(&type, &raised, &traceback);
    if (callback != NULL) {
        Py_INCREF(callback);
        PyObject *result = PyObject_CallFunctionObjArgs(callback, t, value, NULL);
        failed = result == NULL;
        Py_XDECREF(result);
        Py_DECREF(callback);
    } else {
        failed = PyErr_WarnFormat(PyExc_RuntimeWarning, 1,
                                  "%R is displaced: an exception was thrown at %R, which %s", value,
                                  t, had) < 0;
    }
    if (failed)
        PyErr_WriteUnraisable((PyObject *)t);
    PyErr_Restore(type, raised, traceback);
}

/* t runs on another thread.  Its loop shall look, and any operation raises it. */
static int throw_at_running(slp_tasklet *t, PyObject *bomb)
{
    if (SLP_FAULT(THROW_AT_RUNNING_IGNORED)) {
        Py_DECREF(bomb);
        return 0;
    }
    Py_XSETREF(t->thrown, bomb);
    slp_preempt_attract(t->thread);
    return 0;
}

int slp_tasklet_raise_thrown(slp_tasklet *t)
{
    PyObject *bomb = t->thrown;

    if (__builtin_expect(bomb == NULL, 1))
        return 0;
    t->thrown = NULL;
    slp_preempt_calm(t->thread); /* the loop need not raise it any more */
    slp_bomb_explode(bomb);
    return -1;
}

/* An earlier exception that has not been raised yet, or NULL. */
static PyObject *earlier_bomb(const slp_tasklet *t)
{
    if (t->thrown != NULL)
        return t->thrown;
    return slp_bomb_check(t->tempval) ? t->tempval : NULL;
}

/* Puts bomb (stolen) into the mailbox of t, which is made runnable and, with
 * now, runs.  Dropping what was there, and telling of it, runs Python code, so
 * that comes last. */
static int deliver_bomb(slp_tasklet *t, PyObject *bomb, int now)
{
    PyObject *old = t->tempval;
    int received = was_received(t) && !SLP_FAULT(DELIVERED_THEN_KILLED);

    if (received && SLP_FAULT(KILL_LOSES_TO_VALUE)) {
        Py_DECREF(bomb);
        return 0;
    }
    if (received && SLP_FAULT(DISPLACED_VALUE_LEAKS))
        Py_INCREF(old);
    /* An exception that was received becomes the context of this one. */
    if (received || (t->delivered && slp_bomb_check(old)))
        (void)SLP_VALUE_POINT(MAILBOX_DISPLACE, t, NULL, old);
    else if (old != Py_None)
        (void)SLP_VALUE_POINT(MAILBOX_DROP, t, NULL, old);
    if (!SLP_FAULT(PENDING_KILL_NOT_QUEUED) || now || t->direction != 0 || t->in_run)
        make_runnable(t);
    t->tempval = bomb;
    t->delivered = 0;
    slp_invariant_ending_delivered(t);
    Py_INCREF(t); /* it may end while it runs, and the ring's reference with it */
    int failed = now ? slp_schedule_run_now(t->thread, t) : 0;
    if (received)
        slp_tasklet_tell_displaced(t, old, "had received it and not run since");
    Py_DECREF(t);
    Py_DECREF(old);
    return failed;
}

int slp_tasklet_throw(slp_tasklet *t, PyObject *bomb, int pending)
{
    struct slp_thread *here = slp_thread_here();

    if (here == NULL) {
        Py_DECREF(bomb);
        return -1;
    }
    /* Chaining makes instances of both, which is Python code: afterwards t may be anywhere. */
    PyObject *earlier = Py_XNewRef(earlier_bomb(t));
    if (earlier != NULL) {
        slp_bomb_chain(bomb, earlier);
        Py_DECREF(earlier);
    }
    /* What the program has put into the current one's mailbox is not what comes of this.  It goes
     * where the current one may switch; in a callback what it sends is there. */
    while (t != here->current && t->thread == here && !pending &&
           slp_schedule_why_not(here) == NULL && slp_mailbox_empty(here->current))
        ;
    if (t == here->current) { /* pending or not: it runs already */
        slp_bomb_explode(bomb);
        return -1;
    }
    if (!slp_tasklet_alive(t) || t->thread->tstate == NULL)
        return throw_at_nobody(t, bomb);
    slp_invariant_ending_asked(t);
    if (t->scheduled && t == t->thread->current)
        return slp_invariant_ending_thrown(t, throw_at_running(t, bomb));
    int now = t->thread == here && !pending;
    if (now && (slp_schedule_may_switch(here) < 0 || slp_schedule_reserve(here, t) < 0)) {
        Py_DECREF(bomb);
        slp_invariant_ending_refused(t);
        return -1;
    }
    return slp_invariant_ending_thrown(t, deliver_bomb(t, bomb, now));
}

#ifdef SLP_LAB
void slp_tasklet_end_thread(int just_woken)
{
    PyObject *type, *value, *traceback;

    PyErr_Fetch(&type, &value, &traceback);
    struct slp_thread *here = slp_thread_here();
    PyObject *bomb = here == NULL ? NULL : slp_bomb_throw(PyExc_SystemExit, NULL, NULL);
    if (bomb == NULL) {
        PyErr_WriteUnraisable(NULL);
    } else if (here->main->scheduled && here->main == here->current) {
        throw_at_running(here->main, bomb);
    } else {
        deliver_bomb(here->main, bomb, 0);
        if (just_woken)
            here->ring = here->main;
        else
            slp_schedule_run_next(here->main);
    }
    PyErr_Restore(type, value, traceback);
}
#endif

/* Of a thread that has ended: nothing of it will run any more. */
static int kill_without_thread(slp_tasklet *t)
{
    if (!SLP_FAULT(KILL_LEAVES_UNSTARTED) || t->started)
        t->ended = 1;
    if (!t->started)
        slp_tasklet_forget(t);
    slp_invariant_binding_ended(t);
    return 0;
}

int slp_tasklet_kill(slp_tasklet *t, int pending)
{
    if (t->thread->tstate == NULL && slp_tasklet_alive(t))
        return kill_without_thread(t);
    if (t->lost)
        return 0;
    PyObject *bomb = slp_bomb_throw(slp_tasklet_exit, NULL, NULL);

    return bomb == NULL ? -1 : slp_tasklet_throw(t, bomb, pending);
}

/* ---- the end of the object ---- */

/* Whether t still has a C stack that must be unwound.  If its thread is gone
 * nothing can run there any more, and what its frames own is lost. */
static int has_stack(const slp_tasklet *t)
{
    return t->started && !t->ended && !t->is_main && t->slice.used > 0 &&
           t->thread->tstate != NULL && !SLP_FAULT(FINALISER_MISSING);
}

/* The last reference is gone, but t stands in the middle of something: it gets
 * a TaskletExit there.  From another thread, in a greenlet or in a collection,
 * that is left to t's own thread, and t lives until then. */
static void unwind(slp_tasklet *t)
{
    PyObject *type, *value, *traceback;
    struct slp_thread *here = slp_thread_peek();

    PyErr_Fetch(&type, &value, &traceback);
    /* Now means to switch to it, here in the middle of a deallocation. */
    int later = t->thread != here || slp_gcguard_active() || here->in_callback ||
                here->switch_trap > 0 ||
                slp_base_refuse(here->tstate, __builtin_frame_address(0)) != NULL;
    t->kills++;
    if (t->thread != here && SLP_FAULT(FOREIGN_DEALLOC_LEAKS)) {
        Py_INCREF(t);
        PyErr_Restore(type, value, traceback);
        return;
    }
    if (t->thread != here && here != NULL && SLP_FAULT(FOREIGN_DEALLOC_KILLS_HERE)) {
        t->thread = here;
        later = 0;
    }
    if (slp_tasklet_kill(t, later) < 0)
        PyErr_WriteUnraisable((PyObject *)t);
    PyErr_Restore(type, value, traceback);
}

/* As an object's __del__: called with references that may be taken, and at most once. */
static void tasklet_finalize(slp_tasklet *t)
{
    /* Its thread's end, or the process's, may have asked often enough. */
    if (has_stack(t) && t->kills < SLP_KILLS_MAX)
        unwind(t);
}

/* One that the collector does not know is t's own, and what it has is t's.  While somebody has it,
 * too, who has asked the collector for it, its items are left alone, and so alive. */
static int traverse_args(const slp_tasklet *t, visitproc visit, void *arg)
{
    if (t->args == NULL || PyObject_GC_IsTracked(t->args) || Py_REFCNT(t->args) > 1) {
        Py_VISIT(t->args);
        return 0;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(t->args); i++)
        Py_VISIT(PyTuple_GET_ITEM(t->args, i));
    return 0;
}

/* Nobody has a paused one but its users, and what it has itself: its frames count. */
static int is_paused(const slp_tasklet *t)
{
    return has_stack(t) && !t->scheduled && t->direction == 0 && !t->in_run &&
           t->thread->current != t;
}

static int tasklet_traverse(slp_tasklet *t, visitproc visit, void *arg)
{
    int stop = traverse_args(t, visit, arg);

    if (stop)
        return stop;
    slp_invariant_walk_visited(t);
    Py_VISIT(t->tempval);
    Py_VISIT(t->thrown);
    Py_VISIT(t->func);
    Py_VISIT(t->kwargs);
    Py_VISIT(t->context);
    return is_paused(t) ? slp_tasklet_introspect_visit(t, visit, arg) : 0;
}

static int tasklet_clear(slp_tasklet *t)
{
    /* The mailbox of a tasklet that may run again stays as it is. */
    if (t->started && !t->ended)
        return 0;
    drop_call(t);
    return 0;
}

/* The finaliser is called once, and a subclass's __del__ hides it; what it
 * would have done is done here.  Returns whether t lives on. */
static int resurrect_to_unwind(slp_tasklet *t)
{
    /* One reference for the time of the unwinding; those that are left when it is given
     * back are somebody's, the ring's for one, and t is no corpse. */
    Py_SET_REFCNT(t, 1);
    while (Py_REFCNT(t) == 1 && has_stack(t) &&
           (t->kills < SLP_KILLS_MAX || SLP_FAULT(FINALISER_SPINS)))
        unwind(t);
    Py_SET_REFCNT(t, Py_REFCNT(t) - 1);
    if (Py_REFCNT(t) == 0)
        return 0;
    /* subtype_dealloc(), which called us, will drop the type's reference. */
    if (PyType_HasFeature(Py_TYPE(t), Py_TPFLAGS_HEAPTYPE))
        Py_INCREF(Py_TYPE(t));
    return 1;
}

/* Runs nothing.  One that was never unwound has its frames on a data stack that nobody
 * can give back, since frame objects may point there. */
static void give_up_stacks(slp_tasklet *t)
{
    if (t->started && !t->is_main && (t->lost || !t->ended))
        slp_datastack_forsake(t->slice.used > 0 ? t->state.datastack.chunk : NULL);
    if (t->started && !t->ended)
        slp_tasklet_mark_ended(t);
    slp_slice_free(&t->slice);
}

static void tasklet_dealloc(slp_tasklet *t)
{
    if (has_stack(t) && Py_TYPE(t) == &slp_tasklet_type &&
        PyObject_CallFinalizerFromDealloc((PyObject *)t) < 0)
        return;
    if (has_stack(t) && resurrect_to_unwind(t))
        return;
    /* Before anything is taken apart: what is dropped below may start a collection. */
    if (!SLP_FAULT(UNTRACK_MISSING))
        PyObject_GC_UnTrack(t);
    Py_TRASHCAN_BEGIN(t, tasklet_dealloc)(void) SLP_VALUE_POINT(TASKLET_DEALLOC, t, NULL, NULL);
    SLP_REQUIRE(I14, t, !t->scheduled && t->direction == 0);
    if (t->weakrefs != NULL)
        PyObject_ClearWeakRefs((PyObject *)t);
    slp_tasklet_forget(t);
    Py_CLEAR(t->thrown);
    if (t->tempval != Py_None)
        (void)SLP_VALUE_POINT(MAILBOX_DROP, t, NULL, t->tempval);
    Py_CLEAR(t->tempval);
    give_up_stacks(t);
    slp_invariant_walk_tasklet_gone(t);
    slp_thread_release(t->thread);
    Py_TYPE(t)->tp_free((PyObject *)t);
    Py_TRASHCAN_END
}

/* ---- the class ---- */

PyTypeObject slp_tasklet_type = {
    .ob_base = {PyObject_HEAD_INIT(NULL) 0},
    .tp_name = "stackless.tasklet",
    .tp_doc = "tasklet(func=None, args=None, kwargs=None)\n--\n\n"
              "One callable that runs beside others on its thread, and is switched in and\n"
              "out wherever it stands.  Calling a bound tasklet gives it its arguments and\n"
              "makes it runnable; with args (a sequence) or kwargs (a dict) given here it is\n"
              "set up and paused.  Its home is the thread that makes it.  The last reference\n"
              "to one that stands in the middle of something ends it with TaskletExit.\n\n"
              "TypeError: func is not callable, kwargs no dict.",
    .tp_basicsize = sizeof(slp_tasklet),
    .tp_weaklistoffset = offsetof(slp_tasklet, weakrefs),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_new = slp_tasklet_type_new,
    .tp_init = slp_tasklet_type_init,
    .tp_vectorcall = slp_tasklet_type_vectorcall,
    .tp_call = slp_tasklet_type_call,
    .tp_dealloc = (destructor)tasklet_dealloc,
    .tp_finalize = (destructor)tasklet_finalize,
    .tp_traverse = (traverseproc)tasklet_traverse,
    .tp_clear = (inquiry)tasklet_clear,
    .tp_methods = slp_tasklet_methods,
    .tp_members = slp_tasklet_members,
    .tp_getset = slp_tasklet_getset,
};

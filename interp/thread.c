/* SPDX-License-Identifier: MIT */
#include "cpython.h"

#include "thread.h"

#include <assert.h>

#include "atomic.h"
#include "channel.h"
#include "contract/faults.h"
#include "interp/lab/invariants.h"
#include "contract/points.h"
#include "ring.h"
#include "schedule.h"
#include "tasklet.h"
#include "value_watch.h"

/* The record of the thread state that was current last on this OS thread. */
static __thread struct slp_thread *here;
static struct slp_thread *all_threads;
static struct slp_tasklet *handoff; /* borrowed: who was woken last; for a fault only */

static const char capsule_name[] = "stackless.thread";

struct slp_thread *slp_thread_first(void)
{
    return all_threads;
}

struct slp_thread *slp_thread_peek(void)
{
    PyThreadState *tstate = slp_cpython_tstate();

    /* One C thread may have several thread states in turn (PyGILState, embedding), so what
     * is remembered must be compared. */
    if (__builtin_expect(here != NULL && here->tstate == tstate, 1))
        return here;
    for (struct slp_thread *thread = all_threads; thread != NULL; thread = thread->next) {
        if (thread->tstate == tstate) {
            here = thread;
            return thread;
        }
    }
    return NULL;
}

static void thread_unlink(struct slp_thread *thread)
{
    struct slp_thread **link = &all_threads;

    while (*link != NULL && *link != thread)
        link = &(*link)->next;
    if (*link != NULL)
        *link = thread->next;
    thread->next = NULL;
}

void slp_thread_release(struct slp_thread *thread)
{
    assert(thread->references > 0);
    if (--thread->references > 0)
        return;
    assert(thread->tstate == NULL);
    slp_invariant_walk_thread_gone(thread);
    if (thread->lock != NULL)
        PyThread_free_lock(thread->lock);
    PyMem_Free(thread);
}

/* What the end of a thread has to remember between two questions. */
struct ending {
    slp_tasklet *waits; /* owned, or NULL; up to here all wait on channels */
    int waiters_too; /* only they are left */
    long kills, turns; /* so many are still allowed */
};

/* Asked anew each time: while one ends, others may end, begin, or be asked as well.  Those
 * that wait on a channel come last: a `finally` of another one may need their answer.
 * New reference, since to let go of a tasklet may run Python code; NULL: there is none. */
static slp_tasklet *first_to_kill(const struct slp_thread *thread, struct ending *ending)
{
    if (ending->waits != NULL && ending->waits->started_link == NULL)
        Py_CLEAR(ending->waits); /* it has ended: from the beginning */
    slp_tasklet *waits = ending->waits;
    slp_tasklet *t = waits != NULL ? waits->started_next : thread->started;
    while (t != NULL && (t == thread->current || t->kills >= SLP_KILLS_MAX ||
                         (t->direction != 0 && !ending->waiters_too))) {
        waits = t;
        t = t->started_next;
    }
    Py_XINCREF(t);
    if (!ending->waiters_too)
        Py_XSETREF(ending->waits, (slp_tasklet *)Py_XNewRef(waits));
    if (t != NULL || ending->waiters_too)
        return t;
    ending->waiters_too = 1;
    Py_CLEAR(ending->waits);
    return first_to_kill(thread, ending);
}

static long count_started(const struct slp_thread *thread)
{
    long count = 0;

    for (const slp_tasklet *t = thread->started; t != NULL; t = t->started_next)
        count++;
    return count;
}

static void end_started(slp_tasklet *t)
{
    Py_INCREF(t);
    t->kills++;
    if (t->scheduled) { /* else those between us and it would run, too */
        slp_ring_remove(t);
        Py_DECREF(t);
    }
    if (slp_tasklet_kill(t, 0) < 0)
        PyErr_WriteUnraisable((PyObject *)t);
    Py_DECREF(t);
}

/* t was asked to end, and switches instead, in a `finally` for one: whoever is runnable runs,
 * so that it can come to its end before it is asked again. */
static void let_finish(struct slp_thread *thread, const slp_tasklet *t, struct ending *ending)
{
    while (!t->ended && thread->runcount > 1 && ending->turns > 0 &&
           slp_schedule_why_not(thread) == NULL) {
        ending->turns -= thread->runcount - 1;
        PyObject *result = slp_schedule(thread, Py_NewRef(Py_None), 0);
        if (result == NULL)
            PyErr_WriteUnraisable((PyObject *)thread->current);
        Py_XDECREF(result);
    }
}

/* Ends what is left on the C stack of this thread, by TaskletExit.  They may
 * start others meanwhile, but not without end. */
static void kill_started(struct slp_thread *thread)
{
    /* Each is asked ten times at the most; one more for those that are started meanwhile.
     * Ten turns for each of these times are more than an answer takes, and soon over. */
    enum { TURNS_PER_KILL = 10 };
    long kills = (count_started(thread) + 1) * SLP_KILLS_MAX;
    struct ending ending = {.kills = kills, .turns = kills * TURNS_PER_KILL};

    thread->switch_trap = 0; /* who has left one set is not there to take it back */
    slp_tasklet *t = first_to_kill(thread, &ending);
    for (; t != NULL && ending.kills > 0; ending.kills--) {
        slp_tasklet *chosen = SLP_FAULT(KILL_LOOP_ON_LIVE_LIST) ? t->started_next : NULL;
        Py_XINCREF(chosen);
        end_started(t);
        let_finish(thread, t, &ending);
        Py_DECREF(t);
        t = SLP_FAULT(KILL_LOOP_ON_LIVE_LIST) ? chosen : first_to_kill(thread, &ending);
    }
    Py_XDECREF(t);
    Py_CLEAR(ending.waits);
    thread->gave_up = ending.kills == 0;
}

/* Takes t, which will never run again, out of whatever it is in. */
static void detach(slp_tasklet *t)
{
    if (t->scheduled)
        slp_ring_remove(t);
    else if (t->direction != 0)
        slp_channel_unlink(t);
    else if (t->in_run)
        slp_schedule_leave_run(t);
    else
        return;
    Py_DECREF(t);
}

/* Nothing of this thread runs any more: neither those that refused to end, nor,
 * after a fork, those that could not be asked. */
static void abandon_all(struct slp_thread *thread)
{
    slp_tasklet *t;

    /* First those with a C stack: their frames, and all that these own, are lost. */
    while ((t = thread->started) != NULL && !SLP_FAULT(THREAD_DEATH_LEAVES_QUEUE)) {
        Py_INCREF(t);
        slp_tasklet_mark_ended(t);
        t->ended = !SLP_FAULT(LOST_LOOKS_ALIVE);
        t->lost = 1;
        (void)SLP_VALUE_POINT(TASKLET_LOST, t, NULL, NULL);
        detach(t);
        Py_DECREF(t);
    }
    thread->main->ended = !SLP_FAULT(MAIN_OUTLIVES_THREAD);
    detach(thread->main);
    while (thread->ring != NULL && !SLP_FAULT(THREAD_DEATH_LEAVES_RING))
        detach(thread->ring);
    slp_invariant_binding_abandoned(thread);
}

/* ---- the interpreter's exit ----
 *
 * The lock is used as a signal: whoever exits has acquired it, and acquires it once
 * more with a time-out; a thread that ends releases it. */

static PyThread_type_lock exit_lock; /* NULL until the exit begins; held while it waits */

/* A thread that used tasklets has ended. */
static void tell_exit(void)
{
    if (exit_lock == NULL)
        return;
    /* Taken without waiting, in case that nobody has it: an unlocked one must not be released. */
    PyThread_acquire_lock(exit_lock, 0);
    PyThread_release_lock(exit_lock);
}

/* The end of a PyThreadState: its dictionary drops the capsule. */
static void thread_end(struct slp_thread *thread)
{
    PyObject *type, *value, *traceback;

    PyErr_Fetch(&type, &value, &traceback);
    if (SLP_FAULT(DETACH_BEFORE_KILL))
        abandon_all(thread);
    /* Only the thread itself can run what is on its stack; another one comes
     * here for it after a fork, or when the interpreter is torn down. */
    if (thread->tstate == slp_cpython_tstate() && thread->ident == PyThread_get_thread_ident())
        kill_started(thread);
    /* The address of the thread state may be another one's soon. */
    if (thread->atomic)
        slp_atomic_publish(thread, 0);
    thread_unlink(thread);
    thread->tstate = NULL; /* from here on nobody can make anything runnable here */
    if (here == thread)
        here = NULL;
    thread->current = NULL;
    abandon_all(thread);
    slp_frames_drop(&thread->frames);
    Py_CLEAR(thread->deferred);
    if (SLP_FAULT(THREAD_END_KEEPS_MAIN))
        Py_INCREF(thread->main);
    if (SLP_FAULT(THREAD_RECORD_DIES_EARLY))
        thread->references = 1;
    Py_CLEAR(thread->main);
    PyErr_Restore(type, value, traceback);
    slp_thread_wake_stuck();
    tell_exit();
}

static void capsule_destroy(PyObject *capsule)
{
    struct slp_thread *thread = PyCapsule_GetPointer(capsule, capsule_name);

    thread_end(thread);
    slp_thread_release(thread);
}

/* Ties the record to the life of its PyThreadState: the dictionary is cleared when that
 * ends, as a rule by the thread itself while it can still run Python code. */
static int thread_bind(struct slp_thread *thread)
{
    PyObject *dict = slp_cpython_dict(thread->tstate);
    if (dict == NULL)
        return -1;
    PyObject *capsule = PyCapsule_New(thread, capsule_name, capsule_destroy);
    if (capsule == NULL)
        return -1;
    int failed = PyDict_SetItemString(dict, capsule_name, capsule);
    /* The caller gives the record up itself. */
    if (failed)
        PyCapsule_SetDestructor(capsule, NULL);
    Py_DECREF(capsule);
    return failed;
}

static int thread_make_main(struct slp_thread *thread)
{
    thread->main = slp_tasklet_new(&slp_tasklet_type, thread, NULL);
    if (thread->main == NULL)
        return -1;
    thread->main->is_main = 1;
    thread->main->started = 1;
    thread->current = thread->main;
    Py_INCREF(thread->main);
    slp_ring_append(thread->main);
    return 0;
}

/* A record with its lock, and nothing else.  NULL with MemoryError. */
static struct slp_thread *thread_alloc(void)
{
    struct slp_thread *thread = PyMem_Calloc(1, sizeof *thread);

    if (thread != NULL && (thread->lock = PyThread_allocate_lock()) == NULL) {
        PyMem_Free(thread);
        thread = NULL;
    }
    if (thread == NULL)
        PyErr_NoMemory();
    return thread;
}

/* Undoes what thread_new() has done so far; an exception is set, and stays. */
static void thread_give_up(struct slp_thread *thread)
{
    PyObject *type, *value, *traceback;

    PyErr_Fetch(&type, &value, &traceback);
    if (thread->main != NULL)
        detach(thread->main);
    thread_unlink(thread);
    thread->tstate = NULL;
    slp_frames_drop(&thread->frames);
    Py_CLEAR(thread->main);
    slp_thread_release(thread);
    PyErr_Restore(type, value, traceback);
}

static struct slp_thread *thread_new(PyThreadState *tstate)
{
    if (!slp_cpython_in_main_interp(tstate)) {
        PyErr_SetString(PyExc_RuntimeError, "tasklets work in the main interpreter only");
        return NULL;
    }
    struct slp_thread *thread = thread_alloc();
    if (thread == NULL)
        return NULL;
    thread->references = 1;
    PyThread_acquire_lock(thread->lock, 1); /* so that the next acquisition waits */
    thread->tstate = tstate;
    thread->id = slp_cpython_id(tstate);
    thread->ident = slp_cpython_ident(tstate);
    thread->next = all_threads;
    all_threads = thread;
    if (thread_make_main(thread) < 0 || thread_bind(thread) < 0) {
        thread_give_up(thread);
        return NULL;
    }
    return thread;
}

struct slp_thread *slp_thread_here(void)
{
    struct slp_thread *thread = slp_thread_peek();

    return thread != NULL ? thread : thread_new(slp_cpython_tstate());
}

static PyThreadState *tstate_of_ident(unsigned long ident)
{
    PyThreadState *tstate = PyInterpreterState_ThreadHead(PyInterpreterState_Main());

    while (tstate != NULL && slp_cpython_ident(tstate) != ident)
        tstate = PyThreadState_Next(tstate);
    return tstate;
}

struct slp_thread *slp_thread_of_ident(PyObject *ident, PyObject *error)
{
    struct slp_thread *thread = all_threads;
    unsigned long wanted = PyLong_AsUnsignedLong(ident);

    /* No thread has a number like that, and tasklets of dead threads have -1. */
    if (wanted == (unsigned long)-1 && PyErr_Occurred()) {
        PyErr_Clear();
        PyErr_Format(error, "there is no thread %S", ident);
        return NULL;
    }
    while (thread != NULL && thread->ident != wanted)
        thread = thread->next;
    if (thread != NULL)
        return thread;
    PyThreadState *tstate = tstate_of_ident(wanted);
    if (tstate != NULL)
        return thread_new(tstate);
    PyErr_Format(error, "there is no thread %S", ident);
    return NULL;
}

int slp_thread_set_bystander(int on)
{
    struct slp_thread *thread = slp_thread_here();

    if (thread == NULL)
        return -1;
    thread->bystander = on;
    return 0;
}

/* A thread other than this one that waits in a switch and has not been asked to end. */
static struct slp_thread *first_that_waits(void)
{
    struct slp_thread *thread = all_threads;

    while (thread != NULL && !(thread->waiting && thread->main->kills == 0))
        thread = thread->next;
    return thread;
}

/* Waits until a thread ends.  Returns whether one has. */
static int one_ends(long long microseconds)
{
    PyLockStatus status;

    Py_BEGIN_ALLOW_THREADS status = PyThread_acquire_lock_timed(exit_lock, microseconds, 0);
    Py_END_ALLOW_THREADS return status == PY_LOCK_ACQUIRED;
}

/* Waits until it has ended, a second at the most.  Threads are removed from the
 * list under the GIL, and only then is the exit told. */
static void let_end(const struct slp_thread *thread)
{
    const uint64_t id = thread->id;
    const struct slp_thread *still = thread;

    while (still != NULL && one_ends(SLP_EXIT_WAITS_US))
        for (still = all_threads; still != NULL && still->id != id; still = still->next)
            ;
}

/* Was it made by threading?  That is silent of a thread that ends with SystemExit itself only. */
static int is_threadings(unsigned long ident)
{
    PyObject *name = PyUnicode_FromString("threading"), *key = PyLong_FromUnsignedLong(ident);
    PyObject *module = name == NULL ? NULL : PyImport_GetModule(name);
    PyObject *active = module == NULL ? NULL : PyObject_GetAttrString(module, "_active");
    int is_there = active != NULL && key != NULL && PyMapping_HasKey(active, key);

    PyErr_Clear();
    Py_XDECREF(active);
    Py_XDECREF(module);
    Py_XDECREF(key);
    Py_XDECREF(name);
    return is_there;
}

static void ask_to_end(slp_tasklet *t)
{
    PyObject *exit = is_threadings(t->thread->ident) ? PyExc_SystemExit : slp_tasklet_exit;
    PyObject *bomb = slp_bomb_throw(exit, NULL, NULL);

    t->kills = 1;
    if (bomb == NULL || slp_tasklet_throw(t, bomb, 1) < 0)
        PyErr_WriteUnraisable((PyObject *)t);
}

/* Asks the threads that run, or are somewhere in C; returns how many are there. */
static int ask_the_others(void)
{
    int count = 0;

    for (struct slp_thread *thread = all_threads; thread != NULL; thread = thread->next) {
        if (thread->tstate == slp_cpython_tstate())
            continue;
        count++;
        if (thread->main->kills > 0)
            continue;
        ask_to_end(thread->main);
        if (thread->current != NULL && thread->current != thread->main)
            ask_to_end(thread->current);
    }
    return count;
}

void slp_thread_kill_all(void)
{
    struct slp_thread *thread = slp_thread_peek();

    if (thread != NULL)
        kill_started(thread);
    if (exit_lock == NULL)
        exit_lock = PyThread_allocate_lock();
    if (exit_lock == NULL)
        return;
    PyThread_acquire_lock(exit_lock, 1);
    while ((thread = first_that_waits()) != NULL) {
        ask_to_end(thread->main);
        let_end(thread);
    }
    /* One that has ended may have held up others: the time begins anew with each. */
    while (ask_the_others() > 0 && one_ends(SLP_EXIT_RUNS_US))
        ;
}

void slp_thread_wake(struct slp_thread *thread, slp_tasklet *tasklet)
{
    /* The mark is cleared here and not by the thread that wakes up: whoever comes next
     * must not release the lock a second time. */
    if (!thread->waiting)
        return;
    thread->waiting = 0;
    handoff = tasklet;
    if (tasklet != NULL)
        (void)SLP_POINT_THREAD(THREAD_WAKE, tasklet, NULL, NULL, thread->id);
    PyThread_release_lock(thread->lock);
}

int slp_thread_others_can_run(const PyThreadState *self)
{
    int others = slp_cpython_count_others(self);

    for (struct slp_thread *thread = all_threads; thread != NULL; thread = thread->next)
        if (thread->tstate != self && (thread->waiting || thread->bystander))
            others--;
    return others > 0;
}

void slp_thread_wake_stuck(void)
{
    const PyThreadState *tstate = slp_cpython_tstate();
    struct slp_thread *oldest = NULL;

    if (SLP_FAULT(ENDING_THREAD_COUNTS))
        return;
    if (tstate == NULL || !slp_cpython_in_main_interp(tstate) || slp_thread_others_can_run(tstate))
        return;
    /* Any would do, but a schedule must not depend on chance: new ones are put in front. */
    for (struct slp_thread *thread = all_threads; thread != NULL; thread = thread->next)
        if (thread->waiting && thread->tstate != tstate)
            oldest = thread;
    if (oldest != NULL)
        slp_thread_wake(oldest, NULL);
}

/* Drops the GIL and waits for the lock.  Returns whether it was acquired; if
 * not, a signal came. */
static int acquire_without_gil(struct slp_thread *thread)
{
    PyLockStatus status;

    Py_BEGIN_ALLOW_THREADS status = PyThread_acquire_lock_timed(thread->lock, -1, 1);
    if (status == PY_LOCK_ACQUIRED)
        (void)SLP_POINT(THREAD_WOKEN, NULL, NULL, NULL);
    Py_END_ALLOW_THREADS return status == PY_LOCK_ACQUIRED;
}

/* Runs signal handlers in the middle of a wait; they must not switch. */
static int run_signal_handlers(struct slp_thread *thread)
{
    thread->in_callback++;
    int failed = PyErr_CheckSignals();
    thread->in_callback--;
    return failed;
}

int slp_thread_wait(struct slp_thread *thread)
{
    assert(thread->ring == NULL && !thread->waiting);
    (void)SLP_POINT(THREAD_IDLE, NULL, NULL, NULL);
    /* The point may have let another thread put somebody there. */
    if (thread->ring != NULL)
        return 0;
    if (!slp_thread_others_can_run(thread->tstate))
        return 1;
    /* Marked with the GIL: from here on whoever inserts releases the lock, be it before
     * or after we wait for it. */
    thread->waiting = !SLP_FAULT(MARK_AFTER_GIL_DROP);
    thread->idle = 1;
    (void)SLP_POINT(THREAD_WAIT, NULL, NULL, NULL);
    if (SLP_FAULT(MARK_AFTER_GIL_DROP))
        thread->waiting = 1;
    while (!acquire_without_gil(thread)) {
        /* Once the wait is over the signal is the evaluation loop's. */
        if (!thread->waiting || run_signal_handlers(thread) == 0)
            continue;
        /* Whoever woke us while the handler ran releases the lock. */
        while (!thread->waiting && !acquire_without_gil(thread))
            ;
        thread->waiting = thread->idle = 0;
        return -1;
    }
    assert(!thread->waiting);
    thread->idle = 0;
    thread->woken = 1;
    if (SLP_FAULT(GLOBAL_HANDOFF_SLOT) && handoff != NULL)
        thread->ring = handoff;
    (void)SLP_POINT(THREAD_RESUME, NULL, NULL, NULL);
    return 0;
}

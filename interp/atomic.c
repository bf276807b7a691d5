/* SPDX-License-Identifier: MIT
 *
 * atomic.c - atomic tasklets, and how the threads that wait for the GIL know of them.
 *
 * The waiters have no GIL: they look at a table of thread states, which the holder
 * changes.  The order of two things matters, and the GIL's own mutex gives it.  A
 * waiter whose time is up holds the mutex when it comes here and when it asks; the
 * holder takes it to enter the table and to take back what was asked before.  So after
 * slp_atomic_publish() nobody has asked, and nobody will.
 */
#include "cpython.h"

#include "atomic.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <structmember.h>

#include "contract/faults.h"
#include "contract/keeps_gil.h"
#include "gilwait.h"
#include "preempt.h"

/* The thread states whose running tasklet is atomic.  Written with the GIL
 * held, read without it by threads that wait for it. */
static _Atomic(PyThreadState *) atomic_states[SLP_ATOMIC_THREADS_MAX];

/* Called with the GIL's mutex and without the GIL.  An address may be that of a thread
 * state which is gone: it is compared and never followed. */
static int holder_is_atomic(void)
{
    uintptr_t holder = slp_cpython_gil_last_holder();

    for (int i = 0; i < SLP_ATOMIC_THREADS_MAX; i++)
        if (holder != 0 && (uintptr_t)atomic_load(&atomic_states[i]) == holder)
            return 1;
    return 0;
}

/* The interpreter's own interval, unless somebody has changed it: the waiter looks as
 * often as it would have asked. */
static void five_milliseconds_later(struct timespec *deadline)
{
    deadline->tv_nsec += 5000000;
    if (deadline->tv_nsec >= 1000000000) {
        deadline->tv_nsec -= 1000000000;
        deadline->tv_sec++;
    }
}

int slp_atomic_wait(slp_gilwait_function *real, pthread_cond_t *cond, pthread_mutex_t *mutex,
                    const struct timespec *deadline)
{
    int status = real(cond, mutex, deadline);

    /* The interpreter's other timed waits, for its own locks, come past here as well. */
    if (status != ETIMEDOUT || cond != slp_cpython_gil_cond())
        return status;
    struct timespec again = *deadline;
    /* The time may be up in the moment in which the holder, who waits now, gives it away: that is
     * signalled once. */
    while (status == ETIMEDOUT && slp_cpython_gil_is_held() && holder_is_atomic()) {
        five_milliseconds_later(&again);
        status = real(cond, mutex, &again);
    }
    return status;
}

/* Returns whether old was there.  NULL stands for a free place. */
static int replace_state(PyThreadState *old, PyThreadState *new)
{
    for (int i = 0; i < SLP_ATOMIC_THREADS_MAX; i++) {
        if (atomic_load(&atomic_states[i]) == old) {
            atomic_store(&atomic_states[i], new);
            return 1;
        }
    }
    return 0;
}

int slp_atomic_is_published(const struct slp_thread *thread)
{
    for (int i = 0; i < SLP_ATOMIC_THREADS_MAX; i++)
        if (atomic_load(&atomic_states[i]) == thread->tstate)
            return 1;
    return 0;
}

/* Who controls the threads, if somebody does, makes requests of its own. */
static void tell_controller(int keeps)
{
    static slp_keeps_gil_function *told;
    static int looked;

    if (!looked)
        *(void **)&told = dlsym(RTLD_DEFAULT, SLP_KEEPS_GIL);
    looked = 1;
    if (told != NULL)
        told(keeps);
}

void slp_atomic_publish(struct slp_thread *thread, int on)
{
    thread->atomic = (unsigned char)on;
    if (!on) {
        if (replace_state(thread->tstate, NULL))
            tell_controller(0);
        return;
    }
    slp_gilwait_install();
    /* A waiter whose time is up makes its request under this mutex: it has done
     * so, and then it does not count any more, or it will see who the holder is. */
    pthread_mutex_t *mutex = slp_cpython_gil_mutex();
    pthread_mutex_lock(mutex);
    if (!SLP_FAULT(ATOMIC_IGNORED) && replace_state(NULL, thread->tstate)) {
        tell_controller(1);
        slp_cpython_forget_gil_request(slp_cpython_interp(thread->tstate));
    }
    pthread_mutex_unlock(mutex);
    /* A run(timeout) counts by the same request, and has just lost it. */
    slp_preempt_again(thread);
}

int slp_atomic_set(slp_tasklet *t, int on)
{
    int old = t->atomic;

    t->atomic = on != 0;
    /* For one that does not run the next switch to it tells (slp_atomic_follow). */
    if (t->thread->current == t && t->thread->tstate != NULL)
        slp_atomic_follow(t->thread);
    return old;
}

/* ---- with stackless.atomic(): ---- */

typedef struct {
    PyObject_HEAD
    PyObject *entered; /* a list of (tasklet, what its flag was); owned */
} slp_atomic;

static PyObject *atomic_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    if (PyTuple_GET_SIZE(args) > 0 || (kwargs != NULL && PyDict_GET_SIZE(kwargs) > 0)) {
        PyErr_SetString(PyExc_TypeError, "atomic() takes no arguments");
        return NULL;
    }
    slp_atomic *self = (slp_atomic *)type->tp_alloc(type, 0);
    if (self != NULL && (self->entered = PyList_New(0)) == NULL)
        Py_CLEAR(self);
    return (PyObject *)self;
}

static void atomic_dealloc(slp_atomic *self)
{
    Py_XDECREF(self->entered);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

static PyObject *atomic_enter(slp_atomic *self, PyObject *unused)
{
    struct slp_thread *thread = slp_thread_here();

    (void)unused;
    if (thread == NULL)
        return NULL;
    PyObject *entry = Py_BuildValue("Oi", thread->current, thread->current->atomic);
    int failed = entry == NULL || PyList_Append(self->entered, entry) < 0;
    Py_XDECREF(entry);
    if (failed)
        return NULL;
    slp_atomic_set(thread->current, 1);
    return Py_NewRef((PyObject *)self);
}

/* Several tasklets may share one instance: each takes its own entry back. */
static PyObject *atomic_exit(slp_atomic *self, PyObject *unused)
{
    struct slp_thread *thread = slp_thread_here();

    (void)unused;
    if (thread == NULL)
        return NULL;
    for (Py_ssize_t i = PyList_GET_SIZE(self->entered) - 1; i >= 0; i--) {
        PyObject *entry = PyList_GET_ITEM(self->entered, i);
        if (PyTuple_GET_ITEM(entry, 0) != (PyObject *)thread->current)
            continue;
        long old = PyLong_AsLong(PyTuple_GET_ITEM(entry, 1));
        if (PyList_SetSlice(self->entered, i, i + 1, NULL) < 0)
            return NULL;
        slp_atomic_set(thread->current, (int)old);
        Py_RETURN_FALSE;
    }
    PyErr_SetString(PyExc_RuntimeError, "this tasklet has not entered the atomic block");
    return NULL;
}

static PyMethodDef atomic_methods[] = {
    {"__enter__", (PyCFunction)atomic_enter, METH_NOARGS,
     "__enter__($self, /)\n--\n\nSets atomic of the current tasklet; returns self."},
    {"__exit__", (PyCFunction)atomic_exit, METH_VARARGS,
     "__exit__($self, /, *args)\n--\n\n"
     "Puts back what the current tasklet's flag was.  RuntimeError: it has not entered."},
    {0},
};

static PyTypeObject atomic_type = {
    .ob_base = {PyObject_HEAD_INIT(NULL) 0},
    .tp_name = "stackless.atomic",
    .tp_doc = "atomic()\n--\n\n"
              "with atomic(): the current tasklet's thread does not hand the GIL over between\n"
              "bytecodes; what the flag was before comes back at the end.",
    .tp_basicsize = sizeof(slp_atomic),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = atomic_new,
    .tp_dealloc = (destructor)atomic_dealloc,
    .tp_methods = atomic_methods,
};

int slp_atomic_add_type(PyObject *module)
{
    return PyModule_AddType(module, &atomic_type);
}

/* SPDX-License-Identifier: MIT
 *
 * preempt_wrap.c - how slpython's evaluation loop comes to tick.
 *
 * The loop looks at one flag at each of its checks.  If another thread has asked
 * for the GIL it drops it and takes it again, and says so to
 * _PyThreadState_Swap(), which the linker (--wrap) leads here: with the GIL
 * held, no lock taken and nothing half done.  So the request is made again and
 * again while somebody's time is counted.  An exception goes back through
 * _PyErr_SetNone(), which the loop calls for an exception that another thread
 * has sent.
 */
#include "interp/cpython.h"

#include <pthread.h>

#include "interp/bomb.h"
#include "interp/preempt.h"
#include "interp/tasklet.h"
#include "interp/thread.h"

/* How many threads have a runner. */
static int armed;
/* Where the evaluation loop, and nobody else, calls _PyThreadState_Swap() to
 * have its thread state back; found by running one. */
static void *loop_calls[4];
static int learning;
/* The last request was ours, and nobody may be there to answer it. */
static int requested;

PyThreadState *__real__PyThreadState_Swap(slp_cpython_gilstate *, PyThreadState *);
PyThreadState *__wrap__PyThreadState_Swap(slp_cpython_gilstate *, PyThreadState *);
void __real__PyErr_SetNone(PyThreadState *, PyObject *);
void __wrap__PyErr_SetNone(PyThreadState *, PyObject *);
int __real_pthread_cond_wait(pthread_cond_t *, pthread_mutex_t *);
int __wrap_pthread_cond_wait(pthread_cond_t *, pthread_mutex_t *);

static void request(PyInterpreterState *interp)
{
    requested = 1;
    slp_cpython_ask_for_gil(interp);
}

static int is_loop(const void *caller)
{
    for (size_t i = 0; i < sizeof loop_calls / sizeof *loop_calls; i++)
        if (loop_calls[i] == caller)
            return 1;
    return 0;
}

static void learn(void *caller)
{
    if (is_loop(caller))
        return;
    for (size_t i = 0; i < sizeof loop_calls / sizeof *loop_calls; i++) {
        if (loop_calls[i] == NULL) {
            loop_calls[i] = caller;
            return;
        }
    }
}

/* The loop raises what it finds in async_exc, a class; ours stands for what was
 * thrown at the current tasklet. */
void slp_preempt_attract(struct slp_thread *thread)
{
    PyObject **slot = slp_cpython_async_exception(thread->tstate);

    if (*slot != NULL)
        return;
    *slot = Py_NewRef(slp_tasklet_exit);
    slp_cpython_signal_async_exception(thread->tstate);
}

void slp_preempt_calm(struct slp_thread *thread)
{
    PyObject **slot = slp_cpython_async_exception(thread->tstate);

    if (*slot == slp_tasklet_exit)
        Py_CLEAR(*slot);
}

static void raise_from_loop(struct slp_thread *thread)
{
    PyObject *bomb = slp_bomb_fetch();

    if (bomb == NULL) {
        PyErr_WriteUnraisable(NULL);
        return;
    }
    Py_XSETREF(thread->current->thrown, bomb);
    slp_preempt_attract(thread);
}

static __attribute__((noinline)) void arrived(PyThreadState *tstate, void *caller)
{
    if (learning) {
        learn(caller);
        return;
    }
    struct slp_thread *thread = slp_thread_peek();
    if (thread == NULL || thread->preempt.runner == NULL)
        return;
    request(slp_cpython_interp(tstate));
    if (is_loop(caller) && slp_preempt_tick(thread) < 0)
        raise_from_loop(thread);
}

PyThreadState *__wrap__PyThreadState_Swap(slp_cpython_gilstate *state, PyThreadState *tstate)
{
    PyThreadState *old = __real__PyThreadState_Swap(state, tstate);

    if (__builtin_expect(armed | learning, 0) && tstate != NULL)
        arrived(tstate, __builtin_return_address(0));
    return old;
}

void __wrap__PyErr_SetNone(PyThreadState *tstate, PyObject *exception)
{
    struct slp_thread *thread = exception == slp_tasklet_exit ? slp_thread_peek() : NULL;

    if (thread == NULL || slp_tasklet_raise_thrown(thread->current) == 0)
        __real__PyErr_SetNone(tstate, exception);
}

/* A thread that was asked for the GIL waits until another one has had it.
 * When it was us who asked there may be none; that somebody else is passed over
 * this once does no harm. */
int __wrap_pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex)
{
    if (__builtin_expect(requested, 0) && cond == slp_cpython_gil_switch_cond()) {
        requested = 0;
        return 0;
    }
    return __real_pthread_cond_wait(cond, mutex);
}

static int run_a_loop(void)
{
    PyObject *globals = PyDict_New();
    PyObject *code = Py_CompileString("for _ in (1, 2, 3): pass", "<stackless>", Py_file_input);
    PyObject *result = NULL;

    if (globals != NULL && code != NULL) {
        learning = 1;
        request(PyInterpreterState_Get());
        result = PyEval_EvalCode(code, globals, globals);
        learning = 0;
    }
    Py_XDECREF(code);
    Py_XDECREF(globals);
    Py_XDECREF(result);
    return result == NULL ? -1 : 0;
}

int slp_preempt_arm(struct slp_thread *thread)
{
    if (loop_calls[0] == NULL && run_a_loop() < 0)
        return -1;
    if (loop_calls[0] == NULL) {
        PyErr_SetString(PyExc_NotImplementedError,
                        "run(timeout): the evaluation loop's checks cannot be seen");
        return -1;
    }
    armed++;
    request(slp_cpython_interp(thread->tstate));
    return 0;
}

void slp_preempt_again(struct slp_thread *thread)
{
    if (thread->preempt.runner != NULL)
        request(slp_cpython_interp(thread->tstate));
}

void slp_preempt_disarm(struct slp_thread *thread)
{
    (void)thread;
    armed--;
}

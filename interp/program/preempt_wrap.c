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
#include "interp/trace_begin.h"

/* Where the evaluation loop, and nobody else, calls _PyThreadState_Swap() to
 * have its thread state back; found by running one. */
static void *loop_calls[4];
static int learning;

PyThreadState *__real__PyThreadState_Swap(slp_cpython_gilstate *, PyThreadState *);
PyThreadState *__wrap__PyThreadState_Swap(slp_cpython_gilstate *, PyThreadState *);
void __real__PyErr_SetNone(PyThreadState *, PyObject *);
void __wrap__PyErr_SetNone(PyThreadState *, PyObject *);
void __real__PyEval_SignalAsyncExc(PyInterpreterState *);
void __wrap__PyEval_SignalAsyncExc(PyInterpreterState *);
int __real_pthread_cond_wait(pthread_cond_t *, pthread_mutex_t *);
int __wrap_pthread_cond_wait(pthread_cond_t *, pthread_mutex_t *);

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

    if (*slot != slp_tasklet_exit)
        return;
    Py_CLEAR(*slot);
    if (slp_cpython_is_asked_in_vain(slp_cpython_tstate()))
        slp_cpython_forget_async_request(slp_cpython_interp(thread->tstate));
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
    if (thread == NULL || thread->preempt.runner == NULL ||
        (is_loop(caller) && slp_trace_begin_waits(thread)))
        return;
    slp_preempt_request(slp_cpython_interp(tstate));
    if (is_loop(caller) && slp_preempt_tick(thread) < 0)
        raise_from_loop(thread);
}

/* Another thread than the one that has something to raise would look for it in vain, and in front
 * of a traced function again and again, while that one is in C. */
void __wrap__PyEval_SignalAsyncExc(PyInterpreterState *interp)
{
    const PyThreadState *tstate = slp_cpython_tstate();

    __real__PyEval_SignalAsyncExc(interp);
    if (tstate != NULL && slp_cpython_is_asked_in_vain(tstate))
        slp_cpython_forget_async_request(slp_cpython_interp(tstate));
}

PyThreadState *__wrap__PyThreadState_Swap(slp_cpython_gilstate *state, PyThreadState *tstate)
{
    PyThreadState *old = __real__PyThreadState_Swap(state, tstate);

    if (__builtin_expect(tstate != NULL && slp_cpython_is_asked_in_vain(tstate), 0))
        slp_cpython_forget_async_request(slp_cpython_interp(tstate));
    if (__builtin_expect(slp_preempt_armed | learning, 0) && tstate != NULL)
        arrived(tstate, __builtin_return_address(0));
    return old;
}

void __wrap__PyErr_SetNone(PyThreadState *tstate, PyObject *exception)
{
    struct slp_thread *thread = exception == slp_tasklet_exit ? slp_thread_peek() : NULL;

    if (thread == NULL || slp_tasklet_raise_thrown(thread->current) == 0)
        __real__PyErr_SetNone(tstate, exception);
}

int __wrap_pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex)
{
    return slp_preempt_skips_wait(cond) ? 0 : __real_pthread_cond_wait(cond, mutex);
}

static int run_a_loop(void)
{
    PyObject *globals = PyDict_New();
    PyObject *code = Py_CompileString("for _ in (1, 2, 3): pass", "<stackless>", Py_file_input);
    PyObject *result = NULL;

    if (globals != NULL && code != NULL) {
        learning = 1;
        slp_preempt_request(PyInterpreterState_Get());
        result = PyEval_EvalCode(code, globals, globals);
        learning = 0;
    }
    Py_XDECREF(code);
    Py_XDECREF(globals);
    Py_XDECREF(result);
    return result == NULL ? -1 : 0;
}

int slp_preempt_can_see(void)
{
    if (loop_calls[0] == NULL && run_a_loop() < 0)
        return -1;
    return loop_calls[0] != NULL;
}

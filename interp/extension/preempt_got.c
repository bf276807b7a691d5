/* SPDX-License-Identifier: MIT
 *
 * preempt_got.c - how a stock interpreter's evaluation loop comes to tick.
 *
 * As in preempt_wrap.c the loop is made to drop the GIL and take it again at
 * each of its checks, by a request that is made again and again.  What is called
 * last when the GIL is taken, of what can be led to us (got.h), is
 * pthread_mutex_unlock(): the GIL is held and everything about it is done, but
 * the interpreter does not know yet which thread state runs.  We say so, and
 * take it back before we return.
 *
 * The GIL is taken for C functions, too, that have dropped it, and there nobody
 * may be interrupted.  So a call must have come the way that the loop's calls
 * come: the two return addresses behind it are compared with those of a loop
 * that was run for this.  The second is at a fixed distance, which the unwind
 * tables tell, since the function between has a frame of fixed size there.
 *
 * An exception is given to the loop as one that another thread has sent: by a
 * class.  This class is made for it, and a call of it makes the real exception.
 */
#include "interp/cpython.h"

#include "interp/preempt.h"

#include <pthread.h>
#include <unwind.h>

#include "arch/arch.h"
#include "interp/bomb.h"
#include "got.h"
#include "preempt_got.h"
#include "interp/tasklet.h"
#include "interp/thread.h"
#include "interp/trace_begin.h"

/* How the loop comes to pthread_mutex_unlock(). */
struct way {
    const void *first;
    const void *second;
    ptrdiff_t distance; /* from the end of our frame to where second is */
};
static struct way loop_ways[4];
static int loop_way_count;
static PyThreadState *learner; /* whose next calls are the loop's, or NULL */

static int attracted; /* something was thrown into a running tasklet, once at least */

static int (*real_unlock)(pthread_mutex_t *);
static int (*real_wait)(pthread_cond_t *, pthread_mutex_t *);

/* ---- the way ---- */

struct search {
    const void *first;
    int found; /* frames behind it, itself included */
    const char *end;
    const void *second;
};

/* In a frame, GetCFA() says where the frame that it has called ends. */
static _Unwind_Reason_Code look_at_frame(struct _Unwind_Context *context, void *arg)
{
    struct search *search = arg;
    const void *address = (const void *)_Unwind_GetIP(context);

    if (search->found == 0 && address != search->first)
        return _URC_NO_REASON;
    if (search->found++ == 0)
        return _URC_NO_REASON;
    search->end = (const char *)_Unwind_GetCFA(context);
    search->second = address;
    return _URC_END_OF_STACK;
}

static void learn(const void *first, const char *frame_end)
{
    struct search search = {.first = first};

    if (loop_way_count == sizeof loop_ways / sizeof *loop_ways)
        return;
    (void)_Unwind_Backtrace(look_at_frame, &search);
    if (search.found < 2)
        return;
    struct way *way = &loop_ways[loop_way_count];
    way->first = first;
    way->second = search.second;
    way->distance = (const char *)SLP_ARCH_RETURN_ADDRESS(search.end) - frame_end;
    if (*(const void *const *)(frame_end + way->distance) == way->second)
        loop_way_count++;
}

static int is_loop(const void *first, const char *frame_end)
{
    for (int i = 0; i < loop_way_count; i++) {
        const struct way *way = &loop_ways[i];
        if (way->first == first && *(const void *const *)(frame_end + way->distance) == way->second)
            return 1;
    }
    return 0;
}

/* ---- an exception ---- */

/* __new__ of the class: self is the bomb.  Who normalises an exception that has
 * its instance already hands that over. */
static PyObject *make_exception(PyObject *self, PyObject *args)
{
    slp_bomb *bomb = (slp_bomb *)self;

    if (PyTuple_GET_SIZE(args) == 2 && PyExceptionInstance_Check(PyTuple_GET_ITEM(args, 1)))
        return Py_NewRef(PyTuple_GET_ITEM(args, 1));
    PyErr_NormalizeException(&bomb->type, &bomb->value, &bomb->traceback);
    return Py_XNewRef(bomb->value);
}

static PyMethodDef make_def = {"__new__", make_exception, METH_VARARGS, NULL};

/* A subclass of the exception's class, so that who compares before it calls sees
 * what it is. */
static PyObject *class_for(PyObject *bomb)
{
    PyTypeObject *base = (PyTypeObject *)((slp_bomb *)bomb)->type;
    PyObject *function = PyCFunction_New(&make_def, bomb);
    PyObject *name = function != NULL ? PyType_GetName(base) : NULL;
    PyObject *class = NULL;

    if (name != NULL)
        class = PyObject_CallFunction((PyObject *)Py_TYPE(base), "O(O){s:O}", name, base, "__new__",
                                      function);
    Py_XDECREF(name);
    Py_XDECREF(function);
    return class;
}

/* What was thrown at the current tasklet is raised by the loop, next. */
static void raise_thrown(struct slp_thread *thread)
{
    slp_tasklet *current = thread->current;
    PyObject *bomb = current->thrown;

    PyObject **slot = slp_cpython_async_exception(thread->tstate);

    if (*slot != NULL)
        return;
    /* What runs here must not find it. */
    current->thrown = NULL;
    *slot = class_for(bomb);
    if (*slot != NULL) {
        Py_DECREF(bomb);
        return;
    }
    /* No memory, or the class forbids it: then at the next switch. */
    PyErr_Clear();
    if (current->thrown == NULL)
        current->thrown = bomb;
    else
        Py_DECREF(bomb);
}

static void keep_for_loop(slp_tasklet *current)
{
    PyObject *bomb = slp_bomb_fetch();

    if (bomb == NULL)
        PyErr_WriteUnraisable(NULL);
    else
        Py_XSETREF(current->thrown, bomb);
}

/* ---- the check ---- */

static void check(PyThreadState *tstate, int in_loop)
{
    struct slp_thread *thread = slp_thread_peek();

    if (thread == NULL || (thread->preempt.runner == NULL && thread->current->thrown == NULL))
        return;
    if (!in_loop || !slp_trace_begin_waits(thread)) {
        slp_preempt_request(slp_cpython_interp(tstate));
        if (in_loop && thread->preempt.runner != NULL && slp_preempt_tick(thread) < 0)
            keep_for_loop(thread->current);
    }
    if (in_loop && thread->current->thrown != NULL)
        raise_thrown(thread);
}

/* This thread's state, if it has just taken the GIL; else NULL.  The GIL's own
 * mutex is held. */
static PyThreadState *who_has_taken_gil(void)
{
    PyThreadState *tstate = PyGILState_GetThisThreadState();

    if (tstate == NULL || !slp_cpython_gil_is_held() ||
        (uintptr_t)tstate != slp_cpython_gil_last_holder() || slp_cpython_tstate() != NULL ||
        slp_cpython_is_finalizing())
        return NULL;
    return tstate;
}

static __attribute__((noinline)) int unlock(pthread_mutex_t *mutex)
{
    if (__builtin_expect(!(slp_preempt_armed | attracted) && learner == NULL, 1) ||
        mutex != slp_cpython_gil_mutex())
        return real_unlock(mutex);

    const void *caller = __builtin_return_address(0);
    const char *frame_end = __builtin_dwarf_cfa();
    PyThreadState *tstate = who_has_taken_gil();
    int status = real_unlock(mutex);

    if (tstate == NULL)
        return status;
    if (tstate == learner) {
        learn(caller, frame_end);
        return status;
    }
    slp_cpython_set_tstate(tstate);
    check(tstate, is_loop(caller, frame_end));
    slp_cpython_set_tstate(NULL);
    return status;
}

static int wait_for_switch(pthread_cond_t *cond, pthread_mutex_t *mutex)
{
    return slp_preempt_skips_wait(cond) ? 0 : real_wait(cond, mutex);
}

/* ---- preempt.h ---- */

/* The loop is a function's once and a module's once: if the evaluation of frames
 * were part of what is between, it would be seen to have come from two places. */
static const char loops[] = "def loop():\n"
                            "    for _ in (1, 2, 3): pass\n"
                            "loop()\n"
                            "for _ in (1, 2, 3): pass\n";

int slp_preempt_learn(void)
{
    PyObject *globals = PyDict_New();
    PyObject *code = Py_CompileString(loops, "<stackless>", Py_file_input);
    PyObject *result = NULL;

    if (globals != NULL && code != NULL &&
        slp_got_replace("pthread_mutex_unlock", (slp_got_function)unlock,
                        (slp_got_function *)&real_unlock) == 0 &&
        slp_got_replace("pthread_cond_wait", (slp_got_function)wait_for_switch,
                        (slp_got_function *)&real_wait) == 0) {
        learner = PyThreadState_Get();
        slp_preempt_request(slp_cpython_interp(learner));
        result = PyEval_EvalCode(code, globals, globals);
        learner = NULL;
    }
    Py_XDECREF(code);
    Py_XDECREF(globals);
    Py_XDECREF(result);
    return PyErr_Occurred() ? -1 : 0;
}

void slp_preempt_attract(struct slp_thread *thread)
{
    attracted = 1;
    slp_preempt_request(slp_cpython_interp(thread->tstate));
}

/* A check looks for what was thrown, and finds nothing. */
void slp_preempt_calm(struct slp_thread *thread)
{
    (void)thread;
}

int slp_preempt_can_see(void)
{
    return loop_way_count > 0;
}

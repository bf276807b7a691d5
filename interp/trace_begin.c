/* SPDX-License-Identifier: MIT */
#include "cpython.h"

#include "trace_begin.h"

/* Each stands for one function for good: so one that is switched out with a tasklet's state still
 * knows for whom it stands. */
static Py_tracefunc real[SLP_TRACE_BEGIN_FUNCTIONS_MAX];

static int stand_in(int number, Py_tracefunc self, PyObject *object, PyFrameObject *frame,
                    int event, PyObject *argument)
{
    struct slp_thread *thread = slp_thread_peek();

    slp_cpython_replace_told(slp_cpython_tstate(), self, real[number]);
    if (thread != NULL) {
        thread->entry_is_told = event == PyTrace_CALL;
        slp_preempt_again(thread);
    }
    int result = real[number](object, frame, event, argument);
    /* It has raised: the function does not begin. */
    if (result < 0 && thread != NULL)
        thread->entry = NULL;
    return result;
}

#define NUMBERS(X) \
    X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)
#define STAND_IN(n) \
    static int stand_in_##n(PyObject *object, PyFrameObject *frame, int event, PyObject *argument) \
    { \
        return stand_in(n, stand_in_##n, object, frame, event, argument); \
    }
NUMBERS(STAND_IN)
#define NAME(n) stand_in_##n,
static const Py_tracefunc stand_ins[SLP_TRACE_BEGIN_FUNCTIONS_MAX] = {NUMBERS(NAME)};

static void put_stand_in(PyThreadState *tstate)
{
    Py_tracefunc *place = slp_cpython_first_told(tstate);

    for (int i = 0; place != NULL && i < SLP_TRACE_BEGIN_FUNCTIONS_MAX; i++) {
        if (*place == stand_ins[i])
            return;
        if (real[i] == NULL)
            real[i] = *place;
        if (*place == real[i]) {
            *place = stand_ins[i];
            return;
        }
    }
}

int slp_trace_begin_waits(struct slp_thread *thread)
{
    PyThreadState *tstate = thread->tstate;
    const slp_cpython_frame *entry = slp_cpython_traced_entry(tstate);
    int is_told = thread->entry == entry && thread->entry_is_told;

    /* What a trace function runs says nothing of the function that it was told of. */
    if (slp_cpython_in_trace_function(tstate))
        return 0;
    thread->entry = is_told ? NULL : entry;
    thread->entry_is_told = 0;
    /* A signal that it has still to handle, say: it will look again, and may be asked again. */
    if (entry == NULL || is_told || slp_cpython_is_asked(slp_cpython_interp(tstate)))
        return 0;
    put_stand_in(tstate);
    return 1;
}

/* SPDX-License-Identifier: MIT
 *
 * eval.c - the three doors through which C code enters frame evaluation.
 *
 * The linker (--wrap) leads the interpreter's own calls of these functions here.
 * Calls from Python to Python do not pass: they use no C stack.  The fast path
 * is one comparison and a tail jump.
 */
#define Py_BUILD_CORE 1
#include <Python.h>

#include <assert.h>
#include <internal/pycore_frame.h>

#include "faults.h"
#include "gcguard.h"
#include "points.h"
#include "spill.h"
#include "spill_record.h"
#include "tasklet.h"

PyObject *__real__PyEval_Vector(PyThreadState *, PyFunctionObject *, PyObject *, PyObject *const *,
                                size_t, PyObject *);
PyObject *__real__PyEval_EvalFrameDefault(PyThreadState *, struct _PyInterpreterFrame *, int);
PyObject *__real_PyEval_EvalCode(PyObject *, PyObject *, PyObject *);
PyObject *__wrap__PyEval_Vector(PyThreadState *, PyFunctionObject *, PyObject *, PyObject *const *,
                                size_t, PyObject *);
PyObject *__wrap__PyEval_EvalFrameDefault(PyThreadState *, struct _PyInterpreterFrame *, int);
PyObject *__wrap_PyEval_EvalCode(PyObject *, PyObject *, PyObject *);

void *slp_spill_current(void)
{
    struct slp_thread *thread = slp_thread_peek();

    return thread != NULL ? thread->current : NULL;
}

PyObject *slp_spill_evaluate(const struct slp_spill_call *call)
{
    switch (call->kind) {
    case SLP_CALL_VECTOR:
        return __real__PyEval_Vector(call->tstate, call->of.vector.func, call->of.vector.locals,
                                     call->of.vector.args, call->of.vector.argcount,
                                     call->of.vector.kwnames);
    case SLP_CALL_FRAME:
        return __real__PyEval_EvalFrameDefault(call->tstate, call->of.frame.frame,
                                               call->of.frame.throwflag);
    case SLP_CALL_CODE:
        return __real_PyEval_EvalCode(call->of.code.co, call->of.code.globals,
                                      call->of.code.locals);
    default:
        return NULL;
    }
}

#ifdef SLP_LAB

/* Asks the hook.  Returns whether it wants a spill. */
static int asked_to_spill(void)
{
    slp_tasklet *current;

    if (slp_point_current_hook == NULL)
        return 0;
    current = slp_spill_current();
    if (current == NULL)
        return 0;
    unsigned action;
    if (current->releasing)
        action = SLP_POINT(RELEASE_ENTER, current, NULL, NULL);
    else if (current->calling_back)
        action = SLP_POINT(CALLBACK_ENTER, current, NULL, NULL);
    else
        action = SLP_POINT(EVAL_ENTER, current, NULL, NULL);
    return (action & SLP_ACT_SPILL) != 0;
}

/* The historical faults of a spill's entry.  -1: an exception was raised. */
static int entry_faults(slp_tasklet *current)
{
    if (current == NULL)
        return 0;
    if (SLP_FAULT(SPILL_DETONATES_BOMB) && slp_bomb_check(current->tempval)) {
        PyObject *none = slp_mailbox_claim(current);
        assert(none == NULL);
        (void)none;
        return -1;
    }
    if (SLP_FAULT(SPILL_ENTRY_EATS_MAILBOX))
        slp_mailbox_set(current, Py_NewRef(Py_None));
    return 0;
}

/* The historical fault of a spill's return: the result passes through the mailbox. */
static void return_faults(slp_tasklet *current, PyObject **result)
{
    if (current == NULL || *result == NULL || !SLP_FAULT(SPILL_RETURN_EATS_MAILBOX))
        return;
    slp_mailbox_set(current, *result);
    *result = slp_mailbox_take(current);
}

#endif

/* Evaluates the call on a fresh stack, or in place where that is impossible. */
static PyObject *slp_eval_frame_newstack(PyThreadState *tstate, struct slp_spill_call *call)
{
    PyObject *result;

    if (slp_gcguard_active() || (!slp_gcguard_installed && PyErr_Occurred()))
        return slp_spill_evaluate(call);
    if (!slp_gcguard_installed && slp_gcguard_install() < 0)
        PyErr_Clear();
#ifdef SLP_LAB
    slp_tasklet *current = slp_spill_current();
    if (SLP_FAULT(SPILL_EATS_PENDING_ERROR))
        PyErr_Clear();
    int depth = tstate->recursion_remaining;
    if (SLP_FAULT(SPILL_LOSES_DEPTH))
        tstate->recursion_remaining = tstate->recursion_limit;
    if (entry_faults(current) < 0) {
        if (call->kind != SLP_CALL_FRAME)
            return NULL;
        call->of.frame.throwflag = 1; /* a generator's frame must run to see it */
    }
#endif
    if (slp_spill_call(tstate, call, &result) < 0)
        return slp_spill_evaluate(call);
#ifdef SLP_LAB
    if (SLP_FAULT(SPILL_LOSES_DEPTH) && call->kind != SLP_CALL_FRAME)
        tstate->recursion_remaining = depth > 0 ? depth - 1 : depth;
    return_faults(current, &result);
#endif
    return result;
}

/* Whether the stack has really grown past the limit, or somebody wants a spill. */
static int wants_spill(void)
{
#ifdef SLP_LAB
    if (asked_to_spill())
        return 1;
    /* With a hook set, the limit only leads here so that it can be asked. */
    return (uintptr_t)__builtin_frame_address(0) <= slp_spill_stack_limit();
#else
    return 1;
#endif
}

static __attribute__((noinline)) PyObject *slp_eval_slow(struct slp_spill_call *call)
{
    if (!wants_spill())
        return slp_spill_evaluate(call);
    return slp_eval_frame_newstack(call->tstate, call);
}

#define STACK_IS_SHORT() \
    __builtin_expect((uintptr_t)__builtin_frame_address(0) > slp_spill_limit, 1)

PyObject *__wrap__PyEval_Vector(PyThreadState *tstate, PyFunctionObject *func, PyObject *locals,
                                PyObject *const *args, size_t argcount, PyObject *kwnames)
{
    if (STACK_IS_SHORT())
        return __real__PyEval_Vector(tstate, func, locals, args, argcount, kwnames);
    struct slp_spill_call call = {.kind = SLP_CALL_VECTOR, .tstate = tstate};
    call.of.vector.func = func;
    call.of.vector.locals = locals;
    call.of.vector.args = args;
    call.of.vector.argcount = argcount;
    call.of.vector.kwnames = kwnames;
    return slp_eval_slow(&call);
}

PyObject *__wrap__PyEval_EvalFrameDefault(PyThreadState *tstate, struct _PyInterpreterFrame *frame,
                                          int throwflag)
{
    if (STACK_IS_SHORT())
        return __real__PyEval_EvalFrameDefault(tstate, frame, throwflag);
    struct slp_spill_call call = {.kind = SLP_CALL_FRAME, .tstate = tstate};
    call.of.frame.frame = frame;
    call.of.frame.throwflag = throwflag;
    return slp_eval_slow(&call);
}

PyObject *__wrap_PyEval_EvalCode(PyObject *co, PyObject *globals, PyObject *locals)
{
    if (STACK_IS_SHORT())
        return __real_PyEval_EvalCode(co, globals, locals);
    struct slp_spill_call call = {.kind = SLP_CALL_CODE, .tstate = PyThreadState_Get()};
    call.of.code.co = co;
    call.of.code.globals = globals;
    call.of.code.locals = locals;
    return slp_eval_slow(&call);
}

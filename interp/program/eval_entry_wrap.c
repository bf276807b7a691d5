/* SPDX-License-Identifier: MIT
 *
 * eval_entry_wrap.c - the three functions by which C code enters frame evaluation.
 *
 * The linker (--wrap) leads the interpreter's own calls of these functions here.
 * Calls from Python to Python do not pass: they use no C stack.
 */
#include "interp/cpython.h"

#include "interp/eval_entry.h"

PyObject *__real__PyEval_Vector(PyThreadState *, PyFunctionObject *, PyObject *, PyObject *const *,
                                size_t, PyObject *);
PyObject *__real__PyEval_EvalFrameDefault(PyThreadState *, slp_cpython_frame *, int);
PyObject *__real_PyEval_EvalCode(PyObject *, PyObject *, PyObject *);
PyObject *__wrap__PyEval_Vector(PyThreadState *, PyFunctionObject *, PyObject *, PyObject *const *,
                                size_t, PyObject *);
PyObject *__wrap__PyEval_EvalFrameDefault(PyThreadState *, slp_cpython_frame *, int);
PyObject *__wrap_PyEval_EvalCode(PyObject *, PyObject *, PyObject *);

/* The entries are always there; with a limit of 0 they cost a comparison. */
void slp_eval_entry_update(void)
{
}

PyObject *slp_eval_entry_evaluate(const struct slp_spill_call *call)
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

PyObject *__wrap__PyEval_Vector(PyThreadState *tstate, PyFunctionObject *func, PyObject *locals,
                                PyObject *const *args, size_t argcount, PyObject *kwnames)
{
    if (SLP_EVAL_ENTRY_STACK_IS_SHORT())
        return __real__PyEval_Vector(tstate, func, locals, args, argcount, kwnames);
    struct slp_spill_call call = {.kind = SLP_CALL_VECTOR, .tstate = tstate};
    call.of.vector.func = func;
    call.of.vector.locals = locals;
    call.of.vector.args = args;
    call.of.vector.argcount = argcount;
    call.of.vector.kwnames = kwnames;
    return slp_eval_slow(&call);
}

PyObject *__wrap__PyEval_EvalFrameDefault(PyThreadState *tstate, slp_cpython_frame *frame,
                                          int throwflag)
{
    if (SLP_EVAL_ENTRY_STACK_IS_SHORT())
        return __real__PyEval_EvalFrameDefault(tstate, frame, throwflag);
    struct slp_spill_call call = {.kind = SLP_CALL_FRAME, .tstate = tstate};
    call.of.frame.frame = frame;
    call.of.frame.throwflag = throwflag;
    return slp_eval_slow(&call);
}

PyObject *__wrap_PyEval_EvalCode(PyObject *co, PyObject *globals, PyObject *locals)
{
    if (SLP_EVAL_ENTRY_STACK_IS_SHORT())
        return __real_PyEval_EvalCode(co, globals, locals);
    struct slp_spill_call call = {.kind = SLP_CALL_CODE, .tstate = PyThreadState_Get()};
    call.of.code.co = co;
    call.of.code.globals = globals;
    call.of.code.locals = locals;
    return slp_eval_slow(&call);
}

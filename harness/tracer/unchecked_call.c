/* SPDX-License-Identifier: MIT */
#define Py_BUILD_CORE 1
#include "unchecked_call.h"

#include <internal/pycore_code.h>
#include <internal/pycore_interp.h>
#include <opcode.h>

/* What is called, as far as the interpreter asks for it. */
struct called {
    PyObject *callable;
    int is_method, count; /* of the arguments, the self of a method among them */
    PyObject *first;
};

static PyObject *list_append(void)
{
    static PyObject *found;

    if (found == NULL) {
        PyObject *name = PyUnicode_InternFromString("append");
        found = name != NULL ? _PyType_Lookup(&PyList_Type, name) : NULL;
        Py_XDECREF(name);
        PyErr_Clear();
    }
    return found;
}

static PyObject *builtin(const char *name)
{
    PyObject *found =
        PyDict_GetItemString(PyEval_GetBuiltins(), name); /* the program's may differ */

    return found != NULL && PyCFunction_CheckExact(found) ? found : NULL;
}

static int is_len(PyObject *callable)
{
    static PyObject *len;

    len = len != NULL ? len : builtin("len");
    return len != NULL && callable == len;
}

static int is_isinstance(PyObject *callable)
{
    static PyObject *isinstance;

    isinstance = isinstance != NULL ? isinstance : builtin("isinstance");
    return isinstance != NULL && callable == isinstance;
}

/* Its result is not used: the bytecode behind the CALL says so. */
static int drops_result(const _Py_CODEUNIT *at)
{
    return _Py_OPCODE(at[INLINE_CACHE_ENTRIES_PRECALL + 1 + INLINE_CACHE_ENTRIES_CALL + 1]) ==
           POP_TOP;
}

/* What the interpreter would make of it; 0: anything else. */
static int specialised(const _Py_CODEUNIT *at, const struct called *called)
{
    int argument = _Py_OPARG(*at);

    if (called->count == 1 && is_len(called->callable))
        return PRECALL_NO_KW_LEN;
    if (called->count == 2 && is_isinstance(called->callable))
        return PRECALL_NO_KW_ISINSTANCE;
    if (called->count == 1 && argument == 1 && called->callable == (PyObject *)&PyType_Type)
        return PRECALL_NO_KW_TYPE_1;
    if (argument == 1 && called->callable == list_append() && drops_result(at))
        return PRECALL_NO_KW_LIST_APPEND;
    return 0;
}

/* Does what stands there apply to this call?  Else the interpreter does as if nothing were there. */
static int applies(int opcode, const struct called *called)
{
    switch (opcode) {
    case PRECALL_NO_KW_LEN:
        return !called->is_method && is_len(called->callable);
    case PRECALL_NO_KW_ISINSTANCE:
        return called->count == 2 && is_isinstance(called->callable);
    case PRECALL_NO_KW_TYPE_1:
        return !called->is_method && called->callable == (PyObject *)&PyType_Type;
    case PRECALL_NO_KW_LIST_APPEND:
        return called->callable == list_append() && called->first != NULL &&
               PyList_Check(called->first);
    default:
        return 0;
    }
}

static struct called called_by(const _PyInterpreterFrame *frame, int argument)
{
    PyObject *const *top = &frame->localsplus[frame->stacktop];
    int is_method = top[-(argument + 2)] != NULL;

    return (struct called){.callable = top[-(argument + 1 + is_method)],
                           .is_method = is_method,
                           .count = argument + is_method,
                           .first = argument + is_method > 0 ? top[-(argument + is_method)] : NULL};
}

/* Of a PRECALL_ADAPTIVE: what stands there when the call is made, which it may have become now. */
static int adapt(_Py_CODEUNIT *at, const struct called *called)
{
    _PyPrecallCache *cache = (_PyPrecallCache *)(at + 1);

    if (cache->counter >> ADAPTIVE_BACKOFF_BITS != 0) {
        cache->counter -= 1 << ADAPTIVE_BACKOFF_BITS;
        return PRECALL_ADAPTIVE;
    }
    int opcode = specialised(at, called);
    cache->counter =
        opcode != 0 ? adaptive_counter_start() : adaptive_counter_backoff(cache->counter);
    if (opcode != 0)
        _Py_SET_OPCODE(*at, opcode);
    return opcode != 0 ? opcode : PRECALL_ADAPTIVE;
}

enum sw_next_check sw_unchecked_call_comes(const _PyInterpreterFrame *frame)
{
    _Py_CODEUNIT *at = frame->prev_instr;
    int opcode = _Py_OPCODE(*at);

    if (sw_operation_opcode(frame) != PRECALL)
        return SW_CHECK_ASKS;
    const struct called called = called_by(frame, _Py_OPARG(*at));
    if (opcode == PRECALL_ADAPTIVE)
        opcode = adapt(at, &called);
    if (applies(opcode, &called))
        return SW_CHECK_IS_NONE;
    return specialised(at, &called) != 0 ? SW_CHECK_IS_COLD : SW_CHECK_ASKS;
}

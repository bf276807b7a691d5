/* SPDX-License-Identifier: MIT
 *
 * eval.c - C code is about to evaluate a frame, and the stack is not short.
 */
#define Py_BUILD_CORE 1
#include <Python.h>

#include <assert.h>
#include <internal/pycore_frame.h>

#include "eval_entry.h"
#include "contract/faults.h"
#include "gcguard.h"
#include "contract/points.h"
#include "spill.h"
#include "spill_record.h"
#include "tasklet.h"

void *slp_spill_current(void)
{
    struct slp_thread *thread = slp_thread_peek();

    return thread != NULL ? thread->current : NULL;
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

PyObject *slp_eval_slow(struct slp_spill_call *call)
{
    if (!wants_spill())
        return slp_spill_evaluate(call);
    return slp_eval_frame_newstack(call->tstate, call);
}

/* SPDX-License-Identifier: MIT
 *
 * eval.c - C code is about to evaluate a frame, and the stack is not short.
 *
 * The steps, each of which can end in "evaluate it in place", since a spill that
 * does not happen is never an error:
 *   1. Is a spill wanted?  The stack has grown past the limit, or a hook says so.
 *   2. May this stack move now?  Not with a collection on it (gcguard.h).
 *   3. Can it be moved?  spill.c tries, and says no without memory.
 */
#include "cpython.h"

#include <assert.h>

#include "eval_entry.h"
#include "contract/faults.h"
#include "gcguard.h"
#include "contract/points.h"
#include "mailbox.h"
#include "spill.h"
#include "spill_record.h"
#include "tasklet.h"

void *slp_eval_current(void)
{
    struct slp_thread *thread = slp_thread_peek();

    return thread != NULL ? thread->current : NULL;
}

/* ---- the lab's: constants and nothing in slpython ---- */

#ifdef SLP_LAB
/* What is about to run; NULL: nothing that has a code object. */
static void *code_of(const struct slp_spill_call *call)
{
    switch (call->kind) {
    case SLP_CALL_VECTOR:
        return call->of.vector.func->func_code;
    case SLP_CALL_FRAME:
        return slp_cpython_frame_code(call->of.frame.frame);
    case SLP_CALL_CODE:
        return call->of.code.co;
    default:
        return NULL;
    }
}
#endif

/* Asks the hook.  Which point it is depends on why Python code runs here: the
 * places where a spill once did harm have names of their own. */
static int asked_to_spill(const struct slp_spill_call *call)
{
    const slp_tasklet *current = SLP_POINT_AT_FRAMES ? slp_eval_current() : NULL;
    unsigned action;

    if (current == NULL)
        return 0;
    if (current->releasing)
        action = SLP_POINT(RELEASE_ENTER, (void *)current, NULL, code_of(call));
    else if (current->calling_back)
        action = SLP_POINT(CALLBACK_ENTER, (void *)current, NULL, code_of(call));
    else
        action = SLP_POINT(EVAL_ENTER, (void *)current, NULL, code_of(call));
    (void)call;
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
    if (!SLP_FAULT(SPILL_RETURN_EATS_MAILBOX) || current == NULL || *result == NULL)
        return;
    slp_mailbox_set(current, *result);
    *result = slp_mailbox_take(current);
}

/* The whole of step 3 in a lab: slp_spill_call(), wrapped in what can be wrong with it. */
static int spill_with_faults(PyThreadState *tstate, struct slp_spill_call *call, PyObject **result)
{
    slp_tasklet *current = slp_eval_current();
    int depth = slp_cpython_depth(tstate);

    if (SLP_FAULT(SPILL_EATS_PENDING_ERROR))
        PyErr_Clear();
    if (SLP_FAULT(SPILL_LOSES_DEPTH))
        slp_cpython_set_depth(tstate, 0);
    if (entry_faults(current) < 0) {
        if (call->kind != SLP_CALL_FRAME) {
            *result = NULL;
            return 0;
        }
        call->of.frame.throwflag = 1; /* a generator's frame must run to see it */
    }
    if (slp_spill_call(tstate, call, result) < 0)
        return -1;
    if (SLP_FAULT(SPILL_LOSES_DEPTH) && call->kind != SLP_CALL_FRAME)
        slp_cpython_set_depth(tstate, depth < slp_cpython_depth_max(tstate) ? depth + 1 : depth);
    return_faults(current, result);
    return 0;
}

/* ---- the steps ---- */

/* Whether the stack has really grown past the limit, or somebody wants a spill. */
static int wants_spill(const struct slp_spill_call *call)
{
    if (!SLP_POINT_BUILT)
        return 1; /* the entry has compared, and that is all there is to it */
    if (asked_to_spill(call))
        return 1;
    /* While a hook is set, and until the next update after, the limit only leads here
     * so that the hook can be asked. */
    return (uintptr_t)__builtin_frame_address(0) <= slp_spill_stack_limit();
}

/* May this stack move?  Without the guard in gc.callbacks nobody could say so
 * later.  To put it there may allocate, which an exception that is pending does
 * not survive: then not now, and there will be other frames. */
static int may_move(void)
{
    if (slp_gcguard_active() || (!slp_gcguard_installed && PyErr_Occurred()))
        return 0;
    if (!slp_gcguard_installed && slp_gcguard_install() < 0)
        PyErr_Clear();
    return 1;
}

static PyObject *slp_eval_frame_newstack(PyThreadState *tstate, struct slp_spill_call *call)
{
    PyObject *result;

    if (!may_move() || spill_with_faults(tstate, call, &result) < 0)
        return slp_eval_entry_evaluate(call);
    return result;
}

PyObject *slp_eval_slow(struct slp_spill_call *call)
{
    if (!wants_spill(call))
        return slp_eval_entry_evaluate(call);
    return slp_eval_frame_newstack(call->tstate, call);
}

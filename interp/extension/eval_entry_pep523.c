/* SPDX-License-Identifier: MIT
 *
 * eval_entry_pep523.c - a frame evaluation function, while spilling is switched on.
 *
 * With one set the evaluation loop calls it for every Python function, through
 * C: calls from Python to Python use C stack then, as they did before 3.11, and
 * are slower.  So it is there only while there may be spills; and while a stack is on a segment, which is
 * left when it runs short, whatever the setting is.
 *
 * A function that somebody else has set before is called by ours.  If somebody
 * has set one after us, who will call ours, we stay: with a limit of 0 nothing
 * is spilled.
 */
#include "interp/cpython.h"

#include "interp/base.h"
#include "interp/eval_entry.h"
#include "interp/segment.h"
#include "interp/spill.h"

/* What evaluates frames where we do not, and whether somebody may call us. */
static _PyFrameEvalFunction inner = _PyEval_EvalFrameDefault;
static int installed;

/* Counts changes of the setting; a thread that has seen another number must
 * compute its limit anew.  Never 0 once there was one. */
static unsigned long setting_number;
static __thread unsigned long setting_seen;

/* A thread that has no base yet gets one here. */
static void follow_setting(void)
{
    const char *here = __builtin_frame_address(0);

    if (slp_cstack.base == NULL && slp_base_find(here) < 0)
        return; /* on some other stack; look again at the next frame */
    setting_seen = setting_number;
    slp_spill_update_limit();
}

static PyObject *evaluate(PyThreadState *tstate, slp_cpython_frame *frame, int throwflag)
{
    if (__builtin_expect(setting_seen != setting_number, 0))
        follow_setting();
    if (SLP_EVAL_ENTRY_STACK_IS_SHORT())
        return inner(tstate, frame, throwflag);
    struct slp_spill_call call = {.kind = SLP_CALL_FRAME, .tstate = tstate};
    call.of.frame.frame = frame;
    call.of.frame.throwflag = throwflag;
    return slp_eval_slow(&call);
}

PyObject *slp_eval_entry_evaluate(const struct slp_spill_call *call)
{
    return call->kind == SLP_CALL_FRAME
               ? inner(call->tstate, call->of.frame.frame, call->of.frame.throwflag)
               : NULL;
}

void slp_eval_entry_update(void)
{
    PyInterpreterState *interp = PyInterpreterState_Main();
    _PyFrameEvalFunction set = _PyInterpreterState_GetEvalFrameFunc(interp);

    setting_number++;
    if (slp_spill_setting.bytes == SLP_SPILL_NEVER && slp_segment_in_use() == 0) {
        if (set != evaluate)
            return;
        _PyInterpreterState_SetEvalFrameFunc(interp, inner);
        installed = 0;
    } else if (set != evaluate && (!installed || set == _PyEval_EvalFrameDefault)) {
        inner = set;
        _PyInterpreterState_SetEvalFrameFunc(interp, evaluate);
        installed = 1;
    }
}

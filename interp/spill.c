/* SPDX-License-Identifier: MIT
 *
 * spill.c - one spill; when to spill is in eval.c.
 *
 * The steps, for policy copy; with a segment 2 and 6 move no memory, and on one that has room left
 * the empty stack of 4 begins where the old one ends:
 *   1. Take a record, which remembers everything that the old stack knows: the
 *      call, its arguments, where the result goes.
 *   2. On the old stack, copy it to the record's slice (leave_by_copy).
 *   3. Point the thread state at a copy of the cframe, since the real one is gone.
 *   4. On the empty stack, from the base down, evaluate the frame (evaluate).
 *   5. Put the result into the record.  Not into the tasklet's mailbox: whatever is
 *      there belongs to the operation that the spill has interrupted.
 *   6. Below the bytes that come back, copy them back (come_back, restore).
 *   7. Point the thread state at the real cframe again.
 * From 2 to 6 nothing may hold an address on the old stack that anybody follows.
 */
#include "cpython.h"

#include "spill.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base.h"
#include "contract/faults.h"
#include "eval_entry.h"
#include "gcguard.h"
#include "contract/points.h"
#include "interp/lab/hostile.h"
#include "segment.h"
#include "spill_record.h"
#include "arch/switch.h"
#include "tasklet.h"
#include "valgrind_stack.h"

struct slp_spill_setting slp_spill_setting = {SLP_SPILL_DEFAULT, SLP_SPILL_COPY};
unsigned long slp_spill_count;

/* ---- the setting ---- */

int slp_spill_init(void)
{
    const char *text = getenv("SLP_SPILL");

    if (text != NULL && *text != '\0' &&
        slp_spill_setting_parse(text, &slp_spill_setting) != NULL) {
        fprintf(stderr, "slpython: SLP_SPILL: '%s' " SLP_SPILL_SETTING_REFUSED "\n", text);
        return -1;
    }
    if (slp_hostile_init())
        slp_spill_setting.bytes = SLP_SPILL_ALWAYS;
    slp_spill_update_limit();
    return 0;
}

void slp_spill_set(struct slp_spill_setting setting)
{
    slp_spill_setting = setting;
    slp_spill_update_limit();
    slp_eval_entry_update();
}

/* Half of a stack stays free, for C code that recurses without evaluating a frame
 * (repr, pickle, json): it cannot be spilled.  More than 1 MiB is never
 * filled up: a spill costs as much as copying what is in use, some 45 us for 1 MiB, and
 * a larger stack would only make it rarer and longer. */
static uintptr_t limit_of_stack(void)
{
    size_t bytes = slp_spill_setting.bytes;
    size_t size = (size_t)(slp_cstack.base - slp_cstack.low);

    if (bytes == SLP_SPILL_DEFAULT)
        bytes = size / 2 < (size_t)1 << 20 ? size / 2 : (size_t)1 << 20;
    else if (bytes >= size)
        bytes = size / 2;
    return (uintptr_t)slp_cstack.base - bytes;
}

uintptr_t slp_spill_stack_limit(void)
{
    if (slp_cstack.base == NULL)
        return 0;
    if (slp_spill_setting.bytes == SLP_SPILL_ALWAYS)
        return UINTPTR_MAX;
    /* A segment is left, whatever the setting is: it is small. */
    if (slp_cstack.segment_low != NULL)
        return (uintptr_t)slp_cstack.segment_low + SLP_SEGMENT_RESERVE;
    return slp_spill_setting.bytes == SLP_SPILL_NEVER ? 0 : limit_of_stack();
}

void slp_spill_update_limit(void)
{
    slp_spill_limit = slp_spill_stack_limit();
    if (SLP_POINT_AT_FRAMES)
        slp_spill_limit = UINTPTR_MAX; /* the hook is asked at every frame */
}

/* ---- one spill ----
 *
 * The functions of switch.h: each is called on the stack that is left, and says
 * where to go on. */

static char *leave_by_copy(void *arg, char *sp)
{
    struct slp_spill_record *record = arg;

    if (slp_slice_save(&record->slice, sp) < 0)
        return NULL;
    /* If it was a segment that was left: it stays as it is, and the thread's
     * own stack is free from its base on. */
    slp_cstack.segment_low = NULL;
    slp_cstack.segment_exit = NULL;
    return slp_cstack.base;
}

/* Nobody goes back to what is above on the segment before all that is below has ended, so that one
 * stack is as good there as two. */
static int is_shared(const struct slp_spill_record *record)
{
    return record->segment == record->outer_low;
}

static char *leave_by_segment(void *arg, char *sp)
{
    struct slp_spill_record *record = arg;

    /* What is above sp stays where it is; only this must be known to return.  If the
     * thread's own stack is left now, its slice will begin here while we are away. */
    record->sp = sp;
    record->outer_exit = slp_cstack.segment_exit;
    if (slp_cstack.segment_low == NULL)
        slp_cstack.segment_exit = sp;
    slp_cstack.segment_low = record->segment;
    return is_shared(record) ? sp : slp_segment_top(record->segment);
}

/* Where the old stack is, once all that is here now has ended. */
static char *come_back(const struct slp_spill_record *record)
{
    if (record->segment == NULL)
        return slp_slice_resume(&record->slice);
    if (!is_shared(record))
        SLP_VALGRIND_STACK_GROWS(record->sp - SLP_SWITCH_CALL_BYTES, SLP_SWITCH_CALL_BYTES);
    return record->sp;
}

static void restore(void *arg)
{
    struct slp_spill_record *record = arg;

    if (record->segment != NULL) {
        slp_cstack.segment_low = record->outer_low;
        slp_cstack.segment_exit = record->outer_exit;
    } else {
        slp_slice_restore(&record->slice);
    }
}

/* The outermost function while the stack is spilled.  The record's address is in
 * this function's own frame, and so in the slice of whichever tasklet is switched out
 * while it runs: there is no list of spills that a switch would have to mend. */
static struct slp_stack_back *evaluate(void *arg)
{
    struct slp_spill_record *record = arg;

    slp_spill_update_limit(); /* a segment has another one */
    if (record->segment == NULL)
        slp_hostile_overwrite(record->slice.start, __builtin_frame_address(0));
    (void)SLP_POINT(SPILL_RUN, slp_eval_current(), NULL, NULL);
    record->result = slp_eval_entry_evaluate(&record->call);
    record->back = (struct slp_stack_back){come_back(record), restore, record};
    return &record->back;
}

/* Another interpreter's thread states know nothing of the frames that are
 * below on this C stack, and could not keep them in order. */
static int can_spill(PyThreadState *tstate, const char *here)
{
    return slp_cpython_in_main_interp(tstate) &&
           (slp_base_is_ready(tstate, here) || slp_base_refuse(tstate, here) == NULL);
}

/* Python sees the frames of the spilled stack through the thread state's cframe,
 * which is on that stack: a copy in the record stands in for it.  The frames themselves
 * are on the data stack and stay where they are. */
static slp_cpython_cframe *put_proxy(PyThreadState *tstate, struct slp_spill_record *record)
{
    slp_cpython_cframe *real = slp_cpython_cframe_of(tstate);

    slp_cpython_proxy_cframe(&record->proxy, &record->end, real);
    record->real = real;
    slp_cpython_set_cframe(tstate, &record->proxy);
    return real;
}

static void take_proxy(PyThreadState *tstate, slp_cpython_cframe *real,
                       const struct slp_spill_record *record)
{
    assert(slp_cpython_cframe_of(tstate) == &record->proxy);
    if (!SLP_FAULT(SPILL_LOSES_TRACING))
        slp_cpython_follow_proxy(real, &record->proxy);
    slp_cpython_set_cframe(tstate, real);
}

/* The arguments of a vectorcall are an array of the caller's, and that may be on the
 * stack which is about to go.  They are borrowed references: the caller, who is in the
 * slice, keeps them alive.  With a segment they stay where they are until the call has taken them,
 * since nobody else runs on this thread before that. */
static int record_set_call(struct slp_spill_record *record, const struct slp_spill_call *call)
{
    record->call = *call;
    record->result = NULL;
    if (call->kind != SLP_CALL_VECTOR || record->segment != NULL)
        return 0;
    PyObject *kwnames = call->of.vector.kwnames;
    size_t count = call->of.vector.argcount;
    if (kwnames != NULL)
        count += (size_t)PyTuple_GET_SIZE(kwnames);
    PyObject **copy = record->args;
    if (count > SLP_SPILL_ARGS_MAX)
        copy = record->more_args = PyMem_RawMalloc(count * sizeof *copy);
    if (copy == NULL)
        return -1;
    if (count > 0)
        memcpy(copy, call->of.vector.args, count * sizeof *copy);
    record->call.of.vector.args = copy;
    return 0;
}

/* greenlet compares stack pointers, and takes them for addresses on one stack. */
static int wants_segment(const PyThreadState *tstate)
{
    return slp_spill_setting.policy == SLP_SPILL_SEGMENT &&
           !slp_base_greenlets(slp_cpython_interp(tstate));
}

/* Where to go on, or NULL: by copy, then.  A spill on a segment goes on there while as much is free
 * below as when another one must be taken.  A thousand of them would be that many pages, and as many
 * places in the processor's tables of pages, where one recursion needs a few. */
static char *segment_for(const PyThreadState *tstate, const char *here)
{
    char *low = slp_cstack.segment_low;

    if (!wants_segment(tstate))
        return NULL;
    return low != NULL && here >= low + SLP_SEGMENT_RESERVE ? low : slp_segment_take();
}

static void take_segment(struct slp_spill_record *record, const PyThreadState *tstate,
                         const char *here)
{
    record->outer_low = slp_cstack.segment_low;
    record->segment = segment_for(tstate, here);
}

static void give_record(struct slp_spill_record *record)
{
    if (record->segment != NULL && !is_shared(record))
        slp_segment_give(record->segment);
    slp_spill_record_give(record);
}

int slp_spill_call(PyThreadState *tstate, const struct slp_spill_call *call, PyObject **result)
{
    if (!can_spill(tstate, __builtin_frame_address(0)))
        return -1;
    struct slp_spill_record *record = slp_spill_record_take(call);
    if (record == NULL)
        return -1;
    take_segment(record, tstate, __builtin_frame_address(0));
    if (record_set_call(record, call) < 0) {
        give_record(record);
        return -1;
    }
    if (SLP_POINT(SPILL_SAVE, slp_eval_current(), NULL, NULL) & SLP_ACT_FAIL) {
        slp_spill_count += SLP_FAULT(FAILED_SPILL_COUNTS);
        give_record(record);
        return -1;
    }
    slp_cpython_cframe *real = put_proxy(tstate, record);
    int failed = slp_stack_start(record, record->segment != NULL ? leave_by_segment : leave_by_copy,
                                 evaluate);
    /* Back, or never gone: in both cases on the old stack. */
    take_proxy(tstate, real, record);
    slp_spill_update_limit();
    slp_spill_count += !failed || SLP_FAULT(FAILED_SPILL_COUNTS);
    if (!failed) {
        *result = record->result;
        (void)SLP_POINT(SPILL_RESTORE, slp_eval_current(), NULL, NULL);
    }
    give_record(record);
    return failed ? -1 : 0;
}

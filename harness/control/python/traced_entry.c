/* SPDX-License-Identifier: MIT */
#include "traced_entry.h"

#include <dlfcn.h>
#include <stdint.h>

#include "gil.h"
#include "harness/control/engine/engine.h"

enum {
    VERSION = 0x030b, /* of Py_Version, the upper half */
    RESUME_QUICK = 150,
    RESUME = 151,
    IS_CHECKED = 2, /* RESUME's argument is below it: a begin, or behind a yield */
    CALL_EVENT = 0, /* PyTrace_CALL */
};

typedef int trace_function(void *object, void *frame, int event, void *argument);

/* ---- what is where ---- */

struct frame {
    const void *unused[7];
    const uint8_t *previous_instruction; /* the one that a check belongs to */
};

struct cframe {
    uint8_t is_traced; /* somebody is to be told */
    const struct frame *frame;
};

struct thread_state {
    void *unused[3];
    int unused_numbers[5];
    int tracing; /* how deep it is in trace functions */
    int event;
    const struct cframe *cframe;
    trace_function *profile, *trace; /* may be NULL */
};

static int is_version(void)
{
    static int known = -1;
    const unsigned long *version = NULL;

    if (known < 0) {
        version = dlsym(RTLD_DEFAULT, "Py_Version");
        known = version != NULL && *version >> 16 == VERSION;
    }
    return known;
}

/* At the end threads come for the GIL whose state is gone; that of the one that ends all is there. */
static int may_be_gone(void)
{
    static int (*is_finalizing)(void);
    const struct sw_thread *self = sw_engine_self();

    if (is_finalizing == NULL)
        *(void **)&is_finalizing = dlsym(RTLD_DEFAULT, "_Py_IsFinalizing");
    return is_finalizing == NULL || (is_finalizing() && (self == NULL || self->ordinal != 0));
}

static int is_begin(const struct frame *frame)
{
    const uint8_t *at = frame->previous_instruction;

    return (at[0] == RESUME || at[0] == RESUME_QUICK) && at[1] < IS_CHECKED;
}

/* The frame that is traced and begins at the check where the thread is; NULL: none. */
static const struct frame *find_entry(const struct thread_state *tstate)
{
    if (!is_version() || tstate == NULL || may_be_gone())
        return NULL;
    const struct cframe *cframe = tstate->cframe;
    if (!cframe->is_traced || tstate->tracing > 0 || cframe->frame == NULL ||
        !is_begin(cframe->frame))
        return NULL;
    return cframe->frame;
}

/* ---- stand-ins ---- */

/* Each stands for one function for good: so one that was left in a tasklet's state, or copied from
 * one thread state to another, still knows whom it stands for. */
enum { STAND_INS = 16 };

static trace_function *real[STAND_INS];

static void put_back(trace_function **place, trace_function *stand_in, trace_function *function)
{
    if (*place == stand_in)
        *place = function;
}

static int stand_in(int number, trace_function *self, void *object, void *frame, int event,
                    void *argument);

#define NUMBERS(X) \
    X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)
#define STAND_IN(n) \
    static int stand_in_##n(void *object, void *frame, int event, void *argument) \
    { \
        return stand_in(n, stand_in_##n, object, frame, event, argument); \
    }
NUMBERS(STAND_IN)
#define NAME(n) stand_in_##n,
static trace_function *const stand_ins[STAND_INS] = {NUMBERS(NAME)};

static int stand_in(int number, trace_function *self, void *object, void *frame, int event,
                    void *argument)
{
    struct thread_state *tstate = sw_gil_holder_state();
    struct sw_thread *thread = sw_engine_self();

    put_back(&tstate->trace, self, real[number]);
    put_back(&tstate->profile, self, real[number]);
    if (thread != NULL) {
        if (event == CALL_EVENT)
            thread->entry_state = SW_ENTRY_TOLD;
        sw_gil_arm();
    }
    int result = real[number](object, frame, event, argument);
    /* It has raised: the function does not begin. */
    if (result < 0 && thread != NULL)
        thread->entry = NULL;
    return result;
}

/* NULL: there are none left. */
static trace_function *find_stand_in(trace_function *function)
{
    for (int i = 0; i < STAND_INS; i++) {
        if (function == stand_ins[i])
            return function;
        if (real[i] == NULL)
            real[i] = function;
        if (real[i] == function)
            return stand_ins[i];
    }
    return NULL;
}

/* Which of the two is called first. */
static int put_stand_in(struct thread_state *tstate)
{
    trace_function **place = tstate->trace != NULL ? &tstate->trace : &tstate->profile;
    trace_function *found = *place != NULL ? find_stand_in(*place) : NULL;

    if (found != NULL)
        *place = found;
    return found != NULL;
}

/* ---- at a check ---- */

int sw_traced_entry_is_ahead(const void *tstate)
{
    const struct sw_thread *thread = sw_engine_self();
    const struct frame *entry = find_entry(tstate);

    return entry != NULL && thread != NULL &&
           (thread->entry != entry || thread->entry_state == SW_ENTRY_WAITS);
}

/* The function has begun, or another one does; inside of a trace function nothing is new. */
static void forget_entry(struct sw_thread *thread, const struct thread_state *tstate)
{
    if (tstate != NULL && tstate->tracing == 0)
        thread->entry = NULL;
}

int sw_traced_entry_waits(void *tstate, int asked)
{
    struct sw_thread *thread = sw_engine_self();
    const struct frame *entry = find_entry(tstate);

    if (thread == NULL)
        return 0;
    if (entry == NULL || (entry == thread->entry && thread->entry_state == SW_ENTRY_TOLD)) {
        forget_entry(thread, may_be_gone() ? NULL : tstate);
        return 0;
    }
    thread->entry = entry;
    /* A signal that it has still to handle; or an exception for another thread, and then it would
     * look again for ever, and nobody else would run. */
    thread->entry_state = asked ? SW_ENTRY_ASKED : SW_ENTRY_WAITS;
    if (!asked && !put_stand_in(tstate))
        sw_engine_uncontrolled("more than %d trace functions in C: of another one the begin of a "
                               "function is no decision",
                               STAND_INS);
    return !asked;
}

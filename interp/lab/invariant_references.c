/* SPDX-License-Identifier: MIT
 *
 * invariant_references.c - a value's references before and after an operation.
 *
 * They can be compared while nothing else runs: no Python code, and no other thread.  So what is
 * remembered is forgotten as soon as something may run, and is of no use once the GIL has changed
 * hands.  A collection, which a hook may order, gives references up; then there may be fewer.
 */
#include "interp/cpython.h"

#include "interp/bomb.h"
#include "interp/channel.h"
#include "invariants.h"
#include "contract/points.h"
#include "interp/tasklet.h"

/* by NULL: nothing is known. */
static struct counted {
    const slp_tasklet *by;
    PyObject *value;
    Py_ssize_t count;
    unsigned long holders; /* how often the GIL had changed hands */
} sent, handed;

/* Those of None are everybody's; those of tasklets and channels are moved by the operation itself.
 * What is smaller than these is none: most values, and to ask the type costs more. */
static int is_counted(PyObject *value)
{
    if (value == Py_None || slp_bomb_check(value))
        return 0;
    return Py_TYPE(value)->tp_basicsize < (Py_ssize_t)sizeof(slp_channel) ||
           (!slp_tasklet_check(value) && !PyObject_TypeCheck(value, &slp_channel_type));
}

static void count(struct counted *counted, const slp_tasklet *by, PyObject *value)
{
    counted->by = value != NULL && is_counted(value) ? by : NULL;
    counted->value = value;
    counted->count = counted->by != NULL ? Py_REFCNT(value) : 0;
    counted->holders = slp_cpython_gil_switches();
}

static void compare(struct counted *counted, Py_ssize_t change, const char *what)
{
    Py_ssize_t more;

    if (counted->holders != slp_cpython_gil_switches())
        return;
    more = Py_REFCNT(counted->value) - counted->count - change;
    if (more > 0 || (more < 0 && !SLP_POINT_HOOKED))
        slp_invariants_violated(SLP_I32, (void *)counted->by, "%s %zd reference%s of its value",
                                what, more > 0 ? more : -more,
                                more > 0 ? " too many are left" : " too few are left");
}

void slp_invariant_references_others_act(void)
{
    sent.by = NULL;
}

void slp_invariant_references_code_runs(void)
{
    handed.by = NULL;
}

void slp_invariant_references_tries(const slp_tasklet *t, PyObject *value)
{
    count(&sent, t, value);
}

/* The channel callback has run, and refuses: from here on nothing runs. */
void slp_invariant_references_refused(const slp_tasklet *t)
{
    count(&sent, t, t->tempval);
}

void slp_invariant_references_has_tried(const slp_tasklet *t, const void *result)
{
    /* With one reference it was the operation's own, and the value is gone. */
    if (sent.by == t && result == NULL && sent.count > 1)
        compare(&sent, -1, "it is refused, and");
    sent.by = NULL;
}

void slp_invariant_references_handed(const slp_tasklet *receiver)
{
    count(&handed, receiver, receiver->tempval);
}

void slp_invariant_references_result(const slp_tasklet *t, const void *result)
{
    if (handed.by == t && result == handed.value)
        compare(&handed, 0, "it has received, and");
    handed.by = NULL;
}

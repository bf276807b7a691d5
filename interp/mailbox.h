/* SPDX-License-Identifier: MIT
 *
 * mailbox.h - how values go into a tasklet's mailbox (tasklet.h, tempval), and out.
 *
 * A mailbox is never NULL: empty, it holds None.  All calls need the GIL.
 */
#ifndef SLP_MAILBOX_H
#define SLP_MAILBOX_H

#include <Python.h>

#include "bomb.h"
#include "contract/faults.h"
#include "contract/points.h"
#include "tasklet.h"
#include "value_watch.h"

/* Puts value (stolen) in.  What was there is dropped; that it was None is the
 * caller's business, and the lab's points tell when it was not. */
static inline void slp_mailbox_set(slp_tasklet *t, PyObject *value)
{
    PyObject *old = t->tempval;
    if (old != Py_None)
        (void)SLP_VALUE_POINT(MAILBOX_DROP, t, NULL, old);
    t->tempval = value;
    Py_DECREF(old);
}

/* Something of t begins, an operation or a life: what the program may have put into the
 * mailbox before is not its result.  Not before it may begin: a callback of a send may try
 * one, and be refused, while what is being sent lies there.  Returns whether something was
 * dropped: that may have run Python code, and what the caller has checked may be otherwise. */
static inline int slp_mailbox_empty(slp_tasklet *t)
{
    if (__builtin_expect(t->tempval == Py_None, 1))
        return 0;
    slp_tasklet_drop_mail(t);
    return 1;
}

/* Moves what is in it out and leaves None.  New reference. */
static inline PyObject *slp_mailbox_take(slp_tasklet *t)
{
    PyObject *value = t->tempval;
    t->tempval = Py_NewRef(Py_None);
    return value;
}

/* Puts back (stolen) what was set aside while Python code ran.  What that has put in is dropped,
 * and before: it may be Python code again, and has an empty mailbox. */
static inline void slp_mailbox_put_back(slp_tasklet *t, PyObject *value)
{
    slp_mailbox_empty(t);
    slp_mailbox_set(t, value);
}

/* Takes what is in it as the result of an operation: NULL with the exception
 * raised if it is a bomb. */
static inline PyObject *slp_mailbox_claim(slp_tasklet *t)
{
    PyObject *value =
        SLP_FAULT(MAILBOX_COPIED_NOT_MOVED) ? Py_NewRef(t->tempval) : slp_mailbox_take(t);
    if (__builtin_expect(slp_bomb_check(value), 0)) {
        (void)SLP_VALUE_POINT(MAILBOX_BURST, t, NULL, value);
        if (SLP_FAULT(MAIN_IGNORES_TASKLET_EXIT) && t->is_main) {
            Py_DECREF(value);
            return Py_NewRef(Py_None);
        }
        slp_bomb_explode(value);
        return NULL;
    }
    return value;
}

#endif

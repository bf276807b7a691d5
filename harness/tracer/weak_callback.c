/* SPDX-License-Identifier: MIT */
#include <Python.h>

#include "weak_callback.h"

#include "callback.h"

/* Of libspillway.so, which is in the process already. */
extern uint64_t spillway_access_schedule(void);

const char sw_weak_callback_text[] = "has a weak reference that calls C code when its object goes";

static newfunc begins;
static int is_made;
static uint64_t made_in; /* that schedule, the last; valid if is_made */
static int is_made_before; /* any schedule */

static PyObject *on_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    PyObject *callback = PyTuple_GET_SIZE(arguments) > 1 ? PyTuple_GET_ITEM(arguments, 1) : Py_None;

    if (callback != Py_None && sw_callback_is_unseen(callback)) {
        is_made = 1;
        made_in = spillway_access_schedule();
        is_made_before |= made_in == 0;
    }
    return begins(type, arguments, keywords);
}

void sw_weak_callback_begin(void)
{
    begins = _PyWeakref_RefType.tp_new;
    _PyWeakref_RefType.tp_new = on_new;
}

int sw_weak_callback_is_unseen(void)
{
    return is_made_before || (is_made && made_in == spillway_access_schedule());
}

/* SPDX-License-Identifier: MIT */
#include "last_reference.h"

/* Of libspillway.so, which is in the process already. */
extern int spillway_access_matters(void);

static int (*announce_it)(const struct operation *operation);

void sw_last_reference_begin(int (*announce)(const struct operation *operation))
{
    announce_it = announce;
}

int sw_last_reference_announce(PyObject *object, const struct operation *operation)
{
    const PyThreadState *tstate = PyThreadState_Get();
    PyObject *type, *value, *traceback;

    if (operation->op == SW_OP_NONE || !spillway_access_matters() || tstate->c_tracefunc == NULL ||
        tstate->tracing != 0)
        return 0;
    PyErr_Fetch(&type, &value, &traceback);
    /* As a finalizer has it: other threads may collect garbage, or ask a weak reference. */
    Py_SET_REFCNT(object, 1);
    announce_it(operation);
    Py_SET_REFCNT(object, Py_REFCNT(object) - 1);
    PyErr_Restore(type, value, traceback);
    return Py_REFCNT(object) > 0;
}

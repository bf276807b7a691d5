/* SPDX-License-Identifier: MIT */
#define Py_BUILD_CORE 1
#include "announce.h"

#include <internal/pycore_frame.h>
#include <stdio.h>
#include <string.h>

#include "identity.h"

/* Of libspillway.so, which is in the process already. */
extern int spillway_access(unsigned op, const void *address, uint64_t part, const void *semaphore);
extern int spillway_access_for(const void *address, uint64_t part, const void *semaphore,
                               uint64_t timeout_ns);
extern void spillway_access_refuse(const char *text);

int sw_announce(const struct operation *operation)
{
    const void *name = sw_identity_of(operation->address);
    /* Without the GIL: the thread that is chosen instead needs it. */
    PyThreadState *tstate = PyEval_SaveThread();

    int others = operation->timeout_ns != 0 && operation->op == SW_OP_ACQUIRE
                     ? spillway_access_for(name, operation->part, operation->semaphore,
                                           operation->timeout_ns)
                     : spillway_access(operation->op, name, operation->part, operation->semaphore);
    PyEval_RestoreThread(tstate);
    return others;
}

int sw_announce_of(enum sw_op op, const void *address, uint64_t part)
{
    return sw_announce(&(struct operation){.op = op, .address = address, .part = part});
}

void sw_announce_refuse(PyFrameObject *frame, const char *what)
{
    const char *file = PyUnicode_AsUTF8(frame->f_frame->f_code->co_filename);
    const char *slash = file != NULL ? strrchr(file, '/') : NULL;
    char text[256];

    PyErr_Clear();
    snprintf(text, sizeof text, "%s:%d %s, and no operation says so",
             slash != NULL ? slash + 1 : "?", PyFrame_GetLineNumber(frame), what);
    spillway_access_refuse(text);
}

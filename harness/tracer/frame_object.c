/* SPDX-License-Identifier: MIT */
#define Py_BUILD_CORE 1
#include "frame_object.h"

#include <internal/pycore_frame.h>

#include "one_of.h"

static int is_own(const _PyInterpreterFrame *frame)
{
    const _PyInterpreterFrame *own = PyThreadState_Get()->cframe->current_frame;

    while (own != NULL && own != frame)
        own = own->previous;
    return own != NULL;
}

int sw_frame_object_tells(PyObject *object, PyObject *name)
{
    static const char *const names[] = {"f_locals", "f_lineno", "f_lasti"};
    const char *utf8 = PyFrame_Check(object) ? PyUnicode_AsUTF8(name) : NULL;

    PyErr_Clear();
    if (utf8 == NULL || !IS_ONE_OF(utf8, names))
        return 0;
    return !is_own(((PyFrameObject *)object)->f_frame);
}

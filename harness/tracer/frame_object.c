/* SPDX-License-Identifier: MIT */
#define Py_BUILD_CORE 1
#include "frame_object.h"

#include <internal/pycore_frame.h>
#include <string.h>

#include "one_of.h"
#include "value_brief.h"

static int is_own(const _PyInterpreterFrame *frame)
{
    const _PyInterpreterFrame *own = PyThreadState_Get()->cframe->current_frame;

    while (own != NULL && own != frame)
        own = own->previous;
    return own != NULL;
}

int sw_frame_object_is_told(PyObject *object)
{
    return PyFrame_Check(object) && !is_own(((PyFrameObject *)object)->f_frame);
}

int sw_frame_object_shows_cells(PyObject *object, PyObject *name)
{
    const PyCodeObject *code =
        PyFrame_Check(object) ? ((PyFrameObject *)object)->f_frame->f_code : NULL;

    return code != NULL && code->co_nlocals < code->co_nlocalsplus &&
           PyUnicode_CompareWithASCIIString(name, "f_locals") == 0;
}

int sw_frame_object_sets_trace(PyObject *object, PyObject *name)
{
    return PyFrame_Check(object) && strncmp(sw_value_brief_utf8(name), "f_trace", 7) == 0;
}

int sw_frame_object_tells(PyObject *object, PyObject *name)
{
    static const char *const names[] = {"f_locals", "f_lineno", "f_lasti", "f_back"};

    return PyFrame_Check(object) && IS_ONE_OF(sw_value_brief_utf8(name), names) &&
           !is_own(((PyFrameObject *)object)->f_frame);
}

/* SPDX-License-Identifier: MIT */
#define Py_BUILD_CORE 1
#include "access_note.h"

#include <internal/pycore_code.h>
#include <stdio.h>
#include <string.h>

#include "access_name.h"
#include "contract/library_frame.h"
#include "harness/control/entry/access_explain.h"
#include "value_find.h"

int sw_access_note_is_on(void)
{
    return spillway_explains();
}

/* ---- where ---- */

static void set_place(struct spillway_note *note, const _PyInterpreterFrame *frame)
{
    int line = -1, column = -1, end_line = -1, end_column = -1;

    PyCode_Addr2Location(frame->f_code,
                         _PyInterpreterFrame_LASTI(frame) * (int)sizeof(_Py_CODEUNIT), &line,
                         &column, &end_line, &end_column);
    note->file = PyUnicode_AsUTF8(frame->f_code->co_filename);
    note->function = PyUnicode_AsUTF8(frame->f_code->co_qualname);
    note->line = line > 0 ? (uint32_t)line : 0;
    if (line == end_line && column >= 0 && end_column > column) {
        note->column = (uint32_t)column;
        note->column_end = (uint32_t)end_column;
    }
    PyErr_Clear();
}

static int is_dull(const _PyInterpreterFrame *frame)
{
    return sw_library_frame_is_dull_file(sw_value_brief_utf8(frame->f_code->co_filename));
}

/* The program's line that is under way, not queue's, or that of os.environ; in a thread that has none,
 * the frame itself. */
static const _PyInterpreterFrame *programs_of(const _PyInterpreterFrame *frame)
{
    const _PyInterpreterFrame *at = frame;

    while (at != NULL && is_dull(at))
        at = at->previous;
    return at != NULL ? at : frame;
}

static void tell(struct spillway_note *note, const _PyInterpreterFrame *frame)
{
    set_place(note, programs_of(frame));
    spillway_note(note);
}

static int is_threadings(const _PyInterpreterFrame *frame)
{
    static const char end[] = "/threading.py";
    const char *file = sw_value_brief_utf8(frame->f_code->co_filename);
    size_t size = strlen(file);

    return size >= sizeof end - 1 && strcmp(file + size - (sizeof end - 1), end) == 0;
}

void sw_access_note_bytecode(PyFrameObject *frame)
{
    struct sw_access_name found[SW_ACCESS_NAME_COUNT];
    /* Of its conditions and events there is more to say: sw_access_note_threading(). */
    int count = is_threadings(frame->f_frame) ? 0 : sw_access_name_find(frame->f_frame, found);

    for (int i = 0; i < count; i++)
        tell(&(struct spillway_note){.kind = found[i].kind,
                                     .address = found[i].address,
                                     .part = found[i].part,
                                     .name = found[i].name,
                                     .text = found[i].text,
                                     .before = found[i].before,
                                     .after = found[i].after},
             frame->f_frame);
}

/* ---- exceptions ---- */

void sw_access_note_exception(PyFrameObject *frame, PyObject *argument)
{
    char text[SW_VALUE_BRIEF_MAX];

    if (!PyTuple_Check(argument) || PyTuple_GET_SIZE(argument) != 3)
        return;
    PyObject *type = PyTuple_GET_ITEM(argument, 0), *place = PyTuple_GET_ITEM(argument, 2);
    if (type == PyExc_StopIteration || type == PyExc_GeneratorExit)
        return;
    if (PyTraceBack_Check(place) && ((PyTracebackObject *)place)->tb_next != NULL)
        return;
    sw_value_brief_exception(type, PyTuple_GET_ITEM(argument, 1), text);
    tell(&(struct spillway_note){.kind = SW_TIMELINE_EXCEPTION, .text = text}, frame->f_frame);
}

/* A trace function is not told which: it is the one that this thread has raised last. */
void sw_access_note_escape(PyFrameObject *frame)
{
    tell(&(struct spillway_note){.kind = SW_TIMELINE_ESCAPE}, frame->f_frame);
}

/* ---- threads, conditions, events ---- */

/* A new reference, or NULL. */
static PyObject *attribute_named(PyObject *owner, const char *name)
{
    PyObject *text = PyUnicode_InternFromString(name);
    PyObject *found = text != NULL ? sw_value_find_attribute(owner, text) : NULL;

    PyErr_Clear();
    Py_XDECREF(text);
    return found;
}

void sw_access_note_begin(PyFrameObject *frame, PyObject *thread)
{
    PyObject *name = attribute_named(thread, "_name");

    tell(&(struct spillway_note){.kind = SW_TIMELINE_BEGIN,
                                 .text = name != NULL ? sw_value_brief_utf8(name) : ""},
         frame->f_frame);
    Py_XDECREF(name);
}

/* Of those of threading.py's functions that are noted: which attribute tells whom it meets. */
static const struct {
    const char *function, *attribute;
    enum sw_timeline_kind kind;
} known[] = {
    {"Condition.wait", "_waiters", SW_TIMELINE_WAIT},
    {"Condition.notify", "_waiters", SW_TIMELINE_NOTIFY},
    {"Event.wait", "_flag", SW_TIMELINE_WAIT},
    {"Event.set", "_flag", SW_TIMELINE_NOTIFY},
    {"Event.clear", "_flag", SW_TIMELINE_WRITE},
};

void sw_access_note_threading(PyFrameObject *frame)
{
    const _PyInterpreterFrame *inner = frame->f_frame;
    const char *name = sw_value_brief_utf8(inner->f_code->co_qualname);
    size_t i = 0;

    while (i < Py_ARRAY_LENGTH(known) && strcmp(known[i].function, name) != 0)
        i++;
    if (i == Py_ARRAY_LENGTH(known) || inner->f_code->co_argcount == 0 ||
        inner->localsplus[0] == NULL)
        return;
    PyObject *self = inner->localsplus[0];
    char text[SW_VALUE_BRIEF_MAX], before[SW_VALUE_BRIEF_MAX];
    PyObject *told = attribute_named(self, known[i].attribute);
    sw_value_brief_format(told, before);
    Py_XDECREF(told);
    snprintf(text, sizeof text, "%s", name);
    tell(&(struct spillway_note){.kind = known[i].kind,
                                 .address = self,
                                 .part = 0,
                                 .name = sw_value_brief_type(self),
                                 .text = text,
                                 .before = before},
         inner);
}

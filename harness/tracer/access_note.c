/* SPDX-License-Identifier: MIT */
#define Py_BUILD_CORE 1
#define NEED_OPCODE_TABLES
#include "access_note.h"

#include <internal/pycore_code.h>
#include <opcode.h>
#include <stdio.h>
#include <string.h>

#include "contract/library_frame.h"
#include "harness/control/entry/access_explain.h"
#include "touch.h"
#include "value_find.h"
#include "value_brief.h"

enum { WORDS_MAX = 160 };

/* What is said of one bytecode. */
struct what {
    char name[WORDS_MAX], text[2 * WORDS_MAX];
    char before[SW_VALUE_BRIEF_MAX], after[SW_VALUE_BRIEF_MAX];
    int is_dull; /* nobody wants to know */
    int makes; /* it is a read, and writes what it has not found */
};

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

static void tell(struct spillway_note *note, const _PyInterpreterFrame *frame)
{
    set_place(note, frame);
    spillway_note(note);
}

/* ---- names ---- */

static PyObject *peek(const _PyInterpreterFrame *frame, int depth)
{
    return frame->localsplus[frame->stacktop - depth];
}

static const char *utf8_of(PyObject *text)
{
    const char *utf8 = text != NULL && PyUnicode_Check(text) ? PyUnicode_AsUTF8(text) : NULL;

    PyErr_Clear();
    return utf8 != NULL ? utf8 : "?";
}

static const char *type_name(PyObject *object)
{
    const char *name = Py_TYPE(object)->tp_name, *dot = strrchr(name, '.');

    return dot != NULL ? dot + 1 : name;
}

static void set_name(struct what *what, const char *owner, const char *name)
{
    snprintf(what->name, sizeof what->name, "%s%s%s", owner, *owner != '\0' ? "." : "", name);
    snprintf(what->text, sizeof what->text, "%s", what->name);
}

/* What every line reads, and hardly any changes. */
static int is_code(PyObject *value)
{
    return PyFunction_Check(value) || PyCFunction_Check(value) || PyType_Check(value) ||
           PyModule_Check(value) || PyMethod_Check(value);
}

/* now: the value before; NULL: none that is known.  next: what a store brings, or NULL. */
static void set_values(struct what *what, enum sw_timeline_kind kind, PyObject *now, PyObject *next)
{
    what->is_dull = kind == SW_TIMELINE_READ && now != NULL && is_code(now);
    sw_value_brief_format(now, what->before);
    sw_value_brief_format(next, what->after);
}

static void of_global(struct what *what, enum sw_timeline_kind kind,
                      const _PyInterpreterFrame *frame, PyObject *name, PyObject *next)
{
    PyObject *now = PyDict_GetItemWithError(frame->f_globals, name);
    int is_builtin = now == NULL && PyDict_GetItemWithError(frame->f_builtins, name) != NULL;

    PyErr_Clear();
    set_name(what, "", utf8_of(name));
    set_values(what, kind, now, next);
    what->is_dull |= is_builtin && kind == SW_TIMELINE_READ;
}

/* Of an object, a class, a module. */
static void of_attribute(struct what *what, enum sw_timeline_kind kind, PyObject *owner,
                         PyObject *name, PyObject *next)
{
    const char *owner_name = PyType_Check(owner)     ? ((PyTypeObject *)owner)->tp_name
                             : PyModule_Check(owner) ? utf8_of(PyModule_GetNameObject(owner))
                                                     : type_name(owner);

    PyObject *now = sw_value_find_attribute(owner, name);
    /* A property, or a method of C code. */
    int has_other = now == NULL &&
                    _PyType_Lookup(PyType_Check(owner) ? (PyTypeObject *)owner : Py_TYPE(owner),
                                   name) != NULL &&
                    !sw_value_find_is_slot(owner, name);

    set_name(what, owner_name, utf8_of(name));
    set_values(what, kind, now, next);
    /* None has no attributes that threads could share. */
    int has_none =
        now == NULL && Py_TYPE(owner)->tp_dictoffset == 0 && !sw_value_find_is_slot(owner, name);
    what->is_dull |= (has_other || has_none) && kind == SW_TIMELINE_READ;
}

static void of_cell(struct what *what, enum sw_timeline_kind kind, const _PyInterpreterFrame *frame,
                    int index, PyObject *next)
{
    PyObject *cell = frame->localsplus[index];

    set_name(what, "", utf8_of(PyTuple_GET_ITEM(frame->f_code->co_localsplusnames, index)));
    set_values(what, kind, cell != NULL && PyCell_Check(cell) ? PyCell_GET(cell) : NULL, next);
}

/* A defaultdict makes what is not there. */
static int is_made_by_reading(PyObject *container, PyObject *now)
{
    return now == NULL && PyDict_Check(container) && !PyDict_CheckExact(container) &&
           strcmp(type_name(container), "defaultdict") == 0;
}

static void of_item(struct what *what, PyObject *container, PyObject *key, PyObject *next)
{
    char key_text[SW_VALUE_BRIEF_MAX];

    container = sw_touch_behind(container);
    PyObject *now = sw_value_find_item(container, key);
    what->makes = next == NULL && is_made_by_reading(container, now);
    sw_value_brief_format(key, key_text);
    set_name(what, "", type_name(container));
    snprintf(what->text, sizeof what->text, "%s[%s]", what->name, key_text);
    sw_value_brief_format(now, what->before);
    sw_value_brief_format(next, what->after);
}

/* Of an object that is looked at, or changed, as a whole. */
static void of_whole(struct what *what, PyObject *object, const char *how)
{
    set_name(what, "", type_name(object));
    if (*how != '\0')
        snprintf(what->text, sizeof what->text, "%s.%s", what->name, how);
    sw_value_brief_format(object, what->before);
}

/* list.append: who is called is a function of C code, or something bound to one. */
static const char *called_name(const _PyInterpreterFrame *frame, int count)
{
    int is_method = peek(frame, count + 2) != NULL;
    PyObject *callable = peek(frame, count + 1 + is_method);

    if (PyCFunction_Check(callable))
        return ((PyCFunctionObject *)callable)->m_ml->ml_name;
    if (Py_TYPE(callable) == &PyMethodDescr_Type)
        return utf8_of(PyDescr_NAME(callable));
    return "";
}

/* ---- one bytecode ---- */

static int is_threadings(const _PyInterpreterFrame *frame)
{
    static const char end[] = "/threading.py";
    const char *file = utf8_of(frame->f_code->co_filename);
    size_t size = strlen(file);

    return size >= sizeof end - 1 && strcmp(file + size - (sizeof end - 1), end) == 0;
}

/* The address of the operation is that of the object, where the whole of it is meant. */
static int is_object(const struct operation *operation)
{
    return operation->address != NULL && operation->part == 0;
}

static void find_names(struct what *what, const _PyInterpreterFrame *frame,
                       const struct operation *operation, enum sw_timeline_kind kind)
{
    int argument = 0, opcode = sw_operation_decode(frame, &argument);
    PyObject *names = frame->f_code->co_names;

    switch (opcode) {
    case LOAD_GLOBAL:
        of_global(what, kind, frame, PyTuple_GET_ITEM(names, argument >> 1), NULL);
        break;
    case STORE_GLOBAL:
        of_global(what, kind, frame, PyTuple_GET_ITEM(names, argument), peek(frame, 1));
        break;
    case DELETE_GLOBAL:
        of_global(what, kind, frame, PyTuple_GET_ITEM(names, argument), NULL);
        break;
    case LOAD_ATTR:
    case LOAD_METHOD:
    case DELETE_ATTR:
        of_attribute(what, kind, peek(frame, 1), PyTuple_GET_ITEM(names, argument), NULL);
        break;
    case STORE_ATTR:
        of_attribute(what, kind, peek(frame, 1), PyTuple_GET_ITEM(names, argument), peek(frame, 2));
        break;
    case LOAD_DEREF:
    case LOAD_CLASSDEREF:
    case DELETE_DEREF:
        of_cell(what, kind, frame, argument, NULL);
        break;
    case STORE_DEREF:
        of_cell(what, kind, frame, argument, peek(frame, 1));
        break;
    case BINARY_SUBSCR:
    case DELETE_SUBSCR:
        of_item(what, peek(frame, 2), peek(frame, 1), NULL);
        break;
    case STORE_SUBSCR:
        of_item(what, peek(frame, 2), peek(frame, 1), peek(frame, 3));
        break;
    case CALL:
        if (is_object(operation))
            of_whole(what, (PyObject *)operation->address, called_name(frame, argument));
        else
            what->is_dull = 1;
        break;
    case LOAD_NAME:
    case STORE_NAME:
    case DELETE_NAME:
        what->is_dull = 1;
        break;
    default:
        if (is_object(operation))
            of_whole(what, (PyObject *)operation->address, "");
        else
            what->is_dull = 1;
    }
    if (opcode == DELETE_GLOBAL || opcode == DELETE_ATTR || opcode == DELETE_DEREF ||
        opcode == DELETE_SUBSCR)
        strcpy(what->after, "deleted");
}

/* a == b, a + b, a in b: of two objects that may be shared there is no operation that says both, and
 * so each is told as it is. */
static void tell_operands(const _PyInterpreterFrame *frame)
{
    int argument = 0, opcode = sw_operation_decode(frame, &argument);
    struct what what = {0};

    for (int i = 2; i > 0 && (opcode == COMPARE_OP || opcode == BINARY_OP || opcode == CONTAINS_OP);
         i--) {
        struct operation one = {.op = SW_OP_NONE};
        sw_touch_shallow(&one, SW_OP_READ, peek(frame, i));
        if (one.op != SW_OP_READ || !is_object(&one))
            continue;
        of_whole(&what, (PyObject *)one.address, "");
        tell(&(struct spillway_note){.kind = SW_TIMELINE_READ,
                                     .address = one.address,
                                     .name = what.name,
                                     .text = what.text,
                                     .before = what.before},
             frame);
    }
}

void sw_access_note_bytecode(PyFrameObject *frame)
{
    const _PyInterpreterFrame *inner = frame->f_frame;
    struct operation operation;
    struct what what = {0};

    /* Of its conditions and events there is more to say: sw_access_note_threading(). */
    if (is_threadings(inner) || !sw_operation_find(inner, &operation))
        return;
    if (operation.op == SW_OP_UNKNOWN)
        tell_operands(inner);
    if (operation.op != SW_OP_READ && operation.op != SW_OP_WRITE)
        return;
    enum sw_timeline_kind kind = operation.op == SW_OP_READ ? SW_TIMELINE_READ : SW_TIMELINE_WRITE;
    find_names(&what, inner, &operation, kind);
    if (what.is_dull || *what.name == '\0')
        return;
    kind = what.makes ? SW_TIMELINE_WRITE : kind;
    tell(&(struct spillway_note){.kind = kind,
                                 .address = operation.address,
                                 .part = operation.part,
                                 .name = what.name,
                                 .text = what.text,
                                 .before = what.before,
                                 .after = what.after},
         inner);
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
                                 .text = name != NULL ? utf8_of(name) : ""},
         frame->f_frame);
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

static int is_dull(const _PyInterpreterFrame *frame)
{
    return sw_library_frame_is_dull_file(utf8_of(frame->f_code->co_filename));
}

/* The program's line that is under way, not threading's, or queue's. */
static const _PyInterpreterFrame *caller_of(const _PyInterpreterFrame *frame)
{
    const _PyInterpreterFrame *at = frame->previous;

    while (at != NULL && is_dull(at))
        at = at->previous;
    return at != NULL ? at : frame;
}

void sw_access_note_threading(PyFrameObject *frame)
{
    const _PyInterpreterFrame *inner = frame->f_frame;
    const char *name = utf8_of(inner->f_code->co_qualname);
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
    snprintf(text, sizeof text, "%s", name);
    tell(&(struct spillway_note){.kind = known[i].kind,
                                 .address = self,
                                 .part = 0,
                                 .name = type_name(self),
                                 .text = text,
                                 .before = before},
         caller_of(inner));
}

/* SPDX-License-Identifier: MIT */
#define Py_BUILD_CORE 1
#define NEED_OPCODE_TABLES
#include "access_name.h"

#include <internal/pycore_code.h>
#include <opcode.h>
#include <stdio.h>
#include <string.h>

#include "one_of.h"
#include "exposed.h"
#include "touch.h"
#include "value_find.h"

/* The bytecode under the eye, and what is said of it. */
struct look {
    const _PyInterpreterFrame *frame;
    int opcode, argument;
    struct operation operation; /* UNKNOWN: no proof, but there may be words for it */
    struct sw_access_name what;
    int is_dull; /* nobody wants to know */
    int makes; /* it is a read, and writes what it has not found */
};

/* From the top, which is 1. */
static PyObject *peek(const struct look *look, int depth)
{
    return look->frame->localsplus[look->frame->stacktop - depth];
}

static PyObject *name_at(const struct look *look, int index)
{
    return PyTuple_GET_ITEM(look->frame->f_code->co_names, index);
}

static int is_known(const struct look *look)
{
    return look->operation.op == SW_OP_READ || look->operation.op == SW_OP_WRITE;
}

/* The address of the operation is that of the object, where the whole of it is meant. */
static int is_object(const struct look *look)
{
    return is_known(look) && look->operation.address != NULL && look->operation.part == 0;
}

/* ---- what is told ---- */

/* Where the operation names another object than that (what a view shows), it is right. */
static void set_object(struct look *look, const void *address, uint64_t part)
{
    look->what.address = is_known(look) ? look->operation.address : address;
    look->what.part = is_known(look) ? look->operation.part : part;
}

static void set_name(struct look *look, const char *owner, const char *name)
{
    struct sw_access_name *what = &look->what;

    snprintf(what->name, sizeof what->name, "%s%s%s", owner, *owner != '\0' ? "." : "", name);
    snprintf(what->text, sizeof what->text, "%s", what->name);
}

/* now: the value before; NULL: none that is known.  next: what a store brings, or NULL. */
static void set_values(struct look *look, PyObject *now, PyObject *next)
{
    sw_value_brief_format(now, look->what.before);
    sw_value_brief_format(next, look->what.after);
}

static int is_read(const struct look *look)
{
    return look->what.kind == SW_TIMELINE_READ;
}

/* ---- names ---- */

/* What every line reads, and hardly any changes. */
static int is_code(PyObject *value)
{
    return value != NULL && (PyFunction_Check(value) || PyCFunction_Check(value) ||
                             PyType_Check(value) || PyModule_Check(value) || PyMethod_Check(value));
}

static void of_global(struct look *look, PyObject *name, PyObject *next)
{
    const _PyInterpreterFrame *frame = look->frame;
    PyObject *now = PyDict_GetItemWithError(frame->f_globals, name);
    int is_builtin = now == NULL && PyDict_GetItemWithError(frame->f_builtins, name) != NULL;

    PyErr_Clear();
    set_object(look, frame->f_globals, sw_operation_part(name));
    set_name(look, "", sw_value_brief_utf8(name));
    set_values(look, now, next);
    look->is_dull = is_read(look) && (is_code(now) || is_builtin);
}

static void of_cell(struct look *look, PyObject *next)
{
    const _PyInterpreterFrame *frame = look->frame;
    PyObject *cell = frame->localsplus[look->argument];
    PyObject *now = cell != NULL && PyCell_Check(cell) ? PyCell_GET(cell) : NULL;

    set_object(look, cell, 0);
    set_name(
        look, "",
        sw_value_brief_utf8(PyTuple_GET_ITEM(frame->f_code->co_localsplusnames, look->argument)));
    set_values(look, now, next);
    look->is_dull = is_read(look) && is_code(now);
}

/* ---- attributes ---- */

/* Python code does it, whose own bytecodes come; or it is about code, and no value. */
static int is_done_elsewhere(const struct look *look, PyObject *owner, PyObject *name)
{
    PyObject *found =
        _PyType_Lookup(PyType_Check(owner) ? (PyTypeObject *)owner : Py_TYPE(owner), name);

    if (strncmp(sw_value_brief_utf8(name), "__", 2) == 0)
        return 1;
    if (found != NULL && !PyType_Check(owner) &&
        (Py_TYPE(found) == &PyProperty_Type || sw_touch_has_in_python(Py_TYPE(found), "__get__") ||
         sw_touch_has_in_python(Py_TYPE(found), "__set__")))
        return 1;
    return sw_touch_has_in_python(Py_TYPE(owner),
                                  is_read(look) ? "__getattribute__" : "__setattr__");
}

static void of_name(struct look *look, PyObject *owner, const char *owner_name, PyObject *name)
{
    set_object(look, owner, sw_operation_part(name));
    set_name(look, owner_name, sw_value_brief_utf8(name));
}

/* Of an object, a class, a module. */
static void of_attribute(struct look *look, PyObject *owner, PyObject *name, PyObject *next)
{
    const char *owner_name = PyType_Check(owner) ? ((PyTypeObject *)owner)->tp_name
                             : PyModule_Check(owner)
                                 ? sw_value_brief_utf8(PyModule_GetNameObject(owner))
                                 : sw_value_brief_type(owner);
    PyTypeObject *type = PyType_Check(owner) ? (PyTypeObject *)owner : Py_TYPE(owner);

    if (!PyUnicode_Check(name) || (!is_known(look) && is_done_elsewhere(look, owner, name))) {
        look->is_dull = 1;
        return;
    }
    PyObject *now = sw_value_find_attribute(owner, name);
    int is_slot = sw_value_find_is_slot(owner, name);
    /* A property, or a method of C code. */
    int has_other = now == NULL && _PyType_Lookup(type, name) != NULL && !is_slot;
    /* None has no attributes that threads could share. */
    int has_none = now == NULL && Py_TYPE(owner)->tp_dictoffset == 0 && !is_slot;

    of_name(look, owner, owner_name, name);
    set_values(look, now, next);
    look->is_dull = is_read(look) && (is_code(now) || has_other || has_none);
    Py_XDECREF(now);
}

/* ---- items ---- */

static int is_named(PyObject *object, const char *type)
{
    return strcmp(sw_value_brief_type(object), type) == 0;
}

/* A defaultdict makes what is not there. */
static int is_made_by_reading(PyObject *container, PyObject *now)
{
    return now == NULL && PyDict_Check(container) && is_named(container, "defaultdict");
}

static void set_item(struct look *look, PyObject *container, PyObject *key)
{
    char key_text[SW_VALUE_BRIEF_MAX];

    sw_value_brief_format(key, key_text);
    set_object(look, container, 0);
    set_name(look, "", sw_value_brief_type(container));
    snprintf(look->what.text, sizeof look->what.text, "%s[%s]", look->what.name, key_text);
}

/* A class of the program's in Python does it itself. */
static int is_opaque(const struct look *look, PyObject *container)
{
    return !is_known(look) && sw_touch_has_in_python(Py_TYPE(container), "__getitem__") &&
           sw_touch_has_in_python(Py_TYPE(container), "__setitem__");
}

static void of_item(struct look *look, PyObject *container, PyObject *key, PyObject *next)
{
    container = sw_touch_behind(container);
    if (container == look->frame->f_globals && PyUnicode_CheckExact(key)) {
        of_global(look, key, next);
        return;
    }
    PyObject *owner = sw_exposed_owner(container);
    if (owner != NULL && PyUnicode_CheckExact(key)) {
        of_name(look, owner, sw_value_brief_type(owner), key);
        PyObject *value = sw_value_find_item(container, key);
        set_values(look, value, next);
        Py_XDECREF(value);
        return;
    }
    if (is_opaque(look, container)) {
        look->is_dull = 1;
        return;
    }
    PyObject *now = sw_value_find_item(container, key);
    look->makes = is_read(look) && is_made_by_reading(container, now);
    set_item(look, container, key);
    set_values(look, now, next);
    Py_XDECREF(now);
}

/* Of a set: whether it is in there. */
static void of_element(struct look *look, PyObject *set, PyObject *element)
{
    int is_there = sw_value_find_in_set(set, element);

    set_item(look, set, element);
    strcpy(look->what.before, is_there == 1 ? "there" : "");
}

/* Of an object that is looked at, or changed, as a whole. */
static void of_whole(struct look *look, PyObject *object, const char *how)
{
    set_object(look, object, 0);
    set_name(look, "", sw_value_brief_type(object));
    if (*how != '\0')
        snprintf(look->what.text, sizeof look->what.text, "%s.%s", look->what.name, how);
    sw_value_brief_format(object, look->what.before);
}

static void of_contains(struct look *look)
{
    PyObject *container = sw_touch_behind(peek(look, 1)), *key = peek(look, 2);

    if (PyDict_CheckExact(container))
        of_item(look, container, key, NULL);
    else if (PyAnySet_CheckExact(container))
        of_element(look, container, key);
    else if (is_object(look))
        of_whole(look, (PyObject *)look->operation.address, "");
    else
        look->is_dull = 1;
}

/* ---- calls of C code ---- */

struct called {
    PyObject *self; /* or the module, or NULL */
    const char *name; /* ""; not a function of C code */
    PyObject *const *arguments;
    Py_ssize_t count;
};

static struct called called_of(const struct look *look)
{
    int count = look->argument, is_method = peek(look, count + 2) != NULL;
    PyObject *callable = peek(look, count + 1 + is_method);
    PyObject *const *arguments =
        &look->frame->localsplus[look->frame->stacktop - count - is_method];

    count += is_method;
    if (PyCFunction_Check(callable))
        return (struct called){((PyCFunctionObject *)callable)->m_self,
                               ((PyCFunctionObject *)callable)->m_ml->ml_name, arguments, count};
    if (Py_TYPE(callable) == &PyMethodDescr_Type && count > 0)
        return (struct called){arguments[0], sw_value_brief_utf8(PyDescr_NAME(callable)),
                               arguments + 1, count - 1};
    return (struct called){.name = ""};
}

/* getattr(x, "y") and its like.  1 if it is one. */
static int is_of_attribute(struct look *look, const struct called *called)
{
    static const char *const reads[] = {"getattr", "hasattr"};
    static const char *const writes[] = {"setattr", "delattr"};

    if (called->self == NULL || !PyModule_Check(called->self) || called->count < 2 ||
        (!IS_ONE_OF(called->name, reads) && !IS_ONE_OF(called->name, writes)))
        return 0;
    int is_store = strcmp(called->name, "setattr") == 0 && called->count == 3;
    look->what.kind = IS_ONE_OF(called->name, reads) ? SW_TIMELINE_READ : SW_TIMELINE_WRITE;
    of_attribute(look, called->arguments[0], called->arguments[1],
                 is_store ? called->arguments[2] : NULL);
    if (strcmp(called->name, "delattr") == 0)
        strcpy(look->what.after, "deleted");
    return 1;
}

/* Methods of a dict that are about one item. */
static int is_of_item(struct look *look, const struct called *called)
{
    static const char *const names[] = {"get", "setdefault", "pop"};
    PyObject *next = NULL;

    if (called->self == NULL || !PyDict_Check(called->self) || called->count < 1 ||
        !IS_ONE_OF(called->name, names))
        return 0;
    PyObject *now = sw_value_find_item(called->self, called->arguments[0]);
    int is_get = strcmp(called->name, "get") == 0, is_pop = strcmp(called->name, "pop") == 0;
    /* What is there is only read by setdefault, and what is not is only looked for by pop. */
    int is_write = !is_get && (now != NULL) == is_pop;
    if (is_write && !is_pop)
        next = called->count > 1 ? called->arguments[1] : Py_None;
    Py_XDECREF(now);
    look->what.kind = is_write ? SW_TIMELINE_WRITE : SW_TIMELINE_READ;
    of_item(look, called->self, called->arguments[0], next);
    look->makes = 0;
    if (is_write && is_pop)
        strcpy(look->what.after, "deleted");
    return 1;
}

/* Methods of a set that are about one element. */
static int is_of_element(struct look *look, const struct called *called)
{
    static const char *const names[] = {"add", "discard", "remove"};

    if (called->self == NULL || !PySet_Check(called->self) || called->count != 1 ||
        !IS_ONE_OF(called->name, names))
        return 0;
    look->what.kind = SW_TIMELINE_WRITE;
    of_element(look, called->self, called->arguments[0]);
    strcpy(look->what.after, strcmp(called->name, "add") == 0 ? "there" : "deleted");
    return 1;
}

static void of_call(struct look *look)
{
    struct called called = called_of(look);

    if (is_of_attribute(look, &called) || is_of_item(look, &called) || is_of_element(look, &called))
        return;
    if (is_object(look))
        of_whole(look, (PyObject *)look->operation.address, called.name);
    else
        look->is_dull = 1;
}

/* ---- one bytecode ---- */

static enum sw_timeline_kind kind_of(const struct look *look)
{
    switch (look->opcode) {
    case STORE_GLOBAL:
    case DELETE_GLOBAL:
    case STORE_ATTR:
    case DELETE_ATTR:
    case STORE_DEREF:
    case DELETE_DEREF:
    case STORE_SUBSCR:
    case DELETE_SUBSCR:
        return SW_TIMELINE_WRITE;
    case BINARY_SUBSCR: /* a WRITE, where it may make what is not there */
        return SW_TIMELINE_READ;
    default:
        return look->operation.op == SW_OP_WRITE ? SW_TIMELINE_WRITE : SW_TIMELINE_READ;
    }
}

/* One case a bytecode. */
static void find(struct look *look)
{
    switch (look->opcode) {
    case LOAD_GLOBAL:
        of_global(look, name_at(look, look->argument >> 1), NULL);
        break;
    case STORE_GLOBAL:
        of_global(look, name_at(look, look->argument), peek(look, 1));
        break;
    case DELETE_GLOBAL:
        of_global(look, name_at(look, look->argument), NULL);
        break;
    case LOAD_ATTR:
    case LOAD_METHOD:
    case DELETE_ATTR:
        of_attribute(look, peek(look, 1), name_at(look, look->argument), NULL);
        break;
    case STORE_ATTR:
        of_attribute(look, peek(look, 1), name_at(look, look->argument), peek(look, 2));
        break;
    case LOAD_DEREF:
    case LOAD_CLASSDEREF:
    case DELETE_DEREF:
        of_cell(look, NULL);
        break;
    case STORE_DEREF:
        of_cell(look, peek(look, 1));
        break;
    case BINARY_SUBSCR:
    case DELETE_SUBSCR:
        of_item(look, peek(look, 2), peek(look, 1), NULL);
        break;
    case STORE_SUBSCR:
        of_item(look, peek(look, 2), peek(look, 1), peek(look, 3));
        break;
    case CONTAINS_OP:
        of_contains(look);
        break;
    case CALL:
        of_call(look);
        break;
    case LOAD_NAME:
    case STORE_NAME:
    case DELETE_NAME:
        look->is_dull = 1;
        break;
    default:
        if (is_object(look))
            of_whole(look, (PyObject *)look->operation.address, "");
        else
            look->is_dull = 1;
    }
    if (look->opcode == DELETE_GLOBAL || look->opcode == DELETE_ATTR ||
        look->opcode == DELETE_DEREF || look->opcode == DELETE_SUBSCR)
        strcpy(look->what.after, "deleted");
}

/* a == b, a + b, a in b: of two objects that may be shared there is no operation that says both, and
 * so each is told as it is. */
static int find_operands(struct look *look, struct sw_access_name found[SW_ACCESS_NAME_COUNT])
{
    int count = 0;

    for (int i = 2; i > 0; i--) {
        sw_touch_nothing(&look->operation);
        sw_touch_shallow(&look->operation, SW_OP_READ, peek(look, i));
        if (look->operation.op != SW_OP_READ || !is_object(look))
            continue;
        look->what = (struct sw_access_name){.kind = SW_TIMELINE_READ};
        of_whole(look, (PyObject *)look->operation.address, "");
        found[count++] = look->what;
    }
    return count;
}

/* The value that a defaultdict has made, if a number or an empty container was asked for. */
static void set_made(const struct look *look, char made[SW_VALUE_BRIEF_MAX])
{
    PyTypeObject *const known[] = {&PyLong_Type, &PyFloat_Type, &PyUnicode_Type,
                                   &PyList_Type, &PyDict_Type,  &PySet_Type};
    PyObject *factory = PyObject_GetAttrString(sw_touch_behind(peek(look, 2)), "default_factory");

    for (size_t i = 0; i < Py_ARRAY_LENGTH(known); i++) {
        PyObject *value = factory == (PyObject *)known[i] ? PyObject_CallNoArgs(factory) : NULL;
        if (value != NULL)
            sw_value_brief_format(value, made);
        Py_XDECREF(value);
    }
    PyErr_Clear();
    Py_XDECREF(factory);
}

int sw_access_name_find(const _PyInterpreterFrame *frame,
                        struct sw_access_name found[SW_ACCESS_NAME_COUNT])
{
    struct look look = {.frame = frame};
    int is_binary;

    look.opcode = sw_operation_decode(frame, &look.argument);
    if (!sw_operation_find(frame, &look.operation))
        return 0;
    is_binary = look.opcode == COMPARE_OP || look.opcode == BINARY_OP || look.opcode == CONTAINS_OP;
    if (!is_known(&look) && is_binary)
        return find_operands(&look, found);
    look.what.kind = kind_of(&look);
    find(&look);
    if (look.is_dull || *look.what.name == '\0')
        return 0;
    found[0] = found[1] = look.what;
    if (!look.makes)
        return 1;
    /* It is not there, and is made, and that is what is read. */
    found[0].kind = SW_TIMELINE_WRITE;
    set_made(&look, found[0].after);
    strcpy(found[1].before, found[0].after);
    return 2;
}

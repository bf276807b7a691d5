/* SPDX-License-Identifier: MIT */
#define Py_BUILD_CORE 1
#include "value_brief.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Elements, characters and levels that a reader takes in at a glance. */
enum { ELEMENTS_MAX = 6, TEXT_MAX = 40, DEPTH_MAX = 2, DIGITS_MAX = 2 /* of 30 bits */ };

const char *sw_value_brief_utf8(PyObject *text)
{
    const char *utf8 = text != NULL && PyUnicode_Check(text) ? PyUnicode_AsUTF8(text) : NULL;

    PyErr_Clear();
    return utf8 != NULL ? utf8 : "?";
}

const char *sw_value_brief_type(PyObject *object)
{
    const char *name = Py_TYPE(object)->tp_name, *dot = strrchr(name, '.');

    return dot != NULL ? dot + 1 : name;
}

struct text {
    char *buf;
    size_t used;
    int is_full;
};

__attribute__((format(printf, 2, 3))) static void add(struct text *text, const char *format, ...)
{
    size_t room = SW_VALUE_BRIEF_MAX - text->used;
    va_list arguments;

    if (text->is_full)
        return;
    va_start(arguments, format);
    int size = vsnprintf(text->buf + text->used, room, format, arguments);
    va_end(arguments);
    if (size >= 0 && (size_t)size < room) {
        text->used += (size_t)size;
        return;
    }
    strcpy(text->buf + SW_VALUE_BRIEF_MAX - 4, "...");
    text->is_full = 1;
}

static void add_value(struct text *text, PyObject *value, int depth);

static void add_int(struct text *text, PyObject *value)
{
    Py_ssize_t size = Py_ABS(Py_SIZE(value));
    int overflow = 0;

    if (size > DIGITS_MAX) {
        add(text, "an int of %zd bits or less", 30 * size);
        return;
    }
    long number = PyLong_AsLongAndOverflow(value, &overflow);
    add(text, "%ld", number);
}

/* As repr() has them, but for what is no letter of ASCII, which is left as it is or a "?". */
static void add_characters(struct text *text, const char *begin, Py_ssize_t size)
{
    char quote = memchr(begin, '\'', (size_t)size) != NULL ? '"' : '\'';

    add(text, "%c", quote);
    for (Py_ssize_t i = 0; i < size && i < TEXT_MAX; i++) {
        unsigned char one = (unsigned char)begin[i];
        if (one == '\n')
            add(text, "\\n");
        else if (one < ' ' || one >= 127)
            add(text, "?");
        else
            add(text, "%c", one);
    }
    add(text, "%s%c", size > TEXT_MAX ? "..." : "", quote);
}

static void add_str(struct text *text, PyObject *value)
{
    if (PyUnicode_IS_READY(value) && PyUnicode_IS_ASCII(value))
        add_characters(text, PyUnicode_DATA(value), PyUnicode_GET_LENGTH(value));
    else
        add(text, "a str of %zd characters", PyUnicode_GET_LENGTH(value));
}

/* Of a list or tuple. */
static void add_sequence(struct text *text, PyObject *const *items, Py_ssize_t size,
                         const char *brackets, int depth)
{
    add(text, "%c", brackets[0]);
    for (Py_ssize_t i = 0; i < size && i < ELEMENTS_MAX; i++) {
        add(text, "%s", i > 0 ? ", " : "");
        add_value(text, items[i], depth + 1);
    }
    add(text, "%s%s%c", size > ELEMENTS_MAX ? ", ..." : "",
        size == 1 && brackets[0] == '(' ? "," : "", brackets[1]);
}

static void add_dict(struct text *text, PyObject *value, int depth)
{
    PyObject *key, *item;
    Py_ssize_t at = 0;
    int count = 0;

    add(text, "{");
    while (count < ELEMENTS_MAX && PyDict_Next(value, &at, &key, &item)) {
        add(text, "%s", count++ > 0 ? ", " : "");
        add_value(text, key, depth + 1);
        add(text, ": ");
        add_value(text, item, depth + 1);
    }
    add(text, "%s}", PyDict_GET_SIZE(value) > ELEMENTS_MAX ? ", ..." : "");
}

/* A set's order is that of addresses, in general: its size says as much. */
static void add_other(struct text *text, PyObject *value)
{
    const char *name = Py_TYPE(value)->tp_name;

    if (PyAnySet_Check(value))
        add(text, "a set of %zd", PySet_GET_SIZE(value));
    else if (strcmp(name, "collections.deque") == 0)
        add(text, "a deque of %zd", Py_SIZE(value));
    else if (PyByteArray_Check(value))
        add(text, "a bytearray of %zd", PyByteArray_GET_SIZE(value));
    else
        add(text, "<%s>", sw_value_brief_type(value));
}

static void add_named(struct text *text, const char *what, PyObject *name)
{
    const char *utf8 = name != NULL && PyUnicode_Check(name) && PyUnicode_IS_ASCII(name)
                           ? (const char *)PyUnicode_DATA(name)
                           : "?";

    add(text, "<%s %s>", what, utf8);
}

static void add_value(struct text *text, PyObject *value, int depth)
{
    if (value == NULL)
        return;
    if (value == Py_None || value == Py_True || value == Py_False)
        add(text, "%s", value == Py_None ? "None" : value == Py_True ? "True" : "False");
    else if (PyLong_CheckExact(value))
        add_int(text, value);
    else if (PyFloat_CheckExact(value))
        add(text, "%.12g", PyFloat_AS_DOUBLE(value));
    else if (PyUnicode_CheckExact(value))
        add_str(text, value);
    else if (PyBytes_CheckExact(value)) {
        add(text, "b");
        add_characters(text, PyBytes_AS_STRING(value), PyBytes_GET_SIZE(value));
    } else if (PyList_CheckExact(value) && depth < DEPTH_MAX)
        add_sequence(text, ((PyListObject *)value)->ob_item, PyList_GET_SIZE(value), "[]", depth);
    else if (PyTuple_CheckExact(value) && depth < DEPTH_MAX)
        add_sequence(text, ((PyTupleObject *)value)->ob_item, PyTuple_GET_SIZE(value), "()", depth);
    else if (PyDict_Check(value) && depth < DEPTH_MAX)
        add_dict(text, value, depth);
    else if (PyFunction_Check(value))
        add_named(text, "function", ((PyFunctionObject *)value)->func_qualname);
    else if (PyType_Check(value))
        add(text, "<class %s>", ((PyTypeObject *)value)->tp_name);
    else
        add_other(text, value);
}

char *sw_value_brief_format(PyObject *value, char buf[SW_VALUE_BRIEF_MAX])
{
    struct text text = {.buf = buf};

    buf[0] = '\0';
    add_value(&text, value, 0);
    return buf;
}

char *sw_value_brief_exception(PyObject *type, PyObject *value, char buf[SW_VALUE_BRIEF_MAX])
{
    struct text text = {.buf = buf};
    PyObject *what = value;

    buf[0] = '\0';
    if (value != NULL && PyExceptionInstance_Check(value)) {
        PyObject *arguments = ((PyBaseExceptionObject *)value)->args;
        type = (PyObject *)Py_TYPE(value);
        what = arguments != NULL && PyTuple_Check(arguments) && PyTuple_GET_SIZE(arguments) > 0
                   ? PyTuple_GET_ITEM(arguments, 0)
                   : NULL;
    }
    if (type == NULL || !PyType_Check(type))
        return buf;
    const char *name = ((PyTypeObject *)type)->tp_name, *dot = strrchr(name, '.');
    add(&text, "%s", dot != NULL ? dot + 1 : name);
    if (what == NULL || what == Py_None)
        return buf;
    add(&text, ": ");
    if (PyUnicode_CheckExact(what) && PyUnicode_IS_ASCII(what))
        add(&text, "%.*s", 80, (const char *)PyUnicode_DATA(what));
    else
        add_value(&text, what, 0);
    buf[strcspn(buf, "\n")] = '\0'; /* it is told in one line; pytest's have more */
    return buf;
}

/* SPDX-License-Identifier: MIT */
#include "value_text.h"

#include <stdio.h>
#include <string.h>

#include "bomb.h"

/* REPR_MAX leaves room for names in a line of a story; chosen freely.  256 bits are 78 digits, more
 * than a repr shows; the repr of a longer int takes quadratic time, and beyond 4300 digits it
 * raises. */
enum { REPR_MAX = 60, INT_BITS_MAX = 256 };

/* ---- values ---- */

_Static_assert(sizeof((struct slp_value_copy){0}.bytes) >= 4 * REPR_MAX, "the widest characters");

/* What is longer than its repr would show is cut, so that it costs no more than a short one. */
static Py_ssize_t most(Py_ssize_t length)
{
    return length < REPR_MAX ? length : REPR_MAX;
}

static void copy_bytes(struct slp_value_copy *copy, const void *bytes, Py_ssize_t length, int width)
{
    copy->length = most(length);
    copy->width = width;
    memcpy(copy->bytes, bytes, (size_t)(copy->length * width));
}

static void copy_int(PyObject *object, struct slp_value_copy *copy)
{
    size_t bits = _PyLong_NumBits(object);

    copy->kind = SLP_VALUE_COPY_NONE;
    copy->length = (Py_ssize_t)(bits / 8 + 1); /* and its sign */
    if (bits <= INT_BITS_MAX &&
        _PyLong_AsByteArray((PyLongObject *)object, copy->bytes, (size_t)copy->length, 1, 1) == 0)
        copy->kind = SLP_VALUE_COPY_INT;
}

/* Exact types alone: the repr of a subclass may be Python code. */
void slp_value_text_copy(PyObject *object, struct slp_value_copy *copy)
{
    copy->kind = SLP_VALUE_COPY_NONE;
    if (PyUnicode_CheckExact(object) && PyUnicode_IS_READY(object)) {
        copy->kind = SLP_VALUE_COPY_STR;
        copy_bytes(copy, PyUnicode_DATA(object), PyUnicode_GET_LENGTH(object),
                   (int)PyUnicode_KIND(object));
    } else if (PyBytes_CheckExact(object)) {
        copy->kind = SLP_VALUE_COPY_BYTES;
        copy_bytes(copy, PyBytes_AS_STRING(object), PyBytes_GET_SIZE(object), 1);
    } else if (PyLong_CheckExact(object)) {
        copy_int(object, copy);
    } else if (PyFloat_CheckExact(object)) {
        copy->kind = SLP_VALUE_COPY_FLOAT;
        copy->number = PyFloat_AS_DOUBLE(object);
    } else if (object == Py_None || PyBool_Check(object)) {
        copy->kind = SLP_VALUE_COPY_CONSTANT;
        copy->constant = object;
    }
}

/* An object that looks like the one that was copied.  New reference; NULL with an exception. */
static PyObject *again(const struct slp_value_copy *copy)
{
    switch (copy->kind) {
    case SLP_VALUE_COPY_STR:
        return PyUnicode_FromKindAndData(copy->width, copy->bytes, copy->length);
    case SLP_VALUE_COPY_BYTES:
        return PyBytes_FromStringAndSize((const char *)copy->bytes, copy->length);
    case SLP_VALUE_COPY_INT:
        return _PyLong_FromByteArray(copy->bytes, (size_t)copy->length, 1, 1);
    case SLP_VALUE_COPY_FLOAT:
        return PyFloat_FromDouble(copy->number);
    default:
        return Py_NewRef(copy->constant);
    }
}

/* Cuts at characters, with 3 of them for the dots; str is exact.  0; -1 with an exception. */
static int write_text(PyObject *str, char *buf, size_t size)
{
    Py_ssize_t length = PyUnicode_GET_LENGTH(str);
    PyObject *cut = length <= REPR_MAX ? Py_NewRef(str) : PyUnicode_Substring(str, 0, REPR_MAX - 3);
    const char *utf8 = cut != NULL ? PyUnicode_AsUTF8(cut) : NULL;

    if (utf8 != NULL)
        snprintf(buf, size, "%s%s", utf8, length <= REPR_MAX ? "" : "...");
    Py_XDECREF(cut);
    return utf8 != NULL ? 0 : -1;
}

static int write_repr(const struct slp_value_copy *copy, char *buf, size_t size)
{
    PyObject *start = again(copy);
    PyObject *repr = start != NULL ? PyObject_Repr(start) : NULL;
    int status = repr != NULL ? write_text(repr, buf, size) : -1;

    Py_XDECREF(repr);
    Py_XDECREF(start);
    return status;
}

static const char *short_name(const PyTypeObject *type)
{
    const char *dot = strrchr(type->tp_name, '.');

    return dot != NULL ? dot + 1 : type->tp_name;
}

const char *slp_value_text_type(PyObject *object)
{
    const slp_bomb *bomb = (slp_bomb *)object;

    if (!slp_bomb_check(object))
        return short_name(Py_TYPE(object));
    return bomb->type != NULL && PyExceptionClass_Check(bomb->type)
               ? short_name((PyTypeObject *)bomb->type)
               : "an exception that was raised already";
}

char *slp_value_text_of_copy(const struct slp_value_copy *copy, const char *name, uint32_t number,
                             char *buf, size_t size)
{
    PyObject *type, *value, *traceback;
    int done = 0;

    PyErr_Fetch(&type, &value, &traceback);
    if (copy->kind != SLP_VALUE_COPY_NONE)
        done = write_repr(copy, buf, size) == 0;
    PyErr_Restore(type, value, traceback);
    if (!done && number != 0)
        snprintf(buf, size, "<%s #%u>", name, number);
    else if (!done)
        snprintf(buf, size, "<%s>", name);
    return buf;
}

char *slp_value_text_object(PyObject *object, uint32_t number, char *buf, size_t size)
{
    struct slp_value_copy copy;

    if (object == NULL || slp_bomb_check(object)) {
        snprintf(buf, size, "%s", object != NULL ? slp_value_text_type(object) : "nothing");
        return buf;
    }
    slp_value_text_copy(object, &copy);
    return slp_value_text_of_copy(&copy, slp_value_text_type(object), number, buf, size);
}

/* ---- names ---- */

const char *slp_value_text_variable(PyObject *namespace, const void *object)
{
    PyObject *type, *value, *traceback, *name, *bound;
    const char *best = NULL;
    Py_ssize_t at = 0;

    PyErr_Fetch(&type, &value, &traceback);
    while (PyDict_Next(namespace, &at, &name, &bound)) {
        if (bound != object || !PyUnicode_CheckExact(name))
            continue;
        /* Of several names the first in the alphabet: the order of a dict depends on what the
         * program did before. */
        const char *text = PyUnicode_AsUTF8(name);
        if (text != NULL && (best == NULL || strcmp(text, best) < 0))
            best = text;
    }
    PyErr_Restore(type, value, traceback);
    return best;
}

PyObject *slp_value_text_main_namespace(void)
{
    PyObject *main_module;

    /* While Python ends, modules are taken apart in an order of their own. */
    if (_Py_IsFinalizing())
        return NULL;
    main_module = PyDict_GetItemString(PyImport_GetModuleDict(), "__main__");
    return main_module != NULL && PyModule_Check(main_module) ? PyModule_GetDict(main_module)
                                                              : NULL;
}

char *slp_value_text_channel(const slp_channel *channel, char *buf, size_t size)
{
    PyObject *namespace = slp_value_text_main_namespace();
    const char *name = namespace != NULL ? slp_value_text_variable(namespace, channel) : NULL;

    if (name != NULL)
        snprintf(buf, size, "%s", name);
    else
        snprintf(buf, size, "channel#%u", channel->number);
    return buf;
}

char *slp_value_text_tasklet(uint32_t number, char *buf, size_t size)
{
    if (number == (SLP_TASKLET_MAIN | 1)) /* the first thread */
        snprintf(buf, size, "main");
    else if (number & SLP_TASKLET_MAIN)
        snprintf(buf, size, "main of thread %u", number & ~SLP_TASKLET_MAIN);
    else
        snprintf(buf, size, "tasklet#%u", number);
    return buf;
}

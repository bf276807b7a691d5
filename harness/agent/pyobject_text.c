/* SPDX-License-Identifier: MIT */
#include <Python.h>

#include "pyobject_text.h"

#include <string.h>

#include "event_writer.h"

/* REPR_MAX leaves room for names in a line of a story; chosen freely.  256 bits are 78 digits, more
 * than a repr shows; the repr of a longer int takes quadratic time, and beyond 4300 digits it
 * raises.  NOTE_BYTES_MAX: a message of some ten lines; chosen freely. */
enum { REPR_MAX = 60, INT_BITS_MAX = 256, NOTE_BYTES_MAX = 1000 };

static PyObject *namespace;

/* Cuts at characters, with 3 of them for the dots; str is exact.  0 with an exception. */
static sw_text text_of(PyObject *str, Py_ssize_t most)
{
    Py_ssize_t length = PyUnicode_GET_LENGTH(str), bytes;
    PyObject *cut = length <= most ? Py_NewRef(str) : PyUnicode_Substring(str, 0, most - 3);
    const char *utf8 = cut != NULL ? PyUnicode_AsUTF8AndSize(cut, &bytes) : NULL;
    sw_text text = 0;

    if (utf8 != NULL && length <= most)
        text = sw_event_writer_text_n(utf8, (uint32_t)bytes);
    else if (utf8 != NULL)
        text = sw_event_writer_format("%s...", utf8);
    Py_XDECREF(cut);
    return text;
}

/* As much of the object as its repr can show, so that a long one costs no more than a short one.
 * New reference. */
static PyObject *beginning_of(PyObject *object)
{
    if (PyUnicode_CheckExact(object) && PyUnicode_GET_LENGTH(object) > REPR_MAX)
        return PyUnicode_Substring(object, 0, REPR_MAX);
    if (PyBytes_CheckExact(object) && PyBytes_GET_SIZE(object) > REPR_MAX)
        return PyBytes_FromStringAndSize(PyBytes_AS_STRING(object), REPR_MAX);
    return Py_NewRef(object);
}

/* Exact types alone: the repr of a subclass may be Python code. */
static int is_plain(PyObject *object)
{
    return object == Py_None || PyBool_Check(object) || PyUnicode_CheckExact(object) ||
           PyBytes_CheckExact(object) || PyFloat_CheckExact(object) ||
           (PyLong_CheckExact(object) && _PyLong_NumBits(object) <= INT_BITS_MAX);
}

static sw_text describe_plain(PyObject *object)
{
    PyObject *start = beginning_of(object);
    PyObject *repr = start != NULL ? PyObject_Repr(start) : NULL;
    sw_text text = repr != NULL ? text_of(repr, REPR_MAX) : 0;

    Py_XDECREF(repr);
    Py_XDECREF(start);
    return text;
}

static const char *short_name(const PyTypeObject *type)
{
    const char *dot = strrchr(type->tp_name, '.');

    return dot != NULL ? dot + 1 : type->tp_name;
}

static int first_exception_class(PyObject *object, void *found)
{
    if (!PyExceptionClass_Check(object))
        return 0;
    *(PyObject **)found = object;
    return 1;
}

/* A bomb shows what it owns to the collector's visitors: its type comes first. */
static sw_text describe_bomb(PyObject *bomb)
{
    PyObject *type = NULL;

    Py_TYPE(bomb)->tp_traverse(bomb, first_exception_class, &type);
    return type != NULL ? sw_pyobject_text_type_name((PyTypeObject *)type)
                        : sw_event_writer_text("an exception that was raised already");
}

sw_text sw_pyobject_text_type_name(PyTypeObject *type)
{
    return sw_event_writer_text(short_name(type));
}

sw_text sw_pyobject_text_describe(void *address, uint32_t ordinal)
{
    PyObject *object = address, *type, *value, *traceback;
    sw_text text = 0;

    if (object == NULL)
        return sw_event_writer_text("nothing");
    PyErr_Fetch(&type, &value, &traceback);
    if (sw_pyobject_text_is_bomb(object))
        text = describe_bomb(object);
    else if (is_plain(object))
        text = describe_plain(object);
    PyErr_Restore(type, value, traceback);
    if (text != 0)
        return text;
    return ordinal != 0 ? sw_event_writer_format("<%s #%u>", short_name(Py_TYPE(object)), ordinal)
                        : sw_event_writer_format("<%s>", short_name(Py_TYPE(object)));
}

int sw_pyobject_text_is_none(void *object)
{
    return object == Py_None;
}

/* By name, since no header that the agent includes declares the interpreter's types. */
int sw_pyobject_text_is_channel(void *object)
{
    const PyTypeObject *type = Py_TYPE((PyObject *)object);

    while (type != NULL && strcmp(type->tp_name, "stackless.channel") != 0)
        type = type->tp_base;
    return type != NULL;
}

int sw_pyobject_text_is_bomb(void *object)
{
    static const PyTypeObject *bomb_type;
    const PyTypeObject *type = Py_TYPE((PyObject *)object);

    /* Asked of every value that is sent: once a bomb was seen, an address is enough. */
    if (bomb_type == NULL && strcmp(type->tp_name, "stackless.bomb") == 0)
        bomb_type = type;
    return type == bomb_type;
}

sw_text sw_pyobject_text_pending(void)
{
    PyObject *type = PyErr_Occurred();

    return type != NULL && PyExceptionClass_Check(type)
               ? sw_pyobject_text_type_name((PyTypeObject *)type)
               : 0;
}

int sw_pyobject_text_is_last(void *object)
{
    return Py_REFCNT((PyObject *)object) == 1;
}

void sw_pyobject_text_set_namespace(PyObject *dict)
{
    Py_XDECREF(namespace);
    namespace = Py_NewRef(dict);
}

/* While Python ends, modules are taken apart in an order of their own. */
static PyObject *main_namespace(void)
{
    if (_Py_IsFinalizing())
        return NULL;
    PyObject *main_module = PyDict_GetItemString(PyImport_GetModuleDict(), "__main__");
    return main_module != NULL && PyModule_Check(main_module) ? PyModule_GetDict(main_module)
                                                              : NULL;
}

static sw_text find_in(PyObject *dict, const void *object)
{
    const char *best = NULL;
    PyObject *key, *value;
    Py_ssize_t at = 0;

    while (PyDict_Next(dict, &at, &key, &value)) {
        if (value != object || !PyUnicode_CheckExact(key))
            continue;
        /* Of several names the first in the alphabet: the order of a dict depends on what the
         * program did before. */
        const char *name = PyUnicode_AsUTF8(key);
        if (name == NULL)
            PyErr_Clear();
        else if (best == NULL || strcmp(name, best) < 0)
            best = name;
    }
    return best != NULL ? sw_event_writer_text(best) : 0;
}

sw_text sw_pyobject_text_find_name(void *object)
{
    PyObject *type, *value, *traceback;
    sw_text found = 0;

    PyErr_Fetch(&type, &value, &traceback);
    PyObject *dict = namespace != NULL ? namespace : main_namespace();
    if (dict != NULL)
        found = find_in(dict, object);
    PyErr_Restore(type, value, traceback);
    return found;
}

sw_text sw_pyobject_text_exception_text(PyObject *exception)
{
    PyObject *str = PyObject_Str(exception);
    PyObject *clean = NULL;
    sw_text text = 0;

    if (str != NULL) /* lone surrogates have no UTF-8 */
        clean = PyUnicode_AsEncodedString(str, "utf-8", "backslashreplace");
    /* The cut may leave half a character; readers of events print bytes that may be anything. */
    if (clean != NULL)
        text = sw_event_writer_text_n(PyBytes_AS_STRING(clean),
                                      (uint32_t)Py_MIN(PyBytes_GET_SIZE(clean), NOTE_BYTES_MAX));
    else
        text = sw_event_writer_text("its str() raised an exception");
    PyErr_Clear();
    Py_XDECREF(clean);
    Py_XDECREF(str);
    return text;
}

/* SPDX-License-Identifier: MIT */
#include "interp/cpython.h"

#include "pyobject_text.h"

#include <string.h>

#include "event_writer.h"
#include "interp/value_text.h"

/* A message of some ten lines; chosen freely. */
enum { NOTE_BYTES_MAX = 1000 };

static PyObject *namespace;

static const char *short_name(const PyTypeObject *type)
{
    const char *dot = strrchr(type->tp_name, '.');

    return dot != NULL ? dot + 1 : type->tp_name;
}

sw_text sw_pyobject_text_type_name(PyTypeObject *type)
{
    return sw_event_writer_text(short_name(type));
}

sw_text sw_pyobject_text_describe(void *object, uint32_t ordinal)
{
    char text[SLP_VALUE_TEXT_MAX];

    return sw_event_writer_text(slp_value_text_object(object, ordinal, text, sizeof text));
}

/* By name, since no header that the agent includes declares the interpreter's types. */
int sw_pyobject_text_is_channel(void *object)
{
    const PyTypeObject *type = Py_TYPE((PyObject *)object);

    while (type != NULL && strcmp(type->tp_name, "stackless.channel") != 0)
        type = type->tp_base;
    return type != NULL;
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

sw_text sw_pyobject_text_find_name(void *object)
{
    PyObject *dict = namespace != NULL ? namespace : slp_value_text_main_namespace();
    const char *name = dict != NULL ? slp_value_text_variable(dict, object) : NULL;

    return name != NULL ? sw_event_writer_text(name) : 0;
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

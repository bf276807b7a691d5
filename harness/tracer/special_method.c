/* SPDX-License-Identifier: MIT */
#define Py_BUILD_CORE 1
#include "special_method.h"

#include <string.h>

#include "callback.h"
#include "touch.h"
#include "value_brief.h"

/* ---- one method ---- */

int sw_special_method_is_name(PyObject *name)
{
    return strncmp(sw_value_brief_utf8(name), "__", 2) == 0;
}

/* The layouts of 3.11. */
struct wrapping { /* a classmethod or a staticmethod */
    PyObject_HEAD
    PyObject *callable;
};
struct property {
    PyObject_HEAD
    PyObject *get, *set, *delete;
};

/* object's own do what is done without any. */
static int is_of_object(PyObject *method)
{
    return (Py_TYPE(method) == &PyMethodDescr_Type || Py_TYPE(method) == &PyWrapperDescr_Type) &&
           ((PyDescrObject *)method)->d_type == &PyBaseObject_Type;
}

static int is_unseen(PyObject *method)
{
    if (Py_TYPE(method) == &PyStaticMethod_Type || Py_TYPE(method) == &PyClassMethod_Type)
        method = ((struct wrapping *)method)->callable;
    if (method == NULL || PyFunction_Check(method) || PyType_Check(method) ||
        is_of_object(method) || Py_TYPE(method)->tp_call == NULL)
        return 0;
    return sw_callback_is_unseen(method) ||
           (!PyCFunction_Check(method) && !PyMethod_Check(method) &&
            Py_TYPE(method) != &PyMethodDescr_Type && Py_TYPE(method) != &PyWrapperDescr_Type &&
            !sw_touch_has_in_python(Py_TYPE(method), "__call__"));
}

/* ---- of a class ---- */

/* A class has another version after each change, and no two ever have the same. */
enum { KEPT = 1024 };
static struct {
    unsigned version;
    int is_unseen;
} kept[KEPT];

static int has_unseen(PyTypeObject *type)
{
    PyObject *name, *value;
    Py_ssize_t at = 0;

    while (PyDict_Next(type->tp_dict, &at, &name, &value))
        if (sw_special_method_is_name(name) && is_unseen(value))
            return 1;
    return 0;
}

static int find(PyTypeObject *type)
{
    PyObject *order = type->tp_mro;

    for (Py_ssize_t i = 0; order != NULL && i < PyTuple_GET_SIZE(order); i++) {
        PyTypeObject *above = (PyTypeObject *)PyTuple_GET_ITEM(order, i);
        if (sw_touch_is_a_class(above) && has_unseen(above))
            return 1;
    }
    return 0;
}

int sw_special_method_is_unseen(PyTypeObject *type)
{
    if (!sw_touch_is_a_class(type))
        return 0;
    unsigned version = (type->tp_flags & Py_TPFLAGS_VALID_VERSION_TAG) ? type->tp_version_tag : 0;
    if (version == 0)
        return find(type);
    if (kept[version % KEPT].version != version) {
        kept[version % KEPT].is_unseen = find(type);
        kept[version % KEPT].version = version;
    }
    return kept[version % KEPT].is_unseen;
}

/* ---- of an attribute ---- */

/* What C code looks at of the object itself is no attribute of that name either. */
static int is_in_python(PyObject *method)
{
    return method == NULL || method == Py_None || PyFunction_Check(method) ||
           sw_touch_has_in_python(Py_TYPE(method), "__call__");
}

int sw_special_method_gives_unseen(PyObject *found)
{
    if (found == NULL)
        return 0;
    if (PyObject_TypeCheck(found, &PyProperty_Type)) {
        const struct property *property = (const struct property *)found;
        return !is_in_python(property->get) || !is_in_python(property->set) ||
               !is_in_python(property->delete);
    }
    /* What it wraps gives the value (3.9 to 3.12). */
    if (Py_TYPE(found) == &PyClassMethod_Type)
        return sw_special_method_gives_unseen(((struct wrapping *)found)->callable);
    return Py_TYPE(found)->tp_descr_get != NULL && sw_special_method_is_unseen(Py_TYPE(found));
}

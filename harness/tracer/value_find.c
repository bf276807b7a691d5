/* SPDX-License-Identifier: MIT */
#define Py_BUILD_CORE 1
#include "value_find.h"

#include <internal/pycore_dict.h>
#include <internal/pycore_object.h>
#include <structmember.h>

/* 3.11 keeps the attributes of an object in a row, in the order of its class's shared keys, until
 * somebody asks for its __dict__. */
static PyObject *find_in_row(PyObject *owner, PyDictValues *values, PyObject *name)
{
    PyDictKeysObject *keys = ((PyHeapTypeObject *)Py_TYPE(owner))->ht_cached_keys;

    for (Py_ssize_t i = 0; keys != NULL && DK_IS_UNICODE(keys) && i < keys->dk_nentries; i++)
        if (DK_UNICODE_ENTRIES(keys)[i].me_key == name)
            return values->values[i];
    return NULL;
}

static PyObject *find_in_dict(PyObject *dict, PyObject *key)
{
    PyObject *found =
        dict != NULL && PyDict_Check(dict) ? PyDict_GetItemWithError(dict, key) : NULL;

    PyErr_Clear();
    return found;
}

static PyObject *find_own(PyObject *owner, PyObject *name)
{
    const PyTypeObject *type = Py_TYPE(owner);

    if (PyModule_Check(owner))
        return find_in_dict(PyModule_GetDict(owner), name);
    if (type->tp_flags & Py_TPFLAGS_MANAGED_DICT) {
        PyDictValues *values = *_PyObject_ValuesPointer(owner);
        return values != NULL ? find_in_row(owner, values, name)
                              : find_in_dict(*_PyObject_ManagedDictPointer(owner), name);
    }
    PyObject **dict = type->tp_dictoffset != 0 ? _PyObject_GetDictPtr(owner) : NULL;
    return dict != NULL ? find_in_dict(*dict, name) : NULL;
}

/* Of __slots__: where in the object its value is. */
static PyObject *find_in_slot(PyObject *owner, const PyObject *descriptor)
{
    const PyMemberDef *member = ((const PyMemberDescrObject *)descriptor)->d_member;

    if (member->type != T_OBJECT_EX && member->type != T_OBJECT)
        return NULL;
    return *(PyObject **)((char *)owner + member->offset);
}

int sw_value_find_is_slot(PyObject *owner, PyObject *name)
{
    const PyObject *found = PyType_Check(owner) ? NULL : _PyType_Lookup(Py_TYPE(owner), name);

    return found != NULL && Py_TYPE(found) == &PyMemberDescr_Type;
}

PyObject *sw_value_find_attribute(PyObject *owner, PyObject *name)
{
    if (PyType_Check(owner))
        return _PyType_Lookup((PyTypeObject *)owner, name);
    PyObject *descriptor = _PyType_Lookup(Py_TYPE(owner), name);
    if (descriptor != NULL && Py_TYPE(descriptor) == &PyMemberDescr_Type)
        return find_in_slot(owner, descriptor);
    if (descriptor != NULL && Py_TYPE(descriptor)->tp_descr_set != NULL)
        return NULL;
    PyObject *own = find_own(owner, name);
    if (own != NULL || descriptor == NULL)
        return own;
    /* A default that the class has. */
    return Py_TYPE(descriptor)->tp_descr_get == NULL ? descriptor : NULL;
}

PyObject *sw_value_find_item(PyObject *container, PyObject *key)
{
    if (PyDict_Check(container) && (PyUnicode_CheckExact(key) || PyLong_CheckExact(key)))
        return find_in_dict(container, key);
    if (!PyList_CheckExact(container) || !PyLong_CheckExact(key))
        return NULL;
    Py_ssize_t at = PyLong_AsSsize_t(key), size = PyList_GET_SIZE(container);
    PyErr_Clear();
    at += at < 0 ? size : 0;
    return at >= 0 && at < size ? PyList_GET_ITEM(container, at) : NULL;
}

/* SPDX-License-Identifier: MIT */
#define Py_BUILD_CORE 1
#include "value_find.h"

#include <internal/pycore_dict.h>
#include <internal/pycore_object.h>
#include <structmember.h>

#include "one_of.h"

/* ---- keys ---- */

enum { ENTRIES_MAX = 1000, TUPLES_MAX = 4 };

/* Its hash and its comparison run no Python: text, numbers, tuples of such, and what is equal to
 * itself only. */
static int is_quiet(PyObject *key, int depth)
{
    const PyTypeObject *type = Py_TYPE(key);

    if (PyTuple_CheckExact(key)) {
        Py_ssize_t i = 0;
        while (i < PyTuple_GET_SIZE(key) && depth < TUPLES_MAX &&
               is_quiet(PyTuple_GET_ITEM(key, i), depth + 1))
            i++;
        return i == PyTuple_GET_SIZE(key);
    }
    return PyUnicode_CheckExact(key) || PyLong_CheckExact(key) || PyBool_Check(key) ||
           PyFloat_CheckExact(key) || PyBytes_CheckExact(key) || key == Py_None ||
           (type->tp_hash == PyBaseObject_Type.tp_hash &&
            type->tp_richcompare == PyBaseObject_Type.tp_richcompare);
}

struct key {
    PyObject *object;
    int is_quiet;
    Py_hash_t hash; /* of one that is */
};

static struct key key_of(PyObject *object)
{
    int is = is_quiet(object, 0);

    return (struct key){object, is, is ? PyObject_Hash(object) : 0};
}

static int is_entry(const struct key *key, PyObject *entry, Py_hash_t hash)
{
    return entry == key->object || (key->is_quiet && hash == key->hash && is_quiet(entry, 0) &&
                                    PyObject_RichCompareBool(entry, key->object, Py_EQ) == 1);
}

/* Borrowed.  With keys that are text only, as most have, nothing else is compared with. */
static PyObject *find_in_dict(PyObject *dict, PyObject *object)
{
    PyObject *found = NULL, *entry, *value;
    Py_hash_t hash;
    Py_ssize_t at = 0;

    if (dict == NULL || !PyDict_Check(dict))
        return NULL;
    if (PyUnicode_CheckExact(object) && DK_IS_UNICODE(((PyDictObject *)dict)->ma_keys))
        found = PyDict_GetItemWithError(dict, object);
    else if (PyDict_GET_SIZE(dict) <= ENTRIES_MAX) {
        struct key key = key_of(object);
        while (found == NULL && _PyDict_Next(dict, &at, &entry, &value, &hash))
            if (is_entry(&key, entry, hash))
                found = value;
    }
    PyErr_Clear();
    return found;
}

int sw_value_find_in_set(PyObject *set, PyObject *object)
{
    const struct key key = key_of(object);
    PyObject *entry;
    Py_hash_t hash;
    Py_ssize_t at = 0;

    if (PySet_GET_SIZE(set) > ENTRIES_MAX)
        return -1;
    while (_PySet_NextEntry(set, &at, &entry, &hash))
        if (is_entry(&key, entry, hash))
            return 1;
    return key.is_quiet ? 0 : -1;
}

/* ---- attributes ---- */

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

static int is_object_slot(const PyObject *descriptor)
{
    const PyMemberDef *member = ((const PyMemberDescrObject *)descriptor)->d_member;

    return member->type == T_OBJECT_EX || member->type == T_OBJECT;
}

/* Of __slots__: where in the object its value is. */
static PyObject *find_in_slot(PyObject *owner, const PyObject *descriptor)
{
    const PyMemberDef *member = ((const PyMemberDescrObject *)descriptor)->d_member;

    return *(PyObject **)((char *)owner + member->offset);
}

int sw_value_find_is_slot(PyObject *owner, PyObject *name)
{
    const PyObject *found = PyType_Check(owner) ? NULL : _PyType_Lookup(Py_TYPE(owner), name);

    return found != NULL && Py_TYPE(found) == &PyMemberDescr_Type;
}

/* A field of C code's: a number in a structure of ctypes, say. */
static int is_field(PyObject *descriptor)
{
    return Py_TYPE(descriptor) == &PyMemberDescr_Type ||
           strcmp(Py_TYPE(descriptor)->tp_name, "_ctypes.CField") == 0;
}

static PyObject *find_borrowed(PyObject *owner, PyObject *name, PyObject *descriptor)
{
    PyObject *own = find_own(owner, name);

    if (own != NULL || descriptor == NULL)
        return own;
    /* A default that the class has. */
    return Py_TYPE(descriptor)->tp_descr_get == NULL ? descriptor : NULL;
}

PyObject *sw_value_find_attribute(PyObject *owner, PyObject *name)
{
    PyObject *descriptor =
        _PyType_Lookup(PyType_Check(owner) ? (PyTypeObject *)owner : Py_TYPE(owner), name);

    if (PyType_Check(owner))
        return Py_XNewRef(descriptor);
    if (descriptor != NULL && Py_TYPE(descriptor) == &PyMemberDescr_Type &&
        is_object_slot(descriptor))
        return Py_XNewRef(find_in_slot(owner, descriptor));
    if (descriptor != NULL && is_field(descriptor)) {
        PyObject *found =
            Py_TYPE(descriptor)->tp_descr_get(descriptor, owner, (PyObject *)Py_TYPE(owner));
        PyErr_Clear();
        return found;
    }
    if (descriptor != NULL && Py_TYPE(descriptor)->tp_descr_set != NULL)
        return NULL;
    return Py_XNewRef(find_borrowed(owner, name, descriptor));
}

/* ---- items ---- */

/* Of a number, whose item C code finds by it alone. */
static PyObject *find_by_index(PyObject *container, Py_ssize_t at)
{
    static const char *const names[] = {"list", "bytearray", "collections.deque", "array.array"};
    const PySequenceMethods *methods = Py_TYPE(container)->tp_as_sequence;

    if (!IS_ONE_OF(Py_TYPE(container)->tp_name, names) || methods == NULL ||
        methods->sq_item == NULL || methods->sq_length == NULL)
        return NULL;
    Py_ssize_t size = methods->sq_length(container);
    at += at < 0 ? size : 0;
    return at >= 0 && at < size ? methods->sq_item(container, at) : NULL;
}

PyObject *sw_value_find_item(PyObject *container, PyObject *key)
{
    if (PyDict_Check(container))
        return Py_XNewRef(find_in_dict(container, key));
    if (!PyLong_CheckExact(key))
        return NULL;
    Py_ssize_t at = PyLong_AsSsize_t(key);
    PyObject *found = PyErr_Occurred() == NULL ? find_by_index(container, at) : NULL;
    PyErr_Clear();
    return found;
}

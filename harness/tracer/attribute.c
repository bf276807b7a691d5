/* SPDX-License-Identifier: MIT */
#define Py_BUILD_CORE 1
#include "attribute.h"

#include <internal/pycore_dict.h>
#include <internal/pycore_interp.h>
#include <internal/pycore_object.h>
#include <string.h>

#include "decimal_context.h"
#include "exposed.h"
#include "file_object.h"
#include "frame_object.h"
#include "identity.h"
#include "one_of.h"
#include "special_method.h"
#include "thread_object.h"
#include "touch.h"
#include "value_brief.h"

/* Whose attributes lie in its own namespace or slots, and are found by no code but Python's. */
static int has_generic_attributes(PyObject *owner)
{
    return sw_touch_is_in_python(owner) || Py_TYPE(owner)->tp_getattro == PyObject_GenericGetAttr ||
           sw_touch_base_of(owner)->tp_getattro == PyObject_GenericGetAttr;
}

static int is_method(PyObject *found)
{
    return found != NULL &&
           (Py_TYPE(found) == &PyMethodDescr_Type || Py_TYPE(found) == &PyClassMethodDescr_Type ||
            Py_TYPE(found) == &PyWrapperDescr_Type);
}

/* A global of that module: both ways to it have one address.  One that it does not have is asked for
 * from its __getattr__(), which is another. */
static void of_module(struct operation *operation, enum sw_op op, PyObject *module, PyObject *name)
{
    PyObject *dict = PyModule_GetDict(module);

    if (op == SW_OP_READ && PyDict_GetItemWithError(dict, name) == NULL)
        sw_touch_anything(operation);
    PyErr_Clear();
    sw_touch_name(operation, op, dict, name);
}

/* A method of a class, its instance's class, and what a function does. */
static int is_looked_at(PyObject *owner, PyObject *name)
{
    static const char *const of_functions[] = {"__code__", "__defaults__", "__kwdefaults__",
                                               "__qualname__"};

    if (PyType_Check(owner) || PyUnicode_CompareWithASCIIString(name, "__class__") == 0)
        return PyUnicode_CompareWithASCIIString(name, "__doc__") != 0;
    for (size_t i = 0; PyFunction_Check(owner) && i < Py_ARRAY_LENGTH(of_functions); i++)
        if (PyUnicode_CompareWithASCIIString(name, of_functions[i]) == 0)
            return 1;
    return 0;
}

/* An attribute that C code keeps in the object itself: its methods change what it shows. */
static int is_of_c(PyObject *owner, PyObject *found)
{
    return found != NULL && !sw_touch_is_in_python(owner) && !sw_touch_is_plain(owner) &&
           (Py_TYPE(found) == &PyGetSetDescr_Type || Py_TYPE(found) == &PyMemberDescr_Type) &&
           !sw_touch_is_a_class(((PyDescrObject *)found)->d_type);
}

/* An attribute that C code keeps in the exception itself, and makes its text of: args, filename. */
static int is_told(PyObject *owner, PyObject *found)
{
    return PyExceptionInstance_Check(owner) && found != NULL &&
           (Py_TYPE(found) == &PyGetSetDescr_Type || Py_TYPE(found) == &PyMemberDescr_Type) &&
           !sw_touch_is_a_class(((PyDescrObject *)found)->d_type) &&
           ((PyDescrObject *)found)->d_type != &PyBaseObject_Type;
}

/* Which a raise changes without an operation of its own. */
static int is_of_raise(PyObject *owner, PyObject *name)
{
    static const char *const names[] = {"__traceback__", "__context__", "__cause__",
                                        "__suppress_context__"};

    return PyExceptionInstance_Check(owner) && IS_ONE_OF(sw_value_brief_utf8(name), names);
}

/* C code gives or takes the value: by a property, by __getattr__; or a class is asked, and what it has
 * is one that asks C code. */
static int is_unseen(PyObject *owner, PyObject *name, PyObject *found)
{
    return sw_special_method_is_unseen(Py_TYPE(owner)) || sw_special_method_gives_unseen(found) ||
           (PyType_Check(owner) &&
            sw_special_method_gives_unseen(_PyType_Lookup((PyTypeObject *)owner, name)));
}

/* The layout of 3.11. */
struct super {
    PyObject_HEAD
    PyTypeObject *type;
    PyObject *object;
    PyTypeObject *of;
};

/* What a super() finds, in the classes behind its own.  Borrowed; NULL: nothing. */
static PyObject *super_finds(const struct super *super, PyObject *name)
{
    PyObject *order = super->of != NULL ? super->of->tp_mro : NULL, *found = NULL;
    Py_ssize_t i = 0, count = order != NULL ? PyTuple_GET_SIZE(order) : 0;

    while (i < count && PyTuple_GET_ITEM(order, i) != (PyObject *)super->type)
        i++;
    while (found == NULL && ++i < count)
        found =
            PyDict_GetItemWithError(((PyTypeObject *)PyTuple_GET_ITEM(order, i))->tp_dict, name);
    PyErr_Clear();
    return found;
}

static void of_attribute(struct operation *operation, enum sw_op op, PyObject *owner,
                         PyObject *name, PyObject *found);

/* A slot, or what C code keeps in the object, is the object's by whatever way. */
static void of_super(struct operation *operation, enum sw_op op, PyObject *super, PyObject *name)
{
    PyObject *object = ((const struct super *)super)->object;
    PyObject *found = super_finds((const struct super *)super, name);

    if (object != NULL && found != NULL && !PyType_Check(object) &&
        (Py_TYPE(found) == &PyMemberDescr_Type || Py_TYPE(found) == &PyGetSetDescr_Type))
        of_attribute(operation, op, object, name, found);
    else if (sw_special_method_gives_unseen(found))
        sw_touch_anything(operation);
    else
        sw_touch_add(operation, op, super, sw_operation_part(name));
}

void sw_attribute_touch(struct operation *operation, enum sw_op op, PyObject *owner, PyObject *name)
{
    if (!PyUnicode_Check(name))
        sw_touch_anything(operation);
    else if (Py_TYPE(owner) == &PySuper_Type)
        of_super(operation, op, owner, name);
    else
        of_attribute(operation, op, owner, name, _PyType_Lookup(Py_TYPE(owner), name));
}

/* Where its attributes are, without making a dict of them; NULL: in none.  Borrowed. */
static PyObject *dict_of(PyObject *owner)
{
    PyTypeObject *type = Py_TYPE(owner);

    if (type->tp_flags & Py_TPFLAGS_MANAGED_DICT)
        return *_PyObject_ValuesPointer(owner) == NULL ? *_PyObject_ManagedDictPointer(owner)
                                                       : NULL;
    PyObject **at = type->tp_dictoffset != 0 ? _PyObject_GetDictPtr(owner) : NULL;
    return at != NULL ? *at : NULL;
}

/* Whoever has got the dict otherwise than by __dict__ (exposed.h) does not know whose it is. */
static int is_had(PyObject *dict)
{
    return dict != NULL && sw_exposed_kind(dict) == SW_EXPOSED_NOT &&
           (Py_REFCNT(dict) > 1 || sw_identity_is_named(dict));
}

/* Has somebody the dict in which the attribute is, or may be? */
static int has_another_name(PyObject *owner)
{
    const PyTypeObject *type = PyType_Check(owner) ? (PyTypeObject *)owner : Py_TYPE(owner);
    PyObject *order = type->tp_mro;

    if (!PyType_Check(owner) && is_had(dict_of(owner)))
        return 1;
    for (Py_ssize_t i = 0; order != NULL && i < PyTuple_GET_SIZE(order); i++) {
        const PyTypeObject *above = (const PyTypeObject *)PyTuple_GET_ITEM(order, i);
        if (sw_touch_is_a_class(above) && is_had(above->tp_dict))
            return 1;
    }
    return 0;
}

/* found: what the owner's class has by that name, or NULL. */
static void of_attribute(struct operation *operation, enum sw_op op, PyObject *owner,
                         PyObject *name, PyObject *found)
{
    PyTypeObject *type = Py_TYPE(owner);
    uint64_t part = sw_operation_part(name);
    int is_local = strcmp(sw_touch_base_of(owner)->tp_name, "_thread._local") == 0;
    /* The interpreter looks these up by itself, for what is no attribute in the source. */
    if (op == SW_OP_WRITE && sw_special_method_is_name(name) && is_looked_at(owner, name))
        sw_touch_refuse(operation, "changes what the interpreter itself looks up");
    else if (PyWeakref_CheckProxy(owner))
        sw_touch_weak(operation);
    else if (sw_frame_object_tells(owner, name))
        sw_touch_refuse(operation, "asks how far another thread's frame has come");
    else if (op == SW_OP_WRITE && sw_frame_object_sets_trace(owner, name))
        sw_touch_refuse(operation, "changes what the tracer hears of a frame");
    else if (sw_frame_object_shows_cells(owner, name))
        sw_touch_anything(operation);
    else if (sw_thread_object_hides(owner, name, op))
        sw_touch_refuse(operation, "has to do with what threading itself looks up");
    else if (PyWeakref_Check(owner) && PyUnicode_CompareWithASCIIString(name, "__callback__") == 0)
        sw_touch_weak(operation);
    else if (is_local && PyUnicode_CompareWithASCIIString(name, "__dict__") == 0)
        sw_touch_refuse(operation, "gives away what a thread has for itself");
    /* Whoever has it can touch every attribute. */
    else if (PyUnicode_CompareWithASCIIString(name, "__dict__") == 0)
        sw_touch_anything(operation);
    else if (is_unseen(owner, name, found))
        sw_touch_anything(operation);
    else if (is_of_raise(owner, name))
        sw_touch_raised(operation, op, owner);
    else if (sw_decimal_context_is_shared(owner))
        sw_touch_refuse(operation,
                        "has to do with a decimal context that others may calculate with");
    else if (is_told(owner, found))
        sw_touch_told(operation, op, owner);
    /* What it shows may be the memory of another. */
    else if (strncmp(sw_touch_base_of(owner)->tp_name, "_ctypes.", 8) == 0)
        sw_touch_anything(operation);
    else if (PyModule_Check(owner))
        of_module(operation, op, owner, name);
    /* An assignment to a class is seen by all of its instances, and could replace a method. */
    else if (PyType_Check(owner) && op == SW_OP_WRITE)
        sw_touch_anything(operation);
    /* What lies in a slot is there once; of all else each thread has its own. */
    else if (is_local && found != NULL && Py_TYPE(found) == &PyMemberDescr_Type)
        sw_touch_add(operation, op, owner, part);
    else if (is_local)
        return;
    /* It forwards what it does not have to its function. */
    else if (PyMethod_Check(owner))
        sw_touch_add(operation, op, PyMethod_GET_FUNCTION(owner), part);
    /* A method of C code in an object that has nothing to hide it with: the call comes. */
    else if (op == SW_OP_READ && type->tp_dictoffset == 0 && !PyType_Check(owner) &&
             is_method(found))
        return;
    else if (sw_file_object_is(owner))
        sw_file_object_touch(owner, operation);
    else if (is_of_c(owner, found))
        sw_touch_add(operation, op, sw_touch_behind(owner), 0);
    else if ((PyType_Check(owner) || has_generic_attributes(owner)) && !has_another_name(owner))
        sw_touch_add(operation, op, owner, part);
    else
        sw_touch_anything(operation);
}

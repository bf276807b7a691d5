/* SPDX-License-Identifier: MIT */
#define Py_BUILD_CORE 1
#include "touch.h"

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
#include "view_object.h"

void sw_touch_nothing(struct operation *operation)
{
    *operation = (struct operation){.op = SW_OP_NONE};
}

void sw_touch_anything(struct operation *operation)
{
    *operation = (struct operation){.op = SW_OP_UNKNOWN, .refused = operation->refused};
}

void sw_touch_refuse(struct operation *operation, const char *what)
{
    operation->refused = what;
    sw_touch_anything(operation);
}

void sw_touch_add(struct operation *operation, enum sw_op op, const void *address, uint64_t part)
{
    if (operation->op == SW_OP_UNKNOWN)
        return;
    if (operation->op == SW_OP_NONE)
        *operation = (struct operation){.op = op, .address = address, .part = part};
    else if (operation->address != address || operation->part != part)
        sw_touch_anything(operation);
    else if (op == SW_OP_WRITE)
        operation->op = op;
}

/* ---- types ---- */

int sw_touch_is_a_class(const PyTypeObject *type)
{
    /* A type that C code makes by PyType_FromSpec() has its name in memory of its own; one that a
     * class statement makes does not. */
    return (type->tp_flags & Py_TPFLAGS_HEAPTYPE) &&
           ((const PyHeapTypeObject *)type)->_ht_tpname == NULL;
}

int sw_touch_is_in_python(PyObject *object)
{
    const PyTypeObject *type = Py_TYPE(object);

    while (type != NULL && sw_touch_is_a_class(type))
        type = type->tp_base;
    return type == &PyBaseObject_Type;
}

/* The type of C code that it is, or is a class in Python over. */
static const PyTypeObject *base_of(PyObject *object)
{
    const PyTypeObject *type = Py_TYPE(object);

    while (type->tp_base != NULL && sw_touch_is_a_class(type))
        type = type->tp_base;
    return type;
}

/* What a group is is looked up when it is asked for, in what has been searched. */
static int is_match_of_plain(PyObject *match)
{
    PyObject *searched = PyObject_GetAttrString(match, "string");
    int is = searched != NULL && (PyUnicode_Check(searched) || PyBytes_Check(searched));

    Py_XDECREF(searched);
    PyErr_Clear();
    return is;
}

int sw_touch_is_plain(PyObject *object)
{
    static const char *const names[] = {"re.Pattern",
                                        "datetime.datetime",
                                        "datetime.date",
                                        "datetime.time",
                                        "datetime.timedelta",
                                        "datetime.timezone",
                                        "decimal.Decimal",
                                        "types.GenericAlias",
                                        "types.UnionType",
                                        "_struct.Struct",
                                        "builtin_function_or_method",
                                        "method-wrapper",
                                        "method_descriptor",
                                        "wrapper_descriptor",
                                        "getset_descriptor",
                                        "member_descriptor",
                                        "classmethod",
                                        "staticmethod",
                                        "property",
                                        "super",
                                        "NotImplementedType",
                                        "ellipsis",
                                        "traceback",
                                        "code",
                                        "slice",
                                        "_thread._local",
                                        "classmethod_descriptor",
                                        "weakref",
                                        "frame",
                                        "functools.partial",
                                        "operator.itemgetter",
                                        "operator.attrgetter",
                                        "operator.methodcaller",
                                        "CArgObject"};

    if (object == Py_None || PyLong_Check(object) || PyFloat_Check(object) ||
        PyUnicode_Check(object) || PyBytes_Check(object) || PyType_Check(object) ||
        PyFunction_Check(object) || PyCFunction_Check(object) || PyMethod_Check(object) ||
        PyModule_Check(object) || PyRange_Check(object) || PyComplex_Check(object) ||
        PyExceptionInstance_Check(object))
        return 1;
    if (strcmp(Py_TYPE(object)->tp_name, "re.Match") == 0)
        return is_match_of_plain(object);
    return IS_ONE_OF(base_of(object)->tp_name, names);
}

static int is_container(PyObject *object)
{
    const char *name = base_of(object)->tp_name;

    return PyList_Check(object) || PyDict_Check(object) || PyAnySet_Check(object) ||
           PyByteArray_Check(object) || strcmp(name, "collections.deque") == 0 ||
           strcmp(name, "array.array") == 0;
}

int sw_touch_has_in_python(PyTypeObject *type, const char *method)
{
    PyObject *name = PyUnicode_InternFromString(method);
    PyObject *found = name != NULL ? _PyType_Lookup(type, name) : NULL;

    PyErr_Clear();
    Py_XDECREF(name);
    return found != NULL && PyFunction_Check(found);
}

/* With a method in Python its bytecodes come. */
int sw_touch_makes_items(PyObject *object)
{
    PyObject *name, *found = NULL;

    if (!PyDict_Check(object) || PyDict_CheckExact(object))
        return 0;
    name = PyUnicode_InternFromString("__missing__");
    if (name != NULL)
        found = _PyType_Lookup(Py_TYPE(object), name);
    Py_XDECREF(name);
    PyErr_Clear();
    return found != NULL && !PyFunction_Check(found);
}

/* ---- what shows something else ---- */

/* The layout of 3.11. */
struct mapping_proxy {
    PyObject_HEAD
    PyObject *mapping;
};

PyObject *sw_touch_behind(PyObject *object)
{
    /* A proxy of a proxy of a view. */
    for (int i = 0; i < 8; i++) {
        if (PyDictViewSet_Check(object) || PyDictValues_Check(object))
            object = (PyObject *)((_PyDictViewObject *)object)->dv_dict;
        else if (Py_TYPE(object) == &PyDictProxy_Type)
            object = ((struct mapping_proxy *)object)->mapping;
        else if (sw_view_object_shows(object) != NULL)
            object = sw_view_object_shows(object);
        else
            break;
    }
    return object;
}

/* ---- namespaces ---- */

int sw_touch_is_namespace(PyObject *dict)
{
    enum sw_exposed kind = sw_exposed_kind(dict);

    return kind == SW_EXPOSED_OBJECT || kind == SW_EXPOSED_MODULE ||
           (PyDict_CheckExact(dict) && PyDict_GetItemString(dict, "__builtins__") != NULL);
}

/* What is not in a namespace is looked up in these names of the interpreter's, by each bytecode and
 * by C code; and in those of sys C code looks up its own. */
static void of_interpreter(struct operation *operation, PyObject *namespace)
{
    const PyInterpreterState *interpreter = PyInterpreterState_Get();

    if (namespace == interpreter->builtins)
        sw_touch_refuse(operation, "changes what the interpreter itself looks up");
    else if (namespace == interpreter->sysdict)
        sw_touch_anything(operation);
}

void sw_touch_name(struct operation *operation, enum sw_op op, PyObject *namespace, PyObject *name)
{
    if (op == SW_OP_WRITE)
        of_interpreter(operation, namespace);
    if (sw_exposed_kind(namespace) == SW_EXPOSED_OBJECT)
        sw_touch_anything(operation);
    else
        sw_touch_add(operation, op, namespace, sw_operation_part(name));
}

/* ---- shallow and deep ---- */

void sw_touch_weak(struct operation *operation)
{
    sw_touch_refuse(operation, "asks a weak reference whether its object is still there");
}

void sw_touch_shallow(struct operation *operation, enum sw_op op, PyObject *object)
{
    object = sw_touch_behind(object);
    if (PyWeakref_CheckProxy(object))
        sw_touch_weak(operation);
    if (sw_touch_is_plain(object) || PyTuple_Check(object) || PyFrozenSet_CheckExact(object) ||
        sw_touch_is_in_python(object))
        return;
    if (op == SW_OP_WRITE)
        of_interpreter(operation, object);
    /* Each call of the function reads it, some without an operation. */
    if (op == SW_OP_WRITE && PyDict_Check(object) && sw_exposed_kind(object) == SW_EXPOSED_DEFAULTS)
        sw_touch_anything(operation);
    /* As a whole, where its parts have names of their own. */
    if (!is_container(object) || (PyDict_Check(object) && sw_touch_is_namespace(object)))
        sw_touch_anything(operation);
    else
        sw_touch_add(operation, op, object, 0);
}

/* Parts of an exception that no name has: those are odd. */
enum { RAISED_PART = 2, TOLD_PART = 4 };

void sw_touch_raised(struct operation *operation, enum sw_op op, PyObject *exception)
{
    sw_touch_add(operation, op, exception, RAISED_PART);
}

void sw_touch_told(struct operation *operation, enum sw_op op, PyObject *exception)
{
    sw_touch_add(operation, op, exception, TOLD_PART);
}

/* How many objects are looked at, for one operation; behind them it is anything. */
enum { ELEMENTS_MAX = 1000, DEPTH_MAX = 20 };

static void add_deep(struct operation *operation, enum sw_op op, PyObject *object, int *left,
                     int depth);

static void add_elements(struct operation *operation, PyObject *object, int *left, int depth)
{
    Py_ssize_t at = 0;
    Py_hash_t hash;
    PyObject *key, *value;

    if (PyTuple_Check(object))
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(object); i++)
            add_deep(operation, SW_OP_READ, PyTuple_GET_ITEM(object, i), left, depth);
    else if (PyList_Check(object))
        for (Py_ssize_t i = 0; i < PyList_GET_SIZE(object) && *left > 0; i++)
            add_deep(operation, SW_OP_READ, PyList_GET_ITEM(object, i), left, depth);
    else if (PyDict_Check(object))
        while (*left > 0 && PyDict_Next(object, &at, &key, &value)) {
            add_deep(operation, SW_OP_READ, key, left, depth);
            add_deep(operation, SW_OP_READ, value, left, depth);
        }
    else if (PyAnySet_Check(object))
        while (*left > 0 && _PySet_NextEntry(object, &at, &key, &hash))
            add_deep(operation, SW_OP_READ, key, left, depth);
    else if (PySlice_Check(object)) {
        add_deep(operation, SW_OP_READ, ((PySliceObject *)object)->start, left, depth);
        add_deep(operation, SW_OP_READ, ((PySliceObject *)object)->stop, left, depth);
        add_deep(operation, SW_OP_READ, ((PySliceObject *)object)->step, left, depth);
    } else if (strcmp(base_of(object)->tp_name, "collections.deque") == 0)
        sw_touch_anything(operation);
}

static int shows_what_it_has(PyObject *object)
{
    static const char *const names[] = {"functools.partial", "types.GenericAlias",
                                        "operator.itemgetter", "operator.methodcaller"};

    return IS_ONE_OF(base_of(object)->tp_name, names);
}

static void add_deep(struct operation *operation, enum sw_op op, PyObject *object, int *left,
                     int depth)
{
    if (operation->op == SW_OP_UNKNOWN)
        return;
    if (--*left <= 0 || depth == DEPTH_MAX) {
        sw_touch_anything(operation);
        return;
    }
    object = sw_touch_behind(object);
    sw_touch_shallow(operation, op, object);
    if (PyExceptionInstance_Check(object)) {
        sw_touch_told(operation, SW_OP_READ, object);
        object = ((PyBaseExceptionObject *)object)->args;
    }
    /* The text of a method has that of its object in it, and the text of these all that they have. */
    if (PyMethod_Check(object))
        add_deep(operation, op, PyMethod_GET_SELF(object), left, depth + 1);
    else if (shows_what_it_has(object))
        sw_touch_anything(operation);
    else if (operation->op != SW_OP_UNKNOWN && object != NULL)
        add_elements(operation, object, left, depth + 1);
}

void sw_touch_deep(struct operation *operation, enum sw_op op, PyObject *object)
{
    int left = ELEMENTS_MAX;

    add_deep(operation, op, object, &left, 0);
}

/* ---- iterators ---- */

/* The layouts of 3.11. */
struct list_iterator {
    PyObject_HEAD
    Py_ssize_t index;
    PyObject *list;
};
struct collection_iterator { /* of a dict or a set */
    PyObject_HEAD
    PyObject *collection;
};
struct enumerate {
    PyObject_HEAD
    Py_ssize_t index;
    PyObject *iterator;
};
struct zip {
    PyObject_HEAD
    Py_ssize_t size;
    PyObject *iterators;
};

static int is_over_nothing(const PyTypeObject *type)
{
    return type == &PyRangeIter_Type || type == &PyLongRangeIter_Type ||
           type == &PyTupleIter_Type || type == &PyUnicodeIter_Type || type == &PyBytesIter_Type ||
           strcmp(type->tp_name, "str_ascii_iterator") == 0;
}

/* Somebody else has it, or has had it and let go of it, which is no operation. */
static int is_shared(PyObject *object, Py_ssize_t held)
{
    return Py_REFCNT(object) > held || sw_identity_is_of_others(object);
}

void sw_touch_iterated(struct operation *operation, PyObject *object, Py_ssize_t held)
{
    const PyTypeObject *type = Py_TYPE(object);
    PyObject *under = NULL;

    if (PyGen_CheckExact(object) || PyCoro_CheckExact(object) || PyAsyncGen_CheckExact(object) ||
        is_over_nothing(type) || strcmp(type->tp_name, "itertools.count") == 0) {
        /* It keeps where it is. */
        if (is_shared(object, held))
            sw_touch_add(operation, SW_OP_WRITE, object, 0);
        return;
    }
    if (type == &PyListIter_Type || type == &PyListRevIter_Type)
        under = ((struct list_iterator *)object)->list;
    else if (type == &PyDictIterKey_Type || type == &PyDictIterValue_Type ||
             type == &PyDictIterItem_Type || type == &PySetIter_Type)
        under = ((struct collection_iterator *)object)->collection;
    else if (type == &PyEnum_Type)
        under = ((struct enumerate *)object)->iterator;
    else if (type == &PyZip_Type)
        under = ((struct zip *)object)->iterators;
    else {
        sw_touch_shallow(operation, SW_OP_READ, object);
        return;
    }
    if (is_shared(object, held))
        sw_touch_add(operation, SW_OP_WRITE, object, 0);
    if (under == NULL) /* it is at its end */
        return;
    if (type == &PyZip_Type)
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(under); i++)
            sw_touch_iterated(operation, PyTuple_GET_ITEM(under, i), 1);
    else if (type == &PyEnum_Type)
        sw_touch_iterated(operation, under, 1);
    else
        sw_touch_shallow(operation, SW_OP_READ, under);
}

/* ---- attributes ---- */

/* Whose attributes lie in its own namespace or slots, and are found by no code but Python's. */
static int has_generic_attributes(PyObject *owner)
{
    return sw_touch_is_in_python(owner) || Py_TYPE(owner)->tp_getattro == PyObject_GenericGetAttr ||
           base_of(owner)->tp_getattro == PyObject_GenericGetAttr;
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

static int is_special(PyObject *name)
{
    const char *utf8 = PyUnicode_AsUTF8(name);

    if (utf8 == NULL)
        PyErr_Clear();
    return utf8 != NULL && strncmp(utf8, "__", 2) == 0;
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
    const char *utf8 = PyExceptionInstance_Check(owner) ? PyUnicode_AsUTF8(name) : NULL;

    PyErr_Clear();
    return utf8 != NULL && IS_ONE_OF(utf8, names);
}

void sw_touch_attribute(struct operation *operation, enum sw_op op, PyObject *owner, PyObject *name)
{
    PyTypeObject *type = Py_TYPE(owner);

    if (!PyUnicode_Check(name)) {
        sw_touch_anything(operation);
        return;
    }
    uint64_t part = sw_operation_part(name);
    PyObject *found = _PyType_Lookup(type, name);
    int is_local = strcmp(base_of(owner)->tp_name, "_thread._local") == 0;
    /* The interpreter looks these up by itself, for what is no attribute in the source. */
    if (op == SW_OP_WRITE && is_special(name) && is_looked_at(owner, name))
        sw_touch_refuse(operation, "changes what the interpreter itself looks up");
    else if (PyWeakref_CheckProxy(owner))
        sw_touch_weak(operation);
    else if (sw_frame_object_tells(owner, name))
        sw_touch_refuse(operation, "asks how far another thread's frame has come");
    else if (is_local && PyUnicode_CompareWithASCIIString(name, "__dict__") == 0)
        sw_touch_refuse(operation, "gives away what a thread has for itself");
    /* Whoever has it can touch every attribute. */
    else if (PyUnicode_CompareWithASCIIString(name, "__dict__") == 0)
        sw_touch_anything(operation);
    else if (is_of_raise(owner, name))
        sw_touch_raised(operation, op, owner);
    else if (sw_decimal_context_is_shared(owner))
        sw_touch_refuse(operation,
                        "has to do with a decimal context that others may calculate with");
    else if (is_told(owner, found))
        sw_touch_told(operation, op, owner);
    /* What it shows may be the memory of another. */
    else if (strncmp(base_of(owner)->tp_name, "_ctypes.", 8) == 0)
        sw_touch_anything(operation);
    else if (PyModule_Check(owner))
        of_module(operation, op, owner, name);
    /* An assignment to a class is seen by all of its instances, and could replace a method. */
    else if (PyType_Check(owner) && op == SW_OP_WRITE)
        sw_touch_anything(operation);
    else if (is_local)
        return; /* each thread has its own */
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
    else if (PyType_Check(owner) || Py_TYPE(owner) == &PySuper_Type ||
             has_generic_attributes(owner))
        sw_touch_add(operation, op, owner, part);
    else
        sw_touch_anything(operation);
}

/* SPDX-License-Identifier: MIT */
#define Py_BUILD_CORE 1
#include "touch.h"

#include <internal/pycore_dict.h>
#include <internal/pycore_interp.h>
#include <internal/pycore_object.h>
#include <string.h>

#include "callback.h"
#include "decimal_context.h"
#include "exposed.h"
#include "frame_object.h"
#include "identity.h"
#include "one_of.h"
#include "special_method.h"
#include "thread_object.h"
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

const PyTypeObject *sw_touch_base_of(PyObject *object)
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
    return IS_ONE_OF(sw_touch_base_of(object)->tp_name, names);
}

static int is_container(PyObject *object)
{
    const char *name = sw_touch_base_of(object)->tp_name;

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

/* The layout of 3.11. */
struct default_dict {
    PyDictObject dict;
    PyObject *factory;
};

int sw_touch_makes_items_unseen(PyObject *object)
{
    const PyTypeObject *base = sw_touch_base_of(object);

    return PyDict_Check(object) && strcmp(base->tp_name, "collections.defaultdict") == 0 &&
           ((const struct default_dict *)object)->factory != NULL &&
           sw_callback_is_unseen(((const struct default_dict *)object)->factory);
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

/* Each function that is made is of the module of that name. */
static int names_a_module(PyObject *namespace, PyObject *name)
{
    return PyUnicode_CompareWithASCIIString(name, "__name__") == 0 &&
           PyDict_GetItemString(namespace, "__builtins__") != NULL;
}

void sw_touch_name(struct operation *operation, enum sw_op op, PyObject *namespace, PyObject *name)
{
    if (op == SW_OP_WRITE)
        of_interpreter(operation, namespace);
    if (op == SW_OP_WRITE && PyDict_Check(namespace) && names_a_module(namespace, name))
        sw_touch_refuse(operation, "changes what the interpreter itself looks up");
    if (sw_thread_object_hides_global(namespace, name))
        sw_touch_refuse(operation, "has to do with what threading itself looks up");
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

void sw_touch_keeps(struct operation *operation)
{
    sw_touch_refuse(operation, "keeps hold of memory for as long as it lives");
}

void sw_touch_shallow(struct operation *operation, enum sw_op op, PyObject *object)
{
    object = sw_touch_behind(object);
    if (PyWeakref_CheckProxy(object))
        sw_touch_weak(operation);
    if (sw_special_method_is_unseen(Py_TYPE(object)))
        sw_touch_anything(operation);
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
    } else if (strcmp(sw_touch_base_of(object)->tp_name, "collections.deque") == 0)
        sw_touch_anything(operation);
}

static int shows_what_it_has(PyObject *object)
{
    static const char *const names[] = {"functools.partial", "types.GenericAlias",
                                        "operator.itemgetter", "operator.methodcaller"};

    return IS_ONE_OF(sw_touch_base_of(object)->tp_name, names);
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
    if (sw_frame_object_is_told(object))
        sw_touch_refuse(operation, "asks how far another thread's frame has come");
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

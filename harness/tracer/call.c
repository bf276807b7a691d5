/* SPDX-License-Identifier: MIT */
#include "call.h"

#include <string.h>

int sw_call_set(struct operation *operation, enum sw_op op, const void *address, uint64_t part)
{
    *operation = (struct operation){.op = op, .address = address, .part = part};
    return 1;
}

static int is_one_of(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(name, names[i]) == 0)
            return 1;
    return 0;
}

#define IS_ONE_OF(name, names) is_one_of((name), (names), Py_ARRAY_LENGTH(names))

/* ---- what can change ---- */

/* A class statement made it, and not C code by a spec. */
static int is_a_class(const PyTypeObject *type)
{
    /* A type that C code makes by PyType_FromSpec() has its name in memory of its own; one that a
     * class statement makes does not. */
    return (type->tp_flags & Py_TPFLAGS_HEAPTYPE) &&
           ((const PyHeapTypeObject *)type)->_ht_tpname == NULL;
}

/* Is all that its instances do done by classes in Python, down to object? */
static int is_in_python(const PyTypeObject *type)
{
    while (type != NULL && is_a_class(type))
        type = type->tp_base;
    return type == &PyBaseObject_Type;
}

/* Looked up as the interpreter does, along the type's bases, and without running anything. */
static int has_in_python(PyTypeObject *type, const char *method)
{
    PyObject *name = PyUnicode_InternFromString(method);
    PyObject *found = name != NULL ? _PyType_Lookup(type, name) : NULL;

    Py_XDECREF(name);
    return found != NULL && PyFunction_Check(found);
}

int sw_call_can_change(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);

    /* The containers, with their subclasses, whose methods are C code's as well. */
    if (PyList_Check(object) || PyDict_Check(object) || PyAnySet_Check(object) ||
        PyByteArray_Check(object))
        return !PyFrozenSet_CheckExact(object);
    if (object == Py_None || PyLong_Check(object) || PyFloat_Check(object) ||
        PyUnicode_Check(object) || PyBytes_Check(object) || PyTuple_Check(object) ||
        PyType_Check(object) || PyFunction_Check(object) || PyCFunction_Check(object) ||
        PyMethod_Check(object) || PyModule_Check(object) || PyRange_Check(object) ||
        PyCode_Check(object) || PySlice_Check(object) || PyComplex_Check(object) ||
        type == &PyMethodDescr_Type || type == &PyProperty_Type ||
        PyExceptionInstance_Check(object))
        return 0;
    /* An instance of a class that is written in Python all the way up is changed by its methods'
     * bytecodes, which are seen one by one. */
    return !is_in_python(type);
}

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

PyObject *sw_call_iterated(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);

    if (type == &PyListIter_Type || type == &PyListRevIter_Type)
        return ((struct list_iterator *)object)->list;
    if (type == &PyDictIterKey_Type || type == &PyDictIterValue_Type ||
        type == &PyDictIterItem_Type || type == &PySetIter_Type)
        return ((struct collection_iterator *)object)->collection;
    if (type == &PyRangeIter_Type || type == &PyTupleIter_Type || type == &PyUnicodeIter_Type ||
        type == &PyBytesIter_Type || PyGen_CheckExact(object) || PyCoro_CheckExact(object))
        return NULL;
    return sw_call_can_change(object) ? object : NULL;
}

int sw_call_next_operation(PyObject *iterator, struct operation *operation)
{
    PyObject *touched = sw_call_iterated(iterator);

    if (touched == NULL)
        return 0;
    /* One of C that may wrap another: enumerate(), zip(), ... */
    return touched == iterator ? sw_call_set(operation, SW_OP_UNKNOWN, NULL, 0)
                               : sw_call_set(operation, SW_OP_READ, touched, 0);
}

/* ---- locks ---- */

int sw_call_is_lock(PyObject *object)
{
    const char *type = Py_TYPE(object)->tp_name;

    return strcmp(type, "_thread.lock") == 0 || strcmp(type, "_thread.RLock") == 0;
}

/* The layouts of 3.11: a lock's semaphore comes first. */
struct lock {
    PyObject_HEAD
    PyThread_type_lock semaphore;
};
struct rlock {
    PyObject_HEAD
    PyThread_type_lock semaphore;
    unsigned long owner;
    unsigned long count;
};

/* May it end without the lock: acquire(False), acquire(timeout=1)?  first: of the
 * arguments behind self. */
static int is_try(const struct call *call, Py_ssize_t first)
{
    Py_ssize_t count = call->count - first;

    if (call->unseen || call->keywords > 0 || count > 1)
        return 1;
    return count == 1 && call->arguments[first] != Py_True &&
           !(PyLong_CheckExact(call->arguments[first]) && Py_SIZE(call->arguments[first]) != 0);
}

static int of_lock(const struct call *call, PyObject *self, const char *name, Py_ssize_t first,
                   struct operation *operation)
{
    int reentrant = strcmp(Py_TYPE(self)->tp_name, "_thread.RLock") == 0;
    static const char *const takes[] = {"acquire", "__enter__", "acquire_lock", "_acquire_restore"};
    static const char *const gives[] = {"release", "__exit__", "release_lock", "_release_save"};
    const struct rlock *lock = (struct rlock *)self;
    int is_ours = reentrant && lock->count > 0 && lock->owner == PyThread_get_thread_ident();

    if (strcmp(name, "_is_owned") == 0)
        return 0;
    if (IS_ONE_OF(name, takes)) {
        /* A second acquire of an RLock by its owner waits for nobody, and tells nobody anything. */
        if (is_ours)
            return 0;
        /* With a time limit or without waiting it may end without the lock: then what it does is to
         * look, and to take it if it is free; it can always be done. */
        int waits = name[0] == '_' || !is_try(call, first);
        sw_call_set(operation, waits ? SW_OP_ACQUIRE : SW_OP_WRITE, self, 0);
        operation->semaphore = ((struct lock *)self)->semaphore;
        return 1;
    }
    if (IS_ONE_OF(name, gives)) {
        if (is_ours && lock->count > 1 && strcmp(name, "_release_save") != 0)
            return 0;
        return sw_call_set(operation, SW_OP_RELEASE, self, 0);
    }
    return sw_call_set(operation, strcmp(name, "locked") == 0 ? SW_OP_READ : SW_OP_WRITE, self, 0);
}

/* ---- calls of C code ---- */

/* The one argument from the first on that can change; *more: there are others. */
static PyObject *find_changing(const struct call *call, Py_ssize_t first, int *more)
{
    PyObject *found = NULL;

    /* Arguments behind a star are not on the stack one by one. */
    *more = call->unseen;
    for (Py_ssize_t i = first; i < call->count; i++) {
        PyObject *argument = sw_call_iterated(call->arguments[i]);
        if (argument == NULL || argument == found)
            continue;
        *more |= found != NULL;
        found = argument;
    }
    return found;
}

static int of_arguments(const struct call *call, Py_ssize_t first, enum sw_op op,
                        struct operation *operation)
{
    /* With more than one of them there is no single object to name. */
    int more;
    PyObject *found = find_changing(call, first, &more);

    if (more)
        return sw_call_set(operation, SW_OP_UNKNOWN, NULL, 0);
    return found != NULL ? sw_call_set(operation, op, found, 0) : 0;
}

/* Of a type whose methods are known, and it is one of those that change nothing. */
static int only_reads(PyObject *self, const char *name)
{
    static const char *const names[] = {
        "get",        "keys",    "values",       "items",        "copy",      "index",
        "count",      "__len__", "__contains__", "__iter__",     "issubset",  "isdisjoint",
        "issuperset", "union",   "__getitem__",  "intersection", "difference"};

    if (!PyList_Check(self) && !PyDict_Check(self) && !PyAnySet_Check(self) &&
        !PyByteArray_Check(self) && strcmp(Py_TYPE(self)->tp_name, "collections.deque") != 0)
        return strcmp(name, "qsize") == 0 || strcmp(name, "empty") == 0;
    return IS_ONE_OF(name, names);
}

/* A method of something that can change. */
static int of_method(const struct call *call, PyObject *self, const char *name, Py_ssize_t first,
                     struct operation *operation)
{
    static const char *const traverses[] = {
        "extend",     "update", "union",    "difference", "__eq__",     "intersection",
        "extendleft", "__ne__", "issubset", "isdisjoint", "issuperset", "symmetric_difference"};

    if (sw_call_is_lock(self))
        return of_lock(call, self, name, first, operation);
    /* These look into their argument, too; two objects that can change are more than one
     * announcement can say. */
    if (IS_ONE_OF(name, traverses)) {
        int more;
        PyObject *other = find_changing(call, first, &more);
        if (more || (other != NULL && other != self))
            return sw_call_set(operation, SW_OP_UNKNOWN, NULL, 0);
    }
    return sw_call_set(operation, only_reads(self, name) ? SW_OP_READ : SW_OP_WRITE, self, 0);
}

/* getattr(object, "x") and the like. */
static int of_attribute(const struct call *call, enum sw_op op, struct operation *operation)
{
    if (call->unseen || call->count < 2)
        return sw_call_set(operation, SW_OP_UNKNOWN, NULL, 0);
    /* It raises an exception, and touches nothing. */
    if (!PyUnicode_CheckExact(call->arguments[1]))
        return 0;
    return sw_call_set(operation, op, call->arguments[0],
                       (uint64_t)PyObject_Hash(call->arguments[1]) | 1);
}

static int of_builtin(const struct call *call, const char *name, struct operation *operation)
{
    static const char *const anything[] = {"exec",       "eval",    "globals",   "locals",
                                           "vars",       "dir",     "open",      "input",
                                           "__import__", "compile", "breakpoint"};
    static const char *const nothing[] = {
        "isinstance", "issubclass", "id",   "type", "callable",
        "chr",        "ord",        "hash", "iter", "__build_class__"};

    if (IS_ONE_OF(name, anything))
        return sw_call_set(operation, SW_OP_UNKNOWN, NULL, 0);
    if (IS_ONE_OF(name, nothing))
        return 0;
    if (strcmp(name, "getattr") == 0 || strcmp(name, "hasattr") == 0)
        return of_attribute(call, SW_OP_READ, operation);
    if (strcmp(name, "setattr") == 0 || strcmp(name, "delattr") == 0)
        return of_attribute(call, SW_OP_WRITE, operation);
    /* Lines of two threads are in an order: one object stands for the output. */
    if (strcmp(name, "print") == 0)
        return sw_call_set(operation, SW_OP_WRITE, call->callable, 0);
    return of_arguments(call, 0, strcmp(name, "next") == 0 ? SW_OP_WRITE : SW_OP_READ, operation);
}

/* Functions of modules that keep nothing that a program could notice. */
static int is_calm(const char *module)
{
    static const char *const names[] = {"math",       "time",         "_operator", "itertools",
                                        "_functools", "_struct",      "_thread",   "gc",
                                        "_weakref",   "_collections", "zlib",      "binascii"};

    return IS_ONE_OF(module, names);
}

/* By name and module: there is no other way to know what C code does.  What is not listed is
 * UNKNOWN, which is always right. */
static int of_function(const struct call *call, struct operation *operation)
{
    const PyCFunctionObject *function = (const PyCFunctionObject *)call->callable;
    const char *name = function->m_ml->ml_name;
    PyObject *self = (function->m_ml->ml_flags & METH_STATIC) ? NULL : function->m_self;

    if (self != NULL && !PyModule_Check(self) && !PyType_Check(self))
        return sw_call_can_change(self) ? of_method(call, self, name, 0, operation)
                                        : of_arguments(call, 0, SW_OP_READ, operation);
    if (strcmp(name, "start_new_thread") == 0) /* the tracer's own */
        return 0;
    const char *module = function->m_module != NULL && PyUnicode_Check(function->m_module)
                             ? PyUnicode_AsUTF8(function->m_module)
                             : "";
    if (strcmp(module, "builtins") == 0)
        return of_builtin(call, name, operation);
    if (is_calm(module))
        return of_arguments(call, 0, SW_OP_READ, operation);
    return sw_call_set(operation, SW_OP_UNKNOWN, NULL, 0);
}

int sw_call_operation(const struct call *call, struct operation *operation)
{
    PyObject *callable = call->callable;

    if (PyFunction_Check(callable) ||
        (PyMethod_Check(callable) && PyFunction_Check(PyMethod_GET_FUNCTION(callable))))
        return 0;
    if (PyCFunction_Check(callable))
        return of_function(call, operation);
    if (Py_TYPE(callable) == &PyMethodDescr_Type && call->count > 0) {
        const char *name = ((PyMethodDescrObject *)callable)->d_method->ml_name;
        PyObject *self = call->arguments[0];
        return sw_call_can_change(self) ? of_method(call, self, name, 1, operation)
                                        : of_arguments(call, 1, SW_OP_READ, operation);
    }
    if (PyType_Check(callable)) {
        /* The new object is nobody else's yet, and __init__'s own bytecodes come. */
        if (has_in_python((PyTypeObject *)callable, "__init__"))
            return 0;
        return of_arguments(call, 0, SW_OP_READ, operation);
    }
    if (has_in_python(Py_TYPE(callable), "__call__"))
        return 0;
    return sw_call_set(operation, SW_OP_UNKNOWN, NULL, 0);
}

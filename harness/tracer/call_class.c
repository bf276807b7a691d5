/* SPDX-License-Identifier: MIT */
#define Py_BUILD_CORE 1
#include "call_class.h"

#include <string.h>

#include "argument.h"
#include "callback.h"
#include "one_of.h"
#include "special_method.h"
#include "touch.h"
#include "weak_callback.h"

/* The class in C that makes the new object. */
static const PyTypeObject *maker(PyTypeObject *type)
{
    while (sw_touch_is_a_class(type) && type->tp_base != NULL)
        type = type->tp_base;
    return type;
}

static int looks_at_arguments(PyTypeObject *exception)
{
    return PyType_IsSubtype(exception, (PyTypeObject *)PyExc_BaseExceptionGroup) ||
           PyType_IsSubtype(exception, (PyTypeObject *)PyExc_SyntaxError) ||
           PyType_IsSubtype(exception, (PyTypeObject *)PyExc_UnicodeError);
}

static int makes_dict(PyTypeObject *type)
{
    return PyType_IsSubtype(type, &PyDict_Type);
}

/* A partial of a partial is made of what that one has. */
static void of_partial(const struct call *call, struct operation *operation)
{
    if (call->unseen ||
        (call->count > 0 && strcmp(Py_TYPE(call->arguments[0])->tp_name, "functools.partial") == 0))
        sw_touch_anything(operation);
}

/* super() without arguments takes the class from the cell that its function has of it. */
static void of_super(const struct call *call, struct operation *operation)
{
    const PyCodeObject *code = call->frame->f_code;

    for (int i = code->co_nlocalsplus - code->co_nfreevars;
         call->count == 0 && i < code->co_nlocalsplus; i++)
        if (PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(code->co_localsplusnames, i),
                                             "__class__") == 0)
            sw_touch_add(operation, SW_OP_READ, call->frame->localsplus[i], 0);
}

/* While there is a view of it a bytearray cannot grow. */
static void of_view(const struct call *call, struct operation *operation)
{
    if (call->unseen || call->count != 1)
        sw_touch_anything(operation);
    else
        sw_touch_shallow(operation, SW_OP_WRITE, call->arguments[0]);
}

/* It goes over what it is given. */
static const char *const that_iterate[] = {"list",
                                           "tuple",
                                           "set",
                                           "frozenset",
                                           "dict",
                                           "bytearray",
                                           "bytes",
                                           "collections.deque",
                                           "enumerate",
                                           "zip",
                                           "reversed",
                                           "map",
                                           "filter",
                                           "collections.OrderedDict",
                                           "collections.defaultdict",
                                           "array.array"};
/* It keeps what it is given, as it is. */
static const char *const that_keep[] = {"object",
                                        "type",
                                        "super",
                                        "property",
                                        "staticmethod",
                                        "classmethod",
                                        "range",
                                        "slice",
                                        "_thread.lock",
                                        "_thread.RLock",
                                        "functools.partial",
                                        "_queue.SimpleQueue",
                                        "itertools.count",
                                        "_io.StringIO",
                                        "weakref",
                                        "method",
                                        "_thread._local",
                                        "operator.itemgetter",
                                        "operator.attrgetter",
                                        "types.SimpleNamespace",
                                        "module"};
/* It reads what it is given. */
static const char *const that_read[] = {"int",
                                        "float",
                                        "complex",
                                        "bool",
                                        "str",
                                        "datetime.timedelta",
                                        "datetime.datetime",
                                        "datetime.date",
                                        "decimal.Decimal",
                                        "_io.BytesIO",
                                        "_random.Random"};

void sw_call_class_operation(const struct call *call, PyTypeObject *type,
                             struct operation *operation)
{
    const char *name = maker(type)->tp_name;
    int in_python =
        sw_touch_has_in_python(type, "__init__") || sw_touch_has_in_python(type, "__new__");

    if (sw_special_method_is_unseen(type) || sw_special_method_is_unseen(Py_TYPE(type)))
        sw_touch_anything(operation);
    if (strcmp(name, "functools.partial") == 0)
        of_partial(call, operation);
    if (strcmp(name, "super") == 0)
        of_super(call, operation);
    if (strncmp(name, "weakref", 7) == 0 && call->count > 1 &&
        sw_callback_is_unseen(call->arguments[1]))
        sw_touch_refuse(operation, sw_weak_callback_text);
    /* With three arguments the last is what the new class begins with. */
    if (type == &PyType_Type && (call->unseen || call->count > 1))
        sw_argument_all(call, 0, sw_argument_read_shared, operation);
    /* Most exceptions keep what they get as it is. */
    if (PyType_IsSubtype(type, (PyTypeObject *)PyExc_BaseException) && !in_python &&
        looks_at_arguments(type))
        sw_argument_all(call, 0, sw_argument_read_deep, operation);
    /* The new object is nobody else's yet, and the bytecodes of a method in Python come. */
    if (IS_ONE_OF(name, that_keep) || (in_python && strcmp(name, "object") == 0) ||
        PyType_IsSubtype(type, (PyTypeObject *)PyExc_BaseException))
        return;
    if (type == &PyType_Type || sw_touch_has_in_python(Py_TYPE(type), "__call__"))
        return;
    if (strcmp(name, "pickle.PickleBuffer") == 0)
        sw_touch_keeps(operation);
    else if (strcmp(name, "memoryview") == 0)
        of_view(call, operation);
    else if (IS_ONE_OF(name, that_iterate)) {
        if (!in_python) /* else its own call of the class above comes */
            sw_argument_all(call, 0,
                            makes_dict(type) ? sw_argument_iterate_pairs : sw_argument_iterate,
                            operation);
    } else if (IS_ONE_OF(name, that_read))
        sw_argument_all(call, 0, sw_argument_read_deep, operation);
    else
        sw_touch_anything(operation);
}

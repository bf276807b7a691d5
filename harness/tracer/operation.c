/* SPDX-License-Identifier: MIT */
#define Py_BUILD_CORE 1
#define NEED_OPCODE_TABLES
#include "operation.h"

#include <internal/pycore_code.h>
#include <internal/pycore_opcode.h>
#include <opcode.h>
#include <string.h>

#include "call.h"

/* The bytecode under the eye, and what is on the value stack. */
struct look {
    const _PyInterpreterFrame *frame;
    int opcode;
    int argument;
};

static void decode(const _PyInterpreterFrame *frame, struct look *look)
{
    const _Py_CODEUNIT *at = frame->prev_instr;

    look->frame = frame;
    look->argument = _Py_OPARG(*at);
    /* The interpreter replaces a bytecode by a faster one for the types that it has seen: back to
     * what the compiler wrote. */
    look->opcode = _PyOpcode_Deopt[_Py_OPCODE(*at)];
    while (look->opcode == EXTENDED_ARG) { /* the evaluation loop tells of the first only */
        at++;
        look->argument = look->argument << 8 | _Py_OPARG(*at);
        look->opcode = _PyOpcode_Deopt[_Py_OPCODE(*at)];
    }
}

/* From the top, which is 1. */
static PyObject *peek(const struct look *look, int depth)
{
    const _PyInterpreterFrame *frame = look->frame;

    return frame->localsplus[frame->stacktop - depth];
}

static PyObject *name(const struct look *look, int index)
{
    return PyTuple_GET_ITEM(look->frame->f_code->co_names, index);
}

static uint64_t part_of(PyObject *name)
{
    return (uint64_t)PyObject_Hash(name) | 1; /* never 0, which is the whole */
}

/* ---- names and attributes ---- */

static int of_global(const struct look *look, int index, enum sw_op op, struct operation *operation)
{
    return sw_call_set(operation, op, look->frame->f_globals, part_of(name(look, index)));
}

/* Of a class body or of exec(): a namespace that others may have as well. */
static int of_name(const struct look *look, enum sw_op op, struct operation *operation)
{
    const void *namespace = look->frame->f_locals;

    return sw_call_set(operation, op, namespace, part_of(name(look, look->argument)));
}

static int of_attribute(const struct look *look, PyObject *owner, enum sw_op op,
                        struct operation *operation)
{
    PyObject *attribute = name(look, look->argument);

    /* Whoever has it can touch every attribute, and we would not see it. */
    if (PyUnicode_CompareWithASCIIString(attribute, "__dict__") == 0)
        return sw_call_set(operation, SW_OP_UNKNOWN, NULL, 0);
    /* A module's attribute is a global of that module: both ways to it must have one address. */
    if (PyModule_Check(owner))
        return sw_call_set(operation, op, PyModule_GetDict(owner), part_of(attribute));
    /* An assignment to a class is seen by all of its instances, and could replace a method. */
    if (PyType_Check(owner) && op == SW_OP_WRITE)
        return sw_call_set(operation, SW_OP_UNKNOWN, NULL, 0);
    /* What a class of C says of its instances is its methods, mostly: the call comes. */
    if (op == SW_OP_READ && !(Py_TYPE(owner)->tp_flags & Py_TPFLAGS_HEAPTYPE) &&
        !PyType_Check(owner))
        return 0;
    /* Each thread has its own. */
    if (strcmp(Py_TYPE(owner)->tp_name, "_thread._local") == 0)
        return 0;
    /* Methods and properties stand in the class, which nobody changes while threads run; what a
     * property's function does, its own bytecodes tell. */
    PyObject *found = _PyType_Lookup(Py_TYPE(owner), attribute);
    if (op == SW_OP_READ && found != NULL &&
        (PyFunction_Check(found) || Py_TYPE(found) == &PyMethodDescr_Type ||
         Py_TYPE(found) == &PyProperty_Type))
        return 0;
    return sw_call_set(operation, op, owner, part_of(attribute));
}

static int of_cell(const struct look *look, enum sw_op op, struct operation *operation)
{
    return sw_call_set(operation, op, look->frame->localsplus[look->argument], 0);
}

/* ---- containers ---- */

/* A namespace's items are its names. */
static int of_item(const struct look *look, PyObject *container, PyObject *key, enum sw_op op,
                   struct operation *operation)
{
    if (!sw_call_can_change(container))
        return 0;
    if (container == look->frame->f_globals)
        return PyUnicode_CheckExact(key) ? sw_call_set(operation, op, container, part_of(key))
                                         : sw_call_set(operation, SW_OP_UNKNOWN, NULL, 0);
    return sw_call_set(operation, op, container, 0);
}

static int of_one(PyObject *object, enum sw_op op, struct operation *operation)
{
    PyObject *touched = sw_call_iterated(object);

    return touched != NULL ? sw_call_set(operation, op, touched, 0) : 0;
}

static int of_two(PyObject *a, PyObject *b, enum sw_op op, struct operation *operation)
{
    PyObject *first = sw_call_iterated(a), *second = sw_call_iterated(b);

    /* An announcement names one object; both are more than it can say. */
    if (first != NULL && second != NULL && first != second)
        return sw_call_set(operation, SW_OP_UNKNOWN, NULL, 0);
    if (first != NULL)
        return sw_call_set(operation, op, first, 0);
    return second != NULL ? sw_call_set(operation, SW_OP_READ, second, 0) : 0;
}

/* ---- calls ---- */

/* KW_NAMES stands before PRECALL, which stands before CALL. */
static Py_ssize_t count_keywords(const _PyInterpreterFrame *frame)
{
    const _Py_CODEUNIT *at = frame->prev_instr - (2 + INLINE_CACHE_ENTRIES_PRECALL);

    if (at < _PyCode_CODE(frame->f_code) || _Py_OPCODE(*at) != KW_NAMES)
        return 0;
    return PyTuple_GET_SIZE(PyTuple_GET_ITEM(frame->f_code->co_consts, _Py_OPARG(*at)));
}

static int of_call(const struct look *look, struct operation *operation)
{
    const _PyInterpreterFrame *frame = look->frame;
    int count = look->argument, is_method = peek(look, count + 2) != NULL;
    PyObject *const *arguments = &frame->localsplus[frame->stacktop - count - is_method];
    const struct call call = {
        .callable = peek(look, count + 1 + is_method),
        .arguments = arguments,
        .count = count + is_method,
        .keywords = count_keywords(frame),
    };

    return sw_call_operation(&call, operation);
}

static int of_star_call(const struct look *look, struct operation *operation)
{
    int with_keywords = look->argument & 1;
    const struct call call = {.callable = peek(look, 2 + with_keywords), .unseen = 1};

    return sw_call_operation(&call, operation);
}

/* The lock of a `with`, or NULL. */
static int of_with(PyObject *manager, const char *name, struct operation *operation)
{
    /* With a class in Python __enter__ is a call that comes by itself; with one in C this is all
     * that will be seen of it. */
    if (!sw_call_is_lock(manager))
        return PyFunction_Check(manager) || (Py_TYPE(manager)->tp_flags & Py_TPFLAGS_HEAPTYPE)
                   ? 0
                   : sw_call_set(operation, SW_OP_WRITE, manager, 0);
    PyObject *method = PyObject_GetAttrString(manager, name);
    if (method == NULL) {
        PyErr_Clear();
        return 0;
    }
    int found = sw_call_operation(&(struct call){.callable = method}, operation);
    Py_DECREF(method);
    return found;
}

/* ---- all ---- */

/* One case a bytecode, and so longer than other functions.  What is not named here touches the
 * frame's own locals and value stack only, or is followed by one that is: a call's PRECALL by its
 * CALL. */
int sw_operation_find(const _PyInterpreterFrame *frame, struct operation *operation)
{
    struct look look;

    decode(frame, &look);
    switch (look.opcode) {
    /* The lowest bit of 3.11's LOAD_GLOBAL asks for a NULL below the value; the name's index is
     * above it. */
    case LOAD_GLOBAL:
        return of_global(&look, look.argument >> 1, SW_OP_READ, operation);
    case STORE_GLOBAL:
    case DELETE_GLOBAL:
        return of_global(&look, look.argument, SW_OP_WRITE, operation);
    case LOAD_NAME:
        return of_name(&look, SW_OP_READ, operation);
    case STORE_NAME:
    case DELETE_NAME:
        return of_name(&look, SW_OP_WRITE, operation);
    /* The owner is on the top; the value to be stored lies below it. */
    case LOAD_ATTR:
    case LOAD_METHOD:
        return of_attribute(&look, peek(&look, 1), SW_OP_READ, operation);
    case STORE_ATTR:
    case DELETE_ATTR:
        return of_attribute(&look, peek(&look, 1), SW_OP_WRITE, operation);
    case LOAD_DEREF:
    case LOAD_CLASSDEREF:
        return of_cell(&look, SW_OP_READ, operation);
    case STORE_DEREF:
    case DELETE_DEREF:
        return of_cell(&look, SW_OP_WRITE, operation);
    /* The key is on the top, and the container below it; of a store, the value is below both. */
    case BINARY_SUBSCR:
        return of_item(&look, peek(&look, 2), peek(&look, 1), SW_OP_READ, operation);
    case STORE_SUBSCR:
    case DELETE_SUBSCR:
        return of_item(&look, peek(&look, 2), peek(&look, 1), SW_OP_WRITE, operation);
    /* a += b may change a itself; a + b only reads both. */
    case BINARY_OP:
        return of_two(peek(&look, 2), peek(&look, 1),
                      look.argument >= NB_INPLACE_ADD ? SW_OP_WRITE : SW_OP_READ, operation);
    case COMPARE_OP:
    case CONTAINS_OP:
        return of_two(peek(&look, 2), peek(&look, 1), SW_OP_READ, operation);
    /* These go through the one on the top, which can be shared; what they write to, or push, is
     * new. */
    case LIST_EXTEND:
    case SET_UPDATE:
    case DICT_UPDATE:
    case DICT_MERGE: /* into one that is new */
    case UNPACK_SEQUENCE:
    case UNPACK_EX:
    case GET_LEN:
    case UNARY_NOT:
    case POP_JUMP_FORWARD_IF_FALSE:
    case POP_JUMP_FORWARD_IF_TRUE:
    case POP_JUMP_BACKWARD_IF_FALSE:
    case POP_JUMP_BACKWARD_IF_TRUE:
    case JUMP_IF_FALSE_OR_POP:
    case JUMP_IF_TRUE_OR_POP:
    case FORMAT_VALUE:
        return of_one(peek(&look, 1), SW_OP_READ, operation);
    case FOR_ITER:
        return sw_call_next_operation(peek(&look, 1), operation);
    case CALL:
        return of_call(&look, operation);
    case CALL_FUNCTION_EX:
        return of_star_call(&look, operation);
    case BEFORE_WITH:
        return of_with(peek(&look, 1), "__enter__", operation);
    /* The bound __exit__ lies fourth from the top, below what is known of the exception. */
    case WITH_EXCEPT_START:
        return sw_call_operation(&(struct call){.callable = peek(&look, 4), .unseen = 1},
                                 operation);
    /* An import runs other modules, and takes locks of its own. */
    case IMPORT_NAME:
    case IMPORT_FROM:
        return sw_call_set(operation, SW_OP_UNKNOWN, NULL, 0);
    default:
        return 0;
    }
}

/* SPDX-License-Identifier: MIT */
#define Py_BUILD_CORE 1
#define NEED_OPCODE_TABLES
#include "operation.h"

#include <internal/pycore_code.h>
#include <internal/pycore_interp.h>
#include <internal/pycore_opcode.h>
#include <opcode.h>
#include <string.h>

#include "attribute.h"
#include "call.h"
#include "identity.h"
#include "special_method.h"
#include "touch.h"

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

Py_ssize_t sw_operation_held(const _PyInterpreterFrame *frame, PyObject *object)
{
    Py_ssize_t count = 0;

    for (int i = 0; i < frame->stacktop; i++)
        count += frame->localsplus[i] == object;
    return count;
}

uint64_t sw_operation_part(PyObject *name)
{
    return (uint64_t)PyObject_Hash(name) | 1; /* never 0, which is the whole */
}

/* ---- names ---- */

/* The interpreter's own do not change (sw_touch_name()).  Those that a namespace has brought may, and
 * what it does not have is looked up there: that is two objects, whether it has it now or not. */
static int has_own_builtins(const struct look *look)
{
    return look->frame->f_builtins != PyInterpreterState_Get()->builtins;
}

static void of_global(const struct look *look, int index, enum sw_op op,
                      struct operation *operation)
{
    if (op == SW_OP_READ && has_own_builtins(look))
        sw_touch_anything(operation);
    else
        sw_touch_name(operation, op, look->frame->f_globals, name(look, index));
}

/* Of a class body or of exec(): a namespace that others may have as well. */
static void of_name(const struct look *look, enum sw_op op, struct operation *operation)
{
    sw_touch_name(operation, op, look->frame->f_locals, name(look, look->argument));
}

/* The frame's own variables, where those have names: of a class body, most often. */
static int is_ours(PyObject *namespace)
{
    enum { HELD = 2 }; /* by the frame, and by who has begun it */

    return PyDict_CheckExact(namespace) && Py_REFCNT(namespace) <= HELD &&
           !sw_identity_is_of_others(namespace);
}

/* What the namespace does not have is looked up in the globals.  Where others may have the namespace
 * as well that is two objects: it could come to have the name. */
static void of_name_read(const struct look *look, struct operation *operation)
{
    PyObject *namespace = look->frame->f_locals;

    if (namespace != look->frame->f_globals) {
        PyObject *found = PyDict_Check(namespace)
                              ? PyDict_GetItemWithError(namespace, name(look, look->argument))
                              : NULL;
        PyErr_Clear();
        if (!is_ours(namespace))
            sw_touch_anything(operation);
        if (!is_ours(namespace) || found != NULL)
            return;
    }
    of_global(look, look->argument, SW_OP_READ, operation);
}

static void of_cell(const struct look *look, enum sw_op op, struct operation *operation)
{
    sw_touch_add(operation, op, look->frame->localsplus[look->argument], 0);
}

/* Of a class body, whose own namespace comes first. */
static void of_class_cell(const struct look *look, struct operation *operation)
{
    if (is_ours(look->frame->f_locals))
        of_cell(look, SW_OP_READ, operation);
    else
        sw_touch_anything(operation);
}

/* A namespace gets an __annotations__ if it has none. */
static void of_annotations(const struct look *look, struct operation *operation)
{
    PyObject *namespace = look->frame->f_locals;

    if (namespace == look->frame->f_globals || !is_ours(namespace))
        sw_touch_anything(operation);
}

/* ---- containers ---- */

static void of_iterated(const struct look *look, PyObject *object, struct operation *operation)
{
    sw_touch_iterated(operation, object, sw_operation_held(look->frame, object));
}

/* A namespace's items are its names.  value: what is stored there, or NULL. */
static void of_item(const struct look *look, PyObject *container, PyObject *key, PyObject *value,
                    enum sw_op op, struct operation *operation)
{
    container = sw_touch_behind(container);
    if (PyDict_CheckExact(container) && PyUnicode_CheckExact(key) &&
        sw_touch_is_namespace(container)) {
        sw_touch_name(operation, op, container, key);
        return;
    }
    sw_touch_shallow(operation, sw_touch_makes_items(container) ? SW_OP_WRITE : op, container);
    /* Its hash or number by C code; and C[x] of a class. */
    if (sw_touch_makes_items_unseen(container) || sw_special_method_is_unseen(Py_TYPE(key)) ||
        (PyType_Check(container) && sw_special_method_is_unseen((PyTypeObject *)container)))
        sw_touch_anything(operation);
    if (PySlice_Check(key) && value != NULL)
        of_iterated(look, value, operation);
}

static void of_two(PyObject *a, PyObject *b, struct operation *operation)
{
    sw_touch_deep(operation, SW_OP_READ, a);
    sw_touch_deep(operation, SW_OP_READ, b);
}

/* a += b may change a itself; a + b only reads both. */
static void of_binary(const struct look *look, struct operation *operation)
{
    PyObject *a = peek(look, 2), *b = peek(look, 1);

    sw_touch_shallow(operation, look->argument >= NB_INPLACE_ADD ? SW_OP_WRITE : SW_OP_READ, a);
    /* "..." % what is formatted; a dict |= pairs */
    if (sw_touch_makes_items(b))
        sw_touch_anything(operation);
    else if (PyUnicode_Check(a) || PyBytes_Check(a) || PyByteArray_Check(a) ||
             (PyDict_Check(a) && !PyDict_Check(b)))
        sw_touch_deep(operation, SW_OP_READ, b);
    else
        of_iterated(look, b, operation);
}

/* A dict and a set look by hash, and compare with what cannot change; but a set that is looked for in a
 * set is compared.  The others compare. */
static void of_contains(const struct look *look, struct operation *operation)
{
    PyObject *asked = peek(look, 1), *container = sw_touch_behind(asked), *key = peek(look, 2);
    int has_values = PyDictValues_Check(asked) || PyDictItems_Check(asked);

    if (sw_special_method_is_unseen(Py_TYPE(key)))
        sw_touch_anything(operation);
    if (has_values)
        of_two(container, key, operation);
    else if (PyDict_Check(container) || PyAnySet_Check(container)) {
        sw_touch_shallow(operation, SW_OP_READ, container);
        if (PySet_Check(key) && PyAnySet_Check(container))
            sw_touch_shallow(operation, SW_OP_READ, key);
    } else if (PyIter_Check(container))
        of_iterated(look, container, operation);
    else
        of_two(container, peek(look, 2), operation);
}

/* An iterator of a dict, a set or a deque begins with its size; one of a list with nothing. */
static void of_iter(const struct look *look, struct operation *operation)
{
    PyObject *object = peek(look, 1);

    if (!PyList_CheckExact(object) &&
        (!PyIter_Check(object) || sw_touch_is_a_class(Py_TYPE(object))))
        sw_touch_shallow(operation, SW_OP_READ, object);
}

/* A lock, or a file: what has neither a truth of its own nor a length is true, whatever it does. */
static void of_truth(const struct look *look, struct operation *operation)
{
    PyObject *object = peek(look, 1);
    const PyTypeObject *type = Py_TYPE(object);

    if ((type->tp_as_number != NULL && type->tp_as_number->nb_bool != NULL) ||
        (type->tp_as_sequence != NULL && type->tp_as_sequence->sq_length != NULL) ||
        (type->tp_as_mapping != NULL && type->tp_as_mapping->mp_length != NULL))
        sw_touch_shallow(operation, SW_OP_READ, object);
}

/* ---- calls ---- */

/* KW_NAMES stands before PRECALL, which stands before CALL. */
static PyObject *find_keywords(const _PyInterpreterFrame *frame)
{
    const _Py_CODEUNIT *at = frame->prev_instr - (2 + INLINE_CACHE_ENTRIES_PRECALL);

    if (at < _PyCode_CODE(frame->f_code) || _Py_OPCODE(*at) != KW_NAMES)
        return NULL;
    return PyTuple_GET_ITEM(frame->f_code->co_consts, _Py_OPARG(*at));
}

static void of_call(const struct look *look, struct operation *operation)
{
    const _PyInterpreterFrame *frame = look->frame;
    int count = look->argument, is_method = peek(look, count + 2) != NULL;
    const struct call call = {
        .callable = peek(look, count + 1 + is_method),
        .arguments = &frame->localsplus[frame->stacktop - count - is_method],
        .count = count + is_method,
        .names = find_keywords(frame),
        .frame = frame,
    };

    sw_call_operation(&call, operation);
}

/* f(*arguments, **named): the interpreter makes a tuple of what is not one. */
static void of_star_call(const struct look *look, struct operation *operation)
{
    int with_keywords = look->argument & 1;
    PyObject *star = peek(look, 1 + with_keywords);
    PyObject *named = with_keywords ? peek(look, 1) : NULL;
    int is_known = PyTuple_CheckExact(star) && (named == NULL || PyDict_GET_SIZE(named) == 0);
    const struct call call = {
        .callable = peek(look, 2 + with_keywords),
        .arguments = is_known ? &PyTuple_GET_ITEM(star, 0) : NULL,
        .count = is_known ? PyTuple_GET_SIZE(star) : 0,
        .unseen = !is_known,
        .frame = look->frame,
    };

    if (!PyTuple_CheckExact(star))
        of_iterated(look, star, operation);
    sw_call_operation(&call, operation);
}

/* With a class in Python __enter__ is a call that comes by itself; with one in C this is all that
 * will be seen of it. */
static void of_with(const struct look *look, const char *name, struct operation *operation)
{
    PyObject *manager = peek(look, 1);
    PyObject *method =
        sw_touch_is_in_python(manager) ? NULL : PyObject_GetAttrString(manager, name);

    PyErr_Clear();
    if (sw_special_method_is_unseen(Py_TYPE(manager)))
        sw_touch_anything(operation);
    if (method != NULL)
        sw_call_operation(&(struct call){.callable = method, .frame = look->frame}, operation);
    Py_XDECREF(method);
}

/* ---- exceptions ---- */

/* raise, raise exception, raise exception from cause; of a class a new one is made.  All that is done
 * to it up to the bytecode that handles it belongs to this one. */
static void of_raise(const struct look *look, struct operation *operation)
{
    int is_again = look->opcode == RERAISE || look->argument == 0;
    PyObject *raised = is_again && look->opcode != RERAISE
                           ? PyErr_GetHandledException()
                           : peek(look, is_again ? 1 : look->argument);

    if (raised != NULL && PyExceptionInstance_Check(raised))
        sw_touch_raised(operation, SW_OP_WRITE, raised);
    if (is_again && look->opcode != RERAISE)
        Py_XDECREF(raised);
}

/* ---- all ---- */

/* What touches the frame's own locals and value stack only, or is followed by one that is looked
 * at: a call's PRECALL by its CALL. */
static int is_local(int opcode)
{
    static const unsigned char is[256] = {[CACHE] = 1,
                                          [COPY] = 1,
                                          [COPY_FREE_VARS] = 1,
                                          [SWAP] = 1,
                                          [POP_TOP] = 1,
                                          [PUSH_NULL] = 1,
                                          [NOP] = 1,
                                          [RESUME] = 1,
                                          [EXTENDED_ARG] = 1,
                                          [LOAD_FAST] = 1,
                                          [STORE_FAST] = 1,
                                          [DELETE_FAST] = 1,
                                          [LOAD_CONST] = 1,
                                          [LOAD_CLOSURE] = 1,
                                          [MAKE_CELL] = 1,
                                          [MAKE_FUNCTION] = 1,
                                          [LOAD_ASSERTION_ERROR] = 1,
                                          [KW_NAMES] = 1,
                                          [PRECALL] = 1,
                                          [IS_OP] = 1,
                                          [BUILD_LIST] = 1,
                                          [BUILD_MAP] = 1,
                                          [BUILD_CONST_KEY_MAP] = 1,
                                          [BUILD_SET] = 1,
                                          [BUILD_SLICE] = 1,
                                          [BUILD_STRING] = 1,
                                          [BUILD_TUPLE] = 1,
                                          [LIST_APPEND] = 1,
                                          [LIST_TO_TUPLE] = 1,
                                          [MAP_ADD] = 1,
                                          [SET_ADD] = 1,
                                          [JUMP_BACKWARD] = 1,
                                          [JUMP_BACKWARD_NO_INTERRUPT] = 1,
                                          [JUMP_FORWARD] = 1,
                                          [POP_JUMP_BACKWARD_IF_NONE] = 1,
                                          [POP_JUMP_BACKWARD_IF_NOT_NONE] = 1,
                                          [POP_JUMP_FORWARD_IF_NONE] = 1,
                                          [POP_JUMP_FORWARD_IF_NOT_NONE] = 1,
                                          [CHECK_EXC_MATCH] = 1,
                                          [POP_EXCEPT] = 1,
                                          [PUSH_EXC_INFO] = 1,
                                          [RETURN_VALUE] = 1,
                                          [RETURN_GENERATOR] = 1,
                                          [YIELD_VALUE] = 1,
                                          [ASYNC_GEN_WRAP] = 1,
                                          [GET_AITER] = 1,
                                          [GET_ANEXT] = 1,
                                          [MATCH_MAPPING] = 1,
                                          [MATCH_SEQUENCE] = 1};

    return is[opcode];
}

/* ---- one case a bytecode: 1 if it is one of these, else 0 ---- */

/* Names, attributes and cells. */
static int find_name(const struct look *look, struct operation *operation)
{
    switch (look->opcode) {
    /* The lowest bit of 3.11's LOAD_GLOBAL asks for a NULL below the value; the name's index is
     * above it. */
    case LOAD_GLOBAL:
        of_global(look, look->argument >> 1, SW_OP_READ, operation);
        break;
    case LOAD_BUILD_CLASS:
        if (has_own_builtins(look))
            sw_touch_anything(operation);
        break;
    case STORE_GLOBAL:
    case DELETE_GLOBAL:
        of_global(look, look->argument, SW_OP_WRITE, operation);
        break;
    case LOAD_NAME:
        of_name_read(look, operation);
        break;
    case STORE_NAME:
    case DELETE_NAME:
        of_name(look, SW_OP_WRITE, operation);
        break;
    /* The owner is on the top; the value to be stored lies below it. */
    case LOAD_ATTR:
    case LOAD_METHOD:
        sw_attribute_touch(operation, SW_OP_READ, peek(look, 1), name(look, look->argument));
        break;
    case STORE_ATTR:
    case DELETE_ATTR:
        sw_attribute_touch(operation, SW_OP_WRITE, peek(look, 1), name(look, look->argument));
        break;
    case LOAD_DEREF:
        of_cell(look, SW_OP_READ, operation);
        break;
    case LOAD_CLASSDEREF:
        of_class_cell(look, operation);
        break;
    case SETUP_ANNOTATIONS:
        of_annotations(look, operation);
        break;
    case STORE_DEREF:
    case DELETE_DEREF:
        of_cell(look, SW_OP_WRITE, operation);
        break;
    default:
        return 0;
    }
    return 1;
}

/* Containers, and two objects. */
static int find_item(const struct look *look, struct operation *operation)
{
    switch (look->opcode) {
    /* The key is on the top, and the container below it; of a store, the value is below both. */
    case BINARY_SUBSCR:
        of_item(look, peek(look, 2), peek(look, 1), NULL, SW_OP_READ, operation);
        break;
    case STORE_SUBSCR:
        of_item(look, peek(look, 2), peek(look, 1), peek(look, 3), SW_OP_WRITE, operation);
        break;
    case DELETE_SUBSCR:
        of_item(look, peek(look, 2), peek(look, 1), NULL, SW_OP_WRITE, operation);
        break;
    case BINARY_OP:
        of_binary(look, operation);
        break;
    case COMPARE_OP:
        of_two(peek(look, 2), peek(look, 1), operation);
        break;
    case CONTAINS_OP:
        of_contains(look, operation);
        break;
    default:
        return 0;
    }
    return 1;
}

/* What is gone over. */
static int find_iterated(const struct look *look, struct operation *operation)
{
    switch (look->opcode) {
    /* These go through the one on the top, which can be shared; what they write to, or push, is
     * new. */
    case LIST_EXTEND:
    case SET_UPDATE:
    case DICT_UPDATE:
    case DICT_MERGE: /* into one that is new */
    case UNPACK_SEQUENCE:
    case UNPACK_EX:
    case FOR_ITER:
        of_iterated(look, peek(look, 1), operation);
        break;
    case GET_ITER:
        of_iter(look, operation);
        break;
    /* A generator is its own iterator; a coroutine may be another's by now, which is an error. */
    case GET_YIELD_FROM_ITER:
        if (!PyGen_CheckExact(peek(look, 1)) && !PyCoro_CheckExact(peek(look, 1)))
            of_iter(look, operation);
        break;
    case GET_AWAITABLE:
        if (PyGen_CheckExact(peek(look, 1)) || PyCoro_CheckExact(peek(look, 1)))
            of_iterated(look, peek(look, 1), operation);
        break;
    case SEND: /* the value is on the top */
        of_iterated(look, peek(look, 2), operation);
        break;
    default:
        return 0;
    }
    return 1;
}

static void find(const struct look *look, struct operation *operation)
{
    if (find_name(look, operation) || find_item(look, operation) || find_iterated(look, operation))
        return;
    switch (look->opcode) {
    case GET_LEN:
    case UNARY_INVERT:
    case UNARY_NEGATIVE:
    case UNARY_POSITIVE:
        sw_touch_shallow(operation, SW_OP_READ, peek(look, 1));
        break;
    case UNARY_NOT:
    case POP_JUMP_FORWARD_IF_FALSE:
    case POP_JUMP_FORWARD_IF_TRUE:
    case POP_JUMP_BACKWARD_IF_FALSE:
    case POP_JUMP_BACKWARD_IF_TRUE:
    case JUMP_IF_FALSE_OR_POP:
    case JUMP_IF_TRUE_OR_POP:
        of_truth(look, operation);
        break;
    case MATCH_KEYS:
        sw_touch_shallow(operation, SW_OP_READ, peek(look, 2));
        break;
    /* Its text, below the format if there is one. */
    case FORMAT_VALUE:
        sw_touch_deep(operation, SW_OP_READ,
                      peek(look, 1 + ((look->argument & FVS_MASK) == FVS_HAVE_SPEC)));
        break;
    case CALL:
        of_call(look, operation);
        break;
    case CALL_FUNCTION_EX:
        of_star_call(look, operation);
        break;
    case BEFORE_WITH:
        of_with(look, "__enter__", operation);
        break;
    /* The bound __exit__ lies fourth from the top, below what is known of the exception. */
    case WITH_EXCEPT_START:
        sw_call_operation(&(struct call){.callable = peek(look, 4), .frame = look->frame},
                          operation);
        break;
    case RAISE_VARARGS:
    case RERAISE:
        of_raise(look, operation);
        break;
    /* The end of an iteration raises nothing. */
    case END_ASYNC_FOR:
        if (!PyErr_GivenExceptionMatches(peek(look, 1), PyExc_StopAsyncIteration))
            sw_touch_raised(operation, SW_OP_WRITE, peek(look, 1));
        break;
    /* A group is taken apart by C code: what is known of it goes into its parts. */
    case CHECK_EG_MATCH:
    case PREP_RERAISE_STAR:
        if (PyObject_TypeCheck(peek(look, 2), (PyTypeObject *)PyExc_BaseExceptionGroup))
            sw_touch_anything(operation);
        break;
    /* An import runs other modules, and takes locks of its own. */
    case IMPORT_NAME:
    case IMPORT_FROM:
    default:
        if (!is_local(look->opcode))
            sw_touch_anything(operation);
    }
}

int sw_operation_find(const _PyInterpreterFrame *frame, struct operation *operation)
{
    struct look look;

    decode(frame, &look);
    sw_touch_nothing(operation);
    find(&look, operation);
    return operation->op != SW_OP_NONE;
}

int sw_operation_decode(const _PyInterpreterFrame *frame, int *argument)
{
    struct look look;

    decode(frame, &look);
    *argument = look.argument;
    return look.opcode;
}

int sw_operation_opcode(const _PyInterpreterFrame *frame)
{
    int argument;

    return sw_operation_decode(frame, &argument);
}

int sw_operation_ends(const _PyInterpreterFrame *frame)
{
    int opcode = sw_operation_opcode(frame);

    return opcode == RETURN_VALUE || opcode == YIELD_VALUE;
}

/* SPDX-License-Identifier: MIT */
#define Py_BUILD_CORE 1
#include "tracer_lab.h"

#include <opcode.h>
#include <string.h>

#include "contract/search_faults.h"

/* Exported, for ctypes. */
__attribute__((visibility("default"))) unsigned spillway_tracer_fault;
__attribute__((visibility("default"))) unsigned spillway_tracer_each;

enum effect { DROPS, READS, IS_OTHER };
enum { ANY_OP = SW_OP_COUNT };

/* A rule: what a bytecode does, of which operations, to objects of which type; and what is said of it
 * instead. */
struct rule {
    int opcode;
    const char *type; /* NULL: any */
    unsigned op;
    enum effect effect;
    int is_part; /* 1: of an attribute only */
};

static const struct rule rules[SW_SEARCH_FAULT_COUNT] = {
#define RULE(id, ...) [SW_SEARCH_FAULT_##id] = {__VA_ARGS__}
    RULE(LOAD_GLOBAL, LOAD_GLOBAL, NULL, ANY_OP, DROPS, 0),
    RULE(STORE_GLOBAL, STORE_GLOBAL, NULL, ANY_OP, DROPS, 0),
    RULE(STORE_GLOBAL_READS, STORE_GLOBAL, NULL, ANY_OP, READS, 0),
    RULE(DELETE_GLOBAL, DELETE_GLOBAL, NULL, ANY_OP, DROPS, 0),
    RULE(LOAD_NAME, LOAD_NAME, NULL, ANY_OP, DROPS, 0),
    RULE(STORE_NAME, STORE_NAME, NULL, ANY_OP, DROPS, 0),
    RULE(DELETE_NAME, DELETE_NAME, NULL, ANY_OP, DROPS, 0),
    RULE(LOAD_ATTR, LOAD_ATTR, NULL, ANY_OP, DROPS, 0),
    RULE(STORE_ATTR, STORE_ATTR, NULL, ANY_OP, DROPS, 0),
    RULE(STORE_ATTR_READS, STORE_ATTR, NULL, ANY_OP, READS, 0),
    RULE(STORE_ATTR_OTHER, STORE_ATTR, NULL, ANY_OP, IS_OTHER, 0),
    RULE(DELETE_ATTR, DELETE_ATTR, NULL, ANY_OP, DROPS, 0),
    RULE(LOAD_DEREF, LOAD_DEREF, NULL, ANY_OP, DROPS, 0),
    RULE(LOAD_CLASSDEREF, LOAD_CLASSDEREF, NULL, ANY_OP, DROPS, 0),
    RULE(STORE_DEREF, STORE_DEREF, NULL, ANY_OP, DROPS, 0),
    RULE(STORE_DEREF_READS, STORE_DEREF, NULL, ANY_OP, READS, 0),
    RULE(DELETE_DEREF, DELETE_DEREF, NULL, ANY_OP, DROPS, 0),
    RULE(BINARY_SUBSCR, BINARY_SUBSCR, NULL, ANY_OP, DROPS, 0),
    RULE(STORE_SUBSCR, STORE_SUBSCR, NULL, ANY_OP, DROPS, 0),
    RULE(STORE_SUBSCR_READS, STORE_SUBSCR, NULL, ANY_OP, READS, 0),
    RULE(DELETE_SUBSCR, DELETE_SUBSCR, NULL, ANY_OP, DROPS, 0),
    RULE(BINARY_OP, BINARY_OP, NULL, SW_OP_READ, DROPS, 0),
    RULE(INPLACE_OP, BINARY_OP, NULL, SW_OP_WRITE, DROPS, 0),
    RULE(INPLACE_OP_READS, BINARY_OP, NULL, SW_OP_WRITE, READS, 0),
    RULE(COMPARE_OP, COMPARE_OP, NULL, ANY_OP, DROPS, 0),
    RULE(CONTAINS_OP, CONTAINS_OP, NULL, ANY_OP, DROPS, 0),
    RULE(LIST_EXTEND, LIST_EXTEND, NULL, ANY_OP, DROPS, 0),
    RULE(SET_UPDATE, SET_UPDATE, NULL, ANY_OP, DROPS, 0),
    RULE(DICT_UPDATE, DICT_UPDATE, NULL, ANY_OP, DROPS, 0),
    RULE(DICT_MERGE, DICT_MERGE, NULL, ANY_OP, DROPS, 0),
    RULE(UNPACK_SEQUENCE, UNPACK_SEQUENCE, NULL, ANY_OP, DROPS, 0),
    RULE(UNPACK_EX, UNPACK_EX, NULL, ANY_OP, DROPS, 0),
    RULE(UNARY_NOT, UNARY_NOT, NULL, ANY_OP, DROPS, 0),
    RULE(JUMP_IF_FALSE, POP_JUMP_FORWARD_IF_FALSE, NULL, ANY_OP, DROPS, 0),
    RULE(JUMP_IF_FALSE_OR_POP, JUMP_IF_FALSE_OR_POP, NULL, ANY_OP, DROPS, 0),
    RULE(JUMP_IF_TRUE_OR_POP, JUMP_IF_TRUE_OR_POP, NULL, ANY_OP, DROPS, 0),
    RULE(FORMAT_VALUE, FORMAT_VALUE, NULL, ANY_OP, DROPS, 0),
    RULE(FOR_ITER, FOR_ITER, NULL, ANY_OP, DROPS, 0),
    RULE(CALL_LIST_WRITES, CALL, "list", SW_OP_WRITE, DROPS, 0),
    RULE(CALL_LIST_READS, CALL, "list", SW_OP_READ, DROPS, 0),
    RULE(CALL_LIST_MIXED, CALL, "list", SW_OP_WRITE, READS, 0),
    RULE(CALL_DICT_WRITES, CALL, "dict", SW_OP_WRITE, DROPS, 0),
    RULE(CALL_DICT_READS, CALL, "dict", SW_OP_READ, DROPS, 0),
    RULE(CALL_DICT_MIXED, CALL, "dict", SW_OP_WRITE, READS, 0),
    RULE(CALL_SET_WRITES, CALL, "set", SW_OP_WRITE, DROPS, 0),
    RULE(CALL_SET_READS, CALL, "set", SW_OP_READ, DROPS, 0),
    RULE(CALL_DEQUE_WRITES, CALL, "collections.deque", SW_OP_WRITE, DROPS, 0),
    RULE(CALL_DEQUE_READS, CALL, "collections.deque", SW_OP_READ, DROPS, 0),
    RULE(CALL_BYTES_WRITES, CALL, "bytearray", SW_OP_WRITE, DROPS, 0),
    RULE(CALL_BYTES_READS, CALL, "bytearray", SW_OP_READ, DROPS, 0),
    RULE(CALL_OUTPUT, CALL, "_io.StringIO", ANY_OP, DROPS, 0),
    RULE(CALL_ATTRIBUTE, CALL, NULL, ANY_OP, DROPS, 1),
    RULE(CALL_ACQUIRE, CALL, NULL, SW_OP_ACQUIRE, DROPS, 0),
    RULE(CALL_RELEASE, CALL, NULL, SW_OP_RELEASE, DROPS, 0),
    RULE(CALL_TRY, CALL, "_thread.lock", SW_OP_TAKE, DROPS, 0),
    RULE(CALL_TRY_READS, CALL, "_thread.lock", SW_OP_TAKE, READS, 0),
    RULE(CALL_UNKNOWN, CALL, NULL, SW_OP_UNKNOWN, DROPS, 0),
    RULE(STAR_CALL, CALL_FUNCTION_EX, NULL, ANY_OP, DROPS, 0),
    RULE(WITH_ACQUIRES, BEFORE_WITH, NULL, ANY_OP, DROPS, 0),
#undef RULE
};

/* Of a call's operation the address is the object itself, unless it is of one of its parts. */
static int is_of(const struct rule *rule, int opcode, const struct operation *operation)
{
    if (rule->opcode != opcode || (rule->op != ANY_OP && rule->op != operation->op))
        return 0;
    if (rule->is_part)
        return operation->part != 0;
    if (rule->type == NULL)
        return 1;
    return operation->address != NULL && operation->part == 0 &&
           strcmp(Py_TYPE((PyObject *)operation->address)->tp_name, rule->type) == 0;
}

int sw_tracer_lab_change(const _PyInterpreterFrame *frame, int found, struct operation *operation)
{
    if (spillway_tracer_each && !found) {
        *operation = (struct operation){.op = SW_OP_UNKNOWN};
        return 1;
    }
    if (!found || spillway_tracer_fault == 0 || spillway_tracer_fault >= SW_SEARCH_FAULT_COUNT)
        return found;
    const struct rule *rule = &rules[spillway_tracer_fault];
    if (!is_of(rule, sw_operation_opcode(frame), operation))
        return 1;
    switch (rule->effect) {
    case DROPS:
        return 0;
    case READS:
        operation->op = SW_OP_READ;
        break;
    case IS_OTHER:
        operation->address = frame;
        break;
    }
    return 1;
}

/* SPDX-License-Identifier: MIT
 *
 * access_name.h - what a bytecode reads or writes, by name and value, as the source has it.
 *
 * Its sister is operation.h, which is for a proof: where it cannot say exactly what else may be
 * touched, it says UNKNOWN.  Here the question is what to tell a reader, and an assignment to a
 * class, or to an item by a key of the program's own, is told as what it is.  Left out is only what
 * Python code of the program does in its place (a property, a __setattr__): its bytecodes come.
 *
 * Nothing here runs any Python.
 */
#ifndef SW_ACCESS_NAME_H
#define SW_ACCESS_NAME_H

#include "contract/explain_log.h"
#include "operation.h"
#include "value_brief.h"

enum { SW_ACCESS_NAME_MAX = 160, SW_ACCESS_NAME_COUNT = 2 };

struct sw_access_name {
    enum sw_timeline_kind kind; /* READ or WRITE */
    const void *address; /* of the object, with part as in access.h */
    uint64_t part;
    char name[SW_ACCESS_NAME_MAX], text[2 * SW_ACCESS_NAME_MAX];
    char before[SW_VALUE_BRIEF_MAX], after[SW_VALUE_BRIEF_MAX]; /* "": not there, or not known */
};

/* How many there are: none where nobody wants to know; two of an item that is made by looking for it,
 * and of a comparison. */
int sw_access_name_find(const _PyInterpreterFrame *frame,
                        struct sw_access_name found[SW_ACCESS_NAME_COUNT]);

#endif

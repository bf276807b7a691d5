/* SPDX-License-Identifier: MIT
 *
 * value_brief.h - a value as a short text, without running any Python.
 *
 * A repr() may run the program's code, and so change the run that is to be explained; and it
 * allocates, which moves later objects about.  So numbers, text and the first elements of lists,
 * tuples, dicts, sets and deques are read as they lie in memory; of everything else there is the
 * type's name.  What is cut ends with "...".
 */
#ifndef SW_VALUE_BRIEF_H
#define SW_VALUE_BRIEF_H

#include <Python.h>

enum { SW_VALUE_BRIEF_MAX = 120 };

/* Of a str: "?" if it is none.  As long as that lives. */
const char *sw_value_brief_utf8(PyObject *text);
/* The type's name alone, without its module. */
const char *sw_value_brief_type(PyObject *object);
/* NULL: "".  Returns buf. */
char *sw_value_brief_format(PyObject *value, char buf[SW_VALUE_BRIEF_MAX]);
/* "KeyError: 'x'": of an exception that may not have been made yet.  type or value may be NULL. */
char *sw_value_brief_exception(PyObject *type, PyObject *value, char buf[SW_VALUE_BRIEF_MAX]);

#endif

/* SPDX-License-Identifier: MIT
 *
 * format_text.h - the text of a str.format(), as far as it says what is looked at.
 *
 *      "{}", "{name!r:>9}"       the argument's own text
 *      "{0.x}", "{0[a]}"         an attribute or an item of it, which no bytecode tells of
 */
#ifndef SW_TRACER_FORMAT_TEXT_H
#define SW_TRACER_FORMAT_TEXT_H

#include <Python.h>

/* Is there a field that looks into its argument?  Also where that cannot be said. */
int sw_format_text_looks_inside(PyObject *text);

#endif

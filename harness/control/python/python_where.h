/* SPDX-License-Identifier: MIT
 *
 * python_where.h - where the calling thread stands in Python, now.
 *
 * Of CPython 3.11 to 3.13 (slpython among it) the frames are read as they lie in memory, with the
 * columns.
 * Of the others, as far as they have it, CPython's own dump of one thread is read.  Nothing is run
 * in Python, and nothing is allocated on its heap.
 */
#ifndef SW_PYTHON_WHERE_H
#define SW_PYTHON_WHERE_H

#include "harness/control/engine/explain.h"

/* The innermost frame that is neither of Python's library nor of what runs tests; else the
 * innermost.  line 0: there is none, or nobody can tell. */
void sw_python_where_find(struct sw_explain_site *site);

#endif

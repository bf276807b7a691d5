/* SPDX-License-Identifier: MIT
 *
 * python_stacks.h - the Python stacks and names of all threads of a process at its end.
 *
 * Three sources: CPython's own dump where there is one (3.6 to 3.8, 3.11, 3.12),
 * which needs no GIL; a few lines of Python, if the thread can take the GIL (all
 * of CPython, PyPy); and slpython's dump of tasklets.  The interpreter's
 * functions are found by their names (dlsym()).
 */
#ifndef SW_PYTHON_STACKS_H
#define SW_PYTHON_STACKS_H

#include <stddef.h>

struct sw_thread;

/* Asks the interpreter, in Python; called through sw_postmortem_ask(). */
void sw_python_stacks_ask(void);
/* The thread's name in Python, valid for ever; "" if it is not known. */
const char *sw_python_stacks_name(const struct sw_thread *thread);
/* Writes each thread's stack on stderr, below a heading: "T1 worker (", what
 * describe() makes of it, "):".  Then the tasklets.  Says so if there are no
 * stacks.  A signal's handler may call it. */
void sw_python_stacks_print(void (*describe)(const struct sw_thread *thread, char *buf,
                                             size_t size));
/* The same for one thread, and without a heading or tasklets. */
void sw_python_stacks_print_one(const struct sw_thread *thread);

#endif

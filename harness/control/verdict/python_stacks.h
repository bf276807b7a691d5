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
#include <stdint.h>

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
/* Does it stand in threading's own wait(), which is left when somebody notifies?  The lock there it
 * has taken itself, as if it had taken one twice.  0 also where there are no stacks. */
int sw_python_stacks_waits_for_notify(const struct sw_thread *thread);
/* A hash of where it stands: its innermost frame that is not of Python's library, if there is one,
 * by the file's name without its folder, the line and the function.  0: there is no stack. */
uint32_t sw_python_stacks_place(const struct sw_thread *thread);
/* Prints the same for one thread, and without a heading or tasklets. */
void sw_python_stacks_print_one(const struct sw_thread *thread);

/* For stack_text.h: the interpreter writes to fd what it tells without its GIL.  -1: it cannot. */
int sw_python_stacks_dump(int fd);
/* It is asked in Python, by the calling thread, which has the GIL afterwards if it had it before. */
int sw_python_stacks_question(int fd);

#endif

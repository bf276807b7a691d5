/* SPDX-License-Identifier: MIT
 *
 * stack_text.h - the Python stacks of all threads as a text, for the child of a fork.
 *
 * It must not write where its parent does, and goes on afterwards: so the text is taken by way of a
 * file in memory, and whatever was taken for it is given back.
 */
#ifndef SW_STACK_TEXT_H
#define SW_STACK_TEXT_H

#include <pthread.h>
#include <stddef.h>

/* As the interpreter tells it without its GIL; "" where it cannot.  Returns buf. */
char *sw_stack_text_take(char *buf, size_t size);
/* The same, or else asked in Python by the calling thread, which may run Python code now. */
char *sw_stack_text_ask(char *buf, size_t size);
/* The frames of one thread in such a text; "" if there are none.  Returns buf. */
char *sw_stack_text_cut(const char *text, pthread_t handle, char *buf, size_t size);

#endif

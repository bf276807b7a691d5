/* SPDX-License-Identifier: MIT
 *
 * deadlock.h - no thread can run, and nothing outside can change that.
 *
 * Found by state, never by a clock: the engine calls it when every thread
 * waits, and none of them for a descriptor or a deadline.
 */
#ifndef SW_DEADLOCK_H
#define SW_DEADLOCK_H

#include <stddef.h>

struct sw_thread;

/* Prints on stderr what each thread holds and what it waits for, the cycle if
 * there is one, and the Python stacks of all threads and tasklets; ends the
 * process. */
void sw_deadlock_end(void) __attribute__((noreturn));

/* What the thread waits for, as a part of a sentence: "waits for lock#3, held
 * by T2". */
void sw_deadlock_describe(const struct sw_thread *thread, char *buf, size_t size);
/* Prints a line a thread: its name, what it waits for, what it holds. */
void sw_deadlock_print_threads(void);

#endif

/* SPDX-License-Identifier: MIT
 *
 * deadlock.h - no thread can run, and nothing outside can change that.
 *
 * Found by state and never by a clock: the engine calls it when every thread
 * waits, none for a descriptor and none for a deadline.
 */
#ifndef SW_DEADLOCK_H
#define SW_DEADLOCK_H

/* Prints on stderr what each thread waits for and who holds it, the cycle if
 * there is one, and CPython's stacks where it can say them; ends the process. */
void sw_deadlock_end(void) __attribute__((noreturn));

#endif

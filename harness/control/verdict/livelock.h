/* SPDX-License-Identifier: MIT
 *
 * livelock.h - the program has made as many decisions as are allowed, and has not ended.
 */
#ifndef SW_LIVELOCK_H
#define SW_LIVELOCK_H

/* Prints on stderr which decisions repeat, what each thread does, and the
 * Python stacks of all; ends the process. */
void sw_livelock_end(void) __attribute__((noreturn));

#endif

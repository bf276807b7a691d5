/* SPDX-License-Identifier: MIT
 *
 * starved.h - how long a process was ready to run, and others had the processors.
 *
 * On a machine that does ten other things a program takes ten times as long, and is at no fault.
 * What the watchdog gives it is time in which it could have run.
 */
#ifndef SW_STARVED_H
#define SW_STARVED_H

#include <stdint.h>
#include <sys/types.h>

/* Milliseconds, of all its threads that live, since each began: of a process under control one is
 * ready at a time.  It becomes less when a thread ends.  0: it has ended, or the kernel does not
 * say. */
uint64_t sw_starved_ms(pid_t pid);

#endif

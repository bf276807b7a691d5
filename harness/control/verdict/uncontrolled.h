/* SPDX-License-Identifier: MIT
 *
 * uncontrolled.h - notes what a program does that control cannot see or repeat.
 *
 * A run that has used one of these ways proves nothing by not failing; the runner
 * says so (struct sw_uncontrolled).  These are seen:
 *
 *      raw system calls through syscall(): futexes, clones, signals, io_uring
 *      clone(), signals to one thread, asynchronous cancelling (cancel.c)
 *      named semaphores, and objects that are shared between processes
 *      threads that were there before control began
 *      subprocesses (fork_exec.c), sockets to elsewhere (net.h)
 *
 * These are not seen, and so not reported: system calls that a library makes by
 * instructions of its own; what threads do to each other through plain and
 * atomic memory, which includes every lock that spins; data races in C code
 * between two operations that are controlled.
 */
#ifndef SW_UNCONTROLLED_H
#define SW_UNCONTROLLED_H

#include "harness/control/engine/engine.h"

/* Notes "WHAT by MODULE", the file that the caller's address is in. */
void sw_uncontrolled_note(const char *what, const void *caller);
/* The process's threads that are there besides the calling one. */
void sw_uncontrolled_note_threads(void);

#endif

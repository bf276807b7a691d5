/* SPDX-License-Identifier: MIT
 *
 * uncontrolled.h - ways around control, as far as they can be seen: they are noted.
 *
 * A run in which one of them was gone proves nothing by not failing; the runner
 * says so (struct sw_uncontrolled).  Seen are:
 *
 *      raw system calls by way of syscall(): futexes, clones, signals, io_uring
 *      clone(), pthread_cancel(), asynchronous cancelling, signals to one thread
 *      named semaphores, and objects that are shared between processes
 *      threads that were there before control began
 *      subprocesses (fork_exec.c), sockets to elsewhere (net.h)
 *
 * Not seen, so that nobody says anything: system calls made by instructions of
 * a library's own; what threads do to each other through plain and atomic
 * memory, which includes every lock that spins; data races in C code between
 * two operations that are controlled.
 */
#ifndef SW_UNCONTROLLED_H
#define SW_UNCONTROLLED_H

#include "harness/control/engine/engine.h"

/* Notes "WHAT by MODULE", the file that the caller's address is in. */
void sw_uncontrolled_note(const char *what, const void *caller);
/* The process's threads that are there besides the calling one. */
void sw_uncontrolled_note_threads(void);

#endif

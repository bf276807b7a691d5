/* SPDX-License-Identifier: MIT
 *
 * hang.h - what each thread of a process waits for, seen from outside.
 *
 *      thread 4711 (python3.11): waits for a mutex, which thread 4712 holds: 0x7f..., data of libdb.so
 *          called by  db_open  (libdb.so)
 *
 * The kernel says in which system call a thread is, and with which arguments; from these follows the
 * lock, the file or the child.  A thread that waits for its turn (libspillway.so's own futex) is
 * under control and only counted: what is left over hangs on something that spillway does not see.
 * The process stands still for a moment, while its stacks are read (ptrace).
 */
#ifndef SW_HANG_H
#define SW_HANG_H

#include <stdio.h>
#include <sys/types.h>

#include "contract/error.h"

/* A block for each thread that does not wait for its turn, each line behind the indent; then how
 * many do.  0, or -1 with *e: there is no such process, or it may not be looked at. */
int sw_hang_print(FILE *out, pid_t pid, const char *indent, struct sw_error *e);

#endif

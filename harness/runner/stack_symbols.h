/* SPDX-License-Identifier: MIT
 *
 * stack_symbols.h - a C stack of the child, with names.
 *
 * The addresses come from the event memory and are read together with the child's
 * /proc/self/maps, which is there too: the child need not live any more.
 * elfutils (libdw, libdwfl) does the work.
 *
 * A function that the compiler has put into its caller is a frame of its own,
 * marked "(inlined)".  That and lines need DWARF in the program itself, which
 * Python's archive does not have; its frames keep the names of their symbols.
 * Debug information from elsewhere is not looked for, so that a stack reads the
 * same on every machine.
 */
#ifndef SW_STACK_SYMBOLS_H
#define SW_STACK_SYMBOLS_H

#include <stdio.h>
#include <sys/types.h>

#include "contract/event_shm.h"

/* Prints a line a frame, innermost first, each behind the indent.  Says so if
 * there were more frames than fit.  stack: as in struct sw_event; the event memory is
 * mended (event_shm_sanitize.h). */
void sw_stack_symbols_print(FILE *out, const struct sw_event_shm *event_shm, uint32_t stack,
                            const char *indent);

/* The same of threads of a process that lives, which stands still meanwhile (ptrace).  A thread
 * waits inside of libspillway.so; its frames are left out. */
struct sw_stack_symbols_process;
/* NULL: it cannot be looked at; errno says why, if it is not 0. */
struct sw_stack_symbols_process *sw_stack_symbols_attach(pid_t pid);
void sw_stack_symbols_detach(struct sw_stack_symbols_process *process);
void sw_stack_symbols_print_thread(FILE *out, struct sw_stack_symbols_process *process, pid_t tid,
                           const char *indent);

#endif

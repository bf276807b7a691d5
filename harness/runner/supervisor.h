/* SPDX-License-Identifier: MIT
 *
 * supervisor.h - a process between the runner and what it starts, so that nothing stays behind.
 *
 *      runner --- supervisor --- program --- its children, and theirs
 *
 * Whoever loses its parent below the supervisor becomes the supervisor's child, though it may have
 * left its group and its session, as a daemon does.  When the program has ended, or the runner has,
 * killed or not, the supervisor kills all that is left and reaps it.  Then it ends as the program
 * did: who waits for it has the program's status.
 *
 * It hears no Ctrl-C, which is for the runner, and passes a SIGTERM on to it.
 */
#ifndef SW_SUPERVISOR_H
#define SW_SUPERVISOR_H

#include <sys/types.h>

/* In a process that has just been made by the runner, and has one thread.  Starts the program by
 * calling become(), which does not return, in a process of its own, and writes that one's number to
 * the descriptor.  Does not return. */
void sw_supervisor_run(pid_t runner, int fd, void (*become)(void *context), void *context)
    __attribute__((noreturn));

#endif

/* SPDX-License-Identifier: MIT
 *
 * pid.h - the numbers of processes and threads that the program is told: the same in every run.
 *
 * The kernel's numbers differ from run to run, and a program prints them, seeds with them, and
 * makes names of them.  So it is told others, and wherever it hands one back (kill(), waitpid(),
 * /proc/NUMBER) the kernel's takes its place (pid_calls.c, pid_paths.c, children.c, signals.c):
 *
 *      4200000         the process itself
 *      4200001, ...    its children, in the order in which they are started
 *      4210001, ...    what these start, which nobody controls: in the order in which it happens
 *      4300001, ...    the threads T1, T2, ...; T0 has the process's number, as everywhere
 *      4400000         the process that started it, which is spillway
 *      4400001, ...    any other, in the order in which they are met: who sent a signal, who leads
 *                      the session
 *
 * Linux gives no process a number above 4194304, so that none of these can be mistaken for one of
 * its: a number from elsewhere (out of a file, from a program that was started) means what it did.
 *
 * The child of a fork is not controlled, but goes on with these: getpid() is what its parent was
 * told, and getppid() what its parent is.  All of a family know each other's numbers, by a table
 * that they share.  An exec ends it: the new program sees the kernel's.
 */
#ifndef SW_PID_H
#define SW_PID_H

#include <signal.h>
#include <sys/types.h>

/* The process is under control from now on. */
void sw_pid_start(void);
/* A schedule begins: its children are numbered as those of the first one. */
void sw_pid_restart(void);
/* Where the table is that children share: no checkpoint puts it back.  NULL: there is none. */
const void *sw_pid_shared(void);

/* The kernel's number as the program is to see it, and back.  0 and below stay as they are. */
pid_t sw_pid_shown(pid_t real);
pid_t sw_pid_real(pid_t shown);
int sw_pid_is_thread(pid_t shown);
/* A process, or if it is negative a group of them, as kill() and waitpid() have it. */
pid_t sw_pid_shown_group(pid_t real);
pid_t sw_pid_real_group(pid_t shown);

/* Who sent it, or which child it tells of. */
void sw_pid_show_sender(siginfo_t *info);

/* ---- children ---- */

/* A fork is about to be made: the next number will be its child's. */
void sw_pid_before_fork(void);
/* In the child. */
void sw_pid_forked(void);
/* In the parent: that child has been made, by a fork or without one.  Returns its number. */
pid_t sw_pid_add_child(pid_t real);
/* It has been waited for: the kernel may give its number to another. */
void sw_pid_forget(pid_t real);

#endif
